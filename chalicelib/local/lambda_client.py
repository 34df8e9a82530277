"""What does Lambda's Invoke do, with Python functions on this machine?

Stands in for boto3's client: the same parameters, the same answer, the same exceptions.

Rule 1  What a function gets and gives has been through JSON, as on Lambda.
Rule 2  Nothing of a function's failure escapes: it is the answer, worded as Lambda
        words it for Python. Only a function that is not there is an exception.
"""

from __future__ import annotations

import base64
import io
import itertools
import json
import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.local.functions import Function, Functions, Workers, call_with
from chalicelib.values import Json, short_hash

_log = logging.getLogger(__name__)

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The second argument of a function, with Lambda's own names."""

    function_name: str
    aws_request_id: str
    #: ``client_context.custom``: what the caller sent along.
    client_context: Any = None
    function_version: str = "$LATEST"
    invoked_function_arn: str = ""
    memory_limit_in_mb: int = 128
    log_group_name: str = "local"
    log_stream_name: str = "local"
    identity: Any = None

    def get_remaining_time_in_millis(self) -> int:
        """Return Lambda's longest timeout; here no clock runs against a function."""
        return 900_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one invocation."""

    body: bytes
    is_failure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The queue that is told of the end of every asynchronous invocation."""

    arn: str
    #: Takes the body of a message.
    send: Callable[[str], None]


class LambdaClient:
    """Invokes the functions of this machine, in the shape of boto3's client."""

    def __init__(
        self,
        functions: Functions,
        *,
        workers: Workers | None = None,
        destination: Destination | None = None,
    ) -> None:
        """``workers``: who does what nobody waits for. ``destination``: who is told."""
        self._functions = functions
        self._workers = workers or Workers()
        self._destination = destination

    def invoke(
        self,
        *,
        FunctionName: str,
        InvocationType: str = "RequestResponse",
        Payload: bytes | str = b"{}",
        ClientContext: str = "",
        **_ignored: object,
    ) -> dict[str, Any]:
        """Invoke a function.

        Raises:
            ClientError: there is no such function, or too much is waiting.
        """
        function = self._functions.find(FunctionName)
        if function is None:
            reason = self._functions.why_not(FunctionName)
            raise _client_error("ResourceNotFoundException", 404, reason)
        request_id = _request_id(FunctionName)
        context = Context(
            function_name=FunctionName,
            aws_request_id=request_id,
            client_context=_client_context(ClientContext),
        )
        if InvocationType == "Event":
            self._run_later(function, Payload, context)
            return _given(202, request_id, b"")
        result = run(function, Payload, context)
        given = _given(200, request_id, result.body) | {"ExecutedVersion": "$LATEST"}
        return given | {"FunctionError": "Unhandled"} if result.is_failure else given

    def get_function_event_invoke_config(
        self, *, FunctionName: str, **_ignored: object
    ) -> dict[str, Any]:
        """Return where the ends of a function's asynchronous invocations are told.

        Raises:
            ClientError: nowhere.
        """
        if self._destination is None:
            reason = f"{FunctionName} has no EventInvokeConfig"
            raise _client_error("ResourceNotFoundException", 404, reason)
        end = {"Destination": self._destination.arn}
        return {
            "MaximumRetryAttempts": 0,
            "DestinationConfig": {"OnSuccess": end, "OnFailure": end},
        }

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:
        """Return the name of a function.

        Raises:
            ClientError: there is no such function.
        """
        if self._functions.find(FunctionName) is None:
            reason = self._functions.why_not(FunctionName)
            raise _client_error("ResourceNotFoundException", 404, reason)
        return {"FunctionName": FunctionName}

    def _run_later(
        self, function: Function, payload: bytes | str, context: Context
    ) -> None:
        def work() -> None:
            result = run(function, payload, context)
            if result.is_failure:
                _log.warning("%s failed: %s", context.function_name, result.body)
            if self._destination is not None:
                self._destination.send(_record(payload, context, result))

        if not self._workers.take(work):
            reason = "too many invocations are waiting"
            raise _client_error("TooManyRequestsException", 429, reason)


def run(function: Function, payload: bytes | str, context: Context) -> Result:
    """Call ``function`` as Lambda's runtime for Python does."""
    request_id = context.aws_request_id
    try:
        given = call_with(function, json.loads(payload or b"null"), context)
    except SystemExit:
        return _failure("Runtime.ExitError", "Runtime exited", request_id, [])
    except Exception as error:  # whatever it is, it is the function's answer
        name, trace = type(error).__name__, _stack_trace(error)
        return _failure(name, str(error), request_id, trace)
    try:
        return Result(body=_text(given))
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        return _failure("Runtime.MarshalError", message, request_id, [])


def _record(payload: bytes | str, context: Context, result: Result) -> str:
    """Return what Lambda tells a destination; without retries, as configured here."""
    record = {
        "version": "1.0",
        "requestContext": {
            "requestId": context.aws_request_id,
            "functionArn": f"{context.function_name}:$LATEST",
            "condition": "RetriesExhausted" if result.is_failure else "Success",
            "approximateInvokeCount": 1,
        },
        "requestPayload": json.loads(payload or b"null"),
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            **({"functionError": "Unhandled"} if result.is_failure else {}),
        },
        "responsePayload": json.loads(result.body),
    }
    return json.dumps(record)


def _text(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "backslashreplace"
    )


def _failure(name: str, message: str, request_id: str, trace: list[str]) -> Result:
    said = {
        "errorMessage": message,
        "errorType": name,
        "requestId": request_id,
        "stackTrace": trace,
    }
    return Result(body=_text(said), is_failure=True)


def _stack_trace(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    # The first two are the host's own: ``run`` and ``call_with``.
    return traceback.format_list(frames[2:])


def _request_id(name: str) -> str:
    digits = short_hash(name, next(_numbers), length=32)
    cuts = (0, 8, 12, 16, 20, 32)
    return "-".join(digits[a:b] for a, b in itertools.pairwise(cuts))


def _client_context(given: str) -> Any:
    if not given:
        return None
    found = json.loads(base64.b64decode(given))
    custom = found.get("custom", {}) if isinstance(found, Mapping) else {}
    return SimpleNamespace(custom=custom, env={}, client=None)


def _given(status: int, request_id: str, body: bytes) -> dict[str, Any]:
    return {
        "StatusCode": status,
        "Payload": io.BytesIO(body),
        "ResponseMetadata": {
            "RequestId": request_id,
            "HTTPStatusCode": status,
            "HTTPHeaders": {"x-amzn-requestid": request_id},
            "RetryAttempts": 0,
        },
    }


def _client_error(code: str, status: int, message: str) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },
        "Invoke",
    )
