"""How does a journal record become bytes, and come back?

A record holds the scope's state after a turn, what happened in the turn, and the tags
of the commands it asked for. To stay under 1 KB (one write unit) it keeps each value
once, in a pool that state and history point into; writes only what changed when the
whole state would be larger (a delta on an earlier record); and is compressed with a
dictionary of the words that every record has.

Schema 1. A reader refuses a schema it does not know: the message comes again, when
newer code is there.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.engine.owed import Tag
from chalicelib.engine.state import (
    Activation,
    Failure,
    Origin,
    Phase,
    Ready,
    ScopeState,
    Status,
    Stored,
)
from chalicelib.errors import Unavailable
from chalicelib.values import Json, compact

SCHEMA = 1

_WORDS = (
    b'{"v":1,"at":"c":["start"],"k":[["call",1,1],["end"],["timer","children"]],"s":'
    b'{"o":["r","t":"SUCCEEDED""RUNNING""FAILED","n":,"a":{"1":["called""waiting"'
    b'"sleeping""retrying""joining","y":[],"q":,"w":{},"x":}},"h":[["StateEntered"'
    b'["StateExited"["TaskScheduled"["TaskSucceeded"["TaskFailed"["ScopeStarted"'
    b'["ScopeSucceeded"["ExecutionStarted"["ExecutionSucceeded"lambda:"],"p":[{"'
    b'"id":"name":"status":"value":"type":"input":"output":"result":"error":null,'
    b"true,false]}"
)


def pack(document: Json) -> bytes:
    """Return the compressed JSON of a small document."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, _WORDS)
    return packer.compress(compact(document).encode()) + packer.flush()


