"""A Task's Resource and request -> what is called, with what, and when it is done.

``_INTEGRATIONS`` is the table: the service and action of an integration's ARN lead to
the row that compiles it, the suffix after them to the mode.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chalicelib.formats.asl.payloads import Payload, payload_of
from chalicelib.formats.fields import Part, listed, suggestion
from chalicelib.model.expressions import Call, Expression, Literal
from chalicelib.model.workflow import Mode

_LAMBDA = re.compile(
    r"arn:[\w-]+:lambda:[\w-]*:\d*:function:([\w-]+)(?::([\w$-]+))?", re.ASCII
)
_INTEGRATION = re.compile(
    r"arn:[\w-]+:states:[\w-]*:\d*:([\w-]+:[\w:-]+?)((?:\.(?:sync(?::2)?|waitForTaskToken))?)",
    re.ASCII,
)
_MACHINE = re.compile(
    r"arn:[\w-]+:states:[\w-]*:\d*:stateMachine:([\w.-]+)(?::[\w.-]+)?", re.ASCII
)
_WAIT = ".waitForTaskToken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a Task asks for."""

    resource: Expression
    arguments: Expression | None = None
    mode: Mode = Mode.REQUEST
    reading: str = "payload"
    #: Service, action and the whole text of the resource.
    label: tuple[str, ...] = ()


#: Stands for a request that could not be read; the problem is reported.
_UNREADABLE = Request(resource=Literal(value=""))

Compile = Callable[[Payload, str], Request]


@dataclass(frozen=True, slots=True)
class _Integration:
    """A service integration of AWS that this stage carries out."""

    compile: Compile
    #: The suffixes it has.
    patterns: tuple[str, ...] = ("",)


def compile_request(part: Part, language: str) -> Request:
    """Return what the Task state ``part`` asks for."""
    resource = part["Resource"]
    written = resource.value
    if not isinstance(written, str):
        return _UNREADABLE
    payload = payload_of(part, language)
    if written.startswith(("http://", "https://")):
        return Request(
            resource=Literal(value=written),
            arguments=payload.whole(),
            label=("http", "request", written),
        )
    if _LAMBDA.fullmatch(written):
        return Request(
            resource=Literal(value=f"lambda:{written}"),
            arguments=payload.whole(),
            label=("lambda", "function", written),
        )
    found = _INTEGRATION.fullmatch(written)
    if found is None or found[1] not in _INTEGRATIONS:
        _refuse(resource, found[1] if found else "")
        return _UNREADABLE
    return _integrated(part, payload, found)


def _integrated(part: Part, payload: Payload, found: re.Match[str]) -> Request:
    written, action, pattern = found[0], found[1], found[2]
    integration = _INTEGRATIONS[action]
    if pattern not in integration.patterns:
        known = listed([f"{action}{each}" for each in integration.patterns])
        part["Resource"].wrong(f"{action} has no {pattern}; known are {known}")
        return _UNREADABLE
    if not payload.is_given():
        part.wrong(f"{action} needs {_holder(payload)}; add the object")
        return _UNREADABLE
    request = integration.compile(payload, pattern)
    service, name = action.split(":", 1)
    return Request(
        resource=request.resource,
        arguments=request.arguments,
        mode=Mode.CALLBACK if pattern == _WAIT else request.mode,
        reading=request.reading,
        label=(service, f"{name}{pattern}", written),
    )


def _holder(payload: Payload) -> str:
    """Return the name of the field that holds the request."""
    return str(payload.part.path[-1])


def _refuse(resource: Part, action: str) -> None:
    if action:
        hint = suggestion(action, _INTEGRATIONS)
        hint = hint or f"call a function instead; known are {listed(_INTEGRATIONS)}"
        resource.wrong(f"the integration {action} is not supported yet; {hint}")
    elif resource.value.startswith("arn:"):
        resource.wrong(
            f"{resource.value!r} is not the ARN of a function or of an integration; "
            "write one such as arn:aws:lambda:us-east-1:123456789012:function:resize"
        )
    else:
        resource.wrong(
            f"{resource.value!r} is not a resource; write the ARN of a function, an "
            "integration such as arn:aws:states:::lambda:invoke, or an https:// URL"
        )


def _needed(payload: Payload, name: str) -> Expression:
    found = payload.field(name)
    if found is None:
        payload.part.wrong(f"{name!r} is missing in {_holder(payload)}; add it")
        return Literal(value="")
    is_text = not isinstance(found, Literal) or (
        isinstance(found.value, str) and found.value
    )
    if not is_text:
        payload.part[name].wrong("must be a text that is not empty")
        return Literal(value="")
    return found


