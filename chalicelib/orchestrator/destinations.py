"""What does Lambda say when a function that nobody waited for has ended?

    CallTask (SYSTEM) --Event, with the token--> function --ends--> destination
                                                                        |
    the attempt <--TaskAnswered, TaskFailed-- step queue <--record------+

A function's destinations for success and failure are the step queue itself, or lead to
``api.function_ends``, which brings what Function Compute says into this form. Lambda
puts a record of its own shape there (Lambda Developer Guide, "Capturing records of
Lambda asynchronous invocations"). It holds the event as the function got it, and in
that the token of the attempt, so no table knows which invocation is whose.

Rule 1  A record without a token of ours is about an invocation of somebody else's: it
        is dropped, as is one whose token no longer lives.
Rule 2  What Lambda left out for its size is a failure with a name, never a guess.
Rule 3  From here on it is a message as any other: late, doubled and crowded ones are
        treated as ``ended`` is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from chalicelib.engine import events
from chalicelib.engine.events import Answer
from chalicelib.errors import TokenRefused
from chalicelib.model.error_names import Kind
from chalicelib.orchestrator import steps
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.world import World, log
from chalicelib.ports import TOKEN_FIELD, Message
from chalicelib.tokens import Claims
from chalicelib.values import Json, compact

_SUCCESS = "Success"
#: What a record that tells of no error says by its condition.
_CONDITIONS: Mapping[str, tuple[Kind, str]] = MappingProxyType(
    {
        "EventAgeExceeded": (
            Kind.THROTTLED,
            "the event waited for longer than the function's configuration allows",
        ),
    }
)
_NO_WORD = (Kind.FUNCTION, "the function failed, and what it said did not come along")


def record_in(body: str) -> dict[str, Json] | None:
    """Return the record of an invocation in a message's body; None: it has another."""
    if '"requestContext"' not in body:  # nearly every message, and so not parsed twice
        return None
    try:
        found = json.loads(body)
    except ValueError:
        return None
    if not isinstance(found, dict) or "do" in found:
        return None
    return found if isinstance(found.get("requestContext"), dict) else None


def step_of(world: World, record: Mapping[str, Json]) -> Step | None:
    """Return the step that a record is; None where it is about nothing of ours."""
    sent = record.get("requestPayload")
    token = sent.get(TOKEN_FIELD) if isinstance(sent, dict) else None
    if not isinstance(token, str):
        log.info("%s ended, and nobody here waits", _name(record))
        return None
    try:
        claims = world.tokens.verify(token, world.clock.now())
    except TokenRefused:
        log.warning("%s ended with a token that is not ours, or too old", _name(record))
        return None
    return steps.read(message(claims, record).body)


def message(claims: Claims, record: Mapping[str, Json]) -> Message:
    """Return the message that tells the attempt of ``claims`` of its end."""
    facts: dict[str, Any] = {
        "a": claims.activation,
        "n": claims.attempt,
        "r": _kept(record),
    }
    return steps.step("function", claims.execution, claims.scope, **facts)


def _name(record: Mapping[str, Json]) -> str:
    return str(record["requestContext"].get("functionArn"))


def _kept(record: Mapping[str, Json]) -> dict[str, Json]:
    """Return what of a record matters; the event that was sent is known here."""
    named = ("requestContext", "responseContext", "responsePayload")
    return {name: record[name] for name in named if name in record}


def ended(found: Step, at: float) -> events.Event:
    """Return what the end of an asynchronous function is to its task."""
    record: dict[str, Any] = found.body["r"]
    activation, attempt = found.body["a"], found.body["n"]
    if record["requestContext"].get("condition") != _SUCCESS:
        return _failed(record, at, activation, attempt)
    if "responsePayload" not in record:
        return events.TaskFailed(
            at=at,
            activation=activation,
            attempt=attempt,
            kind=Kind.BAD_OUTPUT,
            cause="the function ended well, and its answer did not come along",
        )
    answer = Answer(payload=record["responsePayload"], facts=_facts(record))
    return events.TaskAnswered(
        at=at, activation=activation, attempt=attempt, answer=answer
    )


def _facts(record: Mapping[str, Any]) -> dict[str, Json]:
    said = record.get("responseContext") or {}
    return {
        "ExecutedVersion": said.get("executedVersion", "$LATEST"),
        "RequestId": record["requestContext"].get("requestId", ""),
    }


def _failed(
    record: Mapping[str, Any], at: float, activation: int, attempt: int
) -> events.TaskFailed:
    said, context = record.get("responsePayload"), record["requestContext"]
    kind, cause = _CONDITIONS.get(str(context.get("condition")), _NO_WORD)
    name = ""
    if isinstance(said, dict):
        kind, cause = Kind.FUNCTION, compact(said)
        name = str(said.get("errorType") or "")
    return events.TaskFailed(
        at=at,
        activation=activation,
        attempt=attempt,
        error=name,
        cause=cause,
        kind=kind,
        output=said if isinstance(said, dict) else None,
        facts=_facts(record),
    )
