"""Queues of a local stage as other programs see them."""

import boto3
import pytest
from botocore.exceptions import ClientError
from chalice import Chalice
from moto import mock_aws

from chalicelib.local.clients import Clients
from chalicelib.local.server import Server
from chalicelib.local.sqs_client import SqsClient

pytestmark = pytest.mark.moto


class SteppedClock:
    def __init__(self):
        self.time = 0.0

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds


@pytest.fixture
def clock():
    return SteppedClock()


@pytest.fixture
def sqs(clock, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    passthrough = {"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1.*"]}}}
    with mock_aws(config=passthrough):
        clients = Clients(
            lambda service: boto3.client(service, region_name="us-east-1"),
            on_sent=lambda url, delay: None,
            stand_ins={"sqs": lambda client: SqsClient(client, clock)},
        )
        yield clients("sqs")


@pytest.fixture
def worker(sqs):
    """The client of a program elsewhere."""
    server = Server()
    server.start(Chalice("probe"), sqs=sqs)
    yield boto3.client("sqs", region_name="us-east-1", endpoint_url=server.url)
    server.stop()


def test_queue_is_there_as_soon_as_somebody_asks_for_it(sqs):
    made = sqs.get_queue_url(QueueName="jobs")["QueueUrl"]

    assert sqs.get_queue_url(QueueName="jobs")["QueueUrl"] == made
    assert sqs.get_queue_url(QueueName="jobs.fifo")["QueueUrl"].endswith("jobs.fifo")


def test_name_that_no_queue_can_have_is_refused(sqs):
    with pytest.raises(ClientError):
        sqs.get_queue_url(QueueName="no such name")


def test_long_poll_of_an_empty_queue_ends_with_its_time(sqs, clock):
    url = sqs.get_queue_url(QueueName="jobs")["QueueUrl"]

    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)
    assert 10 <= clock.now() < 10.2


def test_long_poll_ends_with_the_first_message(sqs, clock):
    url = sqs.get_queue_url(QueueName="jobs")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="one")

    found = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)

    assert found["Messages"][0]["Body"] == "one"
    assert clock.now() == 0


def test_worker_elsewhere_receives_and_deletes(sqs, worker):
    url = worker.get_queue_url(QueueName="jobs")["QueueUrl"]
    attributes = {"who": {"DataType": "String", "StringValue": "me"}}
    sqs.send_message(QueueUrl=url, MessageBody="one", MessageAttributes=attributes)

    (message,) = worker.receive_message(QueueUrl=url, MessageAttributeNames=["All"])[
        "Messages"
    ]
    worker.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    assert (message["Body"], message["MessageAttributes"]) == ("one", attributes)


def test_worker_elsewhere_gets_the_errors_of_sqs(worker):
    with pytest.raises(ClientError, match="does not exist"):
        worker.purge_queue(QueueUrl="https://sqs.us-east-1.amazonaws.com/1/nowhere")


@pytest.mark.parametrize(
    ("action", "body"),
    [
        pytest.param("Explode", b"{}", id="no such operation"),
        pytest.param("ReceiveMessage", b"{", id="not JSON"),
        pytest.param("ReceiveMessage", b"{}", id="a parameter is missing"),
        pytest.param("SendMessage", b"[]", id="not an object"),
    ],
)
def test_request_that_makes_no_sense_is_a_validation_error(sqs, action, body):
    from chalicelib.local.sqs_client import answer

    status, text = answer(sqs, f"AmazonSQS.{action}", body)

    assert status == 400
    assert b"ValidationException" in text
