"""Which queue, and which topic, stands for one of MNS?

    acs:mns:::/queues/<name>/messages    acs:mns:::/topics/<name>/messages

A stage's rule makes the name; a queue is one of SQS, a topic one of SNS in the stage's
own account. ``MessageBody`` is the message; a topic's may have ``MessageTag`` and
``MessageAttributes``. An error is called ``MNS.<code>``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from chalicelib.dispatchers.attributes import attribute
from chalicelib.dispatchers.seams import failed
from chalicelib.engine.events import TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Dispatcher, Outcome
from chalicelib.values import Json

PREFIX = "acs:mns:"
_ARN = re.compile(
    r"acs:mns:[^:]*:[^:]*:/?(?P<kind>queues|topics)/(?P<name>[^/]+)/messages"
)


class MnsDispatcher:
    """Sends messages. See ``ports.Dispatcher``."""

    def __init__(
        self, queues: Dispatcher, topics: Dispatcher, *, rule: str, place: str
    ) -> None:
        """``place``: region and account of the topics, as an ARN has them."""
        self._queues = queues
        self._topics = topics
        self._rule = rule
        self._place = place

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        found = _ARN.fullmatch(call.resource)
        if found is None:
            cause = f"{call.resource!r} names no queue and no topic of MNS"
            return failed(Kind.NOT_FOUND, cause)
        name = self._rule.format(name=found["name"])
        if found["kind"] == "queues":
            outcome = self._queues.dispatch(replace(call, resource=f"sqs:{name}"))
        else:
            outcome = self._topics.dispatch(self._published(call, name))
        return _renamed(outcome)

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; a message that was sent is not called back."""
        return False

    def _published(self, call: Call, topic: str) -> Call:
        message: Any = call.payload if isinstance(call.payload, dict) else {}
        written = dict(message.get("MessageAttributes") or {})
        if "MessageTag" in message:
            written["MessageTag"] = message["MessageTag"]
        request: dict[str, Json] = {
            "TopicArn": f"arn:aws:sns:{self._place}:{topic}",
            "Message": message.get("MessageBody"),
        }
        if written:
            request["MessageAttributes"] = {
                name: attribute(value) for name, value in written.items()
            }
        return replace(call, resource="sns:publish", payload=request)


def _renamed(outcome: Outcome) -> Outcome:
    if isinstance(outcome, TaskFailed):
        code = outcome.error.partition(".")[2].removesuffix("Exception")
        return replace(outcome, error=f"MNS.{code}") if code else outcome
    return outcome
