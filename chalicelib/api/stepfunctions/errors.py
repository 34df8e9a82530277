"""How does Step Functions say no? Typed errors, with the service's own names.

Rule 1  Everything the caller can act on is HTTP 400 with ``__type`` and ``message``.
Rule 2  What is our own fault is HTTP 500 or 503; clients try those again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from chalicelib import errors
from chalicelib.api import problems
from chalicelib.api.sigv4 import SignatureRefused
from chalicelib.errors import MillraceError, Problem
from chalicelib.values import Json


class Refused(MillraceError):
    """A request that Step Functions would refuse, under the name it has there."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def definition_refused(found: errors.DefinitionRefused) -> Refused:
    """Return AWS's error for a definition with problems: all of them in one text."""
    listed = ", ".join(
        f"{code_of(each)}: {sentence(each)}{_at(each)}" for each in found.problems
    )
    message = f"Invalid State Machine Definition: '{listed}'"
    return Refused("InvalidDefinition", message)


#: Part of a problem's sentence -> its code, where the place alone does not say it.
_CODES: Mapping[str, str] = {
    "nothing leads to the state": "MISSING_TRANSITION_TARGET",
    "there is a state": "DUPLICATE_STATE_NAME",
    "there is a Label": "DUPLICATE_LABEL_NAME",
    "is assigned outside of this": "DUPLICATE_VARIABLE_NAME",
}


def code_of(problem: Problem) -> str:
    """Return what AWS's validator calls a problem.

    >>> code_of(Problem(message="no such state", path="/States/Ship/Next"))
    'MISSING_TRANSITION_TARGET'
    """
    if not problem.path and problem.line:
        return "INVALID_JSON_DESCRIPTION"
    for sentence, code in _CODES.items():
        if sentence in problem.message:
            return code
    last = problem.path.rpartition("/")[2]
    is_target = last in ("Next", "StartAt", "Default")
    return "MISSING_TRANSITION_TARGET" if is_target else "SCHEMA_VALIDATION_FAILED"


def sentence(problem: Problem) -> str:
    """Return what is wrong, with the place in the text where it has one."""
    place = f" (line {problem.line}, column {problem.column})" if problem.line else ""
    return f"{problem.message}{place}"


def _at(problem: Problem) -> str:
    return f" at {problem.path}" if problem.path else ""


def _as(code: str, before: str = "") -> Callable[[Any], Refused]:
    return lambda error: Refused(code, f"{before}{error}")


#: Error -> what Step Functions calls it; actions that know more say so themselves.
TABLE: Mapping[type[MillraceError], Callable[[Any], Refused]] = {
    Refused: lambda error: error,
    SignatureRefused: lambda error: Refused(error.code, str(error)),
    errors.NotAuthenticated: _as("UnrecognizedClientException"),
    errors.NotAuthorized: _as("AccessDeniedException"),
    errors.TooManyRequests: _as("ThrottlingException"),
    errors.DefinitionRefused: definition_refused,
    errors.WorkflowNotFound: _as("StateMachineDoesNotExist"),
    errors.ActivityNotFound: _as("ActivityDoesNotExist"),
    errors.ExecutionNotFound: _as("ExecutionDoesNotExist"),
    errors.ExecutionExists: _as("ExecutionAlreadyExists"),
    errors.NotRedrivable: _as("ExecutionNotRedrivable"),
    errors.InputRefused: _as(
        "InvalidExecutionInput", "Invalid State Machine Execution Input: "
    ),
    errors.PayloadTooLarge: _as("ValidationException"),
    errors.TokenRefused: lambda _error: Refused(
        "InvalidToken", "Invalid Token: 'Invalid token'"
    ),
    errors.TokenDecided: _as("TaskTimedOut", "Task Timed Out: "),
    errors.TokenGone: _as("TaskTimedOut", "Task Timed Out: "),
}
_FAULTS = {
    HTTPStatus.SERVICE_UNAVAILABLE: ("ServiceUnavailable", "Try again soon."),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("InternalFailure", "This stage made a mistake."),
}


def answer(error: MillraceError) -> tuple[HTTPStatus, Json]:
    """Return the status and the body that ``error`` is answered with."""
    for kind in type(error).__mro__:
        if kind in TABLE:
            refused = TABLE[kind](error)
            body = {"__type": refused.code, "message": str(refused)}
            return HTTPStatus.BAD_REQUEST, body
    status = problems.row_of(error).status
    status = status if status in _FAULTS else HTTPStatus.INTERNAL_SERVER_ERROR
    problems.LOG.error("step functions: %s", error, exc_info=error)
    code, message = _FAULTS[status]
    return status, {"__type": code, "message": message}
