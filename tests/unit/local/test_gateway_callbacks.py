"""How the gateway calls back: real requests, on loopback."""

import http.client
import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chalicelib.local.functions import Functions, Workers
from chalicelib.local.gateway import Gateway
from tests.unit.local.openfaas import FUNCTIONS, StillClock, asking, serving


@pytest.fixture
def gateway():
    with serving() as running:
        yield running


@pytest.fixture
def ask(gateway):
    return asking(gateway)


class Inbox:
    """Takes what is posted; answers with the statuses it was told, then 200."""

    def __init__(self, statuses=()):
        self.posts = queue.Queue()
        self.statuses = list(statuses)
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(inbox.statuses.pop(0) if inbox.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                inbox.posts.put((self.path, body, self.headers))

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/cb?token=t1.x"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def next(self):
        return self.posts.get(timeout=5)

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def inbox():
    running = Inbox()
    yield running
    running.close()


def test_an_asynchronous_call_is_accepted_and_posted_back(ask, inbox):
    status, body, accepted = ask(
        "POST",
        "/async-function/shout/v2",
        b'{"text": "hi"}',
        **{"X-Callback-Url": inbox.url},
    )

    path, answer, headers = inbox.next()
    assert (status, body) == (202, b"")
    assert path == "/cb?token=t1.x"
    assert json.loads(answer) == {"loud": "HI"}
    assert headers["X-Call-Id"] == accepted["X-Call-Id"]
    assert headers["X-Function-Name"] == "shout"
    assert headers["X-Function-Status"] == "200"
    assert headers["X-Duration-Seconds"] == "0.000000"
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("name", "status", "answer"),
    [
        ("broken", "500", b"ValueError: no such text"),
        ("nobody", "404", b"no function 'nobody'"),
    ],
)
def test_a_failure_is_posted_back_with_its_status(ask, inbox, name, status, answer):
    ask("POST", f"/async-function/{name}", **{"X-Callback-Url": inbox.url})

    _, body, headers = inbox.next()
    assert (headers["X-Function-Status"], body) == (status, answer)


def test_nobody_hears_of_a_call_without_a_callback_url(ask, gateway):
    status, _, _ = ask("POST", "/async-function/nothing")
    gateway.stop()

    assert status == 202


@pytest.fixture
def moody_inbox():
    running = Inbox(statuses=[503, 429])
    yield running
    running.close()


def test_an_answer_that_is_not_taken_is_posted_again(ask, moody_inbox):
    ask("POST", "/async-function/text", **{"X-Callback-Url": moody_inbox.url})

    bodies = [moody_inbox.next()[1] for _ in range(3)]
    assert bodies == [b"HI"] * 3


def test_a_refused_answer_is_a_decision(ask, gateway):
    inbox = Inbox(statuses=[410])
    ask("POST", "/async-function/text", **{"X-Callback-Url": inbox.url})
    inbox.next()
    gateway.stop()
    inbox.close()

    assert inbox.posts.empty()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "ftp://x/", "https://", "x"])
def test_an_answer_that_cannot_be_posted_is_logged(ask, gateway, caplog, url):
    ask("POST", "/async-function/text", **{"X-Callback-Url": url})
    gateway.stop()

    assert f"could not be posted to {url}" in caplog.text


def test_a_full_line_takes_no_more_calls():
    workers = Workers(threads=0, line=1)
    gateway = Gateway(Functions(given=FUNCTIONS), StillClock(), workers=workers)
    gateway.start()
    statuses = []
    for _ in range(2):
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=5)
        connection.request("POST", "/async-function/text")
        statuses.append(connection.getresponse().status)
        connection.close()
    gateway.stop()

    assert statuses == [202, 429]
