"""What does Function Compute say when a function that nobody waited for has ended?

    POST /v1/function-ends    a record; an event, or a message of a topic, that has one

    the attempt --Async, with the token--> function --ends--> destination
                                                                   |
    step queue <--the record, as one of Lambda's-- here <--HTTP----+

Function Compute, "Destinations of asynchronous invocations": the record has the event
as the function got it. Destinations are topics, buses and functions; each of them can
post what it gets.

Rule 1  The token in that event is the proof; who has none is refused, nothing is read.
Rule 2  From here on a record is what one of Lambda's is: see
        ``orchestrator.destinations``.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from chalicelib.api.routes import ANY_MEDIA, Call, Reply, Route
from chalicelib.errors import InputRefused
from chalicelib.ports import TOKEN_FIELD
from chalicelib.values import Json, parse

#: Bytes of a record that has room in a message of the step queue beside its envelope.
LARGEST_RECORD = 192 * 1024
_GOOD = 200
#: What wraps a record: a cloud event of a bus, a message that a topic pushes.
_WRAPPERS = ("data", "Message")
#: How a record says that the function itself failed.
_OWN_FAILURES = ("", "UnhandledInvocationError", "HandledInvocationError")


def take(call: Call) -> Reply:
    """Take the record of an invocation's end."""
    record = _record_in(call.json("the record", limit=LARGEST_RECORD))
    made = as_lambdas(record)
    event = made["requestPayload"]
    token = event.get(TOKEN_FIELD) if isinstance(event, dict) else None
    claims = call.service.claims(token if isinstance(token, str) else "")
    call.service.orchestrator.tell_end(claims, made)
    return Reply(body={"accepted": True})


def as_lambdas(record: Mapping[str, Any]) -> dict[str, Json]:
    """Return what Lambda would have said where Function Compute says ``record``.

    The service's own failures get their code as the type of an error.
    """
    said = record.get("responseContext") or {}
    why = str(record["requestContext"].get("condition") or "")
    is_good = said.get("statusCode", _GOOD) == _GOOD and not said.get("functionError")
    made: dict[str, Json] = {
        "requestContext": {
            **record["requestContext"],
            "condition": "Success" if is_good and not why else why or "Failed",
        },
        "requestPayload": _opened(record.get("requestPayload")),
        "responseContext": said,
    }
    if is_good and not why:
        return made | _named(record, "responsePayload")
    payload = _opened(record.get("responsePayload"))
    if why not in _OWN_FAILURES:
        payload = {"errorType": f"FC.{why}", "errorMessage": payload}
    return made | ({"responsePayload": payload} if isinstance(payload, dict) else {})


def _record_in(body: Json) -> Mapping[str, Any]:
    """Return the record that ``body`` is, or that it wraps.

    Raises:
        InputRefused: there is none in it.
    """
    for _ in range(2):
        if not isinstance(body, dict):
            break
        if isinstance(body.get("requestContext"), dict):
            return body
        body = next((_opened(body[name]) for name in _WRAPPERS if name in body), None)
    raise InputRefused("this is no record of an asynchronous invocation")


def _opened(value: Json) -> Json:
    """Return the JSON that a text is; topics may have it in base64."""
    if not isinstance(value, str):
        return value
    with suppress(InputRefused):
        return parse(value)
    with suppress(InputRefused, ValueError):
        return parse(b64decode(value, validate=True))
    return value


def _named(record: Mapping[str, Any], name: str) -> dict[str, Json]:
    return {name: record[name]} if name in record else {}


ROUTES = (
    Route(
        "POST",
        "/v1/function-ends",
        take,
        None,
        "Tell of the end of an asynchronous function of Function Compute",
        request="Output",
        response="Accepted",
        media=ANY_MEDIA,
    ),
)
