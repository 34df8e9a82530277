"""What does the caller get when something is refused? Problem details, RFC 9457.

Rule 1  The table below is the only place that knows HTTP statuses of errors.
Rule 2  What the caller can act on is said; what is our own fault is logged with the
        execution and answered without detail.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from http import HTTPStatus
from urllib.parse import unquote

from chalice.app import Request, Response

from chalicelib import errors
from chalicelib.frozen import dataclass
from chalicelib.tokens import execution_named
from chalicelib.values import Json

LOG = logging.getLogger("millrace")

MEDIA_TYPE = "application/problem+json"

#: RFC 9110, 11.6.1: a 401 says how to do better. (API Gateway renames this header to
#: ``x-amzn-remapped-www-authenticate`` on REST APIs.)
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="millrace"'}
_SOON = {"Retry-After": "1"}


@dataclass(frozen=True, slots=True)
class Row:
    """How one class of errors is answered."""

    status: HTTPStatus
    title: str
    #: Last part of the problem type.
    slug: str


TABLE: Mapping[type[errors.MillraceError], Row] = {
    errors.DefinitionRefused: Row(
        HTTPStatus.BAD_REQUEST, "The definition has problems", "definition-refused"
    ),
    errors.InputRefused: Row(
        HTTPStatus.BAD_REQUEST, "The request cannot be accepted", "input-refused"
    ),
    errors.ScheduleRefused: Row(
        HTTPStatus.BAD_REQUEST, "Nobody can tell when that is", "schedule-refused"
    ),
    errors.ScheduleNotFound: Row(
        HTTPStatus.NOT_FOUND, "No such schedule", "schedule-not-found"
    ),
    errors.ScheduleExists: Row(
        HTTPStatus.CONFLICT, "The name is taken by another schedule", "schedule-exists"
    ),
    errors.ScheduleChanged: Row(
        HTTPStatus.CONFLICT, "Somebody else changed it", "schedule-changed"
    ),
    errors.NotAuthenticated: Row(
        HTTPStatus.UNAUTHORIZED, "An access key is required", "not-authenticated"
    ),
    errors.TokenRefused: Row(
        HTTPStatus.UNAUTHORIZED, "The task token is not valid", "token-refused"
    ),
    errors.NotAuthorized: Row(
        HTTPStatus.FORBIDDEN, "The access key may not do this", "not-authorized"
    ),
    errors.TooManyRequests: Row(
        HTTPStatus.TOO_MANY_REQUESTS, "This key asks too often", "too-many-requests"
    ),
    errors.WorkflowNotFound: Row(
        HTTPStatus.NOT_FOUND, "No such workflow", "workflow-not-found"
    ),
    errors.ActivityNotFound: Row(
        HTTPStatus.NOT_FOUND, "No such activity", "activity-not-found"
    ),
    errors.ExecutionNotFound: Row(
        HTTPStatus.NOT_FOUND, "No such execution", "execution-not-found"
    ),
    errors.TaskNotFound: Row(HTTPStatus.NOT_FOUND, "No such task", "task-not-found"),
    errors.NoticeNotFound: Row(
        HTTPStatus.NOT_FOUND, "No such notice", "notice-not-found"
    ),
    errors.TaskEnded: Row(HTTPStatus.CONFLICT, "The task is over", "task-ended"),
    errors.ExecutionExists: Row(
        HTTPStatus.CONFLICT, "The name is taken by another input", "execution-exists"
    ),
    errors.NotRedrivable: Row(
        HTTPStatus.CONFLICT, "The execution cannot go on", "not-redrivable"
    ),
    errors.ExecutionRunning: Row(
        HTTPStatus.CONFLICT, "It must have ended first", "execution-running"
    ),
    errors.TokenDecided: Row(
        HTTPStatus.CONFLICT, "The attempt has another outcome", "token-decided"
    ),
    errors.TokenGone: Row(HTTPStatus.GONE, "The attempt is over", "token-gone"),
    errors.PayloadTooLarge: Row(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Too many bytes", "payload-too-large"
    ),
    errors.MediaRefused: Row(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is not JSON", "media-refused"
    ),
    errors.Unavailable: Row(
        HTTPStatus.SERVICE_UNAVAILABLE, "Try again soon", "unavailable"
    ),
    errors.StaleRecord: Row(
        HTTPStatus.SERVICE_UNAVAILABLE, "Try again soon", "unavailable"
    ),
}
#: Everything else is a fault of ours.
FAULT = Row(HTTPStatus.INTERNAL_SERVER_ERROR, "This stage made a mistake", "fault")
#: What the caller reads where the error's own sentence is nobody's business.
_DETAILS = {
    HTTPStatus.INTERNAL_SERVER_ERROR: "it was logged and nothing needs to be sent",
    HTTPStatus.SERVICE_UNAVAILABLE: "a part of this stage did not answer in time",
}
_HEADERS: Mapping[HTTPStatus, dict[str, str]] = {
    HTTPStatus.UNAUTHORIZED: _CHALLENGE,
    HTTPStatus.SERVICE_UNAVAILABLE: _SOON,
}


def row_of(error: errors.MillraceError) -> Row:
    """Return how ``error`` is answered: its own row, or that of its nearest parent."""
    for kind in type(error).__mro__:
        if kind in TABLE:
            return TABLE[kind]
    return FAULT


def problem(error: errors.MillraceError) -> Json:
    """Return the problem document of ``error``."""
    row = row_of(error)
    document: dict[str, Json] = {
        "type": f"urn:millrace:problem:{row.slug}",
        "title": row.title,
        "status": int(row.status),
        "detail": _DETAILS.get(row.status, str(error)),
    }
    match error:
        case errors.DefinitionRefused(problems=problems):
            document["problems"] = [problem_entry(each) for each in problems]
        case errors.InputRefused(path=path) if path:
            document["path"] = path
    return document


def problem_entry(found: errors.Problem) -> Json:
    """Return one problem of a definition, without what it does not have."""
    return {name: value for name, value in asdict(found).items() if value}


def response(error: errors.MillraceError, parameters: Mapping[str, str]) -> Response:
    """Return the response to a request that ended with ``error``."""
    document = problem(error)
    status = HTTPStatus(document["status"])
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        LOG.error("execution %r: %s", subject(parameters), error, exc_info=error)
    return _response(document, _HEADERS.get(status, {}) | told_to_wait(error))


def told_to_wait(error: errors.MillraceError) -> dict[str, str]:
    """Return the header that says when to ask again; nothing where that is now."""
    if isinstance(error, errors.TooManyRequests):
        return {"Retry-After": str(error.wait)}
    return {}


def as_problems(
    request: Request | None, get_response: Callable[[Request | None], Response]
) -> Response:
    """Turn what Chalice itself refuses (405, 415, 500) into problem details.

    A middleware: an exception that is not one of ours has become a response with
    status 500 before it gets here, and Chalice has logged its stack.
    """
    found = get_response(request)
    match found.body:
        case {"Code": str(), "Message": str(message), **rest} if not rest:
            pass
        case _:
            return found
    status = HTTPStatus(found.status_code)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        parameters = (request.uri_params if request else None) or {}
        LOG.error("execution %r: see the exception above", subject(parameters))
    document = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": _DETAILS.get(status, message),
    }
    return _response(document, found.headers)


def subject(parameters: Mapping[str, str]) -> str:
    """Return the execution that a request was about, for the log; may be empty."""
    named = unquote(parameters.get("execution", ""))
    return named or execution_named(parameters.get("token", ""))


def _response(document: Json, headers: Mapping[str, str | list[str]]) -> Response:
    return Response(
        body=document,
        status_code=document["status"],
        headers={**headers, "Content-Type": MEDIA_TYPE},
    )
