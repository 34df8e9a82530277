"""What may the holder of a task token say? The token is all that is needed.

A function that answers here signs its requests with credentials of its own, which this
stage does not know: the token says who may answer, and for what.
"""

from __future__ import annotations

from chalicelib.api.names import LONGEST_CAUSE, require_error
from chalicelib.api.routes import read_json
from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.api.stepfunctions.face import Ask
from chalicelib.errors import (
    ExecutionNotFound,
    InputRefused,
    PayloadTooLarge,
    TokenGone,
)
from chalicelib.tokens import Claims, Failed, Heartbeat, Report, Succeeded
from chalicelib.values import Json


def succeed(ask: Ask) -> Json:
    """SendTaskSuccess."""
    claims = ask.service.claims(ask.text("taskToken"))
    text, limit = ask.text("output"), ask.service.limits.answer_bytes
    try:
        if len(text) > limit:
            raise PayloadTooLarge("the output", len(text), limit)
        output = read_json(text, "the output")
    except (InputRefused, PayloadTooLarge) as refused:
        raise Refused("InvalidOutput", f"Invalid Output: '{refused}'") from None
    return _report(ask, claims, Succeeded(output=output))


def fail(ask: Ask) -> Json:
    """SendTaskFailure."""
    claims = ask.service.claims(ask.text("taskToken"))
    error, cause = ask.text("error"), ask.text("cause")
    require_error(error)
    return _report(ask, claims, Failed(error=error, cause=cause[:LONGEST_CAUSE]))


def beat(ask: Ask) -> Json:
    """SendTaskHeartbeat."""
    return _report(ask, ask.service.claims(ask.text("taskToken")), Heartbeat())


def _report(ask: Ask, claims: Claims, report: Report) -> Json:
    try:
        ask.service.orchestrator.report(claims, report)
    except TokenGone:
        _require_execution(ask, claims)
        raise
    return {}


def _require_execution(ask: Ask, claims: Claims) -> None:
    try:
        ask.face.archive.head(claims.execution)
    except ExecutionNotFound:
        message = "Task does not exist: 'its execution is not known'"
        raise Refused("TaskDoesNotExist", message) from None
