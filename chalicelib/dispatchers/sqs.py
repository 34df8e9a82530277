"""How does a task reach a queue worker?

    sqs:jobs    sqs:https://sqs.…/123/jobs    sqs:arn:aws:sqs:eu-west-1:123:jobs

A payload with ``MessageBody`` is the message, with SQS's own names for its parts; any
other payload is the body. A body that is not a text is sent as JSON. The token travels
where the author put it and, for a CALLBACK task, in the attribute
``millrace-task-token`` beside ``millrace-callback-url``.
"""

from __future__ import annotations

from typing import Any

from chalicelib.dispatchers.refusals import AWS_ERRORS, aws_failure
from chalicelib.dispatchers.seams import Clients, failed
from chalicelib.engine.events import Answer, TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.ports import Call, Outcome
from chalicelib.values import Json, compact, short_hash

PREFIX = "sqs:"
#: SQS, "Message quotas": attributes of one message.
MOST_ATTRIBUTES = 10
_PASSED = ("DelaySeconds", "MessageGroupId", "MessageDeduplicationId")


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
            return aws_failure(error, "SQS")
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
    found = {name: _attribute(value) for name, value in (written or {}).items()}
    added = {
        "millrace-task-token": call.token,
        "millrace-callback-url": call.callback_url,
    }
    if call.mode is not Mode.CALLBACK:
        added = {}
    added |= {"idempotency-key": call.idempotency_key, "traceparent": call.trace}
    for name, value in added.items():
        # Rather a message with fewer attributes than one that SQS does not take.
        if value and name not in found and len(found) < MOST_ATTRIBUTES:
            found[name] = _attribute(value)
    return found


def _attribute(value: Json) -> Json:
    if isinstance(value, dict):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return {
        "DataType": "Number" if is_number else "String",
        "StringValue": value if isinstance(value, str) else compact(value),
    }


def _answer(given: dict[str, Any]) -> Answer:
    metadata = given.get("ResponseMetadata", {})
    return Answer(
        payload={
            "MessageId": given["MessageId"],
            "MD5OfMessageBody": given["MD5OfMessageBody"],
        },
        headers=metadata.get("HTTPHeaders", {}),
        facts={"RequestId": metadata.get("RequestId", "")},
    )
