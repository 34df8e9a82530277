"""Which children does an attempt of a container have, and what does each receive?

The same visit gives the same crowd, always: it is worked out when the children begin,
and again when a slot is filled, or the start is asked for once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from chalicelib.engine.batches import ItemTooLarge, Most, batched
from chalicelib.engine.items import inputs_of, items_of
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import arguments
from chalicelib.engine.waits import seconds
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import View, evaluate, holds
from chalicelib.frozen import dataclass
from chalicelib.model.error_names import Kind
from chalicelib.model.expressions import Expression
from chalicelib.model.workflow import Map, OnFailure, Parallel, Scope
from chalicelib.values import Json

#: What the input of a batch calls what its items share.
_BESIDE = "BatchInput"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The children of one attempt of a container."""

    scopes: Sequence[Scope]
    inputs: Sequence[Json]
    items: Sequence[Json] = ()
    limit: int = 0
    aborts: bool = True
    #: Without ``aborts``: more failed children than this decide at once; 0: none do.
    tolerated: int = 0
    #: Items in each child's batch; empty: one in each.
    weights: Sequence[int] = ()

    def scope(self, index: int) -> Scope:
        """Return the scope of one child; all share one, or each has its own."""
        return self.scopes[index if len(self.scopes) > 1 else 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How many items of a Map may fail; None: as many as want to."""

    count: float | None
    percentage: float | None

    def is_exceeded(self, failed: int, of: int) -> bool:
        """AWS, "Setting failure thresholds": either one exceeded fails the Map.

        Measured: one of 0 beside one that is more is as if it were not there.

        >>> Tolerance(count=0, percentage=50).is_exceeded(1, 2)
        False
        """
        if not self.count and not self.percentage:
            return failed > 0
        if self.count and failed > self.count:
            return True
        return bool(self.percentage) and failed * 100 > (self.percentage or 0) * of

    def children(self, weights: Sequence[int]) -> int:
        """Return how many children may fail, whichever they are, before it is exceeded.

        ``weights``: the items in each child. Where children differ, the lightest are
        taken to have failed; that more is too much is then seen at the join.
        """
        total, failed = sum(weights), 0
        for number, weight in enumerate(sorted(weights)):
            failed += weight
            if self.is_exceeded(failed, total):
                return number
        return len(weights)


def parallel_crowd(walk: Walk, visit: Visit) -> Crowd:
    """Return the branches to run: the same for the same visit."""
    work = _parallel(visit)
    chosen = chosen_branches(walk, visit)
    value = arguments(walk, visit)
    return Crowd(
        scopes=[work.branches[position].scope for position in chosen],
        inputs=[value] * len(chosen),
        aborts=work.failure is OnFailure.ABORT,
    )


def chosen_branches(walk: Walk, visit: Visit) -> list[int]:
    """Return the positions of the branches whose condition holds."""
    work, view = _parallel(visit), walk.view(visit, visit.input)
    held = (
        position
        for position, branch in enumerate(work.branches)
        if branch.condition is None or holds(branch.condition, view)
    )
    return list(islice(held, 1) if work.only_first else held)


def edges_of(walk: Walk, visit: Visit) -> tuple[str, ...] | None:
    """Return where the one branch that ran leads; None: where its state does."""
    work = visit.state.work
    if not isinstance(work, Parallel) or not work.only_first:
        return None
    ran = (work.branches[position] for position in chosen_branches(walk, visit))
    return next((branch.next for branch in ran), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What the iterations of a Map are to receive, before its tolerance is known."""

    inputs: Sequence[Json]
    items: Sequence[Json]
    weights: Sequence[int]
    #: How many run at once; 0: all.
    limit: int


def gathered(walk: Walk, visit: Visit) -> Gathered:
    """Return what each iteration receives: the same for the same visit."""
    found = items_of(walk, visit, walk.view(visit, visit.input))
    inputs, weights = _batches(walk, visit, inputs_of(walk, visit, found))
    return Gathered(
        inputs=inputs,
        items=() if weights else found.inner,
        weights=weights,
        limit=concurrency_of(walk, visit),
    )


def map_crowd(walk: Walk, visit: Visit, found: Gathered | None = None) -> Crowd:
    """Return the iterations to run: the same for the same visit."""
    work = _map(visit)
    found = found or gathered(walk, visit)
    tolerance = tolerance_of(walk, visit)
    aborts, tolerated = work.failure is OnFailure.ABORT, 0
    if aborts and tolerance is not None:
        # Where some failures decide, nobody waits for the others.
        tolerated = tolerance.children(found.weights or [1] * len(found.inputs))
        aborts = not tolerated
    return Crowd(
        scopes=[work.scope],
        inputs=found.inputs,
        items=found.items,
        limit=found.limit,
        aborts=aborts,
        tolerated=tolerated if tolerated < len(found.inputs) else 0,
        weights=found.weights,
    )


def _batches(
    walk: Walk, visit: Visit, inputs: Sequence[Json]
) -> tuple[Sequence[Json], Sequence[int]]:
    """Return the inputs by batches, and how many of them are in each."""
    batcher = _map(visit).batcher
    if batcher is None:
        return inputs, ()
    view = walk.view(visit, visit.input)
    most = Most(
        items=int(_number(walk, batcher.max_items, view, "MaxItemsPerBatch") or 0),
        bytes=int(_number(walk, batcher.max_bytes, view, "MaxInputBytesPerBatch") or 0),
    )
    around = {} if batcher.input is None else {_BESIDE: evaluate(batcher.input, view)}
    try:
        batches = batched(inputs, most, around)
    except ItemTooLarge as error:
        raise EvaluationFailure(walk.name_of(Kind.TOO_LARGE), str(error)) from None
    return batches, [len(batch["Items"]) for batch in batches]


def _number(
    walk: Walk, expression: Expression | None, view: View, what: str
) -> float | None:
    value = None if expression is None else evaluate(expression, view)
    if value is None:
        return None
    return seconds(value, walk.name_of(Kind.RUNTIME), what)


def tolerance_of(walk: Walk, visit: Visit) -> Tolerance | None:
    """Return how many failures a container tolerates; None: the first is its own."""
    work = visit.state.work
    if not isinstance(work, Map):
        return None
    view = walk.view(visit, visit.input)
    written = (
        _number(walk, work.tolerated_count, view, "ToleratedFailureCount"),
        _number(walk, work.tolerated_percentage, view, "ToleratedFailurePercentage"),
    )
    changed = visit.limits.tolerated_count, visit.limits.tolerated_percentage
    if changed != (None, None):
        # A 0 in the definition is what it need not say; it would undo the other limit.
        written = written[0] or None, written[1] or None
    if changed == written == (None, None):
        return None
    count, percentage = map(_changed, changed, written)
    return Tolerance(count=count, percentage=percentage)


def _changed(now: float | None, written: float | None) -> float | None:
    return written if now is None else now


def concurrency_of(walk: Walk, visit: Visit) -> int:
    """Return how many children run at once; 0: all of them."""
    view = walk.view(visit, visit.input)
    written = _number(walk, _map(visit).max_concurrency, view, "MaxConcurrency")
    return int(_changed(visit.limits.concurrency, written) or 0)


def limits_of(walk: Walk, visit: Visit) -> dict[str, Json]:
    """Return what limits the run of a Map, by the names that Step Functions has."""
    tolerance = tolerance_of(walk, visit) or Tolerance(count=0, percentage=0)
    return {
        "maxConcurrency": concurrency_of(walk, visit),
        "toleratedFailureCount": tolerance.count or 0,
        "toleratedFailurePercentage": tolerance.percentage or 0,
    }


def _map(visit: Visit) -> Map:
    work: Any = visit.state.work
    assert isinstance(work, Map)  # noqa: S101 - the table's promise to the type checker
    return work


def _parallel(visit: Visit) -> Parallel:
    work: Any = visit.state.work
    assert isinstance(work, Parallel)  # noqa: S101 - as above
    return work
