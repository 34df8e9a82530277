"""Which services can a Task call, in which modes, and how does it say so?

Each action is a row: the shape of its Parameters, what they become in the model, and
the modes its service has (CloudFlow, "Integration modes"). What is neither here nor in
``services`` is an API of AWS, if there is one of that name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.formats.cloudflow.action import (
    CALLBACK,
    CUSTOM_CALLBACK,
    REQUEST_COMPLETE,
    SYSTEM_CALLBACK,
    TASK_MODES,
    Action,
    Manner,
    given,
    some,
    whole,
)
from chalicelib.formats.cloudflow.constructors import SUFFIX
from chalicelib.formats.cloudflow.services import SERVICES, api
from chalicelib.formats.cloudflow.shapes import parameter, parameters
from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.fields import Field, Part, mapping, name_text, one_of
from chalicelib.model.expressions import Call, Expression, Literal
from chalicelib.model.workflow import Mode
from chalicelib.values import Json

__all__ = [
    "ACTIONS",
    "CUSTOM_CALLBACK",
    "SYSTEM_CALLBACK",
    "TASK_MODES",
    "action_named",
    "is_synchronous",
    "manner_of",
    "require_parameters",
]

#: Lambda keeps an event for six hours, and a function runs for a quarter of one, three
#: times over; whatever has not told of its end by then never will.
_LONGEST_SILENCE = 8 * 3600.0

_FC_ARN = re.compile(
    r"acs:fc:[^:/]*:[^:/]*:"
    r"(services/[^/:]+/functions/[^/:]+|functions/[^/:]+(/[^/:]+)?)"
).fullmatch
_FLOW_ARN = re.compile(r"acs:fnf:[^:/]*:[^:/]*:flow/(?P<name>[^/:]+)").fullmatch
_API = re.compile(r"[A-Za-z][\w-]*:[A-Za-z]\w*", re.ASCII).fullmatch


def _function_arn(value: Json) -> str | None:
    if isinstance(value, str) and _FC_ARN(value):
        return None
    return (
        "must name a function, as in acs:fc:::services/shop.LATEST/functions/pay "
        "or acs:fc:::functions/pay/LATEST"
    )


def _flow_arn(value: Json) -> str | None:
    is_right = isinstance(value, str) and _FLOW_ARN(value)
    return None if is_right else "must name a flow, as in acs:fnf:::flow/ship"


def _method(value: Json) -> str | None:
    methods = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD")
    if isinstance(value, str) and value.upper() in methods:
        return None
    return f"must be one of {', '.join(methods)}"


def _flow(part: Part, sight: Sight) -> Expression:
    found = given(part, "resourceArn", sight)
    if not isinstance(found, Literal):
        return Call(name="CloudFlow.flowResource", arguments=(found,))
    named = _FLOW_ARN(str(found.value))
    return Literal(value=f"workflow:{named['name'] if named else ''}")


_REQUEST = some({each: each for each in ("method", "headers", "body")}, method="GET")


def _request(part: Part, sight: Sight) -> Expression:
    method = part["method"].value
    if isinstance(method, str):
        part = Part(part.report, part.path, {**part.value, "method": method.upper()})
    return _REQUEST(part, sight)


ACTIONS: Mapping[str, Action] = {
    "FC:InvokeFunction": Action(
        parameters=parameters(
            "FC:InvokeFunction",
            parameter("resourceArn", _function_arn),
            {"invocationType": Field(one_of("Sync", "Async"))},
            parameter("body"),
        ),
        needed=("resourceArn",),
        manners={
            REQUEST_COMPLETE: (Mode.REQUEST, "fc"),
            SYSTEM_CALLBACK: (Mode.SYSTEM, "fc"),
            CUSTOM_CALLBACK: CALLBACK,
        },
        by_invocation={
            # CloudFlow, "Function Compute": an asynchronous request is complete when
            # it is accepted; a synchronous one has ended when it is answered.
            (REQUEST_COMPLETE, "Async"): (Mode.SUBMIT, "accepted"),
            (SYSTEM_CALLBACK, "Sync"): (Mode.REQUEST, "fc"),
        },
        resource=whole("resourceArn"),
        arguments=whole("body"),
        patience=_LONGEST_SILENCE,
    ),
    "FNF:StartExecution": Action(
        parameters=parameters(
            "FNF:StartExecution",
            parameter("resourceArn", _flow_arn),
            parameter("executionName", name_text),
            parameter("input", mapping),
        ),
        needed=("resourceArn",),
        manners={
            REQUEST_COMPLETE: (Mode.SUBMIT, "fnf_started"),
            SYSTEM_CALLBACK: (Mode.SYSTEM, "fnf_output"),
            CUSTOM_CALLBACK: CALLBACK,
        },
        resource=_flow,
        arguments=some({"executionName": "name", "input": "input"}, input={}),
    ),
    "HTTP:Request": Action(
        parameters=parameters(
            "HTTP:Request",
            parameter("url", name_text),
            parameter("method", _method),
            parameter("headers", mapping),
            parameter("body"),
        ),
        needed=("url",),
        manners={
            REQUEST_COMPLETE: (Mode.REQUEST, "http_cloudflow"),
            CUSTOM_CALLBACK: CALLBACK,
        },
        resource=whole("url"),
        arguments=_request,
    ),
    **SERVICES,
}
#: Products that have rows: another API of theirs is a slip, not one of AWS.
_PRODUCTS = frozenset(name.partition(":")[0] for name in ACTIONS)


def action_named(part: Part, name: str) -> Action | None:
    """Return the action that a Task names; one that nobody has is reported."""
    if name in ACTIONS:
        return ACTIONS[name]
    if _API(name) and name.partition(":")[0] not in _PRODUCTS:
        return api(name)
    part.require_known(name, ACTIONS, "action")
    return None


def require_parameters(part: Part, action: Action) -> None:
    """Report parameters that are missing or that have the wrong kind."""
    if action.parameters.fields:
        part.read(action.parameters)
    for name in action.needed:
        if name not in part and name + SUFFIX not in part:
            part.wrong(f"{name!r} is missing in {action.parameters.what}; add it")


def manner_of(action: Action, mode: str, parameters_given: Part) -> Manner | None:
    """Return how the task waits; None where the service has no such mode."""
    invocation = parameters_given["invocationType"].value
    return action.by_invocation.get((mode, invocation)) or action.manners.get(mode)


def is_synchronous(action: Action, parameters_given: Part) -> bool:
    """Return whether the request of a task is said to last as long as its work."""
    has_both = bool(action.by_invocation)
    return has_both and parameters_given["invocationType"].value == "Sync"
