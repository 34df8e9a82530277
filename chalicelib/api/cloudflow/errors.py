"""How does CloudFlow say no? A code, a message, and the id of the request.

Rule 1  ``Refused`` carries the service's own code; ``STATUSES`` says the HTTP status.
Rule 2  What is our own fault is 500 or 503; what it was is logged and not said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from chalicelib import errors
from chalicelib.api import problems
from chalicelib.api.sigv4 import SignatureRefused
from chalicelib.errors import MillraceError

#: Code -> status, where that is not 400.
STATUSES: Mapping[str, HTTPStatus] = {
    "AccessDenied": HTTPStatus.FORBIDDEN,
    "ResourceThrottled": HTTPStatus.TOO_MANY_REQUESTS,
    "InvalidAccessKeyId.NotFound": HTTPStatus.NOT_FOUND,
    "FlowNotExists": HTTPStatus.NOT_FOUND,
    "FlowVersionNotExists": HTTPStatus.NOT_FOUND,
    "FlowAliasNotExists": HTTPStatus.NOT_FOUND,
    "ExecutionNotExists": HTTPStatus.NOT_FOUND,
    "ScheduleNotExists": HTTPStatus.NOT_FOUND,
    "MapRunNotExists": HTTPStatus.NOT_FOUND,
    "FlowAlreadyExists": HTTPStatus.CONFLICT,
    "FlowAliasAlreadyExists": HTTPStatus.CONFLICT,
    "ExecutionAlreadyExists": HTTPStatus.CONFLICT,
    "ScheduleAlreadyExists": HTTPStatus.CONFLICT,
    "TaskAlreadyCompleted": HTTPStatus.CONFLICT,
    "ConcurrentUpdateError": HTTPStatus.CONFLICT,
}


class Refused(MillraceError):
    """A request that CloudFlow would refuse, under the name it has there."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def invalid(name: str, expected: str) -> Refused:
    """Return the error for a parameter that is not what it should be.

    >>> str(invalid("Limit", "a number"))
    'Limit: expected a number'
    """
    return Refused("InvalidArgument", f"{name}: expected {expected}")


def _as(code: str) -> Callable[[Any], Refused]:
    return lambda error: Refused(code, str(error))


#: Error -> what CloudFlow calls it; operations that know more say so themselves.
TABLE: Mapping[type[MillraceError], Callable[[Any], Refused]] = {
    Refused: lambda error: error,
    SignatureRefused: lambda error: Refused(error.code, str(error)),
    errors.NotAuthenticated: _as("InvalidAccessKeyId.NotFound"),
    errors.NotAuthorized: _as("AccessDenied"),
    errors.TooManyRequests: _as("ResourceThrottled"),
    errors.DefinitionRefused: _as("InvalidArgument"),
    errors.InputRefused: _as("InvalidArgument"),
    errors.ScheduleRefused: _as("InvalidArgument"),
    errors.PayloadTooLarge: _as("EntityTooLarge"),
    errors.WorkflowNotFound: _as("FlowNotExists"),
    errors.ExecutionNotFound: _as("ExecutionNotExists"),
    errors.ExecutionExists: _as("ExecutionAlreadyExists"),
    errors.ScheduleNotFound: _as("ScheduleNotExists"),
    errors.ScheduleExists: _as("ScheduleAlreadyExists"),
    errors.ScheduleChanged: _as("ConcurrentUpdateError"),
    errors.TokenRefused: _as("InvalidTaskToken"),
    errors.TokenDecided: _as("TaskAlreadyCompleted"),
    errors.TokenGone: _as("TaskAlreadyCompleted"),
    errors.StaleRecord: _as("ConcurrentUpdateError"),
}
_FAULTS = {
    HTTPStatus.SERVICE_UNAVAILABLE: ("ServiceUnavailable", "try again soon"),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "InternalServerError",
        "this stage made a mistake",
    ),
}


def told_to_wait(error: MillraceError) -> dict[str, str]:
    """Return the headers that say when to ask again: Alibaba's, in milliseconds, too.

    Without it Alibaba's clients do not know a 429 for one.
    """
    found = problems.told_to_wait(error)
    return found and {**found, "x-acs-retry-after": f"{found['Retry-After']}000"}


def answer(error: MillraceError) -> tuple[HTTPStatus, str, str]:
    """Return the status, the code and the message that ``error`` is answered with."""
    for kind in type(error).__mro__:
        if kind in TABLE:
            refused = TABLE[kind](error)
            status = STATUSES.get(refused.code, HTTPStatus.BAD_REQUEST)
            return status, refused.code, str(refused)
    status = problems.row_of(error).status
    status = status if status in _FAULTS else HTTPStatus.INTERNAL_SERVER_ERROR
    problems.LOG.error("cloudflow: %s", error, exc_info=error)
    return status, *_FAULTS[status]
