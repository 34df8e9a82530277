"""How much of a DAG is done? Rill Flow's progress, in percent.

A task counts by its weight, 1 where it has none. One that is done counts whole; a
container by its groups; one that runs by what its own ``calculation`` says, a script
that sees ``params`` and ``taskRunningTimeInMillis`` and gives a number from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.api.rillflow.story import TaskStatus, Told
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import Facts, jayway
from chalicelib.model.jayway_grammar import parse
from chalicelib.values import Json, is_number

_DONE = (TaskStatus.SUCCEED, TaskStatus.FAILED, TaskStatus.SKIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One task of a DAG."""

    #: As it was written.
    definition: Mapping[str, Json]
    told: Told
    #: Statuses of its groups; none for a task without.
    groups: Sequence[TaskStatus]
    #: Seconds since the epoch.
    at: float
    execution: str

    @property
    def progress(self) -> Mapping[str, Json]:
        """What the author says about it."""
        found = self.definition.get("progress")
        return found if isinstance(found, dict) else {}


def percent(parts: Iterable[Part]) -> int:
    """Return how much of all of them is done."""
    weighed = [(_weight(part), _share(part)) for part in parts]
    total = sum(weight for weight, _ in weighed)
    return int(100 * sum(weight * share for weight, share in weighed) / total)


def _weight(part: Part) -> float:
    weight: Json = part.progress.get("weight")
    return float(weight) if is_number(weight) and weight > 0 else 1.0


def _share(part: Part) -> float:
    if part.told.status in _DONE:
        return 1.0
    if part.groups:
        return sum(each in _DONE for each in part.groups) / len(part.groups)
    script = part.progress.get("calculation")
    if part.told.status is not TaskStatus.RUNNING or not isinstance(script, str):
        return 0.0
    return _calculated(part, script)


def _calculated(part: Part, script: str) -> float:
    # Here: few tasks have a script.
    from chalicelib.expressions import aviator

    began = part.told.times[-1][0] or part.at
    environment = {
        "params": dict(_params(part)),
        "taskRunningTimeInMillis": round((part.at - began) * 1000),
    }
    facts = Facts(at=part.at, salt=part.execution)
    try:
        found = aviator.evaluate(script, environment, facts)
    except EvaluationFailure:
        return 0.0
    return min(max(found, 0.0), 1.0) if is_number(found) else 0.0


def _params(part: Part) -> Iterable[tuple[str, Json]]:
    for each in part.progress.get("args") or ():
        name, source = str(each.get("variable", "")), str(each.get("source", ""))
        try:
            yield name, jayway.read(parse(source), {"input": part.told.input})
        except EvaluationFailure:
            continue
