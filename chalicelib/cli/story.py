"""Which state ran when, and how did it end? History events become visits.

Rule 1  A visit opens with ``StateEntered`` and closes with the first event of the same
        scope and state that ends it; what is still open when its scope ends, ends with
        the scope.
Rule 2  A runtime scope id spells where it hangs: ``r.3.1-17`` is child 17 of the first
        attempt of activation 3 of scope ``r``.
Rule 3  An event of a kind not known here changes nothing: newer stages may say more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

RUNNING = "running"
#: How a visit ends, by the kind of event that says so.
ENDINGS = {
    "StateExited": "finished",
    "StateFailed": "failed",
    "StateSkipped": "skipped",
}
#: How an execution or another scope ends, and what that makes of its open visits.
SCOPE_ENDINGS = {
    "Succeeded": "finished",
    "Failed": "failed",
    "TimedOut": "timed out",
    "Aborted": "aborted",
}
#: The id of the scope that is the whole execution.
TOP = "r"


@dataclass(slots=True, kw_only=True)
class Visit:
    """One visit to one state."""

    state: str
    #: Runtime id of its scope.
    scope: str = TOP
    #: Seconds since the epoch.
    entered_at: float
    left_at: float | None = None
    outcome: str = RUNNING
    #: Retries so far.
    retries: int = 0
    #: The resource of a task.
    resource: str = ""
    #: Whether time, or somebody outside, is what it waits for.
    waits: bool = False
    #: When a wait is over, in epoch seconds; None where that is for others to say.
    until: float | None = None
    #: Children of a container, and how many of them have ended.
    children: int = 0
    children_ended: int = 0
    error: str = ""
    cause: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it still runs."""
        return self.left_at is None

    @property
    def seconds(self) -> float:
        """How long it took; 0 while it runs."""
        return 0.0 if self.left_at is None else self.left_at - self.entered_at


@dataclass(slots=True)
class Story:
    """The visits of one execution, as far as its history has been told."""

    visits: list[Visit] = field(default_factory=list)
    started_at: float | None = None
    ended_at: float | None = None
    #: How it ended, in the words of the last event; empty while it runs.
    ending: str = ""
    error: str = ""
    cause: str = ""
    _containers: dict[tuple[str, str], Visit] = field(default_factory=dict)
    #: Visits that still run, by scope and state.
    _open: dict[tuple[str, str], Visit] = field(default_factory=dict)

    def tell(self, event: Mapping[str, Any]) -> Visit | None:
        """Take in one event; return the visit that it opened, changed or closed."""
        kind = str(event.get("type") or "")
        at = moment(event["timestamp"])
        scope = str(event.get("scope") or TOP)
        if kind.startswith(("Execution", "Scope")):
            self._scope_changed(kind, at, scope, event)
            return None
        key = scope, str(event.get("state") or "")
        if kind == "StateEntered" or (kind == "StateSkipped" and key not in self._open):
            self._enter(key, at)
        visit = self._open.get(key)
        if visit is not None:
            self._visit_changed(visit, kind, at, event)
        return visit

    def position(self, scope: str) -> list[tuple[str, int, int]]:
        """Return (container, index from 1, of how many) per level above ``scope``."""
        found = []
        while "-" in scope:
            container = self._container(scope)
            scope, _, index = scope.rpartition("-")
            name, count = (
                (container.state, container.children) if container else ("", 0)
            )
            found.append((name, int(index) + 1, count))
            scope = scope.rsplit(".", 2)[0]
        return found[::-1]

    def _container(self, scope: str) -> Visit | None:
        parent, *activation = scope.rpartition("-")[0].rsplit(".", 2)
        return self._containers.get((parent, activation[0])) if activation else None

    def label(self, visit: Visit) -> str:
        """Return the state's name with its place in the fan-outs around it."""
        places = [
            f"{index} of {count}" if count else str(index)
            for _, index, count in self.position(visit.scope)
            if count != 1
        ]
        return visit.state + (f" ({', '.join(places)})" if places else "")

    def _enter(self, key: tuple[str, str], at: float) -> None:
        visit = Visit(scope=key[0], state=key[1], entered_at=at)
        self.visits.append(visit)
        self._open[key] = visit

    def _leave(self, visit: Visit, at: float, outcome: str) -> None:
        visit.left_at, visit.outcome = at, outcome
        del self._open[visit.scope, visit.state]

    def _visit_changed(
        self, visit: Visit, kind: str, at: float, event: Mapping[str, Any]
    ) -> None:
        match kind:
            case "TaskScheduled":
                visit.resource = str(event.get("resource") or "")
            case "TaskSubmitted":
                visit.waits = True
            case "WaitStarted":
                visit.waits, visit.until = True, moment(str(event["until"]))
            case "RetryScheduled":
                visit.retries += 1
            case "ChildrenStarted":
                visit.children = int(event.get("children") or 0)
                key = (visit.scope, str(event.get("activation")))
                self._containers[key] = visit
        visit.error = str(event.get("error") or visit.error)
        visit.cause = str(event.get("cause") or visit.cause)
        if kind in ENDINGS:
            self._leave(visit, at, ENDINGS[kind])

    def _scope_changed(
        self, kind: str, at: float, scope: str, event: Mapping[str, Any]
    ) -> None:
        if kind == "ExecutionStarted":
            self.started_at = at
        ending = SCOPE_ENDINGS.get(kind.removeprefix("Execution").removeprefix("Scope"))
        if ending is None:
            return
        is_whole = kind.startswith("Execution")
        if is_whole:
            self.ended_at, self.ending = at, ending
            self.error = str(event.get("error") or "")
            self.cause = str(event.get("cause") or "")
        elif (container := self._container(scope)) is not None:
            container.children_ended += 1
        for visit in list(self._open.values()):
            if is_whole or f"{visit.scope}.".startswith(f"{scope}."):
                self._leave(visit, at, ending)


def moment(text: str) -> float:
    """Return the seconds since the epoch that a time in an answer spells.

    >>> moment("1970-01-01T00:01:00.500Z")
    60.5
    """
    return datetime.fromisoformat(text).timestamp()


def told(events: Iterable[Mapping[str, Any]]) -> Story:
    """Return the story of a whole history."""
    story = Story()
    for event in events:
        story.tell(event)
    return story


def by_state(story: Story) -> list[tuple[str, list[Visit]]]:
    """Return the visits grouped by state, in the order the states were first entered.

    A state inside a fan-out is one group, however many children visited it.
    """
    order: dict[tuple[str, ...], int] = {}
    for visit in story.visits:
        order.setdefault(_place(story, visit), len(order))
    visits = sorted(story.visits, key=lambda each: order[_place(story, each)])
    groups = groupby(visits, key=lambda each: _place(story, each))
    return [("  " * (len(place) - 1) + place[-1], list(all_)) for place, all_ in groups]


def _place(story: Story, visit: Visit) -> tuple[str, ...]:
    return (*(name for name, _, _ in story.position(visit.scope)), visit.state)
