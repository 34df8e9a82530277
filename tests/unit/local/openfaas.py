"""A gateway of this machine with functions, and what asks it."""

import http.client
from contextlib import contextmanager

from chalicelib.local.functions import Functions
from chalicelib.local.gateway import Gateway


class StillClock:
    def now(self):
        return 1000.0

    def sleep(self, seconds):
        pass


def shout(event):
    return {"loud": event["text"].upper()}


def broken(event):
    raise ValueError("no such text")


def describe(event, request):
    return [event, request.method, request.path, request.query, request.headers["X-A"]]


def answered(request):
    return 201, {"json": request.json, "text": request.text}


FUNCTIONS = {
    "shout": shout,
    "describe": describe,
    "broken": broken,
    "nothing": lambda event: None,
    "text": lambda event: "HI",
    "bytes": lambda event: b"\x00\x01",
    "odd": lambda event: {1},
    "answered": answered,
    "plain": lambda request: {"path": request.path},
    "pair": lambda event: ["a", "b"],
}


@contextmanager
def serving():
    """A gateway that tries a callback again at once."""
    running = Gateway(
        Functions(given=FUNCTIONS), StillClock(), retry_waits=(0.001, 0.001)
    )
    running.start()
    yield running
    running.stop()


def asking(gateway):
    """Return what sends a request; it gives the status, the body and the headers."""

    def ask(method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=5)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    return ask
