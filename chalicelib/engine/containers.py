"""The states that run scopes inside them: Parallel and Map.

    Map: (READ) --> iterations --> (WRITE)      ``errands`` are in brackets

Children that wait for nothing run inside their container's own turn and record.
Others are scopes of their own: started by a command, joined by an event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.engine import errands
from chalicelib.engine.beginning import begin_scope
from chalicelib.engine.commands import StartChildren, StartTimer
from chalicelib.engine.crowds import (
    Crowd,
    gathered,
    map_crowd,
    parallel_crowd,
    tolerance_of,
)
from chalicelib.engine.events import Answer, ChildrenJoined, Timer
from chalicelib.engine.flow import leave
from chalicelib.engine.history import Happened
from chalicelib.engine.joining import exceeded, gather
from chalicelib.engine.state import Activation, Failure, Phase, ScopeState, Step
from chalicelib.engine.visit import Visit
from chalicelib.engine.waits import time_limit
from chalicelib.engine.walk import Walk
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Map, Parallel
from chalicelib.values import Json

Run = Callable[[Walk], None]


def begin_parallel(walk: Walk, visit: Visit, run: Run) -> None:
    """Run every branch whose condition holds (ASL, "Parallel State")."""
    crowd = parallel_crowd(walk, visit)
    _say_started(walk, visit, len(crowd.inputs))
    _begin(walk, visit, crowd, run)


def begin_map(walk: Walk, visit: Visit, run: Run) -> None:
    """Run one iteration for each item (ASL, "Map State"), once they are there."""
    if _map(visit).reader is not None:
        errands.begin(walk, visit, Step.READ)
    else:
        _begin_iterations(walk, visit, run)


def returned(walk: Walk, activation: Activation, answer: Answer, run: Run) -> None:
    """An errand of a Map is done: on to its iterations, or to its end."""
    visit = errands.answered(walk, activation, answer)
    if visit is None:
        return
    if activation.step is Step.WRITE:
        errands.run_succeeded(walk, visit, answer.payload)
    else:
        errands.renumber(walk, visit)
        visit.items = answer.payload
        _begin_iterations(walk, visit, run)


def _begin_iterations(walk: Walk, visit: Visit, run: Run) -> None:
    found = gathered(walk, visit)
    if not found.inputs and _map(visit).skip_when_empty:
        leave(walk, visit, None)
        return
    # AWS: that it began is told before its tolerance is read.
    items = str(sum(found.weights)) if found.weights else ""
    _say_started(walk, visit, len(found.inputs), items)
    crowd = map_crowd(walk, visit, found)
    if _map(visit).reader is None:
        errands.run_started(walk, visit)
    _begin(walk, visit, crowd, run)


def _say_started(walk: Walk, visit: Visit, count: int, items: str = "") -> None:
    walk.say(
        Happened.CHILDREN_STARTED,
        visit.state.name,
        count,
        note=items,
        activation=visit.id,
        attempt=visit.attempt,
    )


def _begin(walk: Walk, visit: Visit, crowd: Crowd, run: Run) -> None:
    count = len(crowd.inputs)
    if not count or _run_inline(walk, visit, crowd, run):
        if not count:
            gather(walk, visit, [], {})
        return
    walk.commands.append(start_command(walk, visit, crowd))
    wait_for_children(walk, visit, count)


def wait_for_children(walk: Walk, visit: Visit, count: int) -> None:
    """Hold the visit until its children have ended, or its time has.

    Raises:
        EvaluationFailure: its time limit is no number of seconds.
    """
    work = visit.state.work
    assert isinstance(work, Map | Parallel)  # noqa: S101 - only they have children
    due_at = time_limit(walk, visit, work.timeout)
    walk.hold(visit, Phase.JOINING, children=count, items=visit.items, due_at=due_at)
    if due_at is not None:
        what = {"activation": visit.id, "attempt": visit.attempt}
        walk.commands.append(StartTimer(timer=Timer.TIMEOUT, due_at=due_at, **what))


def start_command(walk: Walk, visit: Visit, crowd: Crowd) -> StartChildren:
    """Return the command that starts the children as scopes of their own."""
    scopes = crowd.scopes if len(crowd.scopes) > 1 else crowd.scopes[:1]
    return StartChildren(
        activation=visit.id,
        attempt=visit.attempt,
        scopes=tuple(scope.id for scope in scopes),
        inputs=crowd.inputs,
        items=crowd.items,
        limit=crowd.limit if crowd.limit < len(crowd.inputs) else 0,
        aborts=crowd.aborts,
        tolerated=crowd.tolerated,
        told=_told_before(walk, visit),
        variables={} if scopes[0].has_own_variables else _seen(walk, visit),
        home=visit.home,
    )


def _seen(walk: Walk, visit: Visit) -> Mapping[str, Any]:
    """Return the variables that children see: those of a run are executions apart."""
    work = visit.state.work
    is_apart = isinstance(work, Map) and bool(work.label)
    return {} if is_apart else walk.variables


def _run_inline(walk: Walk, visit: Visit, crowd: Crowd, run: Run) -> bool:
    """Run pure children here and now; False when they do not fit in this turn."""
    count = len(crowd.inputs)
    if not all(scope.is_pure for scope in crowd.scopes):
        return False
    if count * min(len(scope.states) for scope in crowd.scopes) > walk.budget:
        return False
    said, told = len(walk.history), walk.told
    outputs: list[Json] = []
    failures: dict[int, Failure] = {}
    for index in range(count):
        child = _inline_child(walk, visit, crowd, index)
        begin_scope(child, crowd.inputs[index], _seen(walk, visit))
        run(child)
        if child.is_running:  # its budget is used up: let it have turns of its own
            del walk.history[said:]
            walk.told = told
            return False
        walk.history.extend(child.history)
        walk.budget = child.budget
        walk.transitions += child.transitions
        walk.told = _told_after(walk, visit, child)
        outputs.append(walk.load(child.output))
        if child.failure is not None:
            failures[index] = child.failure
            if crowd.aborts or 0 < crowd.tolerated < len(failures):
                break
    outputs.extend([None] * (count - len(outputs)))  # those that did not run
    gather(walk, visit, outputs, failures)
    return True


def _inline_child(walk: Walk, visit: Visit, crowd: Crowd, index: int) -> Walk:
    origin = replace(
        walk.origin,
        scope=crowd.scope(index).id,
        index=index,
        item=crowd.items[index] if crowd.items else None,
    )
    child = Walk(walk.setting, ScopeState(origin=origin), walk.at, walk.budget)
    child.inline_key = child_key(walk.key, visit.id, visit.attempt, index)
    child.told = _told_before(walk, visit)
    return child


def _told_before(walk: Walk, visit: Visit) -> int:
    """Return how much is told when a child begins; an execution tells its own."""
    if errands.is_run(visit):
        return 1
    return walk.told + isinstance(visit.state.work, Map)


def _told_after(walk: Walk, visit: Visit, child: Walk) -> int:
    """Return how much is told once a child has ended; an execution tells its own."""
    if errands.is_run(visit):
        return walk.told
    return child.told + isinstance(visit.state.work, Map)


def child_key(parent: str, activation: int, attempt: int, index: int) -> str:
    """Return the runtime id of a child scope.

    >>> child_key("r", 3, 1, 17)
    'r.3.1-17'
    """
    return f"{parent}.{activation}.{attempt}-{index}"


def joined(
    walk: Walk,
    activation: Activation,
    event: ChildrenJoined,
) -> None:
    """Every child has ended: gather what they gave."""
    del walk.active[activation.id]
    visit = walk.taken_up(activation)
    if not errands.is_run(visit):
        # Each began at the count of this scope; an iteration has two events of its own,
        # of which the first is in the child's count.
        ends = isinstance(visit.state.work, Map)
        more = event.told + activation.children * (ends - walk.told)
        walk.told += max(0, more)  # children of an earlier release began at 0
    gather(walk, visit, event.outputs, event.failures)


def tolerates(walk: Walk, activation: Activation, failed: int) -> bool:
    """Whether a Map goes on with so many failed children, as its limits are now."""
    if not failed:
        return False
    crowd = map_crowd(walk, walk.taken_up(activation))
    return not crowd.aborts and not 0 < crowd.tolerated < failed


def child_failed(walk: Walk, activation: Activation, failure: Failure) -> None:
    """A child failed and nobody waits for the others."""
    del walk.active[activation.id]
    visit = walk.taken_up(activation)
    if tolerance_of(walk, visit) is not None:
        failed = map_crowd(walk, visit).tolerated + 1
        failure = exceeded(walk, failed, activation.children)
    errands.run_failed(walk, visit, failure)


def timed_out(walk: Walk, activation: Activation) -> None:
    """The children took too long together: nobody waits for those that still run."""
    del walk.active[activation.id]
    visit = walk.taken_up(activation)
    errands.run_failed(walk, visit, walk.failure_of(Kind.TIMEOUT))


def _map(visit: Visit) -> Map:
    work: Any = visit.state.work
    assert isinstance(work, Map)  # noqa: S101 - the table's promise to the type checker
    return work
