"""Which attributes does a message carry beside those of its author?

For a CALLBACK task the token and the address to answer it at, always the idempotency
key and the trace. SQS and SNS take them in the same form.
"""

from __future__ import annotations

from collections.abc import Collection

from chalicelib.model.workflow import Mode
from chalicelib.ports import Call
from chalicelib.traces import headers as headers_of
from chalicelib.values import Json, compact, is_number

#: SQS, "Message quotas": attributes of one message. SNS hands on no more to a queue.
MOST_ATTRIBUTES = 10


def added_attributes(call: Call, written: Collection[str]) -> dict[str, Json]:
    """Return what is added; an attribute that the author has ``written`` stays."""
    added = {
        "millrace-task-token": call.token,
        "millrace-callback-url": call.callback_url,
    }
    if call.mode is not Mode.CALLBACK:
        added = {}
    added |= {"idempotency-key": call.idempotency_key, **headers_of(call.trace)}
    found = {
        name: attribute(value)
        for name, value in added.items()
        if value and name not in written
    }
    # Rather a message with fewer attributes than one that is not taken.
    room = max(0, MOST_ATTRIBUTES - len(written))
    return dict(list(found.items())[:room])


def attribute(value: Json) -> Json:
    """Return an attribute as the services want it, made of a plain value if need be."""
    if isinstance(value, dict):
        return value
    return {
        "DataType": "Number" if is_number(value) else "String",
        "StringValue": value if isinstance(value, str) else compact(value),
    }
