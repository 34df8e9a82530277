"""What does a refusal of AWS, or of the way there, mean for a task?"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.exceptions import ConnectionError as NotConnected

from chalicelib.dispatchers.seams import failed
from chalicelib.engine.events import TaskFailed
from chalicelib.model.error_names import Kind

#: Codes first, because services do not agree on statuses (SQS: 400 for nearly all).
_CODES: Mapping[str, Kind] = MappingProxyType(
    {
        "AccessDenied": Kind.FORBIDDEN,
        "AccessDeniedException": Kind.FORBIDDEN,
        "AWS.SimpleQueueService.NonExistentQueue": Kind.NOT_FOUND,
        "ExpiredTokenException": Kind.FORBIDDEN,
        "QueueDoesNotExist": Kind.NOT_FOUND,
        "RequestThrottled": Kind.THROTTLED,
        "RequestTooLargeException": Kind.TOO_LARGE,
        "ResourceNotFoundException": Kind.NOT_FOUND,
        "ThrottlingException": Kind.THROTTLED,
        "TooManyRequestsException": Kind.THROTTLED,
    }
)
_STATUSES: Mapping[int, Kind] = MappingProxyType(
    {
        403: Kind.FORBIDDEN,
        404: Kind.NOT_FOUND,
        413: Kind.TOO_LARGE,
        429: Kind.THROTTLED,
    }
)
#: What boto3 may raise for the world's doing.
AWS_ERRORS = (ClientError, BotoCoreError)


def aws_failure(
    error: Exception, service: str, *, kinds_suffice: bool = False
) -> TaskFailed:
    """Return the failure that ``error`` is.

    ``service`` begins the error's name: ``Lambda.…``. ``kinds_suffice``: a refusal that
    has a kind of its own gets no name here, so each format calls it by its own.
    """
    if isinstance(error, ClientError):
        return _refused(error, service, kinds_suffice=kinds_suffice)
    if isinstance(error, ReadTimeoutError):
        return failed(Kind.TIMEOUT, str(error))
    if isinstance(error, NoCredentialsError):
        return failed(Kind.FORBIDDEN, str(error))
    # Step Functions calls a failure of its own client this, for every service.
    name = f"{service}.SdkClientException"
    lost = (NotConnected, ConnectionClosedError, HTTPClientError)
    kind = Kind.UNREACHABLE if isinstance(error, lost) else Kind.SERVICE
    return failed(kind, str(error), error=name)


def refusal_kind(error: ClientError) -> Kind:
    """Return the kind of a refusal: by its code, else by its status."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _CODES.get(code) or _STATUSES.get(status, Kind.SERVICE)


def _refused(error: ClientError, service: str, *, kinds_suffice: bool) -> TaskFailed:
    code = str(error.response.get("Error", {}).get("Code", ""))
    kind = refusal_kind(error)
    has_own_kind = kind is not Kind.SERVICE or code == "ServiceException"
    if kinds_suffice and has_own_kind:
        return failed(kind, str(error))
    return failed(kind, str(error), error=f"{service}.{code.rsplit('.', 1)[-1]}")
