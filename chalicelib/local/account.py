"""What stands in for an AWS account? moto, and an environment that knows no other.

Rule 1  Inside, no variable and no file leads to a real account.
Rule 2  Afterwards the process's environment is as it was.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from chalicelib.local.clients import Clients
from chalicelib.local.event_shapes import REGION, queue_arn
from chalicelib.settings import QueueNames

TABLE = "millrace-local"
BUCKET = "millrace-local"
#: Seconds. Lambda's longest invocation; a message must stay invisible for longer.
INVOCATION = 900
INVISIBLE = 960
#: SQS moves a message to the dead letters after so many failures.
RECEIVES = 5


def without_aws(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return an environment in which no real account can be reached."""
    kept = {name: environ[name] for name in environ if not name.startswith("AWS_")}
    return kept | {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@contextmanager
def environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Make the process's environment ``wanted``, and put it back."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def pretended() -> Any:
    """Return a context in which boto3 talks to moto, but for loopback."""
    from moto import mock_aws

    loopback = [r"http://127\.0\.0\.1.*", r"http://localhost.*"]
    return mock_aws(config={"core": {"passthrough": {"urls": loopback}}})


def make_client(service: str) -> Any:
    """Return a boto3 client without what moto does not look at.

    Signing and describing itself are a third of what a call costs here, and what fails
    once in moto fails always.
    """
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    config = Config(
        region_name=REGION,
        signature_version=UNSIGNED,
        user_agent="millrace",
        retries={"total_max_attempts": 1},
    )
    return boto3.client(service, config=config)


def provide(clients: Clients) -> Mapping[str, str]:
    """Make table, queues and bucket; return the settings that name them."""
    from chalicelib.stores.dynamodb import create_table

    names, sqs = QueueNames.of(os.environ), clients("sqs")
    create_table(clients("dynamodb"), TABLE)
    clients("s3").create_bucket(Bucket=BUCKET)
    invisible = {"VisibilityTimeout": str(INVISIBLE)}
    letters = sqs.create_queue(QueueName=names.dead_letters, Attributes=invisible)
    redrive = {
        "deadLetterTargetArn": queue_arn(names.dead_letters),
        "maxReceiveCount": RECEIVES,
    }
    steps = sqs.create_queue(
        QueueName=names.steps,
        Attributes={**invisible, "RedrivePolicy": json.dumps(redrive)},
    )
    return {
        "TABLE": TABLE,
        "BUCKET": BUCKET,
        "STEP_QUEUE_URL": steps["QueueUrl"],
        "DEAD_LETTER_QUEUE_URL": letters["QueueUrl"],
    }
