"""Run a workflow in memory: for authors' tests, and for our own.

    from chalicelib.testing import check, run

    done = run(definition, {"name": "Ada"}, functions={"greet": greet})
    assert done.status == "SUCCEEDED" and done.output == "Hello, Ada"

The real engine, journal and orchestrator on twins in memory, with a virtual clock: a
wait of a year takes no time. Functions are named by the last part of their resource and
get the event, body or message; one may carry ``takes`` (seconds), how long it seems to
work. A task that waits for its token is answered with what its function returns; one
without a function is never answered. The same call gives the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import Any

from chalicelib.dispatchers import aws_check
from chalicelib.engine.state import Status
from chalicelib.errors import Problem, TaskEnded
from chalicelib.formats import check_definition
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.ports import Limits
from chalicelib.prices import Bill
from chalicelib.simulation.stage import Stage
from chalicelib.values import Json

__all__ = ["Outcome", "check", "run"]

#: Seconds; AWS, "Express workflows": the longest that one runs.
EXPRESS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended; RUNNING when nothing could move it any more."""

    status: Status
    output: Json = None
    #: None where it did not fail, or failed without a name.
    error: str | None = None
    cause: str | None = None
    #: What happened, oldest first: see ``docs/api.md``, "History".
    history: list[dict[str, Json]]
    #: What it would have used of DynamoDB, SQS and Lambda.
    cost: Bill
    #: Seconds of virtual time.
    duration: float
    #: What there is of S3 after it: (bucket, key) -> content.
    objects: Mapping[tuple[str, str], bytes] = field(default_factory=dict)


def run(
    definition: Any,
    input: Json = None,
    *,
    format: str | None = None,
    functions: Mapping[str, Callable[[Json], Json]] | None = None,
    objects: Mapping[tuple[str, str], bytes] | None = None,
    workflows: Mapping[str, Any] | None = None,
    express: bool = False,
    name: str = "test",
    limits: Limits | None = None,
    wake_ups: Sequence[tuple[float, str, Json]] = (),
) -> Outcome:
    """Run a definition (text or value) to its end.

    ``objects``: (bucket, key) -> content, for Maps that read S3. ``workflows``: other
    definitions by name, which it may start. ``express``: as an express execution,
    which times out after five minutes. ``wake_ups``: who wakes a suspense task:
    (seconds after the start, name of the task, what is brought).

    Raises:
        DefinitionRefused: with every problem of the definition.
        InputRefused: the input breaks the workflow's own schema.
    """
    stage = Stage(functions, limits=limits, objects=objects)
    try:
        for other, text in (workflows or {}).items():
            stage.publish(text, name=other)
        workflow = stage.publish(definition, name="workflow", format=format)
        began = stage.loop.now
        execution = stage.start(workflow, input, name=name)
        if express:
            stage.later(EXPRESS, partial(_expire, stage, execution))
        for after, task, data in wake_ups:
            stage.later(after, partial(_wake_up, stage, execution, task, data))
        stage.settle(execution)
        return _outcome(stage, execution, stage.loop.now - began)
    finally:
        stage.loop.close()


def _outcome(stage: Stage, execution: str, duration: float) -> Outcome:
    head = stage.head(execution)
    return Outcome(
        status=head.status,
        output=head.output if head.status is Status.SUCCEEDED else None,
        error=head.error or None,
        cause=head.cause or None,
        history=stage.history(execution),
        cost=stage.meter.bill(execution),
        duration=duration,
        objects=stage.objects.objects,
    )


def _wake_up(stage: Stage, execution: str, task: str, data: Json) -> None:
    with suppress(TaskEnded):  # who comes too late learns it
        stage.wake_up(execution, task, data)


def _expire(stage: Stage, execution: str) -> None:
    head = stage.head(execution)
    if head.status is Status.RUNNING:
        error = TABLES["asl"][Kind.EXECUTION_TIMEOUT]
        stage.orchestrator.end_from_outside(head, Status.TIMED_OUT, error, "")


def check(definition: Any, *, format: str | None = None) -> list[Problem]:
    """Return everything that is wrong with a definition; empty when nothing is.

    What it asks of AWS is checked, too, where botocore is installed.
    """
    if find_spec("botocore") is None:
        return check_definition(definition, format=format)
    return aws_check.check_definition(definition, format=format)
