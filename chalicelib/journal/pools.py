"""How does a record, or a message, hold each of its values only once?

Its parts name values by their position in a pool; position 0 is null. What was too
large is kept elsewhere (``values``) and stands in the pool as a reference; ``stored``
says where, so that nobody takes a user's value for one.

    {"p": [null, {"a": 1}, {"@": ["3f…", 9216, "table"]}], "r": [2]}
"""

from __future__ import annotations

import json
from collections.abc import Callable

from chalicelib.engine.state import Stored
from chalicelib.values import Json, compact


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
            self.values.append(json.loads(value.reference))
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
        self._values: list[Json] = list(document.get("p", (None,)))
        for position in document.get("r", ()):
            self._values[position] = Stored(compact(self._values[position]))

    def take(self, position: int) -> Json | Stored:
        """Return the value that stands there."""
        return self._values[position]
