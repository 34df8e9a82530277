"""What does Function Compute call what Lambda refuses?

CloudFlow, "Error types": flows retry and catch by these names, so they are the same
wherever a function is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from botocore.exceptions import ClientError

from chalicelib.dispatchers.refusals import aws_failure
from chalicelib.engine.events import TaskFailed

_EXHAUSTED = "ResourceExhausted"
_ARGUMENT = "InvalidArgument"
_DENIED = "AccessDenied"
_OWN_FAULT = "InternalServerError"
#: Lambda API, "Invoke", "Errors"; those that are not here have a kind of their own.
_CODES: Mapping[str, str] = MappingProxyType(
    {
        "EC2AccessDeniedException": _DENIED,
        "EC2ThrottledException": _EXHAUSTED,
        "EC2UnexpectedException": _OWN_FAULT,
        "ENILimitReachedException": _EXHAUSTED,
        "InvalidParameterValueException": _ARGUMENT,
        "InvalidRequestContentException": _ARGUMENT,
        "KMSAccessDeniedException": _DENIED,
        "SubnetIPAddressLimitReachedException": _EXHAUSTED,
        "UnsupportedMediaTypeException": _ARGUMENT,
        "ValidationException": _ARGUMENT,
    }
)
#: Lambda API, "TooManyRequestsException", ``Reason``; each is a limit on how often, or
#: how many at once, but for the last.
_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "CallerRateLimitExceeded": "",
        "ConcurrentInvocationLimitExceeded": "",
        "FunctionInvocationRateLimitExceeded": "",
        "ReservedFunctionConcurrentInvocationLimitExceeded": "",
        "ReservedFunctionInvocationRateLimitExceeded": "",
        "ConcurrentSnapshotCreateLimitExceeded": _EXHAUSTED,
    }
)


def function_refusal(error: Exception) -> TaskFailed:
    """Return the failure that ``error`` is, as Function Compute names it."""
    made = aws_failure(error, "FC", kinds_suffice=True)
    name = _name(error) if isinstance(error, ClientError) else ""
    return replace(made, error=f"FC.{name}") if name else made


def _name(error: ClientError) -> str:
    """Return what Function Compute calls it; empty where its kind says that."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code == "TooManyRequestsException":
        reason = str(error.response.get("Reason") or "")
        return _REASONS.get(reason, reason)
    if code in _CODES:
        return _CODES[code]
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status == 400:
        return _ARGUMENT
    return _OWN_FAULT if status >= 500 else ""
