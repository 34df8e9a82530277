"""What happened in an execution, in order? Its journal, told as history events.

Records are put in the order of cause: those of a scope as they were committed, the
first of a child after its container started it, its last before the container joined
it. Where causes leave it open, time decides: clocks that differ turn nothing around.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.engine.state import Stored
from chalicelib.errors import ValueLost
from chalicelib.journal import keys
from chalicelib.journal.parts import WHOLE, Part, Reader
from chalicelib.journal.records import Record
from chalicelib.journal.values import Values
from chalicelib.ports import Table
from chalicelib.values import Json

#: What becomes of a slot when it is told.
Read: TypeAlias = Callable[[Json | Stored], Json]

#: What the value of a history event is called.
_VALUES = {
    Happened.EXECUTION_STARTED: "input",
    Happened.EXECUTION_SUCCEEDED: "output",
    Happened.EXECUTION_REDRIVEN: "redrives",
    Happened.SCOPE_STARTED: "input",
    Happened.SCOPE_SUCCEEDED: "output",
    Happened.SCOPE_REDRIVEN: "redrives",
    Happened.STATE_ENTERED: "input",
    Happened.STATE_EXITED: "output",
    Happened.STATE_SKIPPED: "reason",
    Happened.STATE_DELAYED: "until",
    Happened.STATE_DEGRADED: "degrade",
    Happened.TASK_WOKEN: "output",
    Happened.TASK_SCHEDULED: "parameters",
    Happened.TASK_SUCCEEDED: "output",
    Happened.TASK_FAILED: "output",
    Happened.RETRY_SCHEDULED: "seconds",
    Happened.WAIT_STARTED: "until",
    Happened.CHILDREN_STARTED: "children",
    Happened.RUN_REDRIVEN: "redrives",
    Happened.RUN_STARTED: "limits",
    Happened.RUN_CHANGED: "limits",
    Happened.ERRAND_STARTED: "parameters",
    Happened.ERRAND_ENDED: "output",
}
#: What the note of a history event is called, where it is no resource.
_NOTES = {
    Happened.TASK_TAKEN: "worker",
    Happened.TASK_FAILED: "during",
    Happened.CHILDREN_STARTED: "items",
    Happened.EVALUATION_FAILED: "field",
}
#: What is beside its value, by name, is called.
_BESIDE = {Happened.STATE_EXITED: "assigned", Happened.TASK_SCHEDULED: "limits"}


def tell(
    table: Table, values: Values, execution: str, part: Part = WHOLE
) -> list[dict[str, Json]]:
    """Return the history events of an execution, or of a part, numbered from 1."""
    scopes = Reader(table, values, execution).read(part)
    told: list[dict[str, Json]] = []
    last: dict[str, int] = {}
    for scope, event in _in_order(scopes):
        where = event.scope or scope
        number = len(told) + 1
        previous = last.get(where) or _of_parent(last, where)
        last[where] = number
        read = _reading(values, execution, part, where)
        told.append(_as_json(read, where, event, number, previous))
    return told


def _in_order(
    scopes: dict[str, list[Record]],
) -> Iterator[tuple[str, HistoryEvent]]:
    causes = _Causes(scopes)
    placed = []
    for scope, committed in scopes.items():
        order = keys.order(scope)
        for position, record in enumerate(committed):
            place = causes.of(scope, position)
            at = place.after
            for number, event in enumerate(record.history):
                at = max(at, event.at)
                key = (at, place.rank, order, position, number)
                placed.append((key, scope, event))
    placed.sort(key=lambda each: each[0])
    for _, scope, event in placed:
        yield scope, event


class _Place(NamedTuple):
    """Where a record stands among all of them."""

    #: How many causes, at the longest, lie before it.
    rank: int
    #: The latest time that a record before it tells of: clocks differ.
    after: float
    #: The latest time up to its own.
    until: float


_FIRST = _Place(0, 0.0, 0.0)


#: Kind of a tag about children -> where it says how they are named, if not by itself.
_OF_CHILDREN = {"children": 2, "cancel children": 3}


def _redrive_of(record: Record) -> int:
    """Return which redrive a record is the first of; 0 for none."""
    found = (cause.split(" ") for cause in record.causes)
    return max((int(each[1]) for each in found if each[0] == "redrive"), default=0)


class _Causes:
    """Finds what lies before a record: in its own scope, above it, and below it."""

    def __init__(self, scopes: dict[str, list[Record]]) -> None:
        self._scopes = scopes
        self._places: dict[str, list[_Place]] = {}
        self._children: dict[str, list[str]] = {}
        #: (kind of command, children, redrive) -> the record that asked for it.
        self._asked: dict[tuple[str, str, int], tuple[str, int]] = {}
        #: Container -> what its children are named by, and their redrive.
        self._homes: dict[str, tuple[str, int]] = {}
        for scope, committed in scopes.items():
            self._children.setdefault(scope.rpartition("-")[0], []).append(scope)
            for position, record in enumerate(committed):
                self._note(scope, position, record)

    def _note(self, scope: str, position: int, record: Record) -> None:
        for kind, *what in record.tags:
            if kind not in _OF_CHILDREN:
                continue
            number, attempt, redrive = what[_OF_CHILDREN[kind] :] or [*what[:2], 0]
            children = f"{scope}.{number}.{attempt}"
            self._homes[f"{scope}.{what[0]}.{what[1]}"] = children, redrive
            self._asked.setdefault((kind, children, redrive), (scope, position))

    def of(self, scope: str, position: int) -> _Place:
        """Return the place of a scope's record."""
        places = self._places.setdefault(scope, [])
        while len(places) <= position:
            places.append(self._next(scope, places))
        return places[position]

    def _next(self, scope: str, places: Sequence[_Place]) -> _Place:
        record = self._scopes[scope][len(places)]
        before = list(self._before(scope, places, record))
        after = max(place.until for place in before)
        return _Place(
            rank=max(place.rank for place in before) + 1,
            after=after,
            until=max(after, record.at),
        )

    def _before(
        self, scope: str, places: Sequence[_Place], record: Record
    ) -> Iterator[_Place]:
        yield places[-1] if places else self._above("children", scope)
        for cause in record.causes:
            kind, *what = cause.split(" ")
            if kind == "joined":
                yield from self._below(f"{scope}.{what[0]}.{what[1]}")
            elif kind == "lost":
                children, redrive = self._home(f"{scope}.{what[0]}.{what[1]}")
                yield self._end(f"{children}-{what[2]}", redrive)
            elif kind == "stop":
                redrive = int(what[0]) if what else 0
                yield self._above("cancel children", scope, redrive)
            elif kind == "redrive":
                yield self._above("children", scope, int(what[0]))

    def _above(self, kind: str, scope: str, redrive: int = 0) -> _Place:
        asked = self._asked.get((kind, scope.rpartition("-")[0], redrive))
        return _FIRST if asked is None else self.of(*asked)

    def _home(self, container: str) -> tuple[str, int]:
        return self._homes.get(container, (container, 0))

    def _below(self, container: str) -> Iterator[_Place]:
        children, redrive = self._home(container)
        for child in self._children.get(children, ()):
            yield self._end(child, redrive)

    def _end(self, scope: str, redrive: int) -> _Place:
        """Return the place of a scope's last record before a later redrive."""
        until = takewhile(
            lambda record: _redrive_of(record) <= redrive, self._scopes.get(scope, ())
        )
        count = sum(1 for _ in until)
        return self.of(scope, count - 1) if count else _FIRST


