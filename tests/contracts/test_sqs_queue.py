import json
from itertools import count

import pytest

from chalicelib.queues.sqs import SqsQueue
from tests.contracts.aws_in_process import aws_client
from tests.contracts.queue_contract import QueueContract

pytestmark = pytest.mark.moto

_numbers = count()


@pytest.fixture(scope="module")
def client():
    with aws_client("sqs") as made:
        yield made


@pytest.fixture
def url(client):
    return client.create_queue(QueueName=f"steps-{next(_numbers)}")["QueueUrl"]


class TestSqsQueue(QueueContract):
    @pytest.fixture
    def queue(self, client, url):
        return SqsQueue(client, url)

    @pytest.fixture
    def receive(self, client, url):
        def receive():
            bodies = []
            while messages := client.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10
            ).get("Messages"):
                bodies += [json.loads(message["Body"]) for message in messages]
            return bodies

        return receive
