"""What does a container make of what its children gave?

outputs and failures --gather--> a result, a failure, or results to be written
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.engine import errands
from chalicelib.engine.crowds import (
    chosen_branches,
    edges_of,
    map_crowd,
    tolerance_of,
)
from chalicelib.engine.history import Happened
from chalicelib.engine.state import Failure, Step
from chalicelib.engine.visit import Visit
from chalicelib.engine.walk import Walk
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Map, Parallel
from chalicelib.values import Json


def gather(
    walk: Walk,
    visit: Visit,
    outputs: Sequence[Json],
    failures: Mapping[int, Failure],
) -> None:
    """Every child has ended: on with what they gave, or with the failure.

    Raises:
        EvaluationFailure: a limit of the Map has no value.
    """
    walk.say(Happened.CHILDREN_JOINED, visit.state.name, activation=visit.id)
    failure = _verdict(walk, visit, len(outputs), failures)
    if failure is not None:
        errands.run_failed(walk, visit, failure, _in_place(walk, visit, outputs))
    elif isinstance(visit.state.work, Map) and visit.state.work.writer is not None:
        _write(walk, visit, outputs, failures)
    else:
        result = _told_failures(visit, _in_place(walk, visit, outputs), failures)
        errands.run_succeeded(walk, visit, result, alive=edges_of(walk, visit))


def _told_failures(
    visit: Visit, outputs: list[Json], failures: Mapping[int, Failure]
) -> list[Json]:
    """Put each tolerated failure in the place of its output, where they are told."""
    if isinstance(visit.state.work, Map) and visit.state.work.tells_failures:
        for index, failure in failures.items():
            told = {"Error": failure.error, "Cause": failure.cause}
            outputs[index] = {"Status": "FAILED", **told}
    return outputs


def _write(
    walk: Walk,
    visit: Visit,
    outputs: Sequence[Json],
    failures: Mapping[int, Failure],
) -> None:
    """Have the writer take what the iterations gave, beside what each received."""
    inputs = map_crowd(walk, visit).inputs
    errands.renumber(walk, visit)
    visit.items = [
        _result(given, output, failures.get(index))
        for index, (given, output) in enumerate(zip(inputs, outputs, strict=True))
    ]
    errands.begin(walk, visit, Step.WRITE)


def _result(given: Json, output: Json, failure: Failure | None) -> Json:
    if failure is None:
        return {"input": given, "output": output}
    return {"input": given, "error": failure.error, "cause": failure.cause}


def _in_place(walk: Walk, visit: Visit, outputs: Sequence[Json]) -> list[Json]:
    """Put each output where its branch stands in the definition."""
    if not isinstance(visit.state.work, Parallel):
        return list(outputs)
    placed: list[Json] = [None] * len(visit.state.work.branches)
    for position, output in zip(chosen_branches(walk, visit), outputs, strict=False):
        placed[position] = output
    return placed


def _verdict(
    walk: Walk, visit: Visit, count: int, failures: Mapping[int, Failure]
) -> Failure | None:
    """Return what the container fails with, or None when it does not."""
    if not failures:
        return None
    tolerance = tolerance_of(walk, visit)
    if tolerance is None:
        return failures[min(failures)]
    failed, of = len(failures), count
    if weights := map_crowd(walk, visit).weights:
        failed, of = sum(weights[index] for index in failures), sum(weights)
    if tolerance.is_exceeded(failed, of):
        return exceeded(walk, failed, of)
    return None


def exceeded(walk: Walk, failed: int, of: int) -> Failure:
    """Return the failure, with a cause of ours where the language has none."""
    failure = walk.failure_of(Kind.TOLERANCE)
    cause = f"{failed} of {of} iterations failed, more than is tolerated"
    return failure if failure.cause else replace(failure, cause=cause)
