"""How does a task publish to a topic?

    sns:publish

A ``Message`` that is not a text is sent as JSON. Beside the author's attributes travel
those that a queue worker gets, too: see ``attributes``.
"""

from __future__ import annotations

from chalicelib.dispatchers.attributes import added_attributes
from chalicelib.dispatchers.aws_calls import Calls, misfit, older
from chalicelib.dispatchers.aws_model import find_action
from chalicelib.dispatchers.aws_shapes import LOOSE, fit
from chalicelib.dispatchers.seams import Clients
from chalicelib.ports import Call, Limits, Outcome
from chalicelib.values import short_hash

_STYLE = older("SNS", "AmazonSNS")


class SnsDispatcher:
    """Publishes messages. See ``ports.Dispatcher``."""

    def __init__(self, clients: Clients, *, limits: Limits | None = None) -> None:
        self._calls = Calls(clients, limits or Limits())

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        action = find_action("sns", "publish")
        request, faults = fit(
            action.operation.input_shape, call.payload, loose=LOOSE["sns"]
        )
        if faults:
            return misfit(call.payload, faults)
        written = request.get("MessageAttributes", {})
        request["MessageAttributes"] = written | added_attributes(call, written)
        if str(request.get("TopicArn", "")).endswith(".fifo"):
            key = short_hash(call.idempotency_key, length=64)
            request.setdefault("MessageGroupId", short_hash(call.execution))
            request.setdefault("MessageDeduplicationId", key)
        return self._calls.make(action, request, _STYLE, timeout=call.timeout)

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; a message that was published is not called back."""
        return False
