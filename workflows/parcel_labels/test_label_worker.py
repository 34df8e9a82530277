"""The machine as a program: a queue of SQS's kind, and real HTTP on loopback."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import boto3
import pytest
from moto import mock_aws

from workflows.parcel_labels.worker import QUEUE, handle, main, reporter

pytestmark = pytest.mark.moto

ADDRESS = {"name": "A", "street": "B 1", "town": "C", "country": "DE"}
JOB = {
    "order": "B-1",
    "parcel": {"number": 1, "weight": 2, "to": ADDRESS},
    "taskToken": "t1.k.c+/=",
}


class _Stage(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        report = {name: each[0] for name, each in parse_qs(body).items()}
        self.server.heard.put((self.path, report))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def stage():
    server = HTTPServer(("127.0.0.1", 0), _Stage)
    server.heard, server.status = queue.Queue(), 200
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}
    )
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def work(stage, body):
    """Do one job of a queue; return how many are left in it."""
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=body)
        main(["--jobs", "1", "--stage", stage.url])
        names = ["ApproximateNumberOfMessagesNotVisible"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return int(found["Attributes"][names[0]])


def test_a_job_is_printed_and_reported_with_its_token(stage):
    assert work(stage, json.dumps(JOB)) == 0

    path, report = stage.heard.get(timeout=10)
    assert path == "/cloudflow/ReportTaskSucceeded"
    assert report["TaskToken"] == JOB["taskToken"]
    assert set(json.loads(report["Output"])) == {"code", "label"}


def test_a_job_that_cannot_be_done_is_reported_by_the_name_of_its_error(stage):
    job = {**JOB, "parcel": {**JOB["parcel"], "to": {}}}

    assert work(stage, json.dumps(job)) == 0

    path, report = stage.heard.get(timeout=10)
    assert path == "/cloudflow/ReportTaskFailed"
    assert report["Error"] == "AddressIsIncomplete"
    assert report["Cause"] == "where to? Missing: name, street, town, country"


def test_a_job_whose_report_was_not_taken_stays_in_the_queue(stage):
    stage.status = 503

    assert work(stage, json.dumps(JOB)) == 1


@pytest.mark.parametrize(
    ("status", "is_done"),
    [(200, True), (400, True), (409, True), (429, False), (500, False), (0, False)],
)
def test_a_job_is_done_when_its_report_was_taken_or_never_will_be(status, is_done):
    assert handle(json.dumps(JOB), lambda *_: status) == is_done


@pytest.mark.parametrize("body", ["", "[]", "3", "{}"])
def test_what_is_no_job_is_dropped_and_stops_nothing(body):
    assert handle(body, lambda *_: 1 / 0)


def test_a_refused_report_is_its_status(stage):
    stage.status = 409

    assert reporter(f"{stage.url}/")("ReportTaskSucceeded", {"TaskToken": "t"}) == 409


def test_a_stage_that_is_not_there_answers_nothing(stage):
    stage.server_close()

    assert reporter(stage.url)("ReportTaskSucceeded", {}) == 0
