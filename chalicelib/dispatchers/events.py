"""How does a task put events onto a bus?

    events:putEvents

A ``Detail`` that is not a text is sent as JSON. EventBridge answers 200 also where it
took some entries only; one that it did not take fails the task. The details of a task
that waits for an answer get token and callback URL, unless the author put them there.
"""

from __future__ import annotations

from chalicelib.dispatchers.aws_calls import Calls, misfit, older
from chalicelib.dispatchers.aws_model import find_action
from chalicelib.dispatchers.aws_shapes import LOOSE, fit
from chalicelib.dispatchers.seams import Clients, failed, invited
from chalicelib.engine.events import Answer
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Limits, Outcome
from chalicelib.traces import to_xray
from chalicelib.values import Json, compact

_STYLE = older("EventBridge", "AmazonEventBridge")
_FAILED_ENTRY = "EventBridge.FailedEntry"


class EventsDispatcher:
    """Puts events. See ``ports.Dispatcher``."""

    def __init__(self, clients: Clients, *, limits: Limits | None = None) -> None:
        self._calls = Calls(clients, limits or Limits())

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        action = find_action("eventbridge", "putEvents")
        payload = _invited(call)
        request, faults = fit(
            action.operation.input_shape, payload, loose=LOOSE["events"]
        )
        if faults:
            return misfit(payload, faults)
        if xray := to_xray(call.trace):
            entries = request.get("Entries", [])
            request["Entries"] = [{"TraceHeader": xray, **each} for each in entries]
        outcome = self._calls.make(action, request, _STYLE, timeout=call.timeout)
        if isinstance(outcome, Answer) and outcome.payload.get("FailedEntryCount"):
            payload = outcome.payload
            return failed(
                Kind.SERVICE, compact(payload), error=_FAILED_ENTRY, output=payload
            )
        return outcome

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; an event that was put has happened."""
        return False


def _invited(call: Call) -> Json:
    payload = call.payload
    entries = payload.get("Entries") if isinstance(payload, dict) else None
    if not isinstance(entries, list) or call.token in compact(payload):
        return payload
    told = [
        {**each, "Detail": invited(call, each.get("Detail"))}
        if isinstance(each, dict)
        else each
        for each in entries
    ]
    return {**payload, "Entries": told}
