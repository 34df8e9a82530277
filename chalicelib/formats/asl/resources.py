"""A Task's Resource and Parameters -> what is called, with what, and when it is done.

``_INTEGRATIONS`` is the table: the service and action of an integration's ARN lead to
the row that compiles it, the suffix after them to the mode.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chalicelib.formats.asl.templates import (
    compile_field,
    compile_fields,
    compile_template,
    rest,
)
from chalicelib.formats.fields import Part, listed, suggestion
from chalicelib.model.expressions import Call, Expression, Literal, Object
from chalicelib.model.workflow import Mode

_FUNCTION = re.compile(
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

Compile = Callable[[Part, str], Request]


@dataclass(frozen=True, slots=True)
class _Integration:
    """A service integration of AWS that this stage carries out."""

    compile: Compile
    #: The suffixes it has.
    patterns: tuple[str, ...] = ("",)


def compile_request(part: Part) -> Request:
    """Return what the Task state ``part`` asks for."""
    resource = part["Resource"]
    written = resource.value
    if not isinstance(written, str):
        return _UNREADABLE
    if written.startswith(("http://", "https://")):
        return Request(
            resource=Literal(value=written),
            arguments=_all(part["Parameters"]),
            label=("http", "request", written),
        )
    if _FUNCTION.fullmatch(written):
        return Request(
            resource=Literal(value=f"lambda:{written}"),
            arguments=_all(part["Parameters"]),
            label=("lambda", "function", written),
        )
    found = _INTEGRATION.fullmatch(written)
    if found is None or found[1] not in _INTEGRATIONS:
        _refuse(resource, found[1] if found else "")
        return _UNREADABLE
    return _integrated(part, written, found[1], found[2])


def _integrated(part: Part, written: str, action: str, pattern: str) -> Request:
    integration = _INTEGRATIONS[action]
    if pattern not in integration.patterns:
        known = listed([f"{action}{each}" for each in integration.patterns])
        part["Resource"].wrong(f"{action} has no {pattern}; known are {known}")
        return _UNREADABLE
    parameters = part["Parameters"]
    if not isinstance(parameters.value, dict):
        part.wrong(f"{action} needs Parameters; add the object")
        return _UNREADABLE
    request = integration.compile(parameters, pattern)
    service, name = action.split(":", 1)
    return Request(
        resource=request.resource,
        arguments=request.arguments,
        mode=Mode.CALLBACK if pattern == _WAIT else request.mode,
        reading=request.reading,
        label=(service, f"{name}{pattern}", written),
    )


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


def _all(parameters: Part) -> Expression | None:
    return None if parameters.value is None else compile_template(parameters)


def _needed(parameters: Part, name: str) -> Expression:
    found = compile_field(parameters, name)
    if found is None:
        parameters.wrong(f"{name!r} is missing in Parameters; add it, or {name}.$")
        return Literal(value="")
    is_text = not isinstance(found, Literal) or (
        isinstance(found.value, str) and found.value
    )
    if not is_text:
        parameters[name].wrong("must be a text that is not empty")
        return Literal(value="")
    return found


def _prefixed(prefix: str, value: Expression) -> Expression:
    if isinstance(value, Literal):
        return Literal(value=f"{prefix}{value.value}")
    template = Literal(value=f"{prefix}{{}}")
    text = getattr(value, "text", "")
    return Call(name="States.Format", arguments=(template, value), text=text)


def _refuse_unknown(parameters: Part, *known: str) -> None:
    for name in rest(parameters, *known):
        hint = suggestion(name, known) or f"remove it; known are {listed(known)}"
        parameters[name].wrong(
            f"unknown field {name!r} in Parameters; {hint}", at="key"
        )


def _object(parameters: Part, names: Mapping[str, str]) -> Expression:
    """Return an object of the fields that are there, under our names for them."""
    found = []
    for name, ours in names.items():
        value = compile_field(parameters, name)
        if value is not None:
            found.append((ours, value))
    return Object(fields=tuple(found))


_LAMBDA_FIELDS = (
    "FunctionName",
    "Payload",
    "InvocationType",
    "Qualifier",
    "ClientContext",
    "LogType",
)


def _lambda_invoke(parameters: Part, pattern: str) -> Request:
    _refuse_unknown(parameters, *_LAMBDA_FIELDS)
    function = _needed(parameters, "FunctionName")
    resource = _prefixed("lambda:", function)
    qualifier = parameters["Qualifier"].value
    if isinstance(qualifier, str) and isinstance(resource, Literal):
        resource = Literal(value=f"{resource.value}:{qualifier}")
    payload = compile_field(parameters, "Payload")
    is_event = parameters["InvocationType"].value == "Event"
    return Request(
        resource=resource,
        # Lambda gives a function that is invoked without a payload an empty object.
        arguments=Literal(value={}) if payload is None else payload,
        mode=Mode.SUBMIT if is_event else Mode.REQUEST,
        reading="lambda_invoke",
    )


def _send_message(parameters: Part, pattern: str) -> Request:
    if compile_field(parameters, "MessageBody") is None:
        parameters.wrong("'MessageBody' is missing in Parameters; add it")
    return Request(
        resource=_prefixed("sqs:", _needed(parameters, "QueueUrl")),
        arguments=compile_fields(parameters, rest(parameters, "QueueUrl")),
        reading="sqs",
    )


_EXECUTION = {
    "": (Mode.SUBMIT, "execution_started"),
    _WAIT: (Mode.CALLBACK, "execution_started"),
    ".sync": (Mode.SYSTEM, "execution_output"),
    ".sync:2": (Mode.SYSTEM, "execution_output_json"),
}


def _start_execution(parameters: Part, pattern: str) -> Request:
    _refuse_unknown(parameters, "StateMachineArn", "Input", "Name", "TraceHeader")
    machine = _needed(parameters, "StateMachineArn")
    if isinstance(machine, Literal):
        found = _MACHINE.fullmatch(machine.value)
        machine = Literal(value=found[1]) if found else machine
    mode, reading = _EXECUTION[pattern]
    return Request(
        resource=_prefixed("workflow:", machine),
        arguments=_object(parameters, {"Input": "input", "Name": "name"}),
        mode=mode,
        reading=reading,
    )


_HTTP_FIELDS = {
    "Method": "method",
    "Headers": "headers",
    "QueryParameters": "query",
    "RequestBody": "body",
}


def _http_invoke(parameters: Part, pattern: str) -> Request:
    for name in ("Authentication", "InvocationConfig", "Transform"):
        if name in parameters:
            parameters[name].wrong(
                f"{name!r} is not supported yet; put what is needed into Headers",
                at="key",
            )
    _refuse_unknown(
        parameters,
        "ApiEndpoint",
        "Authentication",
        "InvocationConfig",
        "Transform",
        *_HTTP_FIELDS,
    )
    if compile_field(parameters, "Method") is None:
        parameters.wrong("'Method' is missing in Parameters; add one such as GET")
    return Request(
        resource=_needed(parameters, "ApiEndpoint"),
        arguments=_object(parameters, _HTTP_FIELDS),
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
