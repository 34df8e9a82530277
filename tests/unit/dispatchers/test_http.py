"""How a task reaches an HTTP service: real requests, on loopback."""

import json
import socket
import threading

import pytest

from chalicelib.dispatchers.http import HttpDispatcher
from chalicelib.dispatchers.policy import Policy
from chalicelib.dispatchers.seams import Target
from chalicelib.engine.events import Answer
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.ports import Limits


def nowhere(host, port):
    raise OSError("no network in tests")


@pytest.fixture
def send(a_call, clock, server):
    """Dispatch a payload to ``shop.example``, which is the loopback server."""

    def to(payload=None, *, path="/do", limits=None, hosts=None, **given):
        hosts = hosts or {"shop.example": f"127.0.0.1:{server.port}"}
        policy = Policy(hosts=hosts, resolver=nowhere)
        dispatcher = HttpDispatcher(policy, clock, limits=limits)
        call = a_call(resource=f"http://shop.example{path}", payload=payload, **given)
        return dispatcher.dispatch(call)

    return to


def test_a_json_answer_is_read(send, server):
    server.behave = lambda request: request.reply(
        201, b'{"id":7}', Content_Type="application/json"
    )

    answer = send({"n": 1})

    assert (answer.payload, answer.status, answer.is_json) == ({"id": 7}, 201, True)
    assert answer.headers["Content-Type"] == "application/json"


def test_the_request_arrives_with_the_hosts_own_name(send, server):
    send({"n": 1}, path="/function/shout/v2?lang=en")

    (seen,) = server.seen
    assert seen.command == "POST"
    assert seen.path == "/function/shout/v2?lang=en"
    assert seen.headers["Host"] == "shop.example"
    assert seen.headers["Idempotency-Key"] == "e-1/0/1/1"
    assert json.loads(seen.body) == {"n": 1}


@pytest.mark.parametrize(
    ("timeouts", "limits"),
    [({"read": 0.05}, None), (None, Limits(http_read=0.05))],
)
def test_task_and_stage_say_how_long_a_service_may_be_silent(
    send, server, timeouts, limits
):
    answered = threading.Event()
    server.behave = lambda request: answered.wait(5)
    payload = {"method": "GET"} | ({"timeouts": timeouts} if timeouts else {})

    outcome = send(payload, limits=limits)
    answered.set()

    assert outcome.kind is Kind.TIMEOUT
    assert outcome.cause == "shop.example: no answer within 0.05 s"


def test_a_get_has_no_body(send, server):
    send({"method": "GET", "query": {"a": 1}})

    (seen,) = server.seen
    assert (seen.command, seen.path, seen.body) == ("GET", "/do?a=1", b"")


@pytest.mark.parametrize(
    ("body", "kind", "payload", "is_json"),
    [
        (b"hello", "text/plain", "hello", False),
        (b"5", "text/plain", "5", False),
        (b"5", "application/json", 5, True),
        (b' {"a":1}', "text/plain", {"a": 1}, True),
        (b"{broken", "application/json", "{broken", False),
        (b"", "application/json", "", False),
        ("é".encode("latin-1"), "text/plain; charset=ISO-8859-1", "é", False),
        ("é".encode(), "text/plain; charset=martian", "é", False),
    ],
)
def test_a_body_is_json_where_it_can_be_nothing_else(
    send, server, body, kind, payload, is_json
):
    server.behave = lambda request: request.reply(200, body, Content_Type=kind)

    answer = send()

    assert (answer.payload, answer.is_json) == (payload, is_json)


def test_a_body_of_no_kind_is_taken_for_json(send, server):
    server.behave = lambda request: request.reply(200, b"true")

    assert send().payload is True


def test_a_refusal_is_an_answer_to_a_request(send, server):
    server.behave = lambda request: request.reply(503, b"busy", Retry_After="7")

    answer = send()

    assert answer.status == 503
    assert answer.facts == {"Retry-After": "7"}


def test_a_redirect_is_not_followed(send, server):
    server.behave = lambda request: request.reply(302, Location="/elsewhere")

    assert send().status == 302
    assert len(server.seen) == 1


