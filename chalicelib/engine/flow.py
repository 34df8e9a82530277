"""Where does a scope go from a finished state, and when is it over?

Join ANY: the one edge is followed. Join ALL: a state runs when every predecessor is
done and one edge to it is alive; when all edges to it are dead it is skipped, and its
own edges die with it (so a skip spreads, and any living edge stops it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from chalicelib.engine.beginning import scope_facts
from chalicelib.engine.cancelling import cancel, rank
from chalicelib.engine.commands import CancelChildren, CancelTask, EndScope
from chalicelib.engine.history import Happened, Skip
from chalicelib.engine.remains import break_off
from chalicelib.engine.state import (
    Edges,
    Failure,
    Ready,
    Status,
)
from chalicelib.engine.visit import Visit
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import View, evaluate
from chalicelib.model.workflow import Join, Map, Parallel, State
from chalicelib.values import Json

_STOPS = (CancelChildren, CancelTask)
#: What a state of a scope with variables of its own receives: it reads those.
_NOTHING: Json = {}

_SAID_AT_END = {
    (True, Status.SUCCEEDED): Happened.EXECUTION_SUCCEEDED,
    (True, Status.FAILED): Happened.EXECUTION_FAILED,
    (True, Status.TIMED_OUT): Happened.EXECUTION_TIMED_OUT,
    (True, Status.ABORTED): Happened.EXECUTION_ABORTED,
    (False, Status.SUCCEEDED): Happened.SCOPE_SUCCEEDED,
    (False, Status.FAILED): Happened.SCOPE_FAILED,
    (False, Status.TIMED_OUT): Happened.SCOPE_FAILED,
    (False, Status.ABORTED): Happened.SCOPE_ABORTED,
}


def leave(
    walk: Walk,
    visit: Visit,
    output: Json,
    *,
    alive: tuple[str, ...] | None = None,
    is_skipped: bool = False,
    assigned: Mapping[str, Json] | None = None,
) -> None:
    """Leave a state along ``alive`` edges (None: all of them)."""
    state = visit.state
    if not is_skipped:
        say_exited(walk, visit, output, assigned)
    if walk.scope.join is Join.ANY:
        _follow(walk, state.next if alive is None else alive, output)
        return
    edges: Edges = True
    if alive is not None:
        edges = tuple(name for name in state.next if name not in alive)
    _mark_done(walk, state.name, edges)


def say_exited(
    walk: Walk, visit: Visit, output: Json, assigned: Mapping[str, Json] | None
) -> None:
    """Say that a state is left, and which variables it assigned.

    Those of a scope that has its own are told with the input of the next state.
    """
    walk.told += is_container(visit)
    beside = None if walk.scope.has_own_variables else assigned
    walk.say(Happened.STATE_EXITED, visit.state.name, output, beside=beside or None)


def is_container(visit: Visit) -> bool:
    """Whether the visited state has an end of its own before it is left."""
    return isinstance(visit.state.work, Parallel | Map)


def _follow(walk: Walk, following: tuple[str, ...], output: Json) -> None:
    if not following:
        end_here(walk, output)
        return
    given = _NOTHING if walk.scope.has_own_variables else output
    walk.ready.append(Ready(state=following[0], input=given))


def end_here(walk: Walk, output: Json) -> None:
    """End the scope well with its last state, or with what it makes of its variables.

    Raises:
        EvaluationFailure: what it gives has no value.
    """
    program = walk.scope.output
    if program is not None:
        facts = partial(scope_facts, walk)
        view = View(output, variables=walk.visible(), facts=facts)
        output = evaluate(program, view)
    end_succeeded(walk, output)


def _mark_done(walk: Walk, name: str, edges: Edges) -> None:
    walk.done[name] = edges
    revive(walk, walk.scope.states[name].next)


def revive(walk: Walk, names: Sequence[str]) -> None:
    """Have those states begin, or be skipped, whose predecessors are all done."""
    waiting = list(names)
    #: States of a layer have the same ones before them (``Scope.sources`` shares the
    #: tuple): what holds one of them back holds them all.
    held_back: set[int] = set()
    while waiting:
        successor = waiting.pop(0)
        before = id(walk.scope.sources[successor])
        if before in held_back or not _is_due(walk, successor):
            if not walk.scope.states[successor].reads_stream:
                held_back.add(before)
            continue
        if _is_wanted(walk, successor):
            _make_ready(walk, successor)
            continue
        held_back.clear()
        walk.done[successor] = False
        walk.say(Happened.STATE_SKIPPED, successor, Skip.UNREACHED.value)
        waiting.extend(walk.scope.states[successor].next)


def _make_ready(walk: Walk, name: str) -> None:
    walk.ready.append(Ready(state=name, input=_NOTHING))
    if walk.scope.states[name].reads_stream:
        walk.begun |= {name}


def let_readers_begin(walk: Walk, state: State) -> None:
    """A state begins whose stream others read: so do they, if they did not before."""
    for name in state.next if state.writes_stream else ():
        if walk.scope.states[name].reads_stream and not _has_begun(walk, name):
            _make_ready(walk, name)


def _is_due(walk: Walk, name: str) -> bool:
    """Whether what must be done before the state is, and it did not begin."""
    if _has_begun(walk, name):
        return False
    enough = any if walk.scope.states[name].reads_stream else all
    return enough(before in walk.done for before in walk.scope.sources[name])


def _has_begun(walk: Walk, name: str) -> bool:
    if name in walk.done or name in walk.begun:
        return True
    return any(ready.state == name for ready in walk.ready)


def _is_wanted(walk: Walk, name: str) -> bool:
    """Whether an edge to the state is alive; one from what still runs is."""
    if not walk.scope.sources[name]:
        return True  # a first one
    for before in walk.scope.sources[name]:
        edges = walk.done.get(before, True)
        is_dead = edges is False or (isinstance(edges, tuple) and name in edges)
        if not is_dead and not walk.degrading(before).followers:
            return True
    return False


def settle(walk: Walk) -> None:
    """End a scope in which nothing can move any more."""
    if not walk.is_running or walk.active or walk.ready:
        return
    if walk.failed is not None:
        end_failed(walk, walk.failed)
    else:
        _end_all_done(walk)


def _end_all_done(walk: Walk) -> None:
    """Every state of a join-ALL scope is done; its variables may be its output."""
    try:
        output = dict(walk.visible()) if walk.scope.shares_variables else None
        end_here(walk, output)
    except EvaluationFailure as lost:
        end_failed(walk, Failure(error=lost.error, cause=lost.cause))


def end_succeeded(walk: Walk, output: Json) -> None:
    """End the scope well."""
    walk.output = output
    _end(walk, Status.SUCCEEDED, None)


def end_completed(walk: Walk) -> None:
    """End the scope well, with what it has found out: somebody says it is done."""
    end_succeeded(walk, _variables_left(walk) if walk.scope.shares_variables else None)


def end_failed(walk: Walk, failure: Failure, status: Status = Status.FAILED) -> None:
    """End the scope badly."""
    if walk.scope.shares_variables:
        walk.output = _variables_left(walk)
    _end(walk, status, failure)


def _variables_left(walk: Walk) -> Json:
    """Return what the scope had found out; an end does not fail for a lost value."""
    try:
        return dict(walk.visible())
    except EvaluationFailure:
        return None


def _end(walk: Walk, status: Status, failure: Failure | None) -> None:
    """End the scope, and stop what still runs in it; what is not begun is not."""
    walk.commands = [each for each in walk.commands if isinstance(each, _STOPS)]
    for activation in walk.active.values():
        cancel(walk, activation)
    walk.commands.sort(key=rank)
    if status is Status.SUCCEEDED:
        walk.ready.clear()
        walk.left.clear()
    else:
        break_off(walk)
    walk.active.clear()
    walk.status = status
    walk.failure = failure
    is_top = walk.origin.index is None and not walk.inline_key
    value = walk.output if status is Status.SUCCEEDED else None
    walk.say(_SAID_AT_END[is_top, status], value=value, failure=failure)
    if not walk.inline_key:
        walk.commands.append(
            EndScope(status=status, output=walk.output, failure=failure)
        )
