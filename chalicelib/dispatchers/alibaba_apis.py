"""Which action of AWS stands for an API that a flow names?

    acs:api:OSS:PutObject    acs:api:DynamoDB:GetItem

``STAND_INS`` has those of Alibaba Cloud that have a row of their own; every other one
is an action of AWS under AWS's own name. Errors are called ``<product>.<code>``, by the
product that the author wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from chalicelib.dispatchers.aws_calls import Calls, Style, misfit
from chalicelib.dispatchers.aws_model import Action, NotInAws, Spelling, find_action
from chalicelib.dispatchers.aws_shapes import LOOSE, fit
from chalicelib.dispatchers.seams import Clients, failed
from chalicelib.engine.events import Answer
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Limits, Outcome
from chalicelib.values import Json, compact

PREFIX = "acs:api:"
_CLOUD_EVENT = frozenset({"source", "type", "data", "subject"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """What AWS has in the place of an API."""

    service: str
    action: str
    #: Makes AWS's request of the parameters.
    request: Callable[[Any], Json]
    #: Parts of AWS's answer that are handed on.
    answered: tuple[str, ...] = ()


def _object(given: Any) -> Json:
    body = given["body"]
    request = {
        "Bucket": given["bucketName"],
        "Key": given["objectName"],
        "Body": body if isinstance(body, str) else compact(body),
    }
    kind = given.get("contentType")
    return request | ({"ContentType": kind} if kind else {})


def _entries(given: Any) -> Json:
    bus = given.get("eventBusName")
    return {"Entries": [_entry(each, bus) for each in given["eventList"]]}


def _entry(event: Any, bus: str | None) -> Json:
    entry = {
        "Source": event.get("source", ""),
        "DetailType": event.get("type", ""),
        "Detail": _detail(event),
    }
    if event.get("subject"):
        entry["Resources"] = [event["subject"]]
    return entry | ({"EventBusName": bus} if bus else {})


def _detail(event: Any) -> str:
    """Return an event's data; beside it, what a cloud event says and AWS has no name
    for: AWS takes an object only.
    """
    data = event.get("data", {})
    detail = data if isinstance(data, dict) else {"data": data}
    rest = {name: value for name, value in event.items() if name not in _CLOUD_EVENT}
    return compact({**rest, **detail})


#: By the name that authors write.
STAND_INS: Mapping[str, StandIn] = MappingProxyType(
    {
        "OSS:PutObject": StandIn(
            service="s3",
            action="putObject",
            request=_object,
            answered=("ETag", "VersionId"),
        ),
        "EventBridge:PutEvents": StandIn(
            service="eventbridge",
            action="putEvents",
            request=_entries,
            answered=("FailedEntryCount", "Entries"),
        ),
    }
)


#: An API is written with a large first letter, as AWS writes its actions.
CLOUDFLOW = Spelling(
    action=lambda name: name[:1].upper() + name[1:], example="DynamoDB:GetItem"
)


def find_api(name: str) -> Action:
    """Return the action of AWS that ``<product>:<api>`` is.

    Raises:
        NotInAws: there is none.
    """
    product, _, api = name.partition(":")
    return find_action(product.lower(), api[:1].upper() + api[1:], CLOUDFLOW)


class AlibabaApis:
    """Calls what stands for an API. See ``ports.Dispatcher``."""

    def __init__(self, clients: Clients, *, limits: Limits | None = None) -> None:
        self._calls = Calls(clients, limits or Limits())

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        name = call.resource.removeprefix(PREFIX)
        stand_in = STAND_INS.get(name)
        if stand_in is None:
            return self._call(call, name, call.payload or {})
        try:
            request = stand_in.request(call.payload)
        except (AttributeError, KeyError, TypeError) as error:
            cause = f"the Parameters of {name} cannot be used: {error!r}"
            return failed(Kind.RUNTIME, cause)
        outcome = self._call(call, name, request)
        if not isinstance(outcome, Answer):
            return outcome
        if outcome.payload.get("FailedEntryCount"):
            cause = compact(outcome.payload)
            return failed(Kind.SERVICE, cause, error="EventBridge.FailedEntry")
        return _handed_on(outcome, stand_in)

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; what was asked for has been done."""
        return False

    def _call(self, call: Call, name: str, request: Json) -> Outcome:
        product = name.partition(":")[0]
        stand_in = STAND_INS.get(name)
        try:
            if stand_in is None:
                action = find_api(name)
            else:
                action = find_action(stand_in.service, stand_in.action)
        except NotInAws as error:
            return failed(Kind.RUNTIME, str(error))
        loose = LOOSE.get("sns", frozenset()) if action.client == "sns" else frozenset()
        parameters, faults = fit(action.operation.input_shape, request, loose=loose)
        if faults:
            return misfit(request, faults)
        for member in action.operation.idempotent_members:
            parameters.setdefault(member, call.idempotency_key)
        return self._calls.make(
            action, parameters, _style(product), timeout=call.timeout
        )


def _style(product: str) -> Style:
    return Style(title=product, plain="Unknown", service=product, by_code=True)


def _handed_on(outcome: Answer, stand_in: StandIn) -> Answer:
    said = outcome.payload
    found = {name: said[name] for name in stand_in.answered if name in said}
    request_id = outcome.facts.get("RequestId", "")
    return replace(outcome, payload={**found, "RequestId": request_id})
