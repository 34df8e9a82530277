"""The integrations of AWS: a row of ``INTEGRATIONS`` compiles the request of each.

Whether a service, an action or a field of it exists is not for this module to say: who
publishes a definition has botocore at hand, and asks it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chalicelib.formats.asl.payloads import Payload
from chalicelib.formats.asl.requests import (
    Request,
    needed,
    prefixed,
    refuse_unknown,
    require,
)
from chalicelib.formats.fields import Part, listed, mapping, one_of
from chalicelib.model.expressions import Call, Expression, Literal, Object
from chalicelib.model.machine_arns import workflow_named
from chalicelib.model.workflow import Mode

WAIT = ".waitForTaskToken"
_SDK = re.compile(r"aws-sdk:[\w-]+:\w+", re.ASCII)
#: AWS, CreateActivity, "name": what may be in it.
_ACTIVITY = re.compile(
    r"arn:[\w-]+:states:[\w-]*:\d*:activity:"
    r"([^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80})",
    re.ASCII,
)

#: Compiles a request; told the action and the suffix behind it.
Compile = Callable[[Payload, str, str], Request]


@dataclass(frozen=True, slots=True)
class Integration:
    """A service integration of AWS that this stage carries out."""

    compile: Compile
    #: The suffixes it has.
    patterns: tuple[str, ...] = ("", WAIT)
    #: Whether there is nothing to ask without a request.
    needs_request: bool = True


def integration_of(action: str) -> Integration | None:
    """Return the row of ``service:action``; None where there is none."""
    if _SDK.fullmatch(action):
        return _ANY_CALL
    return INTEGRATIONS.get(action)


def compile_activity(written: str, payload: Payload) -> Request | None:
    """Return the request of a task that waits for a worker; None where it is none."""
    found = _ACTIVITY.fullmatch(written)
    if found is None:
        return None
    return Request(
        resource=Literal(value=f"activity:{found[1]}"),
        arguments=payload.whole(),
        mode=Mode.CALLBACK,
        label=("activity", found[1], written),
        fetched=True,
    )


# -- AWS by its own names ----------------------------------------------------------


def _any_call(payload: Payload, action: str, pattern: str) -> Request:
    return Request(
        resource=Literal(value=action),
        arguments=payload.whole() or Literal(value={}),
        reading="aws_sdk",
    )


_ANY_CALL = Integration(_any_call, needs_request=False)


def _job(payload: Payload, action: str, pattern: str) -> Request:
    """A call that AWS has an integration of its own for, with nothing to add."""
    service, name = action.split(":")
    return Request(
        resource=Literal(value=f"aws-sdk:{_IDS.get(service, service)}:{name}"),
        arguments=payload.whole(),
        reading=_READINGS.get(action, "aws_sdk"),
    )


_JOBS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "athena": (
            "startQueryExecution",
            "stopQueryExecution",
            "getQueryExecution",
            "getQueryResults",
        ),
        "batch": ("submitJob",),
        "bedrock": ("invokeModel",),
        "codebuild": ("startBuild", "stopBuild", "batchDeleteBuilds"),
        "ecs": ("runTask",),
        "glue": ("startJobRun",),
        "mediaconvert": ("createJob",),
        "sagemaker": (
            "createEndpoint",
            "createEndpointConfig",
            "createHyperParameterTuningJob",
            "createLabelingJob",
            "createModel",
            "createProcessingJob",
            "createTrainingJob",
            "createTransformJob",
            "updateEndpoint",
        ),
    }
)
#: Services that the SDK calls otherwise, and results that are read otherwise.
_IDS = {"bedrock": "bedrockruntime"}
_READINGS = {"bedrock:invokeModel": "bedrock_model"}


def _own_name(payload: Payload, action: str, pattern: str) -> Request:
    service, _ = action.split(":")
    return Request(
        resource=Literal(value=action), arguments=payload.whole(), reading=service
    )


# -- Lambda ------------------------------------------------------------------------

_LAMBDA_FIELDS = (
    "FunctionName",
    "Payload",
    "InvocationType",
    "Qualifier",
    "ClientContext",
    "LogType",
)
_INVOCATION_TYPES = ("RequestResponse", "Event", "DryRun")


def _lambda_invoke(payload: Payload, action: str, pattern: str) -> Request:
    refuse_unknown(payload, *_LAMBDA_FIELDS)
    kind = _constant(payload, "InvocationType", *_INVOCATION_TYPES)
    _constant(payload, "LogType", "None", "Tail")
    mode = Mode.SUBMIT if kind == "Event" else Mode.REQUEST
    if _says_how(payload, kind):
        return Request(
            resource=_function(payload, "lambda.invoke:"),
            arguments=payload.without("FunctionName", "Qualifier"),
            mode=mode,
            reading="lambda_invoke",
        )
    return Request(
        resource=_function(payload, "lambda:"),
        # Lambda gives a function that is invoked without a payload an empty object.
        arguments=payload.field_or("Payload", {}),
        mode=mode,
        reading="lambda_invoke",
    )


def _says_how(payload: Payload, kind: str) -> bool:
    """Whether more than the event is to be sent."""
    names = payload.names()
    is_usual = kind in ("Event", "RequestResponse") or "InvocationType" not in names
    return not is_usual or "ClientContext" in names or "LogType" in names


def _constant(payload: Payload, name: str, *allowed: str) -> str:
    """Return a field that is written as a constant, as far as it is right."""
    found = payload.field(name) if name in payload.names() else None
    if not isinstance(found, Literal):
        return ""
    return str(found.value) if payload.part[name].obeys(one_of(*allowed)) else ""


def _function(payload: Payload, prefix: str) -> Expression:
    function = needed(payload, "FunctionName")
    qualifier = payload.field("Qualifier") if "Qualifier" in payload.names() else None
    if qualifier is None:
        return prefixed(prefix, function)
    if isinstance(function, Literal) and isinstance(qualifier, Literal):
        return Literal(value=f"{prefix}{function.value}:{qualifier.value}")
    template = Literal(value=f"{prefix}{{}}:{{}}")
    return Call(name="States.Format", arguments=(template, function, qualifier))


# -- SQS ---------------------------------------------------------------------------

_MESSAGE_FIELDS = (
    "QueueUrl",
    "MessageBody",
    "DelaySeconds",
    "MessageAttributes",
    "MessageDeduplicationId",
    "MessageGroupId",
    "MessageSystemAttributes",
)


def _send_message(payload: Payload, action: str, pattern: str) -> Request:
    refuse_unknown(payload, *_MESSAGE_FIELDS)
    require(payload, "MessageBody")
    return Request(
        resource=prefixed("sqs:", needed(payload, "QueueUrl")),
        arguments=payload.without("QueueUrl"),
        reading="sqs",
    )


# -- Step Functions ----------------------------------------------------------------

_EXECUTION = {
    "": (Mode.SUBMIT, "execution_started"),
    WAIT: (Mode.CALLBACK, "execution_started"),
    ".sync": (Mode.SYSTEM, "execution_output"),
    ".sync:2": (Mode.SYSTEM, "execution_output_json"),
}


def _start_execution(payload: Payload, action: str, pattern: str) -> Request:
    refuse_unknown(payload, "StateMachineArn", "Input", "Name", "TraceHeader")
    machine = needed(payload, "StateMachineArn")
    if isinstance(machine, Literal):
        named = workflow_named(machine.value)
        if named is None:
            payload.part["StateMachineArn"].wrong("must be the ARN of a state machine")
        machine = Literal(value=named or "")
    mode, reading = _EXECUTION[pattern]
    return Request(
        resource=prefixed("workflow:", machine),
        arguments=payload.renamed({"Input": "input", "Name": "name"}),
        mode=mode,
        reading=reading,
    )


# -- HTTP --------------------------------------------------------------------------

_HTTP_FIELDS = {
    "Method": "method",
    "Headers": "headers",
    "QueryParameters": "query",
    "RequestBody": "body",
}
_HTTP_OPTIONS = ("Authentication", "InvocationConfig", "Transform")
_NO_CONNECTION = (
    "connections of EventBridge are not kept here; "
    "put what they would add into Headers or QueryParameters"
)
_ARRAYS = ("INDICES", "REPEAT", "COMMAS", "BRACKETS", "NONE")


def _http_invoke(payload: Payload, action: str, pattern: str) -> Request:
    refuse_unknown(payload, "ApiEndpoint", *_HTTP_OPTIONS, *_HTTP_FIELDS)
    require(payload, "Method")
    _refuse_connections(payload.part)
    arrays = _form(payload.part["Transform"])
    names = _HTTP_FIELDS if arrays is None else _HTTP_FIELDS | {"RequestBody": "form"}
    arguments = payload.renamed(names)
    if arrays is not None and isinstance(arguments, Object):
        how = ("arrays", Literal(value=arrays))
        arguments = Object(fields=(*arguments.fields, how))
    return Request(
        resource=needed(payload, "ApiEndpoint"),
        arguments=arguments,
        reading="http_invoke",
    )


def _refuse_connections(part: Part) -> None:
    if "Authentication" in part:
        part["Authentication"].wrong(_NO_CONNECTION, at="key")
    config = part["InvocationConfig"]
    if "InvocationConfig" in part and config.obeys(mapping):
        for name, value in config.members():
            plain = name.removesuffix(".$")
            is_known = plain == "ConnectionArn"
            message = _NO_CONNECTION if is_known else f"unknown field {name!r}"
            value.wrong(message, at="key")


def _form(part: Part) -> str | None:
    """Return how lists are written in a form; None where the body is no form."""
    if part.value is None or not part.obeys(mapping):
        return None
    _known(part, "RequestBodyEncoding", "RequestEncodingOptions")
    encoding = part["RequestBodyEncoding"]
    if encoding.value is None or not encoding.obeys(one_of("NONE", "URL_ENCODED")):
        return None
    arrays = "INDICES"
    options = part["RequestEncodingOptions"]
    if options.value is not None and options.obeys(mapping):
        _known(options, "ArrayFormat")
        written = options["ArrayFormat"]
        if written.value is not None and written.obeys(one_of(*_ARRAYS)):
            arrays = written.value
    return arrays if encoding.value == "URL_ENCODED" else None


def _known(part: Part, *names: str) -> None:
    for name, value in part.members():
        if name not in names:
            value.wrong(f"unknown field {name!r}; known are {listed(names)}", at="key")


INTEGRATIONS: Mapping[str, Integration] = MappingProxyType(
    {
        "lambda:invoke": Integration(_lambda_invoke),
        "sqs:sendMessage": Integration(_send_message),
        "states:startExecution": Integration(_start_execution, tuple(_EXECUTION)),
        "http:invoke": Integration(_http_invoke, ("",)),
        "sns:publish": Integration(_own_name),
        "events:putEvents": Integration(_own_name),
        "dynamodb:getItem": Integration(_own_name, ("",)),
        "dynamodb:putItem": Integration(_own_name, ("",)),
        "dynamodb:updateItem": Integration(_own_name, ("",)),
        "dynamodb:deleteItem": Integration(_own_name, ("",)),
        **{
            f"{service}:{name}": Integration(_job, ("",))
            for service, names in _JOBS.items()
            for name in names
        },
    }
)
