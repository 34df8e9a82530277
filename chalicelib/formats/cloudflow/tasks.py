"""A Task of a definition -> a task of the model, and what it is called with."""

from __future__ import annotations

from chalicelib.formats.cloudflow.action import Action
from chalicelib.formats.cloudflow.actions import (
    CUSTOM_CALLBACK,
    SYSTEM_CALLBACK,
    TASK_MODES,
    action_named,
    is_synchronous,
    manner_of,
    require_parameters,
)
from chalicelib.formats.cloudflow.constructors import SUFFIX, compile_twin
from chalicelib.formats.cloudflow.shapes import LONGEST_TIMEOUT
from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.fields import Part, listed
from chalicelib.model.expressions import Call, Expression, Literal
from chalicelib.model.workflow import Mode, Task

_NOWHERE = Task(resource=Literal(value=""))


def compile_task(part: Part) -> tuple[Task, Expression | None]:
    """Return the task and its arguments."""
    timeout = _timeout(part)
    action = _action(part["Action"])
    mode = _mode(part["TaskMode"])
    parameters = part["Parameters"]
    if action is None or not mode or not isinstance(parameters.value, dict):
        return _NOWHERE, None
    require_parameters(parameters, action)
    manner = manner_of(action, mode, parameters)
    if manner is None:
        part["TaskMode"].wrong(
            f"{part['Action'].value} has no mode {mode}; "
            f"it has {listed(tuple(action.manners))}"
        )
        return _NOWHERE, None
    sight = Sight(token=mode == CUSTOM_CALLBACK)
    task = Task(
        resource=action.resource(parameters, sight),
        mode=manner[0],
        reading=manner[1],
        timeout=_patience(part, action, manner[0]) or timeout,
        at_most_once=part["AtMostOnce"].value is True,
        is_awaited=mode == CUSTOM_CALLBACK and is_synchronous(action, parameters),
        label=tuple(_canonical(part["Action"].value).split(":", 1)),
        job=action.job if mode == SYSTEM_CALLBACK else None,
    )
    return task, action.arguments(parameters, sight)


def _canonical(action: str) -> str:
    # CloudFlow, "Integration modes": early pages write FC::InvokeFunction.
    return action.replace("::", ":")


def _action(part: Part) -> Action | None:
    if not isinstance(part.value, str):
        return None
    return action_named(part, _canonical(part.value))


def _mode(part: Part) -> str:
    """Return the TaskMode; empty for one that does not exist."""
    if part.value is None:
        return TASK_MODES[0]
    if not isinstance(part.value, str):
        return ""
    is_known = part.require_known(part.value, TASK_MODES, "TaskMode")
    return part.value if is_known else ""


def _patience(part: Part, action: Action, mode: Mode) -> Expression | None:
    """Return when work is given up that may be silent for ever, if nobody said."""
    is_said = "Timeout" in part or f"Timeout{SUFFIX}" in part
    if is_said or mode is not Mode.SYSTEM or action.patience is None:
        return None
    return Literal(value=action.patience)


def _timeout(part: Part) -> Expression | None:
    found = compile_twin(part, "Timeout", Sight())
    if not isinstance(found, Literal):
        most = Literal(value=LONGEST_TIMEOUT)
        return found and Call(name="CloudFlow.timeout", arguments=(found, most))
    # CloudFlow, "Task": a timeout of 0 never comes.
    return None if found.value in (0, "0") else found