def _of_parent(last: dict[str, int], scope: str) -> int:
    while "-" in scope:
        scope = keys.parent(scope)[0]
        if scope in last:
            return last[scope]
    return 0


def _reading(values: Values, execution: str, part: Part, scope: str) -> Read:
    if not part.shows(scope):
        return _left_out
    return _as_it_is if part.is_outline else partial(restored, values, execution)


def _as_json(
    read: Read,
    scope: str,
    event: HistoryEvent,
    number: int,
    previous: int,
) -> dict[str, Json]:
    told: dict[str, Json] = {
        "id": number,
        "previousEventId": previous,
        "type": event.kind.value,
        "timestamp": event.at,
        "scope": scope,
    }
    if event.state:
        told["state"] = event.state
    if event.kind in _VALUES and not (event.error and event.value is None):
        told[_VALUES[event.kind]] = read(event.value)
    for name, fact in (
        ("error", event.error),
        ("cause", event.cause),
        (_NOTES.get(event.kind, "resource"), event.note),
        ("activation", event.activation),
        ("attempt", event.attempt),
    ):
        if fact:
            told[name] = fact
    if event.beside:
        told |= _beside(read, event.kind, event.beside)
    return told


def _beside(read: Read, kind: Happened, beside: Mapping[str, Json]) -> dict[str, Json]:
    found = {name: read(slot) for name, slot in beside.items()}
    role = found.pop("role", "") if kind is Happened.TASK_SCHEDULED else ""
    limits = {_BESIDE[kind]: found} if found else {}
    return {**limits, **({"role": role} if role else {})}


def _left_out(slot: Json | Stored) -> Json:
    return None if type(slot) is Stored else slot


def _as_it_is(slot: Json | Stored) -> Json:
    return slot


def restored(values: Values, execution: str, slot: Json | Stored) -> Json:
    """Return the value in a slot; where it is gone, that it was lost."""
    if type(slot) is not Stored:
        return slot
    try:
        return values.restore(execution, json.loads(slot.reference))
    except ValueLost as lost:
        return {"lost": str(lost)}
