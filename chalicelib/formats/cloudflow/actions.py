"""Which services can a Task call, in which modes, and how does it say so?

Each action is a row: the shape of its Parameters, what they become in the model, and
the modes its service has (CloudFlow, "Integration modes").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.formats.cloudflow.constructors import (
    SUFFIX,
    compile_twin,
)
from chalicelib.formats.cloudflow.folding import object_of
from chalicelib.formats.cloudflow.shapes import parameter, parameters, seconds
from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.fields import (
    Field,
    Part,
    Shape,
    mapping,
    name_text,
    one_of,
)
from chalicelib.model.expressions import Call, Expression, Literal
from chalicelib.model.workflow import Mode
from chalicelib.values import Json

#: The words of the language for the model's modes.
REQUEST_COMPLETE = "RequestComplete"
SYSTEM_CALLBACK = "WaitForSystemCallback"
CUSTOM_CALLBACK = "WaitForCustomCallback"
TASK_MODES = (REQUEST_COMPLETE, SYSTEM_CALLBACK, CUSTOM_CALLBACK)

#: Mode, and how the answer of the request is read.
Manner = tuple[Mode, str]
#: Who answers the token decides; of the request only its refusal counts.
_CALLBACK: Manner = (Mode.CALLBACK, "accepted")
_EMPTY = Literal(value={})

Build = Callable[[Part, Sight], Expression]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A row: one operation of one service."""

    parameters: Shape
    #: Parameters without which there is no request.
    needed: tuple[str, ...]
    #: By TaskMode; a mode that is not here is one the service does not have.
    manners: Mapping[str, Manner]
    resource: Build
    arguments: Build


_FC_ARN = re.compile(
    r"acs:fc:[^:/]*:[^:/]*:"
    r"(services/[^/:]+/functions/[^/:]+|functions/[^/:]+(/[^/:]+)?)"
).fullmatch
_FLOW_ARN = re.compile(r"acs:fnf:[^:/]*:[^:/]*:flow/(?P<name>[^/:]+)").fullmatch


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


def _given(part: Part, name: str, sight: Sight) -> Expression:
    """Return a parameter; an empty object where there is none."""
    found = compile_twin(part, name, sight)
    return _EMPTY if found is None else found


def _whole(name: str) -> Build:
    return lambda part, sight: _given(part, name, sight)


def _some(names: Mapping[str, str], **defaults: Json) -> Build:
    """Build an object of the parameters that are given: name -> its new name."""

    def build(part: Part, sight: Sight) -> Expression:
        fields: dict[str, Expression] = {
            name: Literal(value=value) for name, value in defaults.items()
        }
        for name, new in names.items():
            found = compile_twin(part, name, sight)
            fields |= {} if found is None else {new: found}
        return object_of(fields)

    return build


def _flow(part: Part, sight: Sight) -> Expression:
    found = _given(part, "resourceArn", sight)
    if not isinstance(found, Literal):
        return Call(name="CloudFlow.flowResource", arguments=(found,))
    named = _FLOW_ARN(str(found.value))
    return Literal(value=f"workflow:{named['name'] if named else ''}")


def _queue(part: Part, sight: Sight) -> Expression:
    found = _given(part, "queueName", sight)
    if isinstance(found, Literal):
        return Literal(value=f"sqs:{found.value}")
    return Call(name="CloudFlow.format", arguments=(Literal(value="sqs:{}"), found))


_REQUEST = _some({each: each for each in ("method", "headers", "body")}, method="GET")


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
            # Lambda has no job to wait for but the invocation itself: it is awaited.
            SYSTEM_CALLBACK: (Mode.REQUEST, "fc"),
            CUSTOM_CALLBACK: _CALLBACK,
        },
        resource=_whole("resourceArn"),
        arguments=_whole("body"),
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
            CUSTOM_CALLBACK: _CALLBACK,
        },
        resource=_flow,
        arguments=_some({"executionName": "name", "input": "input"}, input={}),
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
            CUSTOM_CALLBACK: _CALLBACK,
        },
        resource=_whole("url"),
        arguments=_request,
    ),
    "MNS:SendMessage": Action(
        parameters=parameters(
            "MNS:SendMessage",
            parameter("queueName", name_text),
            parameter("messageBody"),
            parameter("delaySeconds", seconds(least=0)),
        ),
        needed=("queueName", "messageBody"),
        manners={
            REQUEST_COMPLETE: (Mode.REQUEST, "payload"),
            CUSTOM_CALLBACK: _CALLBACK,
        },
        resource=_queue,
        arguments=_some({"messageBody": "MessageBody", "delaySeconds": "DelaySeconds"}),
    ),
}
#: Services that have rows to come, or that nobody should wait for.
REFUSED: Mapping[str, str] = {
    "MNS:PublishMessage": "topics are not supported; send to a queue (MNS:SendMessage)",
}


def require_parameters(part: Part, action: Action) -> None:
    """Report parameters that are missing or that have the wrong kind."""
    part.read(action.parameters)
    for name in action.needed:
        if name not in part and name + SUFFIX not in part:
            part.wrong(f"{name!r} is missing in {action.parameters.what}; add it")


def manner_of(action: Action, mode: str, parameters_given: Part) -> Manner | None:
    """Return how the task waits; None where the service has no such mode."""
    manner = action.manners.get(mode)
    is_async = parameters_given["invocationType"].value == "Async"
    # CloudFlow, "Function Compute": an asynchronous request is complete when accepted.
    if manner and is_async and mode == REQUEST_COMPLETE:
        return (Mode.SUBMIT, "accepted")
    return manner
