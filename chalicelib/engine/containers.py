"""The states that run scopes inside them: Parallel and Map.

Children that wait for nothing run inside their container's own turn and record.
Others are scopes of their own: started by a command, joined by an event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.engine.beginning import begin_scope
from chalicelib.engine.commands import StartChildren
from chalicelib.engine.flow import leave
from chalicelib.engine.history import Happened
from chalicelib.engine.state import Activation, Failure, Phase, ScopeState
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import arguments, fail, finish
from chalicelib.engine.waits import seconds
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import Facts, View, evaluate, holds
from chalicelib.model.error_names import Kind
from chalicelib.model.expressions import Expression
from chalicelib.model.workflow import Map, OnFailure, Parallel, Scope
from chalicelib.values import Json, compact

Run = Callable[[Walk], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The children of one attempt of a container."""

    scopes: Sequence[Scope]
    inputs: Sequence[Json]
    items: Sequence[Json] = ()
    limit: int = 0
    aborts: bool = True

    def scope(self, index: int) -> Scope:
        """Return the scope of one child; all share one, or each has its own."""
        return self.scopes[index if len(self.scopes) > 1 else 0]


def begin_parallel(walk: Walk, visit: Visit, run: Run) -> None:
    """Run every branch whose condition holds (ASL, "Parallel State")."""
    _begin(walk, visit, parallel_crowd(walk, visit), run)


def begin_map(walk: Walk, visit: Visit, run: Run) -> None:
    """Run one iteration for each item (ASL, "Map State")."""
    work = _map(visit)
    crowd = map_crowd(walk, visit)
    if not crowd.inputs and work.skip_when_empty:
        leave(walk, visit, None)
        return
    _begin(walk, visit, crowd, run)


def parallel_crowd(walk: Walk, visit: Visit) -> Crowd:
    """Return the branches to run: the same for the same visit."""
    work = _parallel(visit)
    chosen = _chosen(walk, visit)
    value = arguments(walk, visit)
    return Crowd(
        scopes=[work.branches[position].scope for position in chosen],
        inputs=[value] * len(chosen),
        aborts=work.failure is OnFailure.ABORT,
    )


def _chosen(walk: Walk, visit: Visit) -> list[int]:
    view = walk.view(visit, visit.input)
    return [
        position
        for position, branch in enumerate(_parallel(visit).branches)
        if branch.condition is None or holds(branch.condition, view)
    ]


def map_crowd(walk: Walk, visit: Visit) -> Crowd:
    """Return the iterations to run: the same for the same visit."""
    work = _map(visit)
    view = walk.view(visit, visit.input)
    items = _items(walk, visit, view)
    inputs = items
    if work.item_input is not None:
        inputs = [
            evaluate(work.item_input, _item_view(walk, visit, position, item))
            for position, item in enumerate(items)
        ]
    tolerates = _tolerance(walk, visit) is not None
    return Crowd(
        scopes=[work.scope],
        inputs=inputs,
        items=items,
        limit=_whole(walk, work.max_concurrency, view, "MaxConcurrency"),
        aborts=work.failure is OnFailure.ABORT and not tolerates,
    )


def _items(walk: Walk, visit: Visit, view: View) -> Sequence[Json]:
    program = _map(visit).items
    items = visit.input if program is None else evaluate(program, view)
    if items is None and _map(visit).skip_when_empty:
        return []
    if not isinstance(items, list):
        what = f"the items of {visit.state.name!r} must be an array"
        cause = f"{what}, not {compact(items)[:200]}"
        raise EvaluationFailure(walk.name_of(Kind.RUNTIME), cause)
    return items


def _item_view(walk: Walk, visit: Visit, position: int, item: Json) -> View:
    def facts() -> Facts:
        return replace(walk.facts(visit), index=position, item=item)

    return View(
        visit.input,
        raw_input=visit.raw_input,
        input=visit.input,
        variables=walk.visible(),
        facts=facts,
        item=item,
        index=position,
    )


def _whole(walk: Walk, expression: Expression | None, view: View, what: str) -> int:
    if expression is None:
        return 0
    value = evaluate(expression, view)
    if value is None:
        return 0
    return int(seconds(value, walk.name_of(Kind.RUNTIME), what))


def _begin(walk: Walk, visit: Visit, crowd: Crowd, run: Run) -> None:
    count = len(crowd.inputs)
    walk.say(Happened.CHILDREN_STARTED, visit.state.name, count, activation=visit.id)
    if not count or _run_inline(walk, visit, crowd, run):
        if not count:
            _joined(walk, visit, [], {})
        return
    walk.hold(visit, Phase.JOINING, children=count)
    walk.commands.append(start_command(walk, visit, crowd))


