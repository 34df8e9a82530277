"""How does a task reach a function where it is, in Function Compute?

    REQUEST            invoked Sync; the function's answer
    CALLBACK, SUBMIT   invoked Async; that it was taken
    CALLBACK, awaited  invoked Sync; that the function did not fail
    SYSTEM             the same, where a destination tells the stage of the end
                       (``api.function_ends``); else as REQUEST

Rule 1  Every request goes where the stage's policy lets HTTP go, signed anew.
Rule 2  An asynchronous task that is there already is this attempt's own.
Rule 3  One dispatch is one request; retrying is the workflow's to say.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

from chalicelib.alibaba import AlibabaAccount
from chalicelib.dispatchers.destinations import Destinations
from chalicelib.dispatchers.function_answers import outcome_of
from chalicelib.dispatchers.function_names import FunctionName, read_arn
from chalicelib.dispatchers.function_requests import (
    DESTINATIONS,
    INVOKE,
    STOP,
    Operation,
    Signer,
    payload,
    task_id,
    url,
)
from chalicelib.dispatchers.http import HttpDispatcher
from chalicelib.dispatchers.seams import failed, invited
from chalicelib.engine.events import Answer, TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.ports import TOKEN_FIELD, Call, Clock, Outcome
from chalicelib.values import Json, compact

#: Bytes of an event beside which an answer of the same size fits into what Function
#: Compute sends to a destination: queues, topics and event buses take 64 KiB.
LARGEST_EVENT = 32 * 1024 - 2048
#: Seconds that the look at a function's destinations may take.
_LOOK = 10.0
_CONFLICT = 409


class FunctionService:
    """Invokes functions of Function Compute. See ``ports.Dispatcher``."""

    def __init__(
        self,
        http: HttpDispatcher,
        account: AlibabaAccount,
        clock: Clock,
        *,
        new_nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._http = http
        self._account = account
        self._signer = Signer(account, clock, new_nonce)
        self._destinations = Destinations(clock, self._lead_here)

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        name = read_arn(call.resource)
        if name is None:
            cause = f"{call.resource!r} is not the ARN of a function"
            return failed(Kind.NOT_FOUND, cause)
        if call.mode is Mode.SYSTEM and not self._is_told(call):
            outcome = self.dispatch(replace(call, mode=Mode.REQUEST))
            if isinstance(outcome, TaskFailed):
                return outcome
            return replace(outcome, is_end=True)
        return self._invoke(call, name)

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; only what was invoked as a task can be stopped."""
        name = read_arn(call.resource)
        if name is None:
            return False
        task = task_id(call.idempotency_key)
        outcome = self._ask(call, STOP, name, task=task)
        return isinstance(outcome, Answer) and 200 <= outcome.status < 300

    def _invoke(self, call: Call, name: FunctionName) -> Outcome:
        waits = call.mode is Mode.REQUEST or call.is_awaited
        task = "" if waits else task_id(call.idempotency_key)
        answer = self._ask(call, INVOKE, name, task=task, event=_event(call))
        if isinstance(answer, TaskFailed):
            return answer
        if task and answer.status == _CONFLICT:
            return replace(answer, payload=None, status=202)
        return outcome_of(answer)

    def _ask(
        self,
        call: Call,
        operation: Operation,
        name: FunctionName,
        *,
        task: str = "",
        event: Json = None,
    ) -> Outcome:
        asked = replace(
            call,
            resource=url(operation, name, self._account, task),
            payload=payload(operation, name, task=task, event=event),
            # The answer is judged here, and where to call back stands in the event.
            mode=Mode.REQUEST,
            token="",
            callback_url="",
            server="",
        )
        return self._http.dispatch(
            asked, lambda each: self._signer.sign(each, operation, name)
        )

    def _is_told(self, call: Call) -> bool:
        """Return whether the stage will be told of the end of this invocation."""
        if not self._account.destination or not call.token:
            return False
        if not isinstance(call.payload, dict):
            return False
        if len(compact(_event(call)).encode("utf-8", "replace")) > LARGEST_EVENT:
            return False
        return self._destinations.lead_here(call.resource)

    def _lead_here(self, resource: str) -> bool:
        look = Call(
            resource=resource,
            payload=None,
            mode=Mode.REQUEST,
            idempotency_key="",
            timeout=_LOOK,
            execution="",
            task="",
        )
        name = read_arn(resource)
        answer = self._ask(look, DESTINATIONS, name) if name else None
        if not isinstance(answer, Answer) or answer.status != 200:
            return False
        return _destinations_in(answer.payload) == {self._account.destination}


def _destinations_in(config: Json) -> set[str]:
    """Return where the ends of a function go, good and bad ones."""
    match config:
        case {
            "destinationConfig": {
                "onSuccess": {"destination": str(good)},
                "onFailure": {"destination": str(bad)},
            }
        }:
            return {good, bad}
    return set()


def _event(call: Call) -> Json:
    if call.mode is Mode.SYSTEM:
        return {**call.payload, TOKEN_FIELD: call.token}
    return invited(call, call.payload)
