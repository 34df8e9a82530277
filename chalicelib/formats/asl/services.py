"""The integrations of AWS: a row of ``INTEGRATIONS`` compiles the request of each.

Whether a service, an action or a field of it exists is not for this module to say: who
publishes a definition has botocore at hand, and asks it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chalicelib.formats.asl.endpoints import api_invoke, http_invoke
from chalicelib.formats.asl.invocations import lambda_invoke
from chalicelib.formats.asl.jobs import ACTIONS, JOBS, SYNC, compile_job
from chalicelib.formats.asl.kubernetes import call_cluster, run_job
from chalicelib.formats.asl.payloads import Payload
from chalicelib.formats.asl.requests import (
    Request,
    needed,
    prefixed,
    refuse_unknown,
    require,
)
from chalicelib.model.expressions import Literal
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


def _own_name(payload: Payload, action: str, pattern: str) -> Request:
    service, _ = action.split(":")
    return Request(
        resource=Literal(value=action), arguments=payload.whole(), reading=service
    )


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


#: AWS, "Optimized integrations": of these, what can be given a token.
_TOLD = frozenset({"bedrock:invokeModel", "ecs:runTask"})


def _patterns(action: str) -> tuple[str, ...]:
    """Return the suffixes of a call that may begin a job."""
    known = ["", SYNC] if action in JOBS else [""]
    return (*known, WAIT) if action in _TOLD else tuple(known)


INTEGRATIONS: Mapping[str, Integration] = MappingProxyType(
    {
        "lambda:invoke": Integration(lambda_invoke),
        "sqs:sendMessage": Integration(_send_message),
        "states:startExecution": Integration(_start_execution, tuple(_EXECUTION)),
        "apigateway:invoke": Integration(api_invoke),
        "http:invoke": Integration(http_invoke, ("",)),
        "eks:call": Integration(call_cluster, ("",)),
        "eks:runJob": Integration(run_job, ("", SYNC)),
        "sns:publish": Integration(_own_name),
        "events:putEvents": Integration(_own_name),
        "dynamodb:getItem": Integration(_own_name, ("",)),
        "dynamodb:putItem": Integration(_own_name, ("",)),
        "dynamodb:updateItem": Integration(_own_name, ("",)),
        "dynamodb:deleteItem": Integration(_own_name, ("",)),
        **{
            action: Integration(compile_job, _patterns(action))
            for service, names in ACTIONS.items()
            for action in (f"{service}:{name}" for name in names)
        },
    }
)
