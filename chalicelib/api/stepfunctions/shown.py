"""Which number has each event of a history, and which one does it follow?"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.api.stepfunctions.places import Places
from chalicelib.values import Json

#: (type, the name of its details without "EventDetails", the details)
Told = tuple[str, str, dict[str, Json]]
Event = Mapping[str, Json]

#: AWS: what follows them has the same previous event as they have.
_PASSED_OVER = frozenset({"MapStateSucceeded", "ParallelStateSucceeded"})


class Shown:
    """The events as GetExecutionHistory shows them, oldest first."""

    def __init__(self, places: Places) -> None:
        self.events: list[dict[str, Json]] = []
        #: Of each, the id of the neutral event that it tells.
        self.sources: list[int] = []
        self._places = places
        #: Scope -> id of the last event shown of it.
        self._last: dict[str, int] = {}

    def add(self, event: Event, told: Told) -> None:
        """Show one event, as one of the scope that ``event`` is of."""
        kind, name, details = told
        scope = event["scope"]
        number = len(self.events) + 1
        entry: dict[str, Json] = {
            "timestamp": event["timestamp"],
            "type": kind,
            "id": number,
            "previousEventId": self._previous(scope, number),
        }
        if name:
            entry[f"{name}EventDetails"] = details
        self.events.append(entry)
        self.sources.append(event.get("id", 0))
        if kind not in _PASSED_OVER:
            self._last[scope] = number

    def _previous(self, scope: str, number: int) -> int:
        if number == 2:  # AWS: the first state comes from nothing, too.
            return 0
        while scope not in self._last and "-" in scope:
            scope = self._places.above(scope)
        return self._last.get(scope, 0)
