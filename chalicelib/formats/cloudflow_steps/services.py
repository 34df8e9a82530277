"""Which services can a task step call, by which patterns, and how does it say so?

Each service is a row: how an ARN of it is spelled, its serviceParams, what they become
in the model, and the patterns it has (CloudFlow, "Service integration").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.formats.cloudflow.folding import array_of, object_of
from chalicelib.formats.cloudflow_steps.paths import STEP_INPUT, compile_value
from chalicelib.formats.fields import (
    Field,
    Part,
    Shape,
    anything,
    integer,
    mapping,
    name_text,
)
from chalicelib.model.expressions import Call, Expression, Literal, Path
from chalicelib.model.workflow import Mode

#: The words of the language for the model's modes.
PATTERNS = ("requestResponse", "sync", "waitForCallback")
REQUEST, SYNC, CALLBACK = PATTERNS

#: Mode, and how the answer of the request is read.
Manner = tuple[Mode, str]
#: Who answers the token decides; of the request only its refusal counts.
_CALLBACK: Manner = (Mode.CALLBACK, "accepted")
#: CloudFlow, "Task steps": what is not said otherwise is the step's input.
_INPUT = Path(text="$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A row: one operation of one service."""

    #: As in "… has no pattern sync".
    name: str
    params: Shape
    manners: Mapping[str, Manner]
    #: From serviceParams to what the request carries; None: the step's input.
    arguments: Callable[[Part], Expression | None]
    #: From serviceParams to the resource, where no ARN names it.
    resource: Callable[[Part], Expression] = lambda _part: Literal(value="")
    #: Names that serviceParams must have.
    needed: tuple[str, ...] = ()


def compile_params(part: Part) -> Expression:
    """Return the value of a parameter; paths are followed at any depth."""
    if isinstance(part.value, dict):
        return object_of({name: compile_params(each) for name, each in part.members()})
    if isinstance(part.value, list):
        return array_of([compile_params(each) for each in part.elements()])
    return compile_value(part, STEP_INPUT)


def _params(what: str, **fields: Field) -> Shape:
    return Shape(f"the serviceParams of {what}", fields)


def _given(part: Part, name: str, default: Expression) -> Expression:
    return compile_params(part[name]) if name in part else default


def _no_arguments(_part: Part) -> Expression | None:
    return None


def _execution(part: Part) -> Expression:
    fields = {"input": _given(part, "Input", _INPUT)}
    if "ExecutionName" in part:
        fields["name"] = compile_params(part["ExecutionName"])
    return object_of(fields)


def _named_flow(part: Part) -> Expression:
    found = compile_params(part["FlowName"])
    if isinstance(found, Literal):
        return Literal(value=f"workflow:{found.value}")
    # A function of the newer language, which this one has no way to write.
    template = Literal(value="workflow:{}")
    return Call(name="CloudFlow.format", arguments=(template, found))


def _message(part: Part) -> Expression:
    fields = {"MessageBody": _given(part, "MessageBody", _INPUT)}
    fields |= {
        name: compile_params(part[name])
        for name in ("DelaySeconds", "MessageTag", "MessageAttributes")
        if name in part
    }
    return object_of(fields)


_FLOW_MANNERS = {
    REQUEST: (Mode.SUBMIT, "fnf_started"),
    SYNC: (Mode.SYSTEM, "fnf_output"),
    CALLBACK: _CALLBACK,
}
_MESSAGE_MANNERS = {REQUEST: (Mode.REQUEST, "mns"), CALLBACK: _CALLBACK}
_EXECUTION = {"ExecutionName": Field(name_text), "Input": Field(anything)}
_ATTRIBUTES = {"MessageBody": Field(anything), "MessageAttributes": Field(mapping)}

FUNCTION = Service(
    name="a function",
    params=_params("a function, which receives the step's input"),
    manners={REQUEST: (Mode.REQUEST, "fc"), CALLBACK: _CALLBACK},
    arguments=_no_arguments,
)
FLOW = Service(
    name="a flow",
    params=_params("a flow", **_EXECUTION),
    manners=_FLOW_MANNERS,
    arguments=_execution,
)
QUEUE = Service(
    name="a queue",
    params=_params(
        "a queue",
        **_ATTRIBUTES,
        DelaySeconds=Field(integer(minimum=0)),
        Priority=Field(anything),
    ),
    manners=_MESSAGE_MANNERS,
    arguments=_message,
)
TOPIC = Service(
    name="a topic",
    params=_params("a topic", **_ATTRIBUTES, MessageTag=Field(name_text)),
    manners=_MESSAGE_MANNERS,
    arguments=_message,
)

#: How an ARN is spelled -> its service; the group, if there is one, names a flow.
ARNS: Mapping[str, Service] = {
    r"acs:fc:[^:/]*:[^:/]*:services/[^/:]+/functions/[^/:]+": FUNCTION,
    r"acs:fc:[^:/]*:[^:/]*:functions/[^/:]+(?:/[^/:]+)?": FUNCTION,
    r"acs:fnf:[^:/]*:[^:/]*:flow/(?P<flow>[^/:]+)": FLOW,
    r"acs:mns:[^:/]*:[^:/]*:/?queues/[^/:]+/messages": QUEUE,
    r"acs:mns:[^:/]*:[^:/]*:/?topics/[^/:]+/messages": TOPIC,
}
_SPELLED = (
    "acs:fc:::services/shop/functions/pay, acs:fnf:::flow/ship, "
    "acs:mns:::/queues/jobs/messages or acs:mns:::/topics/news/messages"
)

#: What stands in ``action``, in small letters -> its service.
ACTIONS: Mapping[str, Service] = {
    "fnf:startexecution": Service(
        name="fnf:StartExecution",
        params=_params(
            "fnf:StartExecution",
            FlowName=Field(name_text, required=True),
            **_EXECUTION,
        ),
        manners=_FLOW_MANNERS,
        arguments=_execution,
        resource=_named_flow,
        needed=("FlowName",),
    ),
}


def service_of_arn(part: Part) -> tuple[Service, Expression] | None:
    """Return the service that an ARN names, and the resource; report any other text."""
    if not isinstance(part.value, str):
        return None
    for spelled, service in ARNS.items():
        found = re.fullmatch(spelled, part.value)
        if found:
            flow = found.groupdict().get("flow")
            return service, Literal(value=f"workflow:{flow}" if flow else part.value)
    part.wrong(f"this names nothing that a task can call; write {_SPELLED}")
    return None


#: Products whose other APIs are no actions: an ARN names what is meant.
OWN_PRODUCTS = frozenset(("fnf", "fc", "mns"))


def service_of_action(part: Part, params: Part) -> tuple[Service, Expression] | None:
    """Return the service that an action names, and the resource; report a slip."""
    if not isinstance(part.value, str) or part.value.count(":") != 1:
        return None
    service = ACTIONS.get(part.value.casefold())
    if service is not None:
        return service, service.resource(params)
    if part.value.partition(":")[0].casefold() in OWN_PRODUCTS:
        part.require_known(
            part.value, [each.name for each in ACTIONS.values()], "action"
        )
        return None
    return _api(part.value), Literal(value=f"acs:api:{part.value}")


def _api(action: str) -> Service:
    """Return ``<product>:<Api>``; whether there is one, ``alibaba_check`` asks."""
    return Service(
        name=action,
        params=Shape(f"the serviceParams of {action}", {}, open=True),
        manners={REQUEST: (Mode.REQUEST, "payload"), CALLBACK: _CALLBACK},
        arguments=lambda part: _INPUT if part.value is None else compile_params(part),
    )
