"""How does this machine stand in for an OpenFaaS gateway, and for HTTP functions?

    /function/NAME[/path][?query]        the function's own answer, at once
    /async-function/NAME[/path][?query]  202; the answer is posted to X-Callback-Url
    /http/NAME[/path][?query]            a plain HTTP function: it gets the request


An OpenFaaS function gets the body (parsed, where it is JSON) and, if it takes a second
argument, the request. A plain HTTP function gets the request, and returns a value, or
a status and a value; it may call back by itself, whenever it likes.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chalicelib.local.exchange import Reply, Request, post, read_target, reply_with
from chalicelib.local.functions import Function, Functions, Workers, call_with
from chalicelib.ports import Clock
from chalicelib.values import short_hash

_log = logging.getLogger(__name__)

#: Seconds between tries to post an answer back: the stage may be starting up again.
RETRY_WAITS = (0.1, 0.5, 2.0)
#: Bytes of a request's body.
MOST_BYTES = 32 * 1024 * 1024


class Gateway:
    """An HTTP server for the functions of this machine; loopback only."""

    def __init__(
        self,
        functions: Functions,
        clock: Clock,
        *,
        port: int = 0,
        workers: Workers | None = None,
        retry_waits: Sequence[float] = RETRY_WAITS,
    ) -> None:
        """``port`` 0: any that is free. ``workers``: who runs what nobody waits for."""
        self._functions = functions
        self._clock = clock
        self._workers = workers or Workers()
        self._retry_waits = retry_waits
        self._numbers = itertools.count(1)
        self._stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.gateway = self
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},
            daemon=True,
        )

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, finish what was accepted, give up what cannot be posted."""
        self._stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._workers.stop()

    def answer(self, request: Request) -> Reply:
        """Return the answer to ``request``."""
        kind, _, name = request.route.partition("/")
        function = self._functions.find(name)
        if kind == "async-function":
            return self._accept(request, name, function)
        if function is None:
            return Reply(status=404, body=self._functions.why_not(name).encode())
        if kind == "http":
            return _plain(function, request)
        began = self._clock.now()
        reply = _openfaas(function, request)
        return reply.with_headers(self._told(self._call_id(name), began))

    def _accept(self, request: Request, name: str, function: Function | None) -> Reply:
        call_id = self._call_id(name)
        told = {"X-Call-Id": call_id}
        if self._workers.take(lambda: self._work(request, name, function, call_id)):
            return Reply(status=202, headers=told)
        return Reply(status=429, body=b"too many calls are waiting", headers=told)

    def _work(
        self, request: Request, name: str, function: Function | None, call_id: str
    ) -> None:
        began = self._clock.now()
        if function is None:
            reply = Reply(status=404, body=self._functions.why_not(name).encode())
        else:
            reply = _openfaas(function, request)
        url = request.headers.get("X-Callback-Url", "")
        if not url:
            return
        told = {
            "X-Function-Name": name,
            "X-Function-Status": str(reply.status),
            **self._told(call_id, began),
        }
        self._post(url, reply.with_headers(told))

    def _post(self, url: str, reply: Reply) -> None:
        problem = post(url, reply)
        for wait in self._retry_waits:
            if not problem or self._stopping.wait(wait):
                break
            _log.warning("%s: %s; trying again", url, problem)
            problem = post(url, reply)
        if problem:
            _log.error("an answer could not be posted to %s: %s", url, problem)

    def _told(self, call_id: str, began: float) -> dict[str, str]:
        took = max(0.0, self._clock.now() - began)
        return {"X-Call-Id": call_id, "X-Duration-Seconds": f"{took:.6f}"}

    def _call_id(self, name: str) -> str:
        return short_hash(self.port, name, next(self._numbers), length=32)


def _openfaas(function: Function, request: Request) -> Reply:
    try:
        value = call_with(function, request.event, request)
        return reply_with(200, value)
    except Exception as error:  # whatever it is, it is the function's answer
        return _broken(error)


def _plain(function: Function, request: Request) -> Reply:
    try:
        value = function(request)
        status = 200
        if isinstance(value, tuple) and len(value) == 2:
            status, value = value
        return reply_with(status, value)
    except Exception as error:  # whatever it is, it is the function's answer
        return _broken(error)


def _broken(error: Exception) -> Reply:
    _log.warning("a function failed", exc_info=error)
    return Reply(status=500, body=f"{type(error).__name__}: {error}".encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    gateway: Gateway


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the gateway, writes its answer. HTTP/1.0: one each."""

    server_version = "millrace-gateway"
    server: _Server

    def _serve(self) -> None:
        size = self.headers.get("Content-Length", "0")
        target = read_target(self.path)
        if target is None:
            self._write(Reply(status=404, body=b"no such route"))
        elif not size.isdigit() or "Transfer-Encoding" in self.headers:
            self._write(Reply(status=411, body=b"Content-Length is required"))
        elif int(size) > MOST_BYTES:
            self._write(Reply(status=413, body=b"the body is too large"))
        else:
            request = Request(
                method=self.command,
                target=target,
                headers=self.headers,
                body=self.rfile.read(int(size)),
            )
            self._write(self.server.gateway.answer(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve

    def _write(self, reply: Reply) -> None:
        try:
            self.send_response(reply.status)
            for name, value in reply.all_headers().items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)
        except OSError as error:
            _log.info("the caller did not wait for the answer: %s", error)

    def log_message(self, *args: Any) -> None:
        """Be quiet: the stage has a log of its own."""
