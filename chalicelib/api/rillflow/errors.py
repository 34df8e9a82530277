"""What does Rill Flow's client get when something is refused?

    {"error_code": 30109, "error": "context: …", "pass_through": true}

The HTTP status is that of ``problems`` where Rill Flow says 500 for what is the
caller's own: a client that looks at ``error_code`` sees what it knows.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Response

from chalicelib import errors
from chalicelib.api import problems
from chalicelib.values import Json

#: Codes of Rill Flow's own tables.
INTERNAL, FORBIDDEN, DATA_FORMAT, RESTRICTION = 30101, 30108, 30109, 30110
NOT_AUTHENTICATED = 30104
ILLEGAL_STATE, NO_DAG, EXISTS, NO_EXECUTION = 30601, 30602, 30604, 30605
UNSUPPORTED = 30606
TRAFFIC = 30201

#: A caller may show the text of these to its own user.
_PASSED_THROUGH = frozenset({30107, DATA_FORMAT, RESTRICTION})

CODES: Mapping[type[errors.MillraceError], int] = {
    # Of a definition that is only tried, its first problem says the code.
    errors.DefinitionRefused: RESTRICTION,
    errors.InputRefused: DATA_FORMAT,
    errors.PayloadTooLarge: RESTRICTION,
    errors.MediaRefused: DATA_FORMAT,
    errors.NotAuthenticated: NOT_AUTHENTICATED,
    errors.TokenRefused: NOT_AUTHENTICATED,
    errors.NotAuthorized: FORBIDDEN,
    errors.TooManyRequests: TRAFFIC,
    errors.WorkflowNotFound: NO_DAG,
    errors.ExecutionNotFound: NO_EXECUTION,
    errors.TaskNotFound: DATA_FORMAT,
    errors.TaskEnded: ILLEGAL_STATE,
    errors.ExecutionExists: EXISTS,
    errors.TokenDecided: ILLEGAL_STATE,
    errors.TokenGone: ILLEGAL_STATE,
}


class Refused(errors.MillraceError):
    """A request that Rill Flow has a code of its own for."""

    def __init__(self, status: int, code: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.code = code


class Unpublished(errors.DefinitionRefused):
    """A definition that was to be published: one code for all its problems."""


def missing(name: str) -> Refused:
    """Return the error for a parameter that is not there."""
    return Refused(422, DATA_FORMAT, f"the parameter {name!r} is missing")


def response(error: errors.MillraceError, parameters: Mapping[str, str]) -> Response:
    """Return the response to a request that ended with ``error``."""
    if isinstance(error, Refused):
        return _response(error.status, error.code, str(error), {})
    found = problems.response(error, parameters)
    document = found.body
    more = {key: document[key] for key in ("problems", "path") if key in document}
    return _response(
        found.status_code, code_of(error), document["detail"], more, found.headers
    )


def code_of(error: errors.MillraceError) -> int:
    """Return Rill Flow's number for an error."""
    if type(error) is errors.DefinitionRefused and error.problems[0].code:
        return error.problems[0].code
    for kind in type(error).__mro__:
        if kind in CODES:
            return CODES[kind]
    return INTERNAL


def _response(
    status: int,
    code: int,
    text: str,
    more: Mapping[str, Json],
    headers: Mapping[str, str | list[str]] | None = None,
) -> Response:
    passed = {"pass_through": True} if code in _PASSED_THROUGH else {}
    return Response(
        body={"error_code": code, "error": text, **passed, **more},
        status_code=status,
        headers={**(headers or {}), "Content-Type": "application/json"},
    )