def _prefixed(prefix: str, value: Expression) -> Expression:
    if isinstance(value, Literal):
        return Literal(value=f"{prefix}{value.value}")
    template = Literal(value=f"{prefix}{{}}")
    text = getattr(value, "text", "")
    return Call(name="States.Format", arguments=(template, value), text=text)


def _refuse_unknown(payload: Payload, *known: str) -> None:
    for name, _ in payload.part.members():
        if name.removesuffix(".$") in known:
            continue
        hint = suggestion(name, known) or f"remove it; known are {listed(known)}"
        payload.part[name].wrong(
            f"unknown field {name!r} in {_holder(payload)}; {hint}", at="key"
        )


_LAMBDA_FIELDS = (
    "FunctionName",
    "Payload",
    "InvocationType",
    "Qualifier",
    "ClientContext",
    "LogType",
)


def _lambda_invoke(payload: Payload, pattern: str) -> Request:
    _refuse_unknown(payload, *_LAMBDA_FIELDS)
    is_event = payload.part["InvocationType"].value == "Event"
    return Request(
        resource=_function(payload),
        # Lambda gives a function that is invoked without a payload an empty object.
        arguments=payload.field_or("Payload", {}),
        mode=Mode.SUBMIT if is_event else Mode.REQUEST,
        reading="lambda_invoke",
    )


def _function(payload: Payload) -> Expression:
    function = _needed(payload, "FunctionName")
    qualifier = payload.field("Qualifier") if "Qualifier" in payload.names() else None
    if qualifier is None:
        return _prefixed("lambda:", function)
    if isinstance(function, Literal) and isinstance(qualifier, Literal):
        return Literal(value=f"lambda:{function.value}:{qualifier.value}")
    template = Literal(value="lambda:{}:{}")
    return Call(name="States.Format", arguments=(template, function, qualifier))


def _send_message(payload: Payload, pattern: str) -> Request:
    _require(payload, "MessageBody")
    return Request(
        resource=_prefixed("sqs:", _needed(payload, "QueueUrl")),
        arguments=payload.without("QueueUrl"),
        reading="sqs",
    )


def _require(payload: Payload, name: str) -> None:
    if payload.lacks(name):
        payload.part.wrong(f"{name!r} is missing in {_holder(payload)}; add it")


_EXECUTION = {
    "": (Mode.SUBMIT, "execution_started"),
    _WAIT: (Mode.CALLBACK, "execution_started"),
    ".sync": (Mode.SYSTEM, "execution_output"),
    ".sync:2": (Mode.SYSTEM, "execution_output_json"),
}


def _start_execution(payload: Payload, pattern: str) -> Request:
    _refuse_unknown(payload, "StateMachineArn", "Input", "Name", "TraceHeader")
    machine = _needed(payload, "StateMachineArn")
    if isinstance(machine, Literal):
        found = _MACHINE.fullmatch(machine.value)
        machine = Literal(value=found[1]) if found else machine
    mode, reading = _EXECUTION[pattern]
    return Request(
        resource=_prefixed("workflow:", machine),
        arguments=payload.renamed({"Input": "input", "Name": "name"}),
        mode=mode,
        reading=reading,
    )


_HTTP_FIELDS = {
    "Method": "method",
    "Headers": "headers",
    "QueryParameters": "query",
    "RequestBody": "body",
}


_HTTP_REFUSED = ("Authentication", "InvocationConfig", "Transform")


def _http_invoke(payload: Payload, pattern: str) -> Request:
    for name in _HTTP_REFUSED:
        if name in payload.part:
            payload.part[name].wrong(
                f"{name!r} is not supported yet; put what is needed into Headers",
                at="key",
            )
    _refuse_unknown(payload, "ApiEndpoint", *_HTTP_REFUSED, *_HTTP_FIELDS)
    _require(payload, "Method")
    return Request(
        resource=_needed(payload, "ApiEndpoint"),
        arguments=payload.renamed(_HTTP_FIELDS),
        reading="http_invoke",
    )


_INTEGRATIONS: Mapping[str, _Integration] = MappingProxyType(
    {
        "lambda:invoke": _Integration(_lambda_invoke, ("", _WAIT)),
        "sqs:sendMessage": _Integration(_send_message, ("", _WAIT)),
        "states:startExecution": _Integration(_start_execution, tuple(_EXECUTION)),
        "http:invoke": _Integration(_http_invoke),
    }
)
