import http.client
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from chalice import Chalice, Response

from chalicelib.local.server import BODY_BYTES, Server


def an_app():
    app = Chalice("probe")

    @app.route("/things/{name}", methods=["GET", "PUT"])
    def thing(name):
        request = app.current_request
        return {
            "name": name,
            "body": (request.raw_body or b"").decode(),
            "query": dict(request.query_params or {}),
            "path": request.context["path"],
        }

    @app.route("/bytes")
    def some_bytes():
        headers = {"Content-Type": "image/gif", "X-Two": ["a", "b"]}
        return Response(b"\x00\xff", headers=headers)

    @app.authorizer()
    def broken(request):
        raise ValueError("seen by the log only")

    @app.route("/broken", authorizer=broken)
    def never_reached():
        return {}

    return app


@pytest.fixture(scope="module")
def server():
    server = Server()
    server.start(an_app())
    yield server
    server.stop()


@pytest.fixture
def ask(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)

    def ask(method, path, body=None, headers=None):
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer, answer.read()

    yield ask
    connection.close()


def test_request_reaches_the_app(ask):
    answer, body = ask("PUT", "/things/lamp?on=1", b'{"watt": 5}')

    assert answer.status == 200
    assert answer.getheader("content-type") == "application/json"
    assert json.loads(body) == {
        "name": "lamp",
        "body": '{"watt": 5}',
        "query": {"on": "1"},
        "path": "/things/lamp",
    }


def test_part_of_the_path_arrives_decoded(ask):
    _, body = ask("GET", "/things/a%20b%2Fc%3F%E5%85%89")

    assert json.loads(body)["name"] == "a b/c?光"


def test_binary_answer_and_repeated_headers_survive(ask):
    answer, body = ask("GET", "/bytes", headers={"Accept": "image/gif"})

    assert body == b"\x00\xff"
    assert answer.getheader("content-type") == "image/gif"
    assert answer.headers.get_all("x-two") == ["a", "b"]


def test_unknown_route_is_refused_as_api_gateway_does(ask):
    answer, body = ask("GET", "/nowhere")

    assert answer.status == 403
    assert json.loads(body) == {"message": "Missing Authentication Token"}


def test_head_has_no_body(ask):
    answer, body = ask("HEAD", "/nowhere")

    assert (answer.status, body) == (403, b"")


def test_body_over_the_limit_is_refused_unread(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.putrequest("PUT", "/things/lamp")
    connection.putheader("Content-Length", str(BODY_BYTES + 1))
    connection.endheaders()

    assert connection.getresponse().status == 413
    connection.close()


def test_app_that_breaks_down_answers_502(ask, caplog):
    answer, body = ask("GET", "/broken", headers={"Authorization": "x"})

    assert answer.status == 502
    assert json.loads(body) == {"message": "Internal server error"}
    assert "seen by the log only" in caplog.text


def test_connection_is_kept_for_the_next_request(ask):
    first, _ = ask("GET", "/things/a")
    second, _ = ask("GET", "/things/b")

    assert (first.status, second.status) == (200, 200)
    assert first.getheader("connection") != "close"


def test_requests_side_by_side_do_not_mix(server):
    def name_of(number):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        connection.request("GET", f"/things/n{number}")
        found = json.loads(connection.getresponse().read())["name"]
        connection.close()
        return found

    with ThreadPoolExecutor(8) as threads:
        names = list(threads.map(name_of, range(40)))

    assert names == [f"n{number}" for number in range(40)]


def test_port_is_known_before_there_is_an_app():
    server = Server()

    assert server.url == f"http://127.0.0.1:{server.port}"
    assert server.port > 0
    server.stop()


def test_port_that_is_taken_is_refused(server):
    with pytest.raises(OSError, match="in use"):
        Server(server.port)
