"""How does a record, or a message, hold each of its values only once?

Its parts name values by their position in a pool; position 0 is null. What was too
large is kept elsewhere (``values``) and stands in the pool as a reference; ``stored``
says where, so that nobody takes a user's value for one.

    {"p": [null, {"a": 1}, {"@": ["3f…", 9216, "table"]}], "r": [2]}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache

from chalicelib.engine.state import Stored
from chalicelib.values import Json, compact


@lru_cache(maxsize=256)
def _written(reference: str) -> Json:
    """Return what stands for a stored value: every child of a Map has the same ones."""
    return json.loads(reference)


class Pool:
    """The values of what is written; ``keep`` sends large parts elsewhere."""

    def __init__(self, keep: Callable[[Json], Json]) -> None:
        self._keep = keep
        self.values: list[Json] = [None]
        self.stored: list[int] = []
        self._known: dict[int, int] = {id(None): 0}
        self._alive: list[Json] = []

    def place(self, value: Json | Stored) -> int:
        """Return where ``value`` stands; equal objects may stand twice."""
        found = self._known.get(id(value))
        if found is not None:
            return found
        position = len(self.values)
        if type(value) is Stored:
            self.values.append(_written(value.reference))
            self.stored.append(position)
        else:
            kept = self._keep(value)
            self.values.append(kept)
            if kept is not value:
                self.stored.append(position)
        self._known[id(value)] = position
        self._alive.append(value)  # an id is only an id while its object lives
        return position


class Shelf:
    """A pool that is read."""

    def __init__(self, document: Json) -> None:
        self._values: Sequence[Json] = document.get("p", (None,))
        self._stored: dict[int, Stored | None] = dict.fromkeys(document.get("r", ()))

    def take(self, position: int) -> Json | Stored:
        """Return the value that stands there; the same object each time."""
        if position not in self._stored:
            return self._values[position]
        found = self._stored[position]
        if found is None:
            found = self._stored[position] = Stored(compact(self._values[position]))
        return found
