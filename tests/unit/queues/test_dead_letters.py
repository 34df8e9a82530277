"""Messages that failed each time, and go back to be tried again."""

import boto3
import pytest
from moto import mock_aws

from chalicelib.ports import Message
from chalicelib.queues.sqs import DeadLetters, SqsQueue


@pytest.mark.moto
def test_dead_letters_go_back_as_they_were():
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        dead, steps = (
            sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "steps")
        )
        SqsQueue(sqs, dead).send([Message(body={"n": number}) for number in range(23)])
        letters, back = DeadLetters(sqs, dead, steps), SqsQueue(sqs, steps)

        assert letters.length() == 23
        assert letters.send_back() == 23
        assert (letters.length(), back.length()) == (0, 23)
        assert letters.send_back() == 0
