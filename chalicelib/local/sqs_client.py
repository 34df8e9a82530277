"""What do queues need on this machine that moto does not do?

Rule 1  Waiting for messages must not keep others out: a long poll is many short ones.
Rule 2  A queue that somebody asks for by name is there: at a desk nobody provisions.

``answer`` lets other programs in, such as a queue worker: it speaks SQS's JSON protocol
for ``AWS_ENDPOINT_URL``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from chalicelib.errors import InputRefused
from chalicelib.ports import Clock
from chalicelib.values import Json, compact, parse

#: Seconds between two looks of a long poll; a look costs 3 ms.
LOOK_EVERY = 0.1
#: First part of ``X-Amz-Target``.
TARGET = "AmazonSQS."

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class SqsClient:
    """A boto3 SQS client with the two rules above."""

    def __init__(self, client: Any, clock: Clock) -> None:
        """``client``: safe under threads, as ``clients.SerialClient`` is."""
        self._client = client
        self._clock = clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def receive_message(self, *, WaitTimeSeconds: int = 0, **arguments: Any) -> Json:
        """See boto3."""
        ends_at = self._clock.now() + WaitTimeSeconds
        while True:
            found = self._client.receive_message(WaitTimeSeconds=0, **arguments)
            if found.get("Messages") or self._clock.now() >= ends_at:
                return found
            self._clock.sleep(LOOK_EVERY)

    def get_queue_url(self, **arguments: Any) -> Json:
        """See boto3."""
        try:
            return self._client.get_queue_url(**arguments)
        except self._client.exceptions.QueueDoesNotExist:
            pass
        name = arguments["QueueName"]
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        return self._client.create_queue(QueueName=name, Attributes=fifo)


def answer(client: Any, target: str, body: bytes) -> tuple[int, bytes]:
    """Carry out one request of SQS's JSON protocol; return status and body."""
    try:
        call = _operation(client, target.removeprefix(TARGET))
        given = call(**parse(body or b"{}"))
    except ClientError as error:
        problem = error.response["Error"]
        return 400, _problem(problem["Code"], problem["Message"])
    except (ParamValidationError, InputRefused, TypeError) as error:
        return 400, _problem("ValidationException", str(error))
    given = {name: each for name, each in given.items() if name != "ResponseMetadata"}
    return 200, compact(given).encode("utf-8", "replace")


def _operation(client: Any, action: str) -> Callable[..., Json]:
    name = _WORD.sub("_", action).lower()
    if name not in client.meta.method_to_api_mapping:
        raise InputRefused(f"SQS has no operation {action!r}")
    found: Callable[..., Json] = getattr(client, name)
    return found


def _problem(code: str, message: str) -> bytes:
    return compact({"__type": code, "message": message}).encode()
