"""What does this process reach the world by? Its settings, table, bucket and queue.

The lower half of ``bootstrap``, which builds the stage on these and has their names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from chalicelib.aws_errors import ask
from chalicelib.clock import SystemClock
from chalicelib.journal.values import Values
from chalicelib.meter import Meter, MeteredBlobs, MeteredQueue, MeteredTable
from chalicelib.metrics import Metrics
from chalicelib.parts import client, part
from chalicelib.ports import Blobs, Table
from chalicelib.queues.sqs import SqsQueue
from chalicelib.rates import Rate, Rates
from chalicelib.settings import Settings
from chalicelib.stores.dynamodb import DynamoTable
from chalicelib.stores.s3 import S3Blobs
from chalicelib.tokens import Tokens
from chalicelib.values import Json


@part
def settings() -> Settings:
    """Return how this stage is set up."""
    return Settings.of({**os.environ, **_secrets(os.environ)})


def _secrets(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables that are kept in Parameter Store, if any are."""
    name = environ.get("SECRETS_PARAMETER", "")
    if not name:
        return {}
    request = {"Name": name, "WithDecryption": True}
    answer = ask(client("ssm").get_parameter, request, what="the stage's parameter")
    found: Mapping[str, str] = json.loads(answer["Parameter"]["Value"])
    return found


@part
def clock() -> SystemClock:
    """Return the clock."""
    return SystemClock()


@part
def meter() -> Meter:
    """Return what counts the costs in this process."""
    return Meter()


@part
def metrics() -> Metrics:
    """Return what is counted in this process, until it is written out."""
    return Metrics(settings().stage)


@part
def plain_table() -> Table:
    """Return the table, without a meter."""
    return DynamoTable(client("dynamodb"), settings().table)


@part
def table() -> Table:
    """Return the table."""
    return MeteredTable(plain_table(), meter())


@part
def blobs() -> Blobs:
    """Return the bucket."""
    return MeteredBlobs(S3Blobs(lambda: client("s3"), settings().bucket), meter())


@part
def values() -> Values:
    """Return what keeps large values, at the cost of their executions."""
    return Values(table(), blobs())


class StepQueue:
    """The step queue, and what a handler needs to settle its messages itself."""

    def __init__(self, made: SqsQueue) -> None:
        self.send = MeteredQueue(made, meter(), _execution_of).send
        self.put_off = made.put_off
        self.length = made.length
        self.delete = made.delete


def _execution_of(body: Json) -> str:
    return str(body["x"])


@part
def queue() -> StepQueue:
    """Return the step queue."""
    url = settings().step_queue_url
    return StepQueue(SqsQueue(client("sqs"), url))


@part
def rates() -> Rates:
    """Return what counts how often each access key asks."""
    limits = settings().limits
    return Rates(Rate.of(limits.key_rate, limits.key_burst), clock().now)


@part
def tokens() -> Tokens:
    """Return what makes and verifies task tokens."""
    found = settings()
    newer = token_keys if os.environ.get("SECRETS_PARAMETER") else None
    return Tokens(found.stack, found.token_keys, found.token_key, newer=newer)


def token_keys() -> Mapping[str, bytes]:
    """Return the token keys as they are now; ``settings`` are as old as the process."""
    return Settings.of({**os.environ, **_secrets(os.environ)}).token_keys
