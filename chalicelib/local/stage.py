"""How does a whole stage run in one process, without an account?

    HTTP --server--> app.app --> bootstrap --> moto (table, queue, bucket)
                     app.on_step <--pump------------/   |
    functions beside the workflows <--gateway, Lambda stand-in

The handlers, tables and messages are those of the cloud. Only what calls the handlers
is local (``server``, ``pump``), and what runs functions (``gateway``,
``lambda_client``).

Rule 1  The environment is the stage's from its beginning to its end, then as before.
Rule 2  Nothing listens but on loopback, and nothing is asked for outside of it.
"""

from __future__ import annotations

import importlib
import logging
import os
import secrets
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Self

from chalicelib.api.keyring import derived_secret
from chalicelib.clock import SystemClock
from chalicelib.local import account, outside
from chalicelib.local.clients import Clients
from chalicelib.local.event_shapes import queue_arn
from chalicelib.local.gateway import Gateway
from chalicelib.local.lambda_client import Destination, LambdaClient
from chalicelib.local.mappings import Mappings
from chalicelib.local.pump import Pump, pause_after
from chalicelib.local.server import Server
from chalicelib.local.sqs_client import SqsClient
from chalicelib.local.watch import WatchedFunctions
from chalicelib.settings import QueueNames

ROOT = Path(__file__).parents[2]
#: Rill Flow's documentation calls a gateway so; any port of it leads here.
GATEWAY_HOSTS = (
    "gateway.openfaas.svc.cluster.local",
    "gateway.openfaas",
    "gateway",
)
KEY_ID = "local"


class Stage:
    """A stage from ``with`` to the end of its block."""

    def __init__(
        self,
        workflows: Path | None = None,
        *,
        port: int = 0,
        workers: int = 8,
        pause: Callable[[int], int] = pause_after,
    ) -> None:
        """``workflows``: where functions stand. ``port`` 0: any that is free.

        ``pause``: seconds until a failed message comes again, by how often it came.
        """
        self._pause = pause
        self._wanted_port = port
        self._workers = workers
        self._clock = SystemClock()
        self._access_secret = secrets.token_bytes(32)
        self._stack = ExitStack()
        self.functions = WatchedFunctions(workflows)
        self.url = ""

    @property
    def key(self) -> str:
        """The access key that this stage was given, as a bearer key."""
        return f"{KEY_ID}.{self.secret}"

    @property
    def secret(self) -> str:
        """Its secret: with ``KEY_ID``, the credentials of an AWS client."""
        return derived_secret(self._access_secret, KEY_ID)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_raised: object) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            # The process is about to leave: take no more work, wait for little.
            self._pump.stop(patience=0.5)
        else:
            self._stack.close()

    def _start(self, stack: ExitStack) -> None:
        elsewhere = outside.endpoints(os.environ)
        stack.enter_context(account.environment(account.without_aws(os.environ)))
        stack.enter_context(account.pretended())
        self.clients = self._make_clients(elsewhere)
        provided = account.provide(self.clients)
        server = Server(self._wanted_port)
        stack.callback(server.stop)
        self.url = server.url
        gateway = Gateway(self.functions, self._clock)
        stack.callback(gateway.stop)
        own = self._settings(gateway.port)
        stack.enter_context(account.environment({**os.environ, **provided, **own}))
        app = _app(self.clients, stack)
        mappings = Mappings(
            app=app, sqs=self.clients("sqs"), clock=self._clock, pause=self._pause
        )
        self._pump = Pump(
            sources=mappings.sources(),
            clock=self._clock,
            workers=self._workers,
        )
        stack.callback(self._pump.stop)
        self._pump.start()
        for each in mappings.clocks():
            self._pump.ring(each)
        gateway.start()
        server.start(app, sqs=self.clients("sqs"))

    def _make_clients(self, elsewhere: Mapping[str, str]) -> Clients:
        stand_ins: dict[str, Callable[[Any], Any]] = {
            "sqs": lambda client: SqsClient(client, self._clock),
            "lambda": lambda _client: LambdaClient(
                self.functions, destination=self._destination()
            ),
        }
        for service, url in elsewhere.items():
            if service == "sqs":
                stand_ins["sqs"] = partial(self._own_queues_and, url)
            else:
                stand_ins[service] = partial(_only, service, url)
        return Clients(
            account.make_client,
            on_sent=lambda url, delay: self._pump.ring(_queue_name(url), delay),
            stand_ins=stand_ins,
        )

    def _own_queues_and(self, url: str, client: Any) -> Any:
        names = QueueNames.of(os.environ)
        return outside.Queues(
            SqsClient(client, self._clock),
            outside.client("sqs", url),
            (names.steps, names.dead_letters),
        )

    def _destination(self) -> Destination:
        """Return the step queue, as the functions of the cloud are told of it."""
        url = os.environ["STEP_QUEUE_URL"]

        def send(record: str) -> None:
            self.clients("sqs").send_message(QueueUrl=url, MessageBody=record)

        return Destination(arn=queue_arn(_queue_name(url)), send=send)

    def _settings(self, gateway_port: int) -> Mapping[str, str]:
        gateway = f"127.0.0.1:{gateway_port}"
        return {
            "CALLBACK_URL": self.url,
            "TOKEN_KEYS": "local:" + b64encode(secrets.token_bytes(32)).decode(),
            "ACCESS_SECRET": b64encode(self._access_secret).decode(),
            "ACCESS_KEYS": f"{KEY_ID}::admin",
            "HTTP_ALLOW": "127.0.0.0/8,localhost",
            "HTTP_HOSTS": ",".join(f"{host}={gateway}" for host in GATEWAY_HOSTS),
            "PARTIAL_BATCH": "1",
        }


def _app(clients: Clients, stack: ExitStack) -> Any:
    """Return the Chalice app, wired to ``clients`` until ``stack`` ends."""
    from chalicelib import bootstrap

    # The handlers, and the functions' own modules, are found from here.
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    bootstrap.use(clients=clients)
    stack.callback(bootstrap.use, clients=None)
    # Made here, by one thread: many threads would each make their own at first.
    for make in (bootstrap.orchestrator, bootstrap.scheduler, bootstrap.journal):
        make()
    app = importlib.import_module("app").app
    _log_as_others_do(app.log)
    return app


def _log_as_others_do(log: logging.Logger) -> None:
    """Undo what Chalice does for Lambda: errors only, straight to standard output."""
    log.handlers.clear()
    log.propagate = True
    log.setLevel(logging.NOTSET)


def _only(service: str, url: str, _client: Any) -> Any:
    return outside.client(service, url)


def _queue_name(url: str) -> str:
    return url.rpartition("/")[2]
