"""What does ``lambda:invoke`` ask for: which function, with what, and how?"""

from __future__ import annotations

from chalicelib.formats.asl.payloads import Payload
from chalicelib.formats.asl.requests import Request, needed, prefixed, refuse_unknown
from chalicelib.formats.fields import one_of
from chalicelib.model.expressions import Call, Expression, Literal, Object
from chalicelib.model.workflow import Mode

_LAMBDA_FIELDS = (
    "FunctionName",
    "Payload",
    "InvocationType",
    "Qualifier",
    "ClientContext",
    "LogType",
)
_INVOCATION_TYPES = ("RequestResponse", "Event", "DryRun")


def lambda_invoke(payload: Payload, action: str, pattern: str) -> Request:
    """Return the request of ``lambda:invoke``."""
    refuse_unknown(payload, *_LAMBDA_FIELDS)
    kind = _constant(payload, "InvocationType", *_INVOCATION_TYPES)
    _constant(payload, "LogType", "None", "Tail")
    mode = Mode.SUBMIT if kind == "Event" else Mode.REQUEST
    if _says_how(payload, kind):
        return Request(
            resource=_function(payload, "lambda.invoke:"),
            arguments=_with_event(payload.without("FunctionName", "Qualifier")),
            mode=mode,
            reading="lambda_invoke",
        )
    return Request(
        resource=_function(payload, "lambda:"),
        # Lambda gives a function that is invoked without a payload an empty object.
        arguments=_event(payload.field_or("Payload", {})),
        mode=mode,
        reading="lambda_invoke",
    )


def _event(found: Expression) -> Expression:
    """Return what a function gets of a Payload: the JSON that a text of it spells."""
    is_text = isinstance(found, Literal) and isinstance(found.value, str)
    if isinstance(found, Object) or (isinstance(found, Literal) and not is_text):
        return found
    return Call(name="Field.event", arguments=(found,), text="Payload")


def _with_event(found: Expression) -> Expression:
    """Do the same for the Payload of a request that says how to invoke."""
    if isinstance(found, Literal):
        given = found.value
        if not isinstance(given.get("Payload"), str):
            return found
        found = Object(fields=tuple((k, Literal(value=v)) for k, v in given.items()))
    assert isinstance(found, Object)  # noqa: S101 - its fields are known by name
    fields = ((k, _event(each) if k == "Payload" else each) for k, each in found.fields)
    return Object(fields=tuple(fields))


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
