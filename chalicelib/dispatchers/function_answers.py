"""What does Function Compute's answer to an invocation mean?

    2xx                             the function's own answer, or that it was taken
    2xx with ``X-Fc-Error-Type``    the function failed; the error is its own errorType
    any other status                ``FC.<code>``, as the body says

CloudFlow, "Error types": FC.{ErrorCode} is every other status than 200, and FC.Unknown
a function that failed and did not say how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from chalicelib.dispatchers.seams import failed
from chalicelib.engine.events import Answer, TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.ports import Outcome
from chalicelib.values import compact

_FAILED = "x-fc-error-type"
_REQUEST_ID = "x-fc-request-id"
#: How the two generations, and the pages about them, spell what is wrong.
_CODES = ("errorcode", "code")
_MESSAGES = ("errormessage", "message")
#: What is wrong where the body does not say it.
_STATUSES: Mapping[int, tuple[Kind, str]] = MappingProxyType(
    {
        400: (Kind.SERVICE, "InvalidArgument"),
        401: (Kind.FORBIDDEN, "AccessDenied"),
        403: (Kind.FORBIDDEN, "AccessDenied"),
        404: (Kind.NOT_FOUND, "FunctionNotFound"),
        413: (Kind.TOO_LARGE, "EntityTooLarge"),
        429: (Kind.THROTTLED, "ResourceThrottled"),
    }
)
_OWN_FAULT = (Kind.SERVICE, "InternalServerError")


def outcome_of(answer: Answer) -> Outcome:
    """Return what ``answer`` means, with the service's own name for an error."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if not 200 <= answer.status < 300:
        return _refusal(answer)
    if headers.get(_FAILED):
        return _function_failure(answer, headers[_FAILED])
    facts = {**answer.facts, "RequestId": headers.get(_REQUEST_ID, "")}
    return replace(answer, facts=facts)


def _function_failure(answer: Answer, how: str) -> TaskFailed:
    said = answer.payload
    name = said.get("errorType") if isinstance(said, dict) else None
    return failed(
        Kind.FUNCTION,
        _text(said) or how,
        error=str(name) if name else "FC.Unknown",
        output=said if answer.is_json else None,
    )


def _refusal(answer: Answer) -> TaskFailed:
    kind, plain = _STATUSES.get(answer.status, _OWN_FAULT)
    said = answer.payload if isinstance(answer.payload, dict) else {}
    body = {name.lower(): value for name, value in said.items()}
    code = _first(body, _CODES) or plain
    cause = _first(body, _MESSAGES) or _text(answer.payload)
    return failed(kind, f"status {answer.status}: {cause}", error=f"FC.{code}")


def _first(body: Mapping[str, Any], names: tuple[str, ...]) -> str:
    found = (body[name] for name in names if isinstance(body.get(name), str))
    return next(found, "")


def _text(said: Any) -> str:
    return said if isinstance(said, str) else compact(said)