def start_command(walk: Walk, visit: Visit, crowd: Crowd) -> StartChildren:
    """Return the command that starts the children as scopes of their own."""
    scopes = crowd.scopes if len(crowd.scopes) > 1 else crowd.scopes[:1]
    shares = scopes[0].shares_variables
    return StartChildren(
        activation=visit.id,
        attempt=visit.attempt,
        scopes=tuple(scope.id for scope in scopes),
        inputs=crowd.inputs,
        items=crowd.items,
        limit=crowd.limit if crowd.limit < len(crowd.inputs) else 0,
        aborts=crowd.aborts,
        variables={} if shares else walk.variables,
    )


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
        begin_scope(child, crowd.inputs[index], walk.variables)
        run(child)
        if child.is_running:  # its budget is used up: let it have turns of its own
            del walk.history[said:]
            walk.told = told
            return False
        walk.history.extend(child.history)
        walk.budget = child.budget
        walk.transitions += child.transitions
        walk.told = child.told + isinstance(visit.state.work, Map)
        outputs.append(walk.load(child.output))
        if child.failure is not None:
            failures[index] = child.failure
            if crowd.aborts:
                break
    _joined(walk, visit, outputs, failures)
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
    child.told = walk.told + isinstance(visit.state.work, Map)
    return child


def child_key(parent: str, activation: int, attempt: int, index: int) -> str:
    """Return the runtime id of a child scope.

    >>> child_key("r", 3, 1, 17)
    'r.3.1-17'
    """
    return f"{parent}.{activation}.{attempt}-{index}"


def joined(
    walk: Walk,
    activation: Activation,
    outputs: Sequence[Json],
    failures: Mapping[int, Failure],
) -> None:
    """Every child has ended: gather what they gave."""
    del walk.active[activation.id]
    _joined(walk, walk.taken_up(activation), outputs, failures)


def child_failed(walk: Walk, activation: Activation, failure: Failure) -> None:
    """A child failed and nobody waits for the others."""
    del walk.active[activation.id]
    fail(walk, walk.taken_up(activation), failure)


def _joined(
    walk: Walk,
    visit: Visit,
    outputs: Sequence[Json],
    failures: Mapping[int, Failure],
) -> None:
    walk.say(Happened.CHILDREN_JOINED, visit.state.name, activation=visit.id)
    failure = _verdict(walk, visit, len(outputs), failures)
    if failure is None:
        finish(walk, visit, _in_place(walk, visit, outputs))
        return
    fail(walk, visit, failure, _in_place(walk, visit, outputs))


def _in_place(walk: Walk, visit: Visit, outputs: Sequence[Json]) -> list[Json]:
    """Put each output where its branch stands in the definition."""
    if not isinstance(visit.state.work, Parallel):
        return list(outputs)
    placed: list[Json] = [None] * len(visit.state.work.branches)
    for position, output in zip(_chosen(walk, visit), outputs, strict=False):
        placed[position] = output
    return placed


def _verdict(
    walk: Walk, visit: Visit, count: int, failures: Mapping[int, Failure]
) -> Failure | None:
    """Return what the container fails with, or None when it does not."""
    if not failures:
        return None
    first = failures[min(failures)]
    tolerance = _tolerance(walk, visit)
    if tolerance is None:
        return first
    by_count, percentage = tolerance
    if len(failures) <= by_count or len(failures) * 100 <= percentage * count:
        return None
    cause = f"{len(failures)} of {count} iterations failed, more than is tolerated"
    return Failure(error=walk.name_of(Kind.TOLERANCE), cause=cause)


def _tolerance(walk: Walk, visit: Visit) -> tuple[int, int] | None:
    """Return the count and the percentage of children that may fail; None: none."""
    work = visit.state.work
    if not isinstance(work, Map):
        return None
    if work.tolerated_count is None and work.tolerated_percentage is None:
        return None
    view = walk.view(visit, visit.input)
    return (
        _whole(walk, work.tolerated_count, view, "ToleratedFailureCount"),
        _whole(walk, work.tolerated_percentage, view, "ToleratedFailurePercentage"),
    )


def _map(visit: Visit) -> Map:
    work: Any = visit.state.work
    assert isinstance(work, Map)  # noqa: S101 - the table's promise to the type checker
    return work


def _parallel(visit: Visit) -> Parallel:
    work: Any = visit.state.work
    assert isinstance(work, Parallel)  # noqa: S101 - as above
    return work
