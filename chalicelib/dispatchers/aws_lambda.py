"""How does a task reach a Lambda function?

    REQUEST            invoked as RequestResponse; the function's answer
    CALLBACK, SUBMIT   invoked as Event; that Lambda took it
    CALLBACK, awaited  invoked as RequestResponse; that the function did not fail
    SYSTEM             the same, where Lambda will tell of the end; else as REQUEST

Rule 1  The event is the task's payload as the author made it. One exception: an
        object of a CALLBACK task that has the token nowhere gets ``taskToken`` and
        ``callbackUrl`` beside its own keys, or the function could never answer.
        So does, under a name of ours, one of a SYSTEM task: Lambda's record of the end
        has the event in it (``destinations``). What has no room for it is awaited: an
        event that is no object, or so large that the record would not be sent.
Rule 2  One dispatch is one request: boto3's retries are off, since nobody knows
        whether a function may run twice. Retrying is the workflow's to say.
Rule 3  Idempotency key and ``traceparent`` travel in the client context, which Lambda
        hands over for RequestResponse only.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from chalicelib.dispatchers.destinations import Destinations
from chalicelib.dispatchers.patience import within
from chalicelib.dispatchers.refusals import AWS_ERRORS, aws_failure
from chalicelib.dispatchers.seams import Clients, failed, invited
from chalicelib.engine.events import Answer, TaskFailed
from chalicelib.errors import InputRefused
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.ports import TOKEN_FIELD, Call, Limits, Outcome
from chalicelib.traces import headers as headers_of
from chalicelib.values import Json, compact, parse

PREFIX = "lambda:"
#: The payload has ``Payload`` and, beside it, how to invoke: see ``_OPTIONS``.
OPTIONS_PREFIX = "lambda.invoke:"
_OPTIONS = ("InvocationType", "ClientContext", "LogType", "Qualifier")
#: For ``botocore.config.Config``: a client that leaves time and retries to us. The
#: longest function takes 900 s; idle connections are dropped on the way sooner.
CLIENT_CONFIG: Mapping[str, Any] = MappingProxyType(
    {
        "connect_timeout": 5,
        "read_timeout": 910,
        "retries": {"total_max_attempts": 1},
        "tcp_keepalive": True,
    }
)
#: Bytes of an event beside which an answer of the same size fits into a record: SQS
#: took 262,144 bytes for long, and in some regions still does.
LARGEST_EVENT = 128 * 1024 - 4096
#: What Lambda calls an answer of more than its 6 MB.
_ANSWER_TOO_LARGE = "Function.ResponseSizeTooLarge"


class LambdaDispatcher:
    """Invokes Lambda functions. See ``ports.Dispatcher``."""

    def __init__(
        self,
        clients: Clients,
        *,
        service: str = "Lambda",
        refuse: Callable[[Exception], TaskFailed] | None = None,
        limits: Limits | None = None,
        destinations: Destinations | None = None,
    ) -> None:
        """``service`` begins the names of its errors.

        ``refuse``: says what an exception of AWS's is; None: what AWS calls it.
        """
        self._clients = clients
        self._destinations = destinations
        self._service = service
        self._refuse = refuse or self._plain_refusal
        self._limits = limits or Limits()

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        if call.mode is Mode.SYSTEM and not self._is_told(call):
            outcome = self.dispatch(replace(call, mode=Mode.REQUEST))
            if isinstance(outcome, TaskFailed):
                return outcome
            return replace(outcome, is_end=True)
        parameters = _parameters(call)
        if isinstance(parameters, TaskFailed):
            return parameters
        answers = parameters["InvocationType"] == "RequestResponse"
        try:
            given, body = within(call.timeout, lambda: self._invoke(parameters))
        except TimeoutError:
            return failed(Kind.TIMEOUT, f"no answer within {call.timeout:g} s")
        except AWS_ERRORS as error:
            return self._refuse(error)
        if call.is_awaited and not given.get("FunctionError"):
            return _answer(given, None)
        return self._outcome(given, body) if answers else _answer(given, None)

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; Lambda has no way to stop an invocation."""
        return False

    def _is_told(self, call: Call) -> bool:
        """Return whether Lambda will tell of the end of this invocation."""
        if self._destinations is None or not isinstance(call.payload, dict):
            return False
        if not call.resource.startswith(PREFIX) or not call.token:
            return False
        if len(_bytes(call.payload)) > LARGEST_EVENT:
            return False
        return self._destinations.lead_here(call.resource.removeprefix(PREFIX))

    def _invoke(self, parameters: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        given = self._clients("lambda").invoke(**parameters)
        return given, given["Payload"].read(self._limits.answer_bytes + 1)

    def _plain_refusal(self, error: Exception) -> TaskFailed:
        return aws_failure(error, self._service, kinds_suffice=True)

    def _outcome(self, given: dict[str, Any], body: bytes) -> Outcome:
        if len(body) > self._limits.answer_bytes:
            limit = self._limits.answer_bytes
            return failed(Kind.TOO_LARGE, f"the answer has more than {limit} bytes")
        if given.get("FunctionError"):
            return self._function_failure(body)
        try:
            return _answer(given, parse(body) if body else None)
        except InputRefused as error:
            return failed(Kind.BAD_OUTPUT, str(error))

    def _function_failure(self, body: bytes) -> TaskFailed:
        cause = body.decode("utf-8", "replace")
        try:
            output = parse(body)
        except InputRefused:
            output = None
        name = output.get("errorType") if isinstance(output, dict) else None
        if name == _ANSWER_TOO_LARGE:
            return failed(Kind.TOO_LARGE, cause, output=output)
        error = str(name) if name else f"{self._service}.Unknown"
        return failed(Kind.FUNCTION, cause, error=error, output=output)


def _parameters(call: Call) -> dict[str, Any] | TaskFailed:
    if call.resource.startswith(OPTIONS_PREFIX):
        return _with_options(call)
    waits = call.mode is Mode.REQUEST or call.is_awaited
    parameters = {
        "FunctionName": call.resource.removeprefix(PREFIX),
        "InvocationType": "RequestResponse" if waits else "Event",
        "Payload": _bytes(_event(call)),
    }
    if waits:
        parameters["ClientContext"] = _client_context(call)
    return parameters


def _event(call: Call) -> Json:
    if call.mode is Mode.SYSTEM:
        return {**call.payload, TOKEN_FIELD: call.token}
    return invited(call, call.payload)


def _with_options(call: Call) -> dict[str, Any] | TaskFailed:
    """Return the request of a task that says how to invoke, and not only with what."""
    written = {name: call.payload.get(name) for name in _OPTIONS}
    given = {name: value for name, value in written.items() if value is not None}
    mistyped = [name for name, value in given.items() if not isinstance(value, str)]
    if mistyped:
        return failed(Kind.RUNTIME, f"{mistyped[0]} must be a text")
    waits = call.mode is Mode.REQUEST
    parameters = {"InvocationType": "RequestResponse" if waits else "Event"} | given
    if parameters["InvocationType"] == "RequestResponse":
        parameters.setdefault("ClientContext", _client_context(call))
    parameters["FunctionName"] = call.resource.removeprefix(OPTIONS_PREFIX)
    parameters["Payload"] = _bytes(invited(call, call.payload.get("Payload", {})))
    return parameters


def _client_context(call: Call) -> str:
    custom = {"idempotency-key": call.idempotency_key, **headers_of(call.trace)}
    context = {"custom": {name: value for name, value in custom.items() if value}}
    return base64.b64encode(_bytes(context)).decode("ascii")


def _bytes(value: Json) -> bytes:
    # Half a surrogate pair has no UTF-8; JSON's own escape for it is spelled alike.
    return compact(value).encode("utf-8", "backslashreplace")


def _answer(given: dict[str, Any], payload: Json) -> Answer:
    metadata = given.get("ResponseMetadata", {})
    logged = {"LogResult": given["LogResult"]} if "LogResult" in given else {}
    return Answer(
        payload=payload,
        status=given.get("StatusCode", 200),
        headers=metadata.get("HTTPHeaders", {}),
        facts={
            "ExecutedVersion": given.get("ExecutedVersion", "$LATEST"),
            "RequestId": metadata.get("RequestId", ""),
            **logged,
        },
    )
