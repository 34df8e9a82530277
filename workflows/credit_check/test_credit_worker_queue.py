"""The worker as a program: a queue of SQS's kind, and real HTTP on loopback."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
import pytest
from moto import mock_aws

from workflows.credit_check.worker import ADDRESS, QUEUE, main

pytestmark = pytest.mark.moto


class _Listener(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.put((self.path, json.loads(body)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def listener():
    server = HTTPServer(("127.0.0.1", 0), _Listener)
    server.heard = queue.Queue()
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}
    )
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sqs():
    with mock_aws():
        client = boto3.client("sqs", region_name="us-east-1")
        client.create_queue(QueueName=QUEUE)
        yield client


def sent(sqs, port):
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    address = f"http://127.0.0.1:{port}/v1/tasks/t"
    sqs.send_message(
        QueueUrl=url,
        MessageBody=json.dumps({"application": {"name": "Tom Aske"}}),
        MessageAttributes={ADDRESS: {"DataType": "String", "StringValue": address}},
    )
    return url


def waiting(sqs, url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(map(int, found.values()))


def test_the_worker_answers_and_empties_the_queue(sqs, listener):
    url = sent(sqs, listener.server_port)

    main(["--messages", "1"])

    path, answer = listener.heard.get(timeout=10)
    assert path == "/v1/tasks/t/failure"
    assert answer["error"] == "ApplicationIsIncomplete"
    assert waiting(sqs, url) == 0


def test_a_worker_that_reaches_nobody_leaves_the_message(sqs, listener):
    listener.server_close()
    url = sent(sqs, listener.server_port)

    main(["--messages", "1"])

    assert waiting(sqs, url) == 1
