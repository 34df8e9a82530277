"""A label machine: takes jobs from a queue, prints, and reports with their tokens.

    AWS_ENDPOINT_URL=http://127.0.0.1:… python -m workflows.parcel_labels.worker

It stands for any service of one's own that nobody can call: it asks the queue for work
when it has the time. What it knows of the workflow is the task token in each job, and
where tasks are reported. It has neither a key nor an SDK: two plain HTTP requests,
ReportTaskSucceeded and ReportTaskFailed, are all that it needs.

Rule 1  A job leaves the queue once its report was taken, or never can be.
Rule 2  A job that comes twice is printed twice, with the same number; its second report
        is answered like the first.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from workflows.parcel_labels.labels import print_label

QUEUE = "parcel-labels"
#: CloudFlow: characters of an error, and of a cause.
_LONGEST_ERROR, _LONGEST_CAUSE = 128, 4096
#: Seconds that one request for jobs waits; the most that SQS allows is 20.
_LONG_POLL = 10

#: Sends a report (its name, its parameters) and returns the HTTP status; 0: nobody
#: answered.
Report = Callable[[str, Mapping[str, str]], int]


def handle(body: str, report: Report) -> bool:
    """Do a job and report it; return whether it is finished with."""
    try:
        job = json.loads(body)
        token = job["taskToken"]
    except (ValueError, KeyError, TypeError):
        _say("this is no job, nobody waits for it; dropped")
        return True
    try:
        done = {"Output": json.dumps(print_label(job))}
        action = "ReportTaskSucceeded"
    except Exception as error:  # a bad job must not stop the machine
        action, done = "ReportTaskFailed", _failure(error)
    status = report(action, {"TaskToken": token, **done})
    _say(f"{action} -> HTTP {status}")
    # 4xx: too late, decided before, or not wanted. Reporting again is no use.
    return 200 <= status < 500 and status != 429


def _failure(error: Exception) -> dict[str, str]:
    name = type(error).__name__
    return {"Error": name[:_LONGEST_ERROR], "Cause": str(error)[:_LONGEST_CAUSE]}


def reporter(stage: str) -> Report:
    """Return what reports to the stage at an address."""

    def report(action: str, parameters: Mapping[str, str]) -> int:
        url = f"{stage.rstrip('/')}/cloudflow/{action}"
        form = urlencode(parameters).encode()
        try:
            with urlopen(Request(url, form), timeout=10) as answer:  # noqa: S310
                return int(answer.status)
        except HTTPError as refused:
            return refused.code
        except OSError as error:  # refused, cut off in the middle, or too slow
            _say(f"nobody answers at {url}: {error}")
            return 0

    return report


def serve(sqs: Any, queue_url: str, report: Report, jobs: int = 0) -> int:
    """Do jobs until there were so many, or for ever; return how many."""
    done = 0
    while not jobs or done < jobs:
        found = sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=1, WaitTimeSeconds=_LONG_POLL
        )
        for message in found.get("Messages", []):
            done += 1
            if handle(message["Body"], report):
                receipt = message["ReceiptHandle"]
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=receipt)
    return done


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Run the machine from a command line."""
    import boto3

    here = os.environ.get("MILLRACE_URL", "http://127.0.0.1:8000")
    parser = argparse.ArgumentParser(description="Prints the labels of a queue's jobs.")
    parser.add_argument("--stage", default=here, help="where tasks are reported")
    parser.add_argument("--queue", default=QUEUE, help="name of the queue")
    parser.add_argument("--jobs", type=int, default=0, help="stop after so many")
    given = parser.parse_args(arguments)
    region = os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
    sqs = boto3.client("sqs", region_name=region)
    url = sqs.get_queue_url(QueueName=given.queue)["QueueUrl"]
    _say(f"waiting for jobs in {given.queue}")
    serve(sqs, url, reporter(given.stage), given.jobs)


if __name__ == "__main__":
    main()
