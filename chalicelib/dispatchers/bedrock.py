"""How does a task invoke a model whose input, or output, is an object of S3?

    bedrock:invokeModel    Input.S3Uri instead of Body; Output.S3Uri takes the answer

Step Functions, "Bedrock": with ``Output`` the answer's Body is where it was written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chalicelib.dispatchers.aws_calls import newer, refusal
from chalicelib.dispatchers.aws_model import find_action
from chalicelib.dispatchers.aws_sdk import AwsSdkDispatcher
from chalicelib.dispatchers.refusals import AWS_ERRORS
from chalicelib.dispatchers.seams import Clients, failed
from chalicelib.engine.events import TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Limits, Outcome
from chalicelib.values import Json

_MODEL = "aws-sdk:bedrockruntime:invokeModel"


class BedrockDispatcher:
    """Invokes models. See ``ports.Dispatcher``."""

    def __init__(self, clients: Clients, *, limits: Limits | None = None) -> None:
        self._clients = clients
        self._limits = limits or Limits()
        self._sdk = AwsSdkDispatcher(clients, limits=limits)

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        request = dict(call.payload)
        source, target = request.pop("Input", None), request.pop("Output", None)
        if source is not None:
            body = self._body(source)
            if isinstance(body, TaskFailed):
                return body
            request["Body"] = body
        if target is None:
            return self._ask(call, request)
        return self._into(target, call, request)

    def _ask(
        self, call: Call, request: Json, take: Callable[[bytes], bytes] = bytes
    ) -> Outcome:
        asked = replace(call, resource=_MODEL, payload=request)
        return self._sdk.dispatch(asked, take)

    def _into(self, target: Json, call: Call, request: Json) -> Outcome:
        """Have the answer's body written, and give its place instead."""
        place = _place(target)
        if place is None:
            return _no_place("Output")
        bodies: list[bytes] = []

        def take(body: bytes) -> bytes:
            bodies.append(body)
            return str(target["S3Uri"]).encode()

        answer = self._ask(call, request, take)
        if isinstance(answer, TaskFailed):
            return answer
        try:
            self._clients("s3").put_object(**place, Body=bodies[0])
        except AWS_ERRORS as error:
            return _refused(error, "putObject")
        return answer

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; what a model has said is not unsaid."""
        return False

    def _body(self, source: Json) -> str | TaskFailed:
        place = _place(source)
        if place is None:
            return _no_place("Input")
        try:
            found = self._clients("s3").get_object(**place)
            content = found["Body"].read(self._limits.answer_bytes + 1)
        except AWS_ERRORS as error:
            return _refused(error, "getObject")
        if len(content) > self._limits.answer_bytes:
            limit = self._limits.answer_bytes
            return failed(Kind.TOO_LARGE, f"the input has more than {limit} bytes")
        return str(content.decode("utf-8", "replace"))


def _place(given: Json) -> dict[str, str] | None:
    """Return bucket and key of ``{"S3Uri": "s3://bucket/key"}``."""
    uri = given.get("S3Uri") if isinstance(given, dict) else None
    if not isinstance(uri, str) or not uri.startswith("s3://"):
        return None
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key} if bucket and key else None


def _no_place(name: str) -> TaskFailed:
    return failed(Kind.RUNTIME, f"{name} must be an object with S3Uri: s3://bucket/key")


def _refused(error: Exception, action: str) -> TaskFailed:
    found = find_action("s3", action)
    return refusal(error, found, newer(found.title))
