"""Which request a task is."""

import json

import pytest

from chalicelib.dispatchers.http_request import Request, build
from chalicelib.engine.events import TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode


@pytest.fixture
def built(a_call):
    def make(payload=None, resource="http://api.example/do", **given):
        return build(a_call(resource=resource, payload=payload, **given))

    return make


def test_a_plain_payload_is_posted_as_json(built):
    request = built({"a": "é", "body": 1})

    assert (request.method, request.target) == ("POST", "/do")
    assert json.loads(request.body) == {"a": "é", "body": 1}
    assert request.headers["Content-Type"] == "application/json"


def test_a_payload_with_a_method_and_more_than_parts_is_plain(built):
    assert built({"method": "GET", "amount": 3}).method == "POST"


def test_parts_make_the_request(built):
    request = built(
        {
            "method": "put",
            "headers": {"X-Shop": "7", "X-Count": 3},
            "query": {"q": "a b", "n": [1, 2], "none": None, "yes": True},
            "body": {"x": 1},
        },
        resource="https://api.example:8443/a b?fixed=1#part",
    )

    assert request == Request(
        method="PUT",
        scheme="https",
        host="api.example",
        port=8443,
        target="/a%20b?fixed=1&q=a+b&n=1&n=2&yes=true",
        headers=request.headers,
        body=b'{"x":1}',
    )
    assert request.headers["X-Shop"] == "7"
    assert request.headers["X-Count"] == "3"
    assert request.headers["Host"] == "api.example:8443"


def test_a_request_without_a_body_has_none(built):
    request = built({"method": "GET", "body": None})

    assert request.body is None
    assert "Content-Type" not in request.headers


def test_a_text_body_is_sent_as_it_is(built):
    request = built({"method": "POST", "body": "raw"})

    assert request.body == b"raw"
    assert request.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(
            {
                "method": "POST",
                "headers": {"content-type": "application/x-www-form-urlencoded"},
                "body": {"s": "a&b", "n": 7, "b": True, "o": {"k": [1]}, "z": None},
            },
            id="asked for by the header",
        ),
        pytest.param(
            {
                "method": "POST",
                "form": {"s": "a&b", "n": 7, "b": True, "o": {"k": [1]}},
            },
            id="asked for by the part",
        ),
    ],
)
def test_a_form_is_encoded(built, payload):
    request = built(payload)

    assert request.body == b"s=a%26b&n=7&b=true&o=%7B%22k%22%3A%5B1%5D%7D"
    kinds = [v for k, v in request.headers.items() if k.lower() == "content-type"]
    assert kinds == ["application/x-www-form-urlencoded"]


def test_the_idempotency_key_and_the_trace_always_travel(built):
    request = built({}, trace="00-aa-bb-01")

    assert request.headers["Idempotency-Key"] == "e-1/0/1/1"
    assert request.headers["traceparent"] == "00-aa-bb-01"
    assert "X-Callback-Url" not in request.headers


def test_a_callback_task_says_where_to_call_back(built):
    request = built(
        {}, mode=Mode.CALLBACK, token="t1.x", callback_url="https://s/cb/t1.x"
    )

    assert request.headers["X-Callback-Url"] == "https://s/cb/t1.x"
    assert request.headers["X-Mode"] == "async"
    assert "X-Flow-Server" not in request.headers
    assert request.headers["X-FnF-Http-Callback-Task-Token"] == "t1.x"


def test_a_request_of_rill_flow_says_whose_it_is(built):
    assert built({}, server="https://s").headers["X-Flow-Server"] == "https://s"


def test_what_the_author_wrote_wins(built):
    parts = {"method": "POST", "headers": {"idempotency-key": "mine"}}

    headers = built(parts).headers

    assert headers["idempotency-key"] == "mine"
    assert "Idempotency-Key" not in headers


@pytest.mark.parametrize("name", ["Host", "Content-Length", "Transfer-Encoding", "TE"])
def test_headers_of_the_connection_are_not_the_authors(built, name):
    headers = built({"method": "GET", "headers": {name: "evil"}}).headers

    assert "evil" not in headers.values()


@pytest.mark.parametrize(
    ("resource", "host", "authority"),
    [
        ("http://[2606:4700::1]:8080/", "2606:4700::1", "[2606:4700::1]:8080"),
        ("http://API.Example", "api.example", "api.example"),
        ("https://bücher.example:443/", "xn--bcher-kva.example", None),
    ],
)
def test_the_host_is_read_once_and_named_in_full(built, resource, host, authority):
    request = built({}, resource=resource)

    assert request.host == host
    assert request.headers["Host"] == (authority or host)
    assert request.target == "/"


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param("http://a.example\\@b.example/", id="backslash"),
        pytest.param("http://a.example/\r\nX: y", id="line break"),
        pytest.param("http://user:secret@a.example/", id="credentials"),
        pytest.param("http:///path", id="no host"),
        pytest.param("http://a b/", id="space in the host"),
        pytest.param("http://[fe80::1%25eth0]/", id="zone"),
        pytest.param("http://a.example:99999/", id="port"),
        pytest.param("http://[::1/", id="bracket"),
        pytest.param("https:a.example", id="no slashes"),
        pytest.param("ftp://a.example/", id="scheme"),
        pytest.param("http://" + "ü" * 70 + ".example", id="label too long"),
    ],
)
def test_a_url_that_could_be_misread_is_refused(built, resource):
    refused = built({}, resource=resource)

    assert isinstance(refused, TaskFailed)
    assert refused.kind is Kind.RUNTIME


@pytest.mark.parametrize(
    "parts",
    [
        {"method": 5},
        {"method": "GET /x"},
        {"method": "GET", "headers": ["a"]},
        {"method": "GET", "headers": {"a:": "b"}},
        {"method": "GET", "headers": {"a": "b\r\nc: d"}},
        {"method": "GET", "headers": {"a": "\u20ac"}},
        {"method": "GET", "query": "a=b"},
    ],
)
def test_parts_that_make_no_request_are_refused(built, parts):
    assert built(parts).kind is Kind.RUNTIME


def test_half_a_surrogate_pair_is_escaped(built):
    assert built("\ud800").body == b'"\\ud800"'


def test_a_form_may_say_how_it_writes_lists(built):
    payload = {"method": "POST", "form": {"a": ["x", "y"]}, "arrays": "BRACKETS"}

    assert built(payload).body == b"a%5B%5D=x&a%5B%5D=y"