def unpack(content: bytes) -> Json:
    """Return the document that ``pack`` was given."""
    unpacker = zlib.decompressobj(-15, _WORDS)
    return json.loads(unpacker.decompress(bytes(content)) + unpacker.flush())


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A scope after one turn, and what the turn did."""

    execution: str
    scope: str
    #: 1 for the first; the fence.
    seq: int
    #: Seconds since the epoch.
    at: float
    #: What the turn was about; a redelivery finds its record by this.
    causes: tuple[str, ...]
    tags: tuple[Tag, ...]
    state: ScopeState
    history: tuple[HistoryEvent, ...] = ()
    #: seq of the record that holds the whole state; its own seq when it does itself.
    base: int = 0
    #: Bytes of the base, and of the deltas on it up to here.
    base_bytes: int = 0
    delta_bytes: int = 0


class Pool:
    """The values of a record, each kept once; ``keep`` sends large parts elsewhere."""

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


# -- parts -----------------------------------------------------------------------

_ORIGIN_FIELDS = tuple(
    each.name for each in fields(Origin) if each.name not in ("execution",)
)
_SLOTS = frozenset({"input", "item"})
_ORIGIN_DEFAULTS = {
    each.name: each.default for each in fields(Origin) if each.name in _ORIGIN_FIELDS
}


def encode_origin(origin: Origin, pool: Pool) -> Json:
    """Return the facts of a scope, positions of values in ``pool``."""
    return _trim(
        [
            pool.place(getattr(origin, name))
            if name in _SLOTS
            else getattr(origin, name)
            for name in _ORIGIN_FIELDS
        ],
        [0 if name in _SLOTS else _ORIGIN_DEFAULTS[name] for name in _ORIGIN_FIELDS],
    )


def decode_origin(execution: str, parts: Json, shelf: Shelf) -> Origin:
    """Return what ``encode_origin`` was given."""
    named = dict(zip(_ORIGIN_FIELDS, parts, strict=False))
    for name in _SLOTS & named.keys():
        named[name] = shelf.take(named[name])
    return Origin(execution=execution, **named)


def _trim(parts: list[Json], defaults: Sequence[Any]) -> list[Json]:
    """Drop what is at its default from the end."""
    while parts and parts[-1] == defaults[len(parts) - 1]:
        parts.pop()
    return parts


def _failure(failure: Failure | None) -> Json:
    return None if failure is None else [failure.error, failure.cause]


def _as_failure(parts: Json) -> Failure | None:
    return None if parts is None else Failure(error=parts[0], cause=parts[1])


_HELD_DEFAULTS: tuple[Json, ...] = (
    *(None, None, None, None),
    *(1, [], None, None, 0, None, None, False),
)


def _encode_held(held: Activation, pool: Pool) -> Json:
    parts = [
        held.state,
        held.phase.value,
        pool.place(held.input),
        held.entered_at,
        held.attempt,
        list(held.retries),
        held.due_at,
        held.silent_at,
        held.children,
        _failure(held.failure),
        None if held.since == held.entered_at else held.since,
        held.begun,
    ]
    return _trim(parts, _HELD_DEFAULTS)


def _decode_held(number: str, parts: Json, shelf: Shelf) -> Activation:
    parts = [*parts, *_HELD_DEFAULTS[len(parts) :]]
    return Activation(
        id=int(number),
        state=parts[0],
        phase=Phase(parts[1]),
        input=shelf.take(parts[2]),
        entered_at=parts[3],
        attempt=parts[4],
        retries=tuple(parts[5]),
        due_at=parts[6],
        silent_at=parts[7],
        children=parts[8],
        failure=_as_failure(parts[9]),
        since=parts[3] if parts[10] is None else parts[10],
        begun=parts[11],
    )


# -- state -----------------------------------------------------------------------


def encode_state(state: ScopeState, before: ScopeState | None, pool: Pool) -> Json:
    """Return the state: whole, or what changed since ``before``."""
    parts: dict[str, Json] = {}
    if before is None:
        parts["o"] = encode_origin(state.origin, pool)
    if state.status is not Status.RUNNING:
        parts["t"] = state.status.value
    parts["n"] = state.next_id
    parts["q"] = state.transitions
    for key, now, then, encode in _maps(state, before, pool):
        changed = {
            str(name): encode(each)
            for name, each in now.items()
            if name not in then or then[name] is not each
        }
        changed.update({str(name): None for name in then if name not in now})
        if changed:
            parts[key] = changed
    _encode_rest(state, pool, parts)
    return parts


def _maps(state: ScopeState, before: ScopeState | None, pool: Pool) -> Any:
    nothing: Mapping[Any, Any] = {}
    yield (
        "a",
        state.active,
        before.active if before else nothing,
        lambda held: _encode_held(held, pool),
    )
    yield "w", state.variables, before.variables if before else nothing, pool.place
    yield (
        "d",
        state.done,
        before.done if before else nothing,
        lambda edges: edges if isinstance(edges, bool) else list(edges),
    )


def _encode_rest(state: ScopeState, pool: Pool, parts: dict[str, Json]) -> None:
    if state.ready:
        parts["y"] = [[each.state, pool.place(each.input)] for each in state.ready]
    if state.failed is not None:
        parts["f"] = _failure(state.failed)
    if state.due_at is not None:
        parts["u"] = state.due_at
    if state.output is not None:
        parts["x"] = pool.place(state.output)
    if state.failure is not None:
        parts["e"] = _failure(state.failure)


def decode_state(
    execution: str, parts: Json, before: ScopeState | None, shelf: Shelf
) -> ScopeState:
    """Return what ``encode_state`` was given."""
    origin = before.origin if before else decode_origin(execution, parts["o"], shelf)
    return ScopeState(
        origin=origin,
        status=Status(parts.get("t", Status.RUNNING.value)),
        next_id=parts["n"],
        transitions=parts["q"],
        active=_active(parts.get("a", {}), before, shelf),
        variables=_patched(
            before.variables if before else {}, parts.get("w", {}), shelf.take
        ),
        done=_patched(before.done if before else {}, parts.get("d", {}), _edges),
        ready=tuple(
            Ready(state=name, input=shelf.take(position))
            for name, position in parts.get("y", ())
        ),
        failed=_as_failure(parts.get("f")),
        due_at=parts.get("u"),
        output=shelf.take(parts.get("x", 0)),
        failure=_as_failure(parts.get("e")),
    )


def _edges(parts: Json) -> bool | tuple[str, ...]:
    return parts if isinstance(parts, bool) else tuple(parts)


def _active(
    changed: Json, before: ScopeState | None, shelf: Shelf
) -> dict[int, Activation]:
    active = dict(before.active) if before else {}
    for number, parts in changed.items():
        if parts is None:
            active.pop(int(number), None)
        else:
            active[int(number)] = _decode_held(number, parts, shelf)
    return active


def _patched(before: Mapping[str, Any], changed: Json, decode: Any) -> dict[str, Any]:
    after = dict(before)
    for name, part in changed.items():
        if part is None:
            after.pop(name, None)
        else:
            after[name] = decode(part)
    return after


# -- history ---------------------------------------------------------------------

_SAID_DEFAULTS = (None, 0, "", "", 0, "", "", "", 0, 0)


def encode_history(said: Sequence[HistoryEvent], at: float, pool: Pool) -> Json:
    """Return the events; times as milliseconds before ``at``."""
    return [
        _trim(
            [
                each.kind.value,
                round((at - each.at) * 1000),
                each.state,
                each.scope,
                pool.place(each.value),
                each.error,
                each.cause,
                each.note,
                each.activation,
                each.attempt,
            ],
            _SAID_DEFAULTS,
        )
        for each in said
    ]


def decode_history(parts: Json, at: float, shelf: Shelf) -> tuple[HistoryEvent, ...]:
    """Return what ``encode_history`` was given."""
    said = []
    for part in parts:
        full = [*part, *_SAID_DEFAULTS[len(part) :]]
        full[0] = Happened(full[0])
        full[1] = at - full[1] / 1000
        full[4] = shelf.take(full[4])
        said.append(HistoryEvent(*full))
    return tuple(said)


def check_schema(document: Json) -> None:
    """Refuse a record of newer code.

    Raises:
        Unavailable: the schema is not known here; newer code will read it.
    """
    if document.get("v") != SCHEMA:
        raise Unavailable(f"a reader of schema {document.get('v')}")
