"""A task step -> a task of the model, its input and what it is called with."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.formats.cloudflow_steps.mappings import step_input
from chalicelib.formats.cloudflow_steps.paths import STEP_INPUT, compile_value
from chalicelib.formats.cloudflow_steps.services import (
    CALLBACK,
    PATTERNS,
    Service,
    service_of_action,
    service_of_arn,
)
from chalicelib.formats.fields import Part, listed
from chalicelib.model.expressions import Expression, Literal, Pipe
from chalicelib.model.workflow import Task

_NOWHERE = Task(resource=Literal(value=""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a task step asks for."""

    task: Task
    input: Expression
    arguments: Expression | None


def compile_task(part: Part) -> Asked:
    """Return the task; its problems go to the report of ``part``."""
    pattern = _pattern(part["pattern"])
    token = pattern == CALLBACK
    given = step_input(part["inputMappings"], token=token)
    found = _service(part)
    if found is None:
        return Asked(task=_NOWHERE, input=given, arguments=None)
    service, resource = found
    params = part["serviceParams"]
    if "serviceParams" in part:
        params.read(service.params)
    manner = service.manners.get(pattern)
    if manner is None:
        if pattern:
            part["pattern"].wrong(
                f"{service.name} has no pattern {pattern}; "
                f"it has {listed(tuple(service.manners))}"
            )
        return Asked(task=_NOWHERE, input=given, arguments=None)
    task = Task(
        resource=resource,
        mode=manner[0],
        reading=manner[1],
        timeout=_timeout(part["timeoutSeconds"]),
        at_most_once=part["atMostOnce"].value is True,
        label=(service.name,),
    )
    arguments = service.arguments(params)
    if token:
        arguments = _with_token(given, arguments)
    return Asked(task=task, input=given, arguments=arguments)


def _with_token(given: Expression, arguments: Expression | None) -> Expression:
    """Return arguments for which the input is mapped anew, now that there is a token.

    The step's input, which its output mappings and its history see, holds none.
    """
    return given if arguments is None else Pipe(stages=(given, arguments))


def _pattern(part: Part) -> str:
    """Return the pattern; empty for one that does not exist."""
    if part.value is None:
        return PATTERNS[0]
    if not isinstance(part.value, str):
        return ""
    return part.value if part.require_known(part.value, PATTERNS, "pattern") else ""


def _service(part: Part) -> tuple[Service, Expression] | None:
    """Return what the step calls: a resource, or an action with its parameters."""
    if ("resourceArn" in part) == ("action" in part):
        part.wrong(
            "a task step has either 'resourceArn' or 'action'; "
            + ("remove one" if "action" in part else "add one")
        )
        return None
    if "resourceArn" in part:
        return service_of_arn(part["resourceArn"])
    found = service_of_action(part["action"], part["serviceParams"])
    if found and "serviceParams" not in part and found[0].needed:
        part.wrong(f"'serviceParams' is missing; add it with {listed(found[0].needed)}")
    return found


def _timeout(part: Part) -> Expression | None:
    return None if part.value is None else compile_value(part, STEP_INPUT)
