"""What happened in an execution, in order? Its journal, told as history events.

Records of different scopes are put in the order of cause: a child's begin after its
container started it, and end before the container joined them; where causes leave it
open, time decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.engine.state import Stored
from chalicelib.errors import ValueLost
from chalicelib.ports import Table
from chalicelib.journal import keys
from chalicelib.journal.scopes import read_said
from chalicelib.journal.records import Record
from chalicelib.journal.values import Values
from chalicelib.values import Json

#: What the value of a history event is called.
_VALUES = {
    Happened.EXECUTION_STARTED: "input",
    Happened.EXECUTION_SUCCEEDED: "output",
    Happened.SCOPE_STARTED: "input",
    Happened.SCOPE_SUCCEEDED: "output",
    Happened.STATE_ENTERED: "input",
    Happened.STATE_EXITED: "output",
    Happened.TASK_SCHEDULED: "parameters",
    Happened.TASK_SUCCEEDED: "output",
    Happened.RETRY_SCHEDULED: "seconds",
    Happened.WAIT_STARTED: "until",
    Happened.CHILDREN_STARTED: "children",
}


def tell(table: Table, values: Values, execution: str) -> list[dict[str, Json]]:
    """Return the history events of an execution, numbered from 1."""
    scopes = _scopes(table, execution)
    told: list[dict[str, Json]] = []
    last: dict[str, int] = {}
    for scope, event in _in_order(scopes):
        where = event.scope or scope
        number = len(told) + 1
        previous = last.get(where) or _of_parent(last, where)
        last[where] = number
        told.append(_as_json(values, execution, where, event, number, previous))
    return told


def _scopes(table: Table, execution: str) -> dict[str, list[Record]]:
    """Return the records of every scope, oldest first."""
    scopes: dict[str, list[Record]] = {}
    partitions = keys.shards(execution, 1)
    known = set(partitions)
    for partition in partitions:
        for item in table.query(partition, prefix="r"):
            if keys.is_inbox(item["sk"]):
                continue
            scope = item["sk"].rpartition("#")[0]
            record = read_said(execution, scope, item)
            scopes.setdefault(scope, []).append(record)
            for wider in keys.shards(execution, _crowd(record)):
                if wider not in known:
                    known.add(wider)
                    partitions.append(wider)
    return scopes


def _crowd(record: Record) -> int:
    return max(
        (e.value for e in record.history if e.kind is Happened.CHILDREN_STARTED),
        default=0,
    )


def _in_order(
    scopes: dict[str, list[Record]],
) -> Iterator[tuple[str, HistoryEvent]]:
    ranks = _Ranks(scopes)
    placed = [
        (event.at, ranks.of(scope, position), keys.order(scope), position, number, event)
        for scope, records in scopes.items()
        for position, record in enumerate(records)
        for number, event in enumerate(record.history)
    ]
    placed.sort(key=lambda each: each[:-1])
    by_order = {keys.order(scope): scope for scope in scopes}
    for _, _, order, _, _, event in placed:
        yield by_order[order], event


class _Ranks:
    """How many causes, at the longest, lie before a record."""

    def __init__(self, scopes: dict[str, list[Record]]) -> None:
        self._scopes = scopes
        self._ranks: dict[str, list[int]] = {}
        self._children: dict[str, list[str]] = {}
        for scope in scopes:
            self._children.setdefault(scope.rpartition("-")[0], []).append(scope)

    def of(self, scope: str, position: int) -> int:
        """Return the rank of a scope's record."""
        ranks = self._ranks.setdefault(scope, [])
        while len(ranks) <= position:
            ranks.append(self._next(scope, ranks))
        return ranks[position]

    def _next(self, scope: str, ranks: Sequence[int]) -> int:
        rank = ranks[-1] + 1 if ranks else self._begun(scope)
        for cause in self._scopes[scope][len(ranks)].causes:
            words = cause.split(" ")
            if words[0] in ("joined", "lost"):
                rank = max(rank, self._ended(f"{scope}.{words[1]}.{words[2]}"))
        return rank

    def _begun(self, scope: str) -> int:
        if "-" not in scope:
            return 0
        parent, activation, attempt, _ = keys.parent(scope)
        tag = ["children", activation, attempt]
        for position, record in enumerate(self._scopes.get(parent, ())):
            if tag in record.tags:
                return self.of(parent, position) + 1
        return 0

    def _ended(self, container: str) -> int:
        return max(
            (
                self.of(child, len(self._scopes[child]) - 1) + 1
                for child in self._children.get(container, ())
            ),
            default=0,
        )


def _of_parent(last: dict[str, int], scope: str) -> int:
    while "-" in scope:
        scope = keys.parent(scope)[0]
        if scope in last:
            return last[scope]
    return 0


def _as_json(
    values: Values,
    execution: str,
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
    if event.kind in _VALUES:
        told[_VALUES[event.kind]] = _value(values, execution, event.value)
    for name, fact in (
        ("error", event.error),
        ("cause", event.cause),
        ("resource", event.note),
        ("activation", event.activation),
        ("attempt", event.attempt),
    ):
        if fact:
            told[name] = fact
    return told


def _value(values: Values, execution: str, slot: Json | Stored) -> Json:
    if type(slot) is not Stored:
        return slot
    try:
        return values.restore(execution, json.loads(slot.reference))
    except ValueLost as lost:
        return {"lost": str(lost)}
