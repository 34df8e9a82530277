"""Lambda's runtime API on loopback: it hands out an event and takes the answer.

``python -m awslambdaric <handler>`` is what runs in Lambda; it asks here for its work.
"""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PATIENCE = 60
#: Lambda's Python: the runtime client and boto3, and nothing else.
PYTHON = Path(sys.prefix) / "runtime" / "bin" / "python"
_NEXT = "/2018-06-01/runtime/invocation/next"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self):
        if self.path != _NEXT or not self.server.events:
            self.server.is_idle.wait(PATIENCE)  # the runtime waits for its next event
            return
        body = json.dumps(self.server.events.pop(0)).encode()
        self._reply(
            200,
            body,
            {
                "Lambda-Runtime-Aws-Request-Id": "request-1",
                "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
                "Content-Type": "application/json",
                "Lambda-Runtime-Deadline-Ms": "9999999999999",
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:x:1:function:f",
            },
        )

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = "answer" if self.path.endswith("/response") else "error"
        self.server.said.append((kind, json.loads(body or b"null")))
        self._reply(202, b"{}", {})
        self.server.is_done.set()

    def _reply(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """The runtime is ended while it waits for its next event: that is no error."""


def invoke(handler, event, folder, environ):
    """Return ("answer" or "error", what was said) of one invocation of ``handler``.

    ``folder``: the unpacked package; nothing else can be imported but what Lambda's
    Python has.
    """
    server = _Server(("127.0.0.1", 0), _Handler)
    server.events, server.said = [event], []
    server.is_done, server.is_idle = threading.Event(), threading.Event()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    log = folder.with_suffix(".log")
    out = log.open("w")
    process = subprocess.Popen(
        [str(PYTHON), "-m", "awslambdaric", handler],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_address[1]}",
            "LAMBDA_TASK_ROOT": str(folder),
            "PYTHONPATH": str(folder),
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            **environ,
        },
        stdout=out,
        stderr=subprocess.STDOUT,
    )
    try:
        assert server.is_done.wait(PATIENCE), log.read_text()
        return server.said[0]
    finally:
        process.kill()
        process.wait()
        out.close()
        server.is_idle.set()
        server.shutdown()
        server.server_close()
        thread.join()
