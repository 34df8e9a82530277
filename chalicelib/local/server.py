"""How do HTTP requests reach the app, when there is no API Gateway?

A threaded server on loopback turns each request into the event that API Gateway sends
(``chalice.local`` knows its shape) and calls the app with it. Refusals that API
Gateway makes by itself are made here: no such route, a body over 10 MB. Requests in the
protocol of SQS, which queue workers send, go to the local queues instead.
"""

from __future__ import annotations

import base64
import logging
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import unquote

from chalice.config import Config
from chalice.local import LocalChalice, LocalGateway, LocalGatewayException

from chalicelib.local import sqs_client
from chalicelib.values import Json, compact

LOG = logging.getLogger(__name__)

HOST = "127.0.0.1"
#: API Gateway, "Quotas": the payload of a request.
BODY_BYTES = 10 * 1024 * 1024
#: Seconds. API Gateway, "Quotas": the integration timeout.
REQUEST_TIME = 29


class Server:
    """One loopback port; bound at once, served once there is an app."""

    def __init__(self, port: int = 0) -> None:
        """Bind ``port``, or a free one for 0.

        Raises:
            OSError: somebody else has the port.
        """
        self._http = _HttpServer((HOST, port), _Request)
        self._thread = threading.Thread(
            target=self._http.serve_forever,
            kwargs={"poll_interval": 0.1},
            name="api",
            daemon=True,
        )

    @property
    def port(self) -> int:
        """The port, also where a free one was asked for."""
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """Where the app is, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def start(self, app: Any, *, sqs: Any = None) -> None:
        """Serve ``app``, a Chalice object, in a thread of its own.

        ``sqs``: a client that requests of SQS's own protocol are handed to.
        """
        self._http.gateway = _Gateway(app)
        self._http.sqs = sqs
        self._thread.start()

    def stop(self) -> None:
        """Serve no more, and free the port."""
        if self._thread.is_alive():
            self._http.shutdown()
        self._http.server_close()


class _Gateway(LocalGateway):
    """API Gateway hands on the parts of a path decoded; the parent does not."""

    def __init__(self, app: Any) -> None:
        # The app keeps its request in an attribute; here many threads share the app.
        app.__class__ = LocalChalice
        super().__init__(app, Config.create(lambda_timeout=REQUEST_TIME))

    def _generate_lambda_event(self, *args: Any, **arguments: Any) -> Json:
        event = super()._generate_lambda_event(*args, **arguments)
        parts = event["pathParameters"]
        event["pathParameters"] = {name: unquote(parts[name]) for name in parts}
        return event


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    #: A hundred callbacks at once must not be refused by the kernel.
    request_queue_size = 256
    gateway: Any = None
    sqs: Any = None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: a client that hangs up is no event."""
        LOG.debug("request of %s failed", client_address, exc_info=True)


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Millrace"
    # Header and body leave in one packet: Nagle and delayed acknowledgement together
    # cost 40 ms otherwise.
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:
        """Log requests for those who ask for them."""
        LOG.debug(format, *args)

    def _serve(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        if length > BODY_BYTES:
            self.close_connection = True
            self._answer(413, {}, b'{"message":"Request Too Long"}')
            return
        body = self.rfile.read(length)
        http, target = cast(_HttpServer, self.server), self.headers.get("X-Amz-Target")
        if http.sqs is not None and target and target.startswith(sqs_client.TARGET):
            status, content = sqs_client.answer(http.sqs, target, body)
            self._answer(
                status, {"Content-Type": "application/x-amz-json-1.0"}, content
            )
        else:
            self._answer(*self._ask(body.decode("utf-8", "replace") or None))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve

    def _ask(self, body: str | None) -> tuple[int, Mapping[str, Any], bytes]:
        headers = {name.lower(): value for name, value in self.headers.items()}
        gateway = cast(_HttpServer, self.server).gateway
        try:
            answer = gateway.handle_request(
                method=self.command, path=self.path, headers=headers, body=body
            )
        except LocalGatewayException as refusal:
            return refusal.CODE, refusal.headers, refusal.body or b""
        except Exception:
            LOG.exception("%s %s failed", self.command, self.path)
            return 502, {}, compact({"message": "Internal server error"}).encode()
        return (
            answer["statusCode"],
            {**answer["headers"], **answer["multiValueHeaders"]},
            _body(answer),
        )

    def _answer(self, status: int, headers: Mapping[str, Any], body: bytes) -> None:
        self.send_response(status)
        for name, value in _header_lines(headers):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _body(answer: Mapping[str, Any]) -> bytes:
    body = answer["body"] or b""
    if answer.get("isBase64Encoded"):
        return base64.b64decode(body)
    return body if isinstance(body, bytes) else str(body).encode()


def _header_lines(headers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    given = {name.lower() for name in headers}
    if "content-type" not in given:
        yield "Content-Type", "application/json"
    for name, value in headers.items():
        if name.lower() == "content-length":
            continue
        for line in value if isinstance(value, list) else [value]:
            yield name, str(line)
