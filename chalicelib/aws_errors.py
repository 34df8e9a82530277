"""Is it worth asking AWS again? What a failed call means, for every AWS shell.

Nothing above a shell knows botocore: a passing failure becomes ``Unavailable``; a call
that can never succeed (a missing right, a missing table, a wrong request) is a fault of
the deployment or a bug, and crashes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import (
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
)

from chalicelib.errors import Unavailable

#: Nobody answered, or not to the end.
_UNANSWERED = (HTTPClientError, ConnectionError, IncompleteReadError)
#: Answers with a status below 500 that another try may change.
_PASSING = frozenset(
    {
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
    }
)


def ask(
    operation: Callable[..., Any], request: Mapping[str, Any], *, what: str
) -> Mapping[str, Any]:
    """Call a client's ``operation``; other errors of AWS pass through.

    Raises:
        Unavailable: no answer, throttled, or AWS itself failed.
    """
    try:
        response: Mapping[str, Any] = operation(**request)
    except _UNANSWERED as error:
        raise Unavailable(what) from error
    except ClientError as error:
        if is_passing(error):
            raise Unavailable(what) from error
        raise
    return response


def code_of(error: ClientError) -> str:
    """Return AWS's name for the error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_passing(error: ClientError) -> bool:
    """Whether the same call may succeed later."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or code_of(error) in _PASSING
