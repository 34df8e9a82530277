"""How does the state of a scope become JSON, and what happened to it, and come back?

Lists with their defaults cut off, one-letter keys, values as positions in a pool. The
state is whole, or what changed since an earlier one: what is the same object as before
is not written again.

    o origin   t status   n next id      q transitions   a active   w variables
    k told
    d done     y ready    f drained failure   u due at   x output   e failure
    b begun readers of streams               g degraded
    l left of an end that was no success     r how often, and when last, redriven
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from operator import is_
from typing import Any

from chalicelib.engine.state import (
    AS_WRITTEN,
    Activation,
    Degrading,
    Edges,
    Failure,
    Home,
    Origin,
    Phase,
    Ready,
    RunLimits,
    ScopeState,
    Status,
    Step,
)
from chalicelib.journal.origins import decode_origin, encode_origin, trim
from chalicelib.journal.pools import Pool, Shelf
from chalicelib.values import Json


def _failure(failure: Failure | None) -> Json:
    return None if failure is None else [failure.error, failure.cause]


def _as_failure(parts: Json) -> Failure | None:
    return None if parts is None else Failure(error=parts[0], cause=parts[1])


_HELD_DEFAULTS: tuple[Json, ...] = (
    *(None, None, None, None),
    *(1, [], None, None, 0, None, None, False, 0, "", 0, False, [], None),
)


def _encode_held(pool: Pool, held: Activation) -> Json:
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
        held.told,
        held.step.value,
        pool.place(held.items),
        held.taken,
        [] if held.limits == AS_WRITTEN else list(held.limits),
        held.home,
    ]
    return trim(parts, _HELD_DEFAULTS)


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
        told=parts[12],
        step=Step(parts[13]),
        items=shelf.take(parts[14]),
        taken=parts[15],
        limits=RunLimits(*parts[16]),
        home=Home(*parts[17]) if parts[17] else None,
    )


# -- state -----------------------------------------------------------------------


def encode_state(state: ScopeState, before: ScopeState | None, pool: Pool) -> Json:
    """Return the state: whole, or what changed since ``before``."""
    parts: dict[str, Json] = {}
    if before is None or before.origin.rejoin != state.origin.rejoin:
        parts["o"] = encode_origin(state.origin, pool)
    before = before or BLANK
    if state.status is not Status.RUNNING:
        parts["t"] = state.status.value
    parts["n"] = state.next_id
    parts["q"] = state.transitions
    if state.told:
        parts["k"] = state.told
    changed = _changes(state.active, before.active, partial(_encode_held, pool))
    if changed:
        parts["a"] = changed
    if changed := _changes(state.variables, before.variables, pool.place):
        parts["w"] = changed
    if changed := _changes(state.done, before.done, _encode_edges):
        parts["d"] = changed
    if changed := _changes(state.left, before.left, partial(_encode_held, pool)):
        parts["l"] = changed
    _encode_rest(state, pool, parts)
    return parts


#: Of which everything is a change.
BLANK = ScopeState(
    origin=Origin(execution="", workflow="", version="", name="", started_at=0)
)


def _changes(
    now: Mapping[Any, Any], then: Mapping[Any, Any], encode: Callable[[Any], Json]
) -> dict[str, Json]:
    """Return what is new or another object, by name; null for what is gone."""
    if now is then:
        return {}
    if not then:
        return {str(name): encode(each) for name, each in now.items()}
    if _has_grown(now, then):
        more = islice(now.items(), len(then), None)
        return {str(name): encode(each) for name, each in more}
    changed = {
        str(name): encode(each)
        for name, each in now.items()
        if name not in then or then[name] is not each
    }
    changed.update((str(name), None) for name in then if name not in now)
    return changed


def _has_grown(now: Mapping[Any, Any], then: Mapping[Any, Any]) -> bool:
    """Whether all that was there is, in its old place: of much, most only grows."""
    names = list(islice(now, len(then)))
    return names == list(then) and all(map(is_, now.values(), then.values()))


def _encode_edges(edges: Edges) -> Json:
    return edges if isinstance(edges, bool) else list(edges)


def _encode_rest(state: ScopeState, pool: Pool, parts: dict[str, Json]) -> None:
    if state.ready:
        parts["y"] = [_encode_ready(each, pool) for each in state.ready]
    if state.failed is not None:
        parts["f"] = _failure(state.failed)
    if state.due_at is not None:
        parts["u"] = state.due_at
    if state.output is not None:
        parts["x"] = pool.place(state.output)
    if state.failure is not None:
        parts["e"] = _failure(state.failure)
    _encode_rarest(state, parts)


def _encode_rarest(state: ScopeState, parts: dict[str, Json]) -> None:
    if state.begun:
        parts["b"] = sorted(state.begun)
    if state.degraded:
        parts["g"] = {
            name: [each.current, each.followers]
            for name, each in state.degraded.items()
        }
    if state.redrives:
        parts["r"] = [state.redrives, state.redriven_at]


def _encode_ready(ready: Ready, pool: Pool) -> Json:
    told = [ready.told] if ready.told else []
    return [ready.state, pool.place(ready.input), *told]


def decode_state(
    execution: str, parts: Json, before: ScopeState | None, shelf: Shelf
) -> ScopeState:
    """Return what ``encode_state`` was given."""
    if before is None or "o" in parts:
        origin = decode_origin(execution, parts["o"], shelf)
    else:
        origin = before.origin
    redrives, redriven_at = parts.get("r", (0, None))
    return ScopeState(
        origin=origin,
        status=Status(parts.get("t", Status.RUNNING.value)),
        next_id=parts["n"],
        transitions=parts["q"],
        told=parts.get("k", 0),
        active=_held(parts.get("a", {}), before.active if before else {}, shelf),
        variables=_patched(
            before.variables if before else {}, parts.get("w", {}), shelf.take
        ),
        done=_patched(before.done if before else {}, parts.get("d", {}), _decode_edges),
        ready=tuple(
            Ready(state=name, input=shelf.take(position), told=told[0] if told else 0)
            for name, position, *told in parts.get("y", ())
        ),
        failed=_as_failure(parts.get("f")),
        due_at=parts.get("u"),
        begun=frozenset(parts.get("b", ())),
        degraded={
            name: Degrading(current=current, followers=followers)
            for name, (current, followers) in parts.get("g", {}).items()
        },
        output=shelf.take(parts.get("x", 0)),
        failure=_as_failure(parts.get("e")),
        left=_held(parts.get("l", {}), before.left if before else {}, shelf),
        redrives=redrives,
        redriven_at=redriven_at,
    )


def _decode_edges(parts: Json) -> bool | tuple[str, ...]:
    return parts if isinstance(parts, bool) else tuple(parts)


def _held(
    changed: Json, before: Mapping[int, Activation], shelf: Shelf
) -> dict[int, Activation]:
    held = dict(before)
    for number, parts in changed.items():
        if parts is None:
            held.pop(int(number), None)
        else:
            held[int(number)] = _decode_held(number, parts, shelf)
    return held


def _patched(before: Mapping[str, Any], changed: Json, decode: Any) -> dict[str, Any]:
    after = dict(before)
    for name, part in changed.items():
        if part is None:
            after.pop(name, None)
        else:
            after[name] = decode(part)
    return after
