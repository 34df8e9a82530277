"""How do step messages get into SQS?

In batches of ten, under the size that a batch may have. SQS accepts a batch in part:
only what it did not take is sent again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws_errors import ask
from chalicelib.errors import Unavailable
from chalicelib.ports import Message

#: A boto3 client; boto3 publishes no types.
Client: TypeAlias = Any
#: What SendMessageBatch takes for one message.
Entry: TypeAlias = dict[str, Any]

BATCH = 10
#: Bytes of a batch. SQS takes 1 MiB since 2025; what stands in for it may not.
BATCH_BYTES = 256 * 1024
#: Times that a batch is sent before its rest is given up; SQS names a message as failed
#: when it failed itself, so there is nothing to wait for.
TRIES = 4
#: Seconds until a message comes again that failed once, and by how much that grows. The
#: queue's own patience is for handlers that were cut off; after the four waits of five
#: deliveries an hour has passed, so that an outage of an hour kills nothing.
FIRST_WAIT = 20
GROWTH = 6
#: SQS, "Visibility timeout": seconds.
LONGEST_WAIT = 12 * 3600
#: Messages that one request sends back.
MOST_SENT_BACK = 200

#: ASCII only: SQS refuses some characters that JSON has (U+FFFE, lone surrogates).
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class SqsQueue:
    """See ``ports.Queue``."""

    def __init__(self, client: Client, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Sequence[Message]) -> None:
        """See ``ports.Queue``."""
        for batch in _batches(messages):
            self._send_batch(batch)

    def length(self) -> int:
        """Return how many messages wait to be received, about."""
        name = "ApproximateNumberOfMessages"
        request = {"QueueUrl": self._url, "AttributeNames": [name]}
        answer = ask(self._client.get_queue_attributes, request, what=self._what)
        return int(answer["Attributes"][name])

    def delete(self, receipts: Sequence[str]) -> None:
        """Delete messages that are done, in a mapping that knows only all or none."""
        for receipt in receipts:
            request = {"QueueUrl": self._url, "ReceiptHandle": receipt}
            ask(self._client.delete_message, request, what=self._what)

    def _send_batch(self, entries: list[Entry]) -> None:
        for _ in range(TRIES):
            failed = self._send_once(entries)
            entries = [entry for entry in entries if entry["Id"] in failed]
            if not entries:
                return
        raise Unavailable(self._what)

    def _send_once(self, entries: list[Entry]) -> set[str]:
        request = {"QueueUrl": self._url, "Entries": entries}
        answer = ask(self._client.send_message_batch, request, what=self._what)
        return {failure["Id"] for failure in answer.get("Failed", ())}

    def put_off(self, waits: Mapping[str, int]) -> None:
        """Have messages come again in so many seconds, by their receipts.

        What SQS does not take comes again when the queue's own patience is over.
        """
        entries = [
            {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": wait}
            for number, (receipt, wait) in enumerate(waits.items())
        ]
        for start in range(0, len(entries), BATCH):
            with suppress(BotoCoreError, ClientError):
                self._client.change_message_visibility_batch(
                    QueueUrl=self._url, Entries=entries[start : start + BATCH]
                )

    @property
    def _what(self) -> str:
        return f"queue {self._url}"


def wait_after(receives: int) -> int:
    """Return the seconds until a message that failed ``receives`` times comes again.

    >>> [wait_after(receives) for receives in (1, 2, 3, 4)]
    [20, 120, 720, 4320]
    """
    growth: int = GROWTH ** min(receives - 1, 9)
    return min(FIRST_WAIT * growth, LONGEST_WAIT)


class DeadLetters(SqsQueue):
    """The queue of messages that failed each time; see ``checkup.DeadLetters``."""

    def __init__(self, client: Client, url: str, back_to: str) -> None:
        super().__init__(client, url)
        self._back_to = back_to

    def send_back(self) -> int:
        """Have some of the messages tried again; return how many."""
        request = {"QueueUrl": self._url, "MaxNumberOfMessages": BATCH}
        sent = 0
        while sent < MOST_SENT_BACK:
            answer = ask(self._client.receive_message, request, what=self._what)
            found = answer.get("Messages", [])
            for message in found:
                again = {"QueueUrl": self._back_to, "MessageBody": message["Body"]}
                ask(self._client.send_message, again, what=self._what)
            self.delete([message["ReceiptHandle"] for message in found])
            sent += len(found)
            if not found:
                break
        return sent


def _batches(messages: Sequence[Message]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    used = 0
    for message in messages:
        body = _encode(message.body)
        if batch and (len(batch) == BATCH or used + len(body) > BATCH_BYTES):
            yield batch
            batch, used = [], 0
        entry = {"Id": str(len(batch)), "MessageBody": body}
        batch.append({**entry, "DelaySeconds": message.delay})
        used += len(body)
    if batch:
        yield batch
