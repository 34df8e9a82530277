"""Which services of the local stage are somebody else's?"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chalicelib.local import outside
from chalicelib.local.stage import Stage
from chalicelib.settings import SettingRefused
from tests.scenarios.desk import Desk, a_flow, a_task


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, {}),
        ({"AWS_ENDPOINT_URL_LAMBDA": " "}, {}),
        (
            {"AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:9/", "AWS_ENDPOINT_URL": "x"},
            {"lambda": "http://127.0.0.1:9"},
        ),
        ({"AWS_ENDPOINT_URL_SQS": "http://localhost:9"}, {"sqs": "http://localhost:9"}),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://localhost:9"}, {}),
    ],
)
def test_some_services_are_led_elsewhere(environ, found):
    assert outside.endpoints(environ) == found


@pytest.mark.parametrize("url", ["http://10.0.0.1:9", "https://127.0.0.1:9", "x"])
def test_nobody_is_asked_outside_of_this_machine(url):
    with pytest.raises(SettingRefused) as caught:
        outside.endpoints({"AWS_ENDPOINT_URL_SNS": url})
    assert caught.value.name == "AWS_ENDPOINT_URL_SNS"


class _Elsewhere(BaseHTTPRequestHandler):
    """Plays Lambda and SQS."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        target = self.headers.get("X-Amz-Target", "")
        self.server.asked.append((self.path, target, body))
        answers = {
            "AmazonSQS.GetQueueUrl": {"QueueUrl": f"{self.server.url}/1/jobs"},
            "AmazonSQS.SendMessage": {"MessageId": "m-1", "MD5OfMessageBody": "d"},
        }
        content = json.dumps(answers.get(target, {"heard": body})).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
    server.asked, server.url = [], f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.moto
@pytest.mark.slow
def test_tasks_reach_who_stands_in_for_the_service(elsewhere, monkeypatch):
    for service in ("LAMBDA", "SQS", "SNS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", elsewhere.url)
    send = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": "jobs", "MessageBody": {"n": 1}},
        "End": True,
    }
    call = a_task("far", Next="Send")
    with Stage() as stage:
        ended = Desk(stage).run(a_flow(call, Send=send), {"n": 1})

    assert ended["status"] == "SUCCEEDED", ended
    paths = [path for path, _, _ in elsewhere.asked]
    assert paths[0].endswith("far/invocations")
    (sent,) = [
        body for _, name, body in elsewhere.asked if name.endswith("SendMessage")
    ]
    assert json.loads(sent["MessageBody"]) == {"n": 1}
