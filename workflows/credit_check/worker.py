"""A queue worker: takes applications from the queue, scores them, answers.

    AWS_ENDPOINT_URL=http://127.0.0.1:… python -m workflows.credit_check.worker

It is a program of its own, as it would be on any machine that reaches the queue. What
it needs comes with each message: the application in the body, and the address for the
answer in the attribute ``millrace-callback-url``. It answers with plain HTTP.

Rule 1  A message is deleted when its answer was taken, or can never be.
Rule 2  Otherwise it is left alone, and the queue brings it again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.credit_check.scoring import check_credit

QUEUE = "credit-checks"
ADDRESS = "millrace-callback-url"
#: The answer came too late, was given before, or is not wanted: asking again is no use.
_FINAL_REFUSALS = frozenset({400, 401, 404, 409, 410, 413})
#: Seconds that one request for messages may wait; the most that SQS allows is 20.
_LONG_POLL = 10

#: Sends JSON to an address and returns the HTTP status.
Post = Callable[[str, Any], int]
Job = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """When the worker goes home; 0 is never."""

    messages: int = 0
    seconds: float = 0.0


def answer_of(body: str, job: Job = check_credit) -> tuple[bool, dict[str, Any]]:
    """Return whether the job was done, and its result or its error and cause."""
    try:
        return True, job(json.loads(body)["application"])
    except Exception as error:  # a bad message must not stop the worker
        return False, {"error": type(error).__name__, "cause": str(error)}


def address_of(message: Mapping[str, Any]) -> str:
    """Return where ``message`` wants its answer; empty where it does not say."""
    attributes = message.get("MessageAttributes", {})
    return str(attributes.get(ADDRESS, {}).get("StringValue", ""))


def handle(message: Mapping[str, Any], post: Post) -> bool:
    """Answer ``message``; return whether it is finished with."""
    url = address_of(message)
    if not url:
        _say(f"message {message.get('MessageId')} names no address; dropped")
        return True
    succeeded, answer = answer_of(message["Body"])
    if not succeeded:
        url += "/failure"
    status = post(url, answer)
    _say(f"{'scored' if succeeded else 'refused'}: {answer} -> HTTP {status}")
    return 200 <= status < 300 or status in _FINAL_REFUSALS


def serve(
    sqs: Any,
    queue_url: str,
    post: Post,
    *,
    bounds: Bounds,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Handle messages until ``bounds`` are reached; return how many."""
    handled, started_at = 0, clock()
    while not (bounds.messages and handled >= bounds.messages):
        left = bounds.seconds - (clock() - started_at) if bounds.seconds else _LONG_POLL
        if left <= 0:
            break
        for message in _receive(sqs, queue_url, min(_LONG_POLL, int(left))):
            if handle(message, post):
                receipt = message["ReceiptHandle"]
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=receipt)
            handled += 1
    return handled


def _receive(sqs: Any, queue_url: str, wait: int) -> list[dict[str, Any]]:
    answer = sqs.receive_message(
        QueueUrl=queue_url,
        MessageAttributeNames=["All"],
        MaxNumberOfMessages=1,
        WaitTimeSeconds=wait,
    )
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages


def _post(url: str, answer: Any) -> int:
    import requests

    try:
        return requests.post(url, json=answer, timeout=10).status_code
    except requests.RequestException as error:
        _say(f"nobody answers at the callback address: {error}")
        return 0


def _queue(name: str) -> tuple[Any, str]:
    import boto3

    region = os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
    sqs = boto3.client("sqs", region_name=region)
    return sqs, sqs.get_queue_url(QueueName=name)["QueueUrl"]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Run the worker from a command line."""
    parser = argparse.ArgumentParser(description="Scores loan applications of a queue.")
    parser.add_argument("--queue", default=QUEUE, help="name of the queue")
    parser.add_argument("--messages", type=int, default=0, help="stop after so many")
    parser.add_argument("--seconds", type=float, default=0.0, help="stop after so long")
    given = parser.parse_args(arguments)
    bounds = Bounds(messages=given.messages, seconds=given.seconds)
    sqs, url = _queue(given.queue)
    _say(f"waiting for applications in {given.queue}")
    handled = serve(sqs, url, _post, bounds=bounds)
    _say(f"{handled} handled")


if __name__ == "__main__":
    main()
