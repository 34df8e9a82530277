"""What the tests of dispatchers share: a call with defaults, a clock, a server."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chalicelib.model.workflow import Mode
from chalicelib.ports import Call


class StillClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now=1000.0):
        self.time = now
        #: Seconds that pass whenever somebody looks.
        self.pace = 0.0

    def now(self):
        self.time += self.pace
        return self.time

    def sleep(self, seconds):
        self.time += seconds


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture
def a_call():
    def make(**given):
        defaults = {
            "resource": "lambda:resize",
            "payload": {},
            "mode": Mode.REQUEST,
            "idempotency_key": "e-1/0/1/1",
            "timeout": 5.0,
            "execution": "e-1",
            "task": "Resize",
        }
        return Call(**defaults | given)

    return make


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        size = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(size)
        self.server.seen.append(self)
        self.server.behave(self)

    do_GET = do_PUT = do_DELETE = do_POST

    def reply(self, status=200, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class LoopbackServer(ThreadingHTTPServer):
    """A server that does as ``behave`` says and keeps what it has seen."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen = []
        self.behave = lambda request: request.reply()
        self.port = self.server_address[1]


@pytest.fixture
def server():
    with LoopbackServer() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()
