"""How does a task call any action of AWS?

    aws-sdk:dynamodb:getItem    aws-sdk:s3:putObject    aws-sdk:sfn:sendTaskSuccess

Rule 1  The request is held against the service's model first: an unknown, missing or
        mistyped field fails the task before anything is sent.
Rule 2  A client token that the author did not give is made from the idempotency key,
        so a call that is delivered twice is done once where the service knows how.
Rule 3  Fields of the answer are called as Step Functions calls them.
"""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.dispatchers.aws_calls import Calls, misfit, newer
from chalicelib.dispatchers.aws_model import NotInAws, find_action, java_name
from chalicelib.dispatchers.aws_shapes import fit
from chalicelib.dispatchers.seams import Clients, failed
from chalicelib.engine.events import Answer
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Limits, Outcome

PREFIX = "aws-sdk:"


class AwsSdkDispatcher:
    """Calls AWS. See ``ports.Dispatcher``."""

    def __init__(self, clients: Clients, *, limits: Limits | None = None) -> None:
        self._calls = Calls(clients, limits or Limits())

    def dispatch(self, call: Call, take: Callable[[bytes], bytes] = bytes) -> Outcome:
        """See ``Dispatcher``; ``take`` is that of ``Calls.make``."""
        service, _, name = call.resource.removeprefix(PREFIX).partition(":")
        try:
            action = find_action(service, name)
        except NotInAws as error:
            return failed(Kind.RUNTIME, str(error))
        request = {} if call.payload is None else call.payload
        parameters, faults = fit(action.operation.input_shape, request)
        if faults:
            return misfit(request, faults)
        for member in action.operation.idempotent_members:
            parameters.setdefault(member, call.idempotency_key)
        return self._calls.make(
            action,
            parameters,
            newer(action.title),
            timeout=call.timeout,
            rename=java_name,
            take=take,
        )

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; the resource is the action that stops what began."""
        return isinstance(self.dispatch(call), Answer)
