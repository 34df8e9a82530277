"""What do the events of AWS look like when they reach a function?

Shapes from the Lambda Developer Guide, "Using Lambda with Amazon SQS" and "Using
Lambda with scheduled events".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.values import Json

#: What moto uses, and so what every ARN of the local stage has.
ACCOUNT = "123456789012"
REGION = "us-east-1"


def queue_arn(name: str) -> str:
    """Return the ARN of the local queue ``name``."""
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def sqs_event(queue: str, messages: Sequence[Mapping[str, Any]]) -> Json:
    """Return the event with ``messages`` as ``receive_message`` gave them."""
    return {"Records": [_sqs_record(queue, message) for message in messages]}


def _sqs_record(queue: str, message: Mapping[str, Any]) -> Json:
    body = message["Body"]
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": body,
        "attributes": dict(message["Attributes"]),
        "messageAttributes": {
            name: _attribute(value) for name, value in attributes.items()
        },
        # SQS itself uses MD5 as a checksum here.
        "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn(queue),
        "awsRegion": REGION,
    }


def _attribute(value: Mapping[str, Any]) -> Json:
    return {
        "stringValue": value.get("StringValue"),
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }


def schedule_event(rule: str, at: float) -> Json:
    """Return the event that the schedule rule ``rule`` sends at ``at``.

    >>> schedule_event("tick", 0)["time"]
    '1970-01-01T00:00:00Z'
    """
    moment = datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    name = hashlib.sha256(f"{rule} {moment}".encode()).hexdigest()
    return {
        "version": "0",
        "id": "-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:32])),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": moment,
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}"],
        "detail": {},
    }