def test_an_accepted_callback_task_is_an_answer(send, server):
    server.behave = lambda request: request.reply(202)

    answer = send(mode=Mode.CALLBACK, token="t1.x", callback_url="https://s/cb")

    assert isinstance(answer, Answer)
    assert server.seen[0].headers["X-Callback-Url"] == "https://s/cb"
    assert server.seen[0].headers["X-Mode"] == "async"


@pytest.mark.parametrize("mode", [Mode.CALLBACK, Mode.SUBMIT, Mode.SYSTEM])
def test_work_that_is_not_accepted_has_failed(send, server, mode):
    server.behave = lambda request: request.reply(429, b"full")

    refused = send(mode=mode)

    assert (refused.kind, refused.error) == (Kind.SERVICE, "Http.StatusCode.429")
    assert "full" in refused.cause


def test_a_body_over_the_limit_is_too_large(send, server):
    server.behave = lambda request: request.reply(200, b"x" * 101)

    assert send(limits=Limits(answer_bytes=100)).kind is Kind.TOO_LARGE


def test_a_service_that_is_silent_times_out(send, server):
    gate = threading.Event()
    server.behave = lambda request: gate.wait(5)

    try:
        assert send(timeout=0.05).kind is Kind.TIMEOUT
    finally:
        gate.set()


def test_a_body_that_trickles_times_out(send, server, clock):
    server.behave = lambda request: request.reply(200, b"slow")
    clock.pace = 3.0

    assert send(timeout=5.0).kind is Kind.TIMEOUT


def test_a_connection_that_is_cut_is_unreachable(send, server):
    server.behave = lambda request: request.connection.shutdown(socket.SHUT_RDWR)

    outcome = send()

    assert outcome.kind is Kind.UNREACHABLE
    assert len(server.seen) == 1


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def test_a_closed_port_is_unreachable(send):
    outcome = send(hosts={"shop.example": f"127.0.0.1:{free_port()}"})

    assert outcome.kind is Kind.UNREACHABLE


class TwoAddresses:
    """A policy under which the first address has nobody listening."""

    def __init__(self, port):
        self.port = port

    def find(self, host, port):
        return Target(addresses=("::1", "127.0.0.1"), port=self.port)


def test_the_next_address_is_tried_where_nothing_was_sent(a_call, clock, server):
    dispatcher = HttpDispatcher(TwoAddresses(server.port), clock)

    assert dispatcher.dispatch(a_call(resource="http://two.example")).status == 200
    assert len(server.seen) == 1


def test_what_the_policy_forbids_is_not_sent(a_call, clock, server):
    dispatcher = HttpDispatcher(Policy(), clock)
    resource = f"http://127.0.0.1:{server.port}/"

    assert dispatcher.dispatch(a_call(resource=resource)).kind is Kind.FORBIDDEN
    assert server.seen == []


def test_a_url_that_is_none_is_a_failure_of_the_task(a_call, clock):
    outcome = HttpDispatcher(Policy(), clock).dispatch(a_call(resource="http://"))

    assert outcome.kind is Kind.RUNTIME


def test_http_cannot_cancel(a_call, clock):
    assert HttpDispatcher(Policy(), clock).cancel(a_call()) is False


def to_secure(host, port, clock, certificate, a_call):
    policy = Policy(hosts={host: f"127.0.0.1:{port}"}, resolver=nowhere)
    dispatcher = HttpDispatcher(policy, clock, authorities=str(certificate[0]))
    return dispatcher.dispatch(a_call(resource=f"https://{host}/"))


def test_tls_is_spoken_with_the_hosts_name_not_the_address(
    secure_server, certificate, clock, a_call
):
    port = secure_server.port

    answer = to_secure("shop.example", port, clock, certificate, a_call)

    assert answer.status == 200
    assert secure_server.asked_names == ["shop.example"]


def test_a_certificate_for_another_name_is_refused(
    secure_server, certificate, clock, a_call
):
    port = secure_server.port

    outcome = to_secure("other.example", port, clock, certificate, a_call)

    assert outcome.kind is Kind.UNREACHABLE
    assert secure_server.seen == []
