"""What the tests of dispatchers share: a call with defaults, a clock, a server."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.model.workflow import Mode
from chalicelib.ports import Call

#: What the loopback server is called over TLS.
NAMES = ("shop.example", "a.gr7.eu-west-1.eks.amazonaws.com")


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

    do_GET = do_PUT = do_DELETE = do_PATCH = do_POST

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


@pytest.fixture
def certificate(tmp_path):
    """A certificate for ``NAMES``, signed by itself, and its key: two paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAMES[0])])
    now = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(each) for each in NAMES]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


@pytest.fixture
def secure_server(server, certificate):
    """The loopback server, speaking TLS; it keeps the name that it was asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server.asked_names = []
    context.sni_callback = lambda _socket, name, _context: server.asked_names.append(
        name
    )
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    return server
