"""How does a task read and write an item of a DynamoDB table?

    dynamodb:getItem    dynamodb:putItem    dynamodb:updateItem    dynamodb:deleteItem

Names of the answer are DynamoDB's own. A write that is delivered twice is made twice;
whether that matters is for a condition of the author to say.
"""

from __future__ import annotations

from chalicelib.dispatchers.aws_calls import Calls, misfit, older
from chalicelib.dispatchers.aws_model import find_action
from chalicelib.dispatchers.aws_shapes import fit
from chalicelib.dispatchers.seams import Clients
from chalicelib.ports import Call, Limits, Outcome

_STYLE = older("DynamoDB", "AmazonDynamoDBv2")


class DynamoDbDispatcher:
    """Reads and writes items. See ``ports.Dispatcher``."""

    def __init__(self, clients: Clients, *, limits: Limits | None = None) -> None:
        self._calls = Calls(clients, limits or Limits())

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        action = find_action("dynamodb", call.resource.partition(":")[2])
        parameters, faults = fit(action.operation.input_shape, call.payload)
        if faults:
            return misfit(call.payload, faults)
        return self._calls.make(action, parameters, _STYLE, timeout=call.timeout)

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; what was written stays."""
        return False
