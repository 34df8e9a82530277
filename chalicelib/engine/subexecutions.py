"""What does another execution mean to the task that started it?

Step Functions, "Start workflow executions": what ``.sync`` waits for is described as
``DescribeExecution`` does, also where it failed: then the description is the cause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from chalicelib.engine.events import Answer
from chalicelib.engine.metadata import sdk_metadata
from chalicelib.engine.state import Failure
from chalicelib.model.arns import Naming
from chalicelib.model.error_names import TASK_FAILED
from chalicelib.values import Json, compact

#: Characters of another execution's cause: each level of executions quotes the one
#: below, and quoting a quotation doubles its escapes.
LONGEST_CAUSE = 4096
#: Readings that wait for the other execution's end.
_WAITING = frozenset({"execution_output", "execution_output_json"})
_INCLUDED: Json = {"Included": True}

Facts = Mapping[str, Json]


def read_failure(
    reading: str, failure: Failure, facts: Facts, naming: Naming
) -> Failure:
    """Return what work that ended badly means to a task of this reading."""
    # Step Functions, "Start an execution": whatever the other execution failed with,
    # the task that waited for it fails with States.TaskFailed.
    if reading not in _WAITING:
        return failure
    found = _described(facts, naming) | {"Status": facts.get("status", "FAILED")}
    if failure.error:
        found["Error"] = failure.error
    if failure.cause:
        found["Cause"] = failure.cause[:LONGEST_CAUSE]
    cause = compact(_with_texts(dict(sorted(found.items()))))
    return Failure(error=TASK_FAILED, cause=cause)


def _started(answer: Answer, naming: Naming) -> Json:
    found, started_at = answer.payload, answer.facts.get("started_at", 0.0)
    # Rounded first, so that a time such as .9996 does not become a fourth digit.
    moment = datetime.fromtimestamp(round(started_at, 3), UTC)
    date = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    workflow = found["workflow"].partition(":")[0]
    arn = naming.execution(workflow, found["name"], started_at)
    return {"ExecutionArn": arn, "StartDate": date, **sdk_metadata(answer)}


def _output(answer: Answer, naming: Naming) -> Json:
    return _with_texts(_output_json(answer, naming))


def _output_json(answer: Answer, naming: Naming) -> dict[str, Json]:
    found = _described(answer.facts, naming)
    ended = {"Output": answer.payload, "OutputDetails": _INCLUDED}
    return found | ended | {"Status": "SUCCEEDED"}


def _described(facts: Facts, naming: Naming) -> dict[str, Json]:
    """Return an execution as Step Functions describes it, as far as it is known."""
    if "workflow" not in facts:
        return {}
    workflow, name, started_at = (
        facts[fact] for fact in ("workflow", "name", "started_at")
    )
    return {
        "ExecutionArn": naming.execution(workflow, name, started_at),
        "Input": facts["input"],
        "InputDetails": _INCLUDED,
        "Name": name,
        "StartDate": round(started_at * 1000),
        "StateMachineArn": naming.machine(workflow),
        "StopDate": round(facts["stopped_at"] * 1000),
    }


def _with_texts(found: dict[str, Json]) -> dict[str, Json]:
    """Return a description whose input and output are JSON texts."""
    texts = {
        name: compact(found[name]) for name in ("Input", "Output") if name in found
    }
    return found | texts


#: Reading -> the result that a task sees.
SUBEXECUTIONS: Mapping[str, Callable[[Answer, Naming], Json]] = MappingProxyType(
    {
        "execution_started": _started,
        "execution_output": _output,
        "execution_output_json": _output_json,
    }
)
