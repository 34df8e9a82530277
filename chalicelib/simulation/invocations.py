"""What does Lambda's record of an asynchronous invocation look like?

Shape from the Lambda Developer Guide, "Capturing records of Lambda asynchronous
invocations".
"""

from __future__ import annotations

from chalicelib.engine.events import TaskFailed
from chalicelib.ports import TOKEN_FIELD, Call, Outcome
from chalicelib.values import Json, compact, parse


def record(call: Call, outcome: Outcome) -> str:
    """Return the message that tells of the end of ``call``."""
    is_failure = isinstance(outcome, TaskFailed)
    body: dict[str, Json] = {
        "version": "1.0",
        "timestamp": "2026-01-01T00:00:00.000Z",
        "requestContext": {
            "requestId": call.idempotency_key,
            "functionArn": f"{call.resource}:$LATEST",
            "condition": "RetriesExhausted" if is_failure else "Success",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {**_object(call.payload), TOKEN_FIELD: call.token},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
    }
    if isinstance(outcome, TaskFailed):
        body["responseContext"] |= {"functionError": "Unhandled"}
        body["responsePayload"] = parse(outcome.cause)
    else:
        body["responsePayload"] = outcome.payload
    return compact(body)


def _object(payload: Json) -> dict[str, Json]:
    return payload if isinstance(payload, dict) else {}
