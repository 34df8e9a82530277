"""How this machine stands in for an OpenFaaS gateway: real requests, on loopback."""

import json
import logging
import socket
import struct
import threading

import pytest

from chalicelib.local.functions import Functions
from chalicelib.local.gateway import MOST_BYTES, Gateway
from tests.unit.local.openfaas import StillClock, asking, serving


@pytest.fixture
def gateway():
    with serving() as running:
        yield running


@pytest.fixture
def ask(gateway):
    return asking(gateway)


def test_a_function_answers_at_once(ask):
    status, body, headers = ask("POST", "/function/shout", b'{"text": "hi"}')

    assert (status, json.loads(body)) == (200, {"loud": "HI"})
    assert headers["Content-Type"] == "application/json"
    assert len(headers["X-Call-Id"]) == 32
    assert headers["X-Duration-Seconds"] == "0.000000"


def test_a_function_may_look_at_the_request(ask):
    path = "/function/describe/v2/x?lang=en&n=1&n=2&n=3&empty="

    _, body, _ = ask("PUT", path, b"text", **{"X-A": "b"})

    query = {"lang": "en", "n": ["1", "2", "3"], "empty": ""}
    assert json.loads(body) == ["text", "PUT", "/v2/x", query, "b"]


@pytest.mark.parametrize(
    ("name", "status", "body", "kind"),
    [
        ("nothing", 200, b"", None),
        ("text", 200, b"HI", "text/plain; charset=utf-8"),
        ("bytes", 200, b"\x00\x01", "application/octet-stream"),
        ("pair", 200, b'["a","b"]', "application/json"),
        ("broken", 500, b"ValueError: no such text", "text/plain; charset=utf-8"),
        ("nobody", 404, b"no function 'nobody'", "text/plain; charset=utf-8"),
    ],
)
def test_an_answer_is_what_the_function_gave(ask, name, status, body, kind):
    got = ask("GET", f"/function/{name}")

    assert (got[0], got[1], got[2]["Content-Type"]) == (status, body, kind)


@pytest.mark.parametrize("path", ["/function/odd", "/http/odd"])
def test_a_result_that_is_not_json_is_a_failure(ask, path):
    status, body, _ = ask("POST", path, b"")

    assert status == 500
    assert body.startswith(b"TypeError")


def test_a_plain_function_gets_the_request(ask):
    status, body, _ = ask("POST", "/http/answered", b'{"a":1}')

    assert status == 201
    assert json.loads(body) == {"json": {"a": 1}, "text": '{"a":1}'}


def test_a_plain_function_may_return_a_value_alone(ask):
    assert ask("GET", "/http/plain")[:2] == (200, b'{"path":"/"}')


def test_a_plain_function_finds_null_where_there_is_no_body(ask):
    _, body, _ = ask("GET", "/http/answered")

    assert json.loads(body)["json"] is None


def test_a_plain_function_that_is_not_there_is_not_found(ask):
    assert ask("GET", "/http/nobody")[0] == 404


@pytest.mark.parametrize("path", ["/", "/function", "/function/", "/other/shout"])
def test_other_routes_are_not_found(ask, path):
    assert ask("GET", path)[0] == 404


def test_a_head_request_gets_no_body(ask):
    status, body, headers = ask("HEAD", "/function/text")

    assert (status, body, headers["Content-Length"]) == (200, b"", "2")


def test_a_body_without_a_length_is_refused(ask):
    headers = {"Transfer-Encoding": "chunked"}

    assert ask("POST", "/function/shout", **headers)[0] == 411


def test_a_body_that_is_too_large_is_refused(ask):
    headers = {"Content-Length": str(MOST_BYTES + 1)}

    assert ask("POST", "/function/shout", **headers)[0] == 413


class Told(logging.Handler):
    """Sets an event when something is logged."""

    def __init__(self):
        super().__init__()
        self.event = threading.Event()

    def emit(self, record):
        self.event.set()


@pytest.fixture
def told():
    handler, logger = Told(), logging.getLogger("chalicelib.local.gateway")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler.event
    logger.setLevel(before)
    logger.removeHandler(handler)


def test_a_caller_that_does_not_wait_harms_nobody(told):
    begun, gate = threading.Event(), threading.Event()

    def slow(event):
        begun.set()
        gate.wait(5)
        return "x" * 5_000_000

    gateway = Gateway(Functions(given={"slow": slow}), StillClock())
    gateway.start()
    impatient = socket.create_connection(("127.0.0.1", gateway.port), timeout=5)
    impatient.sendall(b"GET /function/slow HTTP/1.0\r\n\r\n")
    begun.wait(5)
    # Closing resets the connection, so that writing to it fails.
    linger = struct.pack("ii", 1, 0)
    impatient.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    impatient.close()
    gate.set()

    assert told.wait(5)
    gateway.stop()


def test_a_gateway_that_was_never_started_can_be_stopped():
    gateway = Gateway(Functions(), StillClock())

    gateway.stop()

    assert gateway.url == f"http://127.0.0.1:{gateway.port}"
