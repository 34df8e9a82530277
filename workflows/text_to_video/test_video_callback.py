"""The film is reported over real HTTP, on loopback."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from workflows.text_to_video import functions


class _Listener(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.put((self.path, json.loads(body)))
        self.send_response(self.server.statuses.pop(0))
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def listener():
    server = HTTPServer(("127.0.0.1", 0), _Listener)
    server.heard, server.statuses = queue.Queue(), [503, 200]
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}
    )
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def asked(listener, event):
    url = f"http://127.0.0.1:{listener.server_port}/answer?token=t"
    return SimpleNamespace(headers={"X-Callback-Url": url}, json=event)


def scene_in(folder):
    polished = functions.polish({"text": "A boat."})
    given = {"text": polished["text"], "number": 0, "folder": str(folder)}
    return functions.check({**polished, **functions.voice(given), "number": 0})["scene"]


def test_the_film_is_reported_when_it_is_there(listener, tmp_path):
    listener.statuses = [200]
    event = {"scenes": [scene_in(tmp_path)], "folder": str(tmp_path)}

    answer = functions.assemble_later(asked(listener, event))
    path, reported = listener.heard.get(timeout=30)

    assert answer == (202, {"accepted": True})
    assert path == "/answer?token=t"
    assert Path(reported["video"]).is_file()


def test_a_report_that_was_not_taken_is_made_again(listener, tmp_path):
    event = {"scenes": [scene_in(tmp_path)], "folder": str(tmp_path)}

    functions.assemble_later(asked(listener, event))

    first, second = (listener.heard.get(timeout=30) for _ in range(2))
    assert first == second


def test_a_film_that_cannot_be_made_is_reported_as_a_failure(listener):
    listener.statuses = [200]

    functions.assemble_later(asked(listener, {"scenes": []}))
    path, reported = listener.heard.get(timeout=30)

    assert path == "/answer?token=t&status=failed"
    assert reported["error_code"] == "SceneIsMissing"
