"""How messages are put into batches, and what happens to those SQS did not take."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.deployment.template import RECEIVES
from chalicelib.errors import Unavailable
from chalicelib.ports import Message
from chalicelib.queues.memory import MemoryQueue
from chalicelib.queues.sqs import SqsQueue, wait_after


class Sqs:
    """Takes messages in batches; refuses each body as often as ``refusals`` says."""

    def __init__(self, refusals=None):
        self.batches = []
        self.taken = []
        self._refusals = refusals or {}

    def send_message_batch(self, QueueUrl, Entries):
        self.batches.append([entry["MessageBody"] for entry in Entries])
        failed = [entry for entry in Entries if self._is_refused(entry)]
        self.taken += [entry for entry in Entries if entry not in failed]
        return {"Failed": [{"Id": entry["Id"]} for entry in failed]} if failed else {}

    def _is_refused(self, entry):
        left = self._refusals.get(entry["MessageBody"], 0)
        self._refusals[entry["MessageBody"]] = left - 1
        return left > 0


class Patient:
    """Notes what comes again when; cannot, where it is broken."""

    def __init__(self, *, is_broken=False):
        self.waits, self._is_broken = [], is_broken

    def change_message_visibility_batch(self, QueueUrl, Entries):
        assert len({entry["Id"] for entry in Entries}) == len(Entries) <= 10
        if self._is_broken:
            raise ClientError({"Error": {"Code": "ReceiptHandleIsInvalid"}}, "Change")
        self.waits += [
            (entry["ReceiptHandle"], entry["VisibilityTimeout"]) for entry in Entries
        ]


def test_messages_are_put_off_ten_at_a_time():
    sqs, waits = Patient(), {f"receipt {number}": number for number in range(12)}
    SqsQueue(sqs, "url").put_off(waits)
    assert sqs.waits == list(waits.items())


def test_a_message_that_cannot_be_put_off_is_nobody_s_harm():
    sqs = Patient(is_broken=True)
    SqsQueue(sqs, "url").put_off({"receipt": 20})
    assert sqs.waits == []


def test_an_outage_of_an_hour_makes_no_dead_letters():
    assert sum(wait_after(receives) for receives in range(1, RECEIVES)) > 3600


def test_no_wait_is_longer_than_sqs_allows():
    assert wait_after(1000) == 12 * 3600


def test_a_message_that_was_put_off_comes_again(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "5400"})[
            "QueueUrl"
        ]
        SqsQueue(sqs, url).send([Message(body=7)])
        [taken] = sqs.receive_message(QueueUrl=url)["Messages"]
        assert "Messages" not in sqs.receive_message(QueueUrl=url)
        SqsQueue(sqs, url).put_off({taken["ReceiptHandle"]: 0})
        [again] = sqs.receive_message(QueueUrl=url)["Messages"]
        assert again["MessageId"] == taken["MessageId"]


def test_ten_messages_are_a_batch():
    sqs = Sqs()
    SqsQueue(sqs, "url").send([Message(body=number) for number in range(21)])
    assert list(map(len, sqs.batches)) == [10, 10, 1]


def test_a_batch_stays_under_256_kib():
    sqs = Sqs()
    SqsQueue(sqs, "url").send([Message(body="x" * 100_000)] * 5)
    assert list(map(len, sqs.batches)) == [2, 2, 1]


def test_a_message_too_large_for_any_batch_goes_alone():
    sqs = Sqs()
    sizes = (10, 300_000, 10)
    SqsQueue(sqs, "url").send([Message(body="x" * size) for size in sizes])
    assert list(map(len, sqs.batches)) == [1, 1, 1]


def test_only_what_was_refused_is_sent_again():
    sqs = Sqs(refusals={"2": 1, "4": 2})
    SqsQueue(sqs, "url").send([Message(body=number) for number in range(5)])
    assert sqs.batches == [["0", "1", "2", "3", "4"], ["2", "4"], ["4"]]
    assert sorted(entry["MessageBody"] for entry in sqs.taken) == list("01234")


def test_a_message_that_is_refused_again_and_again_is_given_up():
    sqs = Sqs(refusals={"1": 99})
    with pytest.raises(Unavailable, match="queue url"):
        SqsQueue(sqs, "url").send([Message(body=number) for number in range(3)])
    assert sqs.batches == [["0", "1", "2"], ["1"], ["1"], ["1"]]


def test_a_body_is_compact_json_of_ascii_letters():
    sqs = Sqs()
    SqsQueue(sqs, "url").send([Message(body={"a": ["é", 1]}, delay=30)])
    (entry,) = sqs.taken
    assert entry["MessageBody"] == '{"a":["\\u00e9",1]}'
    assert json.loads(entry["MessageBody"]) == {"a": ["é", 1]}
    assert entry["DelaySeconds"] == 30


class Hand:
    """A clock that a test moves."""

    def __init__(self):
        self.time = 100.0

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds


def test_the_memory_queue_tells_when_the_next_message_is_visible():
    clock = Hand()
    queue = MemoryQueue(clock)
    assert (queue.next_at, len(queue)) == (None, 0)
    queue.send([Message(body="later", delay=60), Message(body="sooner", delay=5)])
    assert (queue.next_at, len(queue)) == (105.0, 2)
    clock.sleep(59)
    assert [message.body for message in queue.receive(clock.now())] == ["sooner"]
    clock.sleep(1)
    assert [message.body for message in queue.receive(clock.now())] == ["later"]


def test_the_memory_queue_gives_equal_times_in_order_and_no_more_than_asked():
    clock = Hand()
    queue = MemoryQueue(clock)
    queue.send([Message(body=number) for number in range(5)])
    assert [message.body for message in queue.receive(100.0, limit=3)] == [0, 1, 2]
    assert [message.body for message in queue.receive(100.0, limit=3)] == [3, 4]
