"""How does a task reach a queue worker?

    sqs:jobs    sqs:https://sqs.…/123/jobs    sqs:arn:aws:sqs:eu-west-1:123:jobs

A payload with ``MessageBody`` is the message, with SQS's own names for its parts; any
other payload is the body. A body that is not a text is sent as JSON. The token travels
where the author put it and, for a CALLBACK task, in the attribute
``millrace-task-token`` beside ``millrace-callback-url``.
"""

from __future__ import annotations

from typing import Any

from chalicelib.dispatchers.attributes import added_attributes, attribute
from chalicelib.dispatchers.aws_calls import older, refusal
from chalicelib.dispatchers.aws_model import find_action
from chalicelib.dispatchers.refusals import AWS_ERRORS
from chalicelib.dispatchers.seams import Clients, failed
from chalicelib.engine.events import Answer, TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Outcome
from chalicelib.traces import to_xray
from chalicelib.values import Json, compact, short_hash

PREFIX = "sqs:"
_STYLE = older("SQS", "AmazonSQS")
_PASSED = (
    "DelaySeconds",
    "MessageGroupId",
    "MessageDeduplicationId",
    "MessageSystemAttributes",
)
#: The digest of the attributes is left out: it covers those that are added here.
_ANSWERED = (
    "MessageId",
    "MD5OfMessageBody",
    "MD5OfMessageSystemAttributes",
    "SequenceNumber",
)


class SqsDispatcher:
    """Sends messages. See ``ports.Dispatcher``."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._urls: dict[str, str] = {}

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        queue = call.resource.removeprefix(PREFIX)
        message = call.payload
        if not (isinstance(message, dict) and "MessageBody" in message):
            message = {"MessageBody": message}
        attributes = _attributes(call, message.get("MessageAttributes"))
        if isinstance(attributes, TaskFailed):
            return attributes
        try:
            given = self._send(queue, message, attributes, call)
        except AWS_ERRORS as error:
            self._urls.pop(queue, None)
            return refusal(error, find_action("sqs", "sendMessage"), _STYLE)
        return _answer(given)

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; a message that was sent is not called back."""
        return False

    def _send(self, queue: str, message: Json, attributes: Json, call: Call) -> Any:
        client = self._clients("sqs")
        body = message["MessageBody"]
        parameters = {
            "QueueUrl": self._url(client, queue),
            "MessageBody": body if isinstance(body, str) else compact(body),
            "MessageAttributes": attributes,
        }
        if queue.endswith(".fifo"):
            key = call.idempotency_key
            parameters["MessageGroupId"] = short_hash(call.execution)
            parameters["MessageDeduplicationId"] = short_hash(key, length=64)
        if xray := to_xray(call.trace):
            header = {"DataType": "String", "StringValue": xray}
            parameters["MessageSystemAttributes"] = {"AWSTraceHeader": header}
        passed = {name: message[name] for name in _PASSED if name in message}
        return client.send_message(**parameters | passed)

    def _url(self, client: Any, queue: str) -> str:
        if queue.startswith(("http://", "https://")):
            return queue
        if queue not in self._urls:
            asked = {"QueueName": queue}
            if queue.startswith("arn:"):
                *_, account, name = queue.split(":")
                asked = {"QueueName": name, "QueueOwnerAWSAccountId": account}
            self._urls[queue] = client.get_queue_url(**asked)["QueueUrl"]
        return self._urls[queue]


def _attributes(call: Call, written: Json) -> Json | TaskFailed:
    if not isinstance(written, dict | None):
        return failed(Kind.RUNTIME, "MessageAttributes must be an object")
    found = {name: attribute(value) for name, value in (written or {}).items()}
    return found | added_attributes(call, found)


def _answer(given: dict[str, Any]) -> Answer:
    metadata = given.get("ResponseMetadata", {})
    return Answer(
        payload={name: given[name] for name in _ANSWERED if name in given},
        headers=metadata.get("HTTPHeaders", {}),
        facts={"RequestId": metadata.get("RequestId", "")},
    )
