"""However a forbidden address is spelled in a URL, no request leaves.

Each address of ``TARGETS`` is written in every way that some resolver, library or
browser takes for it. The stage's own resolver reads numbers without asking a network;
what it does not take for a number is no host here.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest

from chalicelib.dispatchers import Dispatchers, Outside
from chalicelib.dispatchers.http import HttpDispatcher
from chalicelib.dispatchers.policy import Policy
from chalicelib.engine.events import TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.ports import Call

#: Digits that some software takes for digits of ASCII.
FULL_WIDTH = {ord(digit): 0xFF10 + int(digit) for digit in "0123456789"}
TARGETS_4 = (
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",  # noqa: S104 - to be forbidden, not bound to
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.5.4",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
)
TARGETS_6 = (
    "::1",
    "::",
    "fd00:ec2::254",
    "fc00::1",
    "fe80::1",
    "ff02::1",
    "2001:db8::1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
)


def spellings_4(text):
    address = IPv4Address(text)
    number, (a, b, c, d) = int(address), address.packed
    low = number & 0xFFFFFF
    yield from (
        text,
        f"{text}.",
        str(number),
        f"0x{number:08x}",
        f"0X{number:X}",
        f"0{number:o}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}",
        f"0x{a:x}.{b}.0{c:o}.{d}",
        f"{a}.{low}",
        f"{a}.{b}.{number & 0xFFFF}",
        f"[::ffff:{text}]",
        f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]",
        f"[0:0:0:0:0:ffff:{number >> 16:x}:{number & 0xFFFF:x}]",
        f"[64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}]",
        f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::]",
        f"[::{number >> 16:x}:{number & 0xFFFF:x}]",
        f"user:secret@{text}",
        f"example.com@{text}",
        f"example.com:80@{text}",
        f"{text}:80",
        f"{text}:8080",
        f"%3{text[0]}{text[1:]}",
        text.translate(FULL_WIDTH),
        text.replace(".", "\u3002"),
        f"{text}%00.example.com",
        f"{text}#@example.com",
        f"{text}?@example.com",
        f"{text}\\@example.com",
    )


def spellings_6(text):
    address = IPv6Address(text)
    yield from (
        f"[{text}]",
        f"[{text.upper()}]",
        f"[{address.exploded}]",
        f"[{text}]:8080",
        f"[{text}%25eth0]",
        f"user@[{text}]",
    )


HOSTS = [
    *(each for target in TARGETS_4 for each in spellings_4(target)),
    *(each for target in TARGETS_6 for each in spellings_6(target)),
]
OTHERS = [
    "file:///proc/self/environ",
    "gopher://127.0.0.1:70/_x",
    "ftp://127.0.0.1/",
    "dict://127.0.0.1:11211/stats",
    "jar:http://127.0.0.1!/",
    "http:///",
    "http://",
    "http:127.0.0.1",
    "//127.0.0.1/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/",
    "http://[::1/",
    "http://a b/",
    "http://127.0.0.1\r\nHost: example.com/",
]


#: Not allowed, no such host, no URL: none of them after a request.
REFUSALS = (Kind.FORBIDDEN, Kind.UNREACHABLE, Kind.RUNTIME)


class Clock:
    def now(self):
        return 0.0

    def sleep(self, seconds):
        raise AssertionError("nobody sleeps here")


def numbers_only(host, port):
    """What ``getaddrinfo`` does without a network: numbers, and nothing else."""
    from socket import AI_NUMERICHOST, SOCK_STREAM, getaddrinfo

    found = getaddrinfo(host, port, type=SOCK_STREAM, flags=AI_NUMERICHOST)
    return [each[4][0] for each in found]


def a_call(resource, payload=None, mode=Mode.REQUEST):
    return Call(
        resource=resource,
        mode=mode,
        payload=payload or {},
        idempotency_key="k",
        execution="w:e",
        task="T",
        timeout=1.0,
        token="t",
        callback_url="https://api.example/v1/tasks/t",
    )


def send(url):
    dispatcher = HttpDispatcher(Policy(resolver=numbers_only), Clock())
    return dispatcher.dispatch(a_call(url))


def test_the_corpus_is_large_enough_to_mean_something():
    assert len(HOSTS) + len(OTHERS) > 300
    assert all(ip_address(each) for each in TARGETS_4 + TARGETS_6)


@pytest.mark.parametrize("url", [*(f"http://{host}/x" for host in HOSTS), *OTHERS])
def test_no_request_leaves(url):
    outcome = send(url)
    assert isinstance(outcome, TaskFailed)
    assert outcome.kind in REFUSALS


#: In one way each of the corpus: whoever lets these through asks another policy.
FEW = ["127.0.0.1", "2130706433", "0x7f000001", "[::ffff:169.254.169.254]", "[::1]"]
#: What a task may be, that leads to HTTP: its resource, and its payload.
WAYS = {
    "a task": ("http://{}/x", None),
    "a task over TLS": ("https://{}/x", None),
    "a notice": ("http://{}/x", {"method": "POST", "body": "{}"}),
    "an API": ("apigateway:invoke", {"Method": "GET"}),
}


@pytest.mark.parametrize("host", FEW)
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("way", WAYS)
def test_no_request_leaves_in_any_way(way, mode, host):
    resource, payload = WAYS[way]
    if way == "an API":
        payload = {**payload, "ApiEndpoint": host}
    stage = Outside(
        clients=lambda service: None,
        policy=Policy(resolver=numbers_only),
        clock=Clock(),
        start=None,
        stop=None,
    )

    outcome = Dispatchers(stage).dispatch(a_call(resource.format(host), payload, mode))
    assert isinstance(outcome, TaskFailed)
    assert outcome.kind in REFUSALS


def test_a_name_is_judged_by_the_answer_that_is_connected_to():
    answers = ["127.0.0.1", "93.184.216.34"]
    policy = Policy(resolver=lambda host, port: [answers.pop(0)])

    outcome = HttpDispatcher(policy, Clock()).dispatch(a_call("http://rebind.example/"))
    assert outcome.kind is Kind.FORBIDDEN
    assert answers == ["93.184.216.34"]
