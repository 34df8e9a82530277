"""A Task's Resource and request -> what is called, with what, and when it is done.

``services`` has the table: the service and action of an integration's ARN lead to the
row that compiles it, the suffix after them to the mode.
"""

from __future__ import annotations

import re

from chalicelib.formats.asl.payloads import Payload, payload_of
from chalicelib.formats.asl.requests import Request, holder
from chalicelib.formats.asl.services import (
    INTEGRATIONS,
    WAIT,
    Integration,
    compile_activity,
    integration_of,
)
from chalicelib.formats.fields import Part, listed, suggestion
from chalicelib.model.expressions import Literal
from chalicelib.model.workflow import Mode

_LAMBDA = re.compile(
    r"arn:[\w-]+:lambda:[\w-]*:\d*:function:([\w-]+)(?::([\w$-]+))?", re.ASCII
)
#: A URI whose scheme is not taken for a slip of ``arn``, nor for an ARN without it.
_URI = re.compile(r"(?!ar[mn]:|aws:|http)[a-z][a-z0-9+.-]*:[^\s:][^\s]*", re.ASCII)
_INTEGRATION = re.compile(
    r"arn:[\w-]+:states:[\w-]*:\d*:([\w-]+:[\w:-]+?)((?:\.(?:sync(?::2)?|waitForTaskToken))?)",
    re.ASCII,
)

#: Stands for a request that could not be read; the problem is reported.
_UNREADABLE = Request(resource=Literal(value=""))


def compile_request(part: Part, language: str) -> Request:
    """Return what the Task state ``part`` asks for."""
    resource = part["Resource"]
    written = resource.value
    if not isinstance(written, str):
        return _UNREADABLE
    payload = payload_of(part, language)
    called = _called(written, payload) or compile_activity(written, payload)
    if called is not None:
        return called
    found = _INTEGRATION.fullmatch(written)
    integration = integration_of(found[1]) if found else None
    if found is None or integration is None:
        _refuse(resource, found[1] if found else "")
        return _UNREADABLE
    return _integrated(part, payload, found, integration)


def _called(written: str, payload: Payload) -> Request | None:
    """Return the request of a resource that says all by itself: a URI, a function."""
    if written.startswith(("http://", "https://")):
        return Request(
            resource=Literal(value=written),
            arguments=payload.whole(),
            reading="http",
            label=("http", "request", written),
        )
    if _URI.fullmatch(written):
        # States Language, "Task State": a URI of any scheme; one that no row of the
        # stage's dispatchers knows fails the task.
        return Request(
            resource=Literal(value=written),
            arguments=payload.whole(),
            label=(written.partition(":")[0], "request", written),
        )
    if _LAMBDA.fullmatch(written):
        return Request(
            resource=Literal(value=f"lambda:{written}"),
            arguments=payload.whole(),
            label=("lambda", "function", written),
        )
    return None


def _integrated(
    part: Part, payload: Payload, found: re.Match[str], integration: Integration
) -> Request:
    written, action, pattern = found[0], found[1], found[2]
    if pattern not in integration.patterns:
        known = listed([f"{action}{each}" for each in integration.patterns], most=4)
        part["Resource"].wrong(f"{action} has no {pattern} here; known are {known}")
        return _UNREADABLE
    if integration.needs_request and not payload.is_given():
        part.wrong(f"{action} needs {holder(payload)}; add the object")
        return _UNREADABLE
    request = integration.compile(payload, action, pattern)
    service, name = action.rsplit(":", 1)
    return Request(
        resource=request.resource,
        arguments=request.arguments,
        mode=Mode.CALLBACK if pattern == WAIT else request.mode,
        reading=request.reading,
        job=request.job,
        label=(service, f"{name}{pattern}", written),
    )


def _refuse(resource: Part, action: str) -> None:
    if action:
        hint = suggestion(action, INTEGRATIONS)
        hint = hint or f"call a function instead; known are {listed(INTEGRATIONS)}"
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
