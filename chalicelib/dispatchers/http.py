"""How does a task reach an HTTP service?

One dispatch is one request: no retry, no redirect, no proxy, no connection kept. The
request goes to an address that the stage's policy has checked, with the host's own name
in ``Host`` and in TLS. An OpenFaaS gateway needs nothing else: ``/function/…`` answers
itself, ``/async-function/…`` accepts and calls back.

A REQUEST's answer is an answer whatever its status; the task's reading judges it. For
the other modes a status that is not 2xx means that the work was not accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalicelib.dispatchers.http_request import Request, build
from chalicelib.dispatchers.seams import Clients, Door, Target, failed, no_clients
from chalicelib.engine.events import Answer, TaskFailed
from chalicelib.errors import InputRefused
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.ports import Call, Clock, Limits, Outcome
from chalicelib.values import Json, parse

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

    from chalicelib.dispatchers.connections import Connections

#: Bytes taken at once from a body.
_CHUNK = 1 << 16
_CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.IGNORECASE)


class HttpDispatcher:
    """Sends HTTP requests. See ``ports.Dispatcher``."""

    def __init__(
        self,
        policy: Door,
        clock: Clock,
        *,
        limits: Limits | None = None,
        authorities: str = "",
        clients: Clients = no_clients,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._limits = limits or Limits()
        self._authorities = authorities
        self._clients = clients
        self._connections: Connections | None = None

    def dispatch(
        self, call: Call, sign: Callable[[Request], Request] | None = None
    ) -> Outcome:
        """See ``Dispatcher``; ``sign`` puts its name to a request."""
        if isinstance(call.payload, dict) and "connection" in call.payload:
            return self._by_connection(call)
        return self._plain(call, sign)

    def _by_connection(self, call: Call, *, anew: bool = False) -> Outcome:
        """Send a request with what its connection adds; a stale token is renewed."""
        from chalicelib.dispatchers.connections import Connections

        if self._connections is None:
            self._connections = Connections(self._clients, self._clock)

        def ask(url: str, request: dict[str, Json]) -> Outcome:
            asked = replace(call, resource=url, payload=request, mode=Mode.REQUEST)
            return self._plain(replace(asked, token="", callback_url=""))

        joined = self._connections.join(call.payload, ask, anew=anew)
        if isinstance(joined, TaskFailed):
            return joined
        outcome = self._plain(replace(call, payload=joined.payload))
        # EventBridge, "OAuth": a token that is refused is renewed. Nothing was done for
        # who could not prove who he is, so this is no second request.
        if joined.is_kept and _is_unproven(outcome):
            return self._by_connection(call, anew=True)
        return outcome

    def _plain(
        self, call: Call, sign: Callable[[Request], Request] | None = None
    ) -> Outcome:
        request = build(call)
        if isinstance(request, TaskFailed):
            return request
        request = request if sign is None else sign(request)
        target = self._policy.find(request.host, request.port)
        if isinstance(target, TaskFailed):
            return target
        outcome = self._try_each(request, target, call.timeout)
        if isinstance(outcome, TaskFailed) or call.mode is Mode.REQUEST:
            return outcome
        return _accepted(outcome)

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; HTTP has no word for it."""
        return False

    def _try_each(self, request: Request, target: Target, timeout: float) -> Outcome:
        from urllib3.exceptions import (
            ConnectTimeoutError,
            NewConnectionError,
            ReadTimeoutError,
        )

        ends_at = self._clock.now() + timeout
        refused: Exception | None = None
        for address in target.addresses:
            try:
                return self._send(request, address, target.port, ends_at)
            except (NewConnectionError, ConnectTimeoutError) as error:
                # Nothing was sent, so another address is not a second request.
                refused = error
            except ReadTimeoutError:
                waited = min(timeout, self._patience(request)["read"])
                cause = f"{request.host}: no answer within {waited:g} s"
                return failed(Kind.TIMEOUT, cause)
        cause = f"{request.host}:{request.port}: no connection: {_why(refused)}"
        return failed(Kind.UNREACHABLE, cause)

    def _send(
        self, request: Request, address: str, port: int, ends_at: float
    ) -> Outcome:
        from urllib3 import Timeout, exceptions

        left = max(0.001, ends_at - self._clock.now())
        most = self._patience(request)
        timeout = Timeout(
            connect=min(most["connect"], left), read=min(most["read"], left)
        )
        pool = self._pool(request, address, port, timeout)
        try:
            response = pool.urlopen(
                request.method,
                request.target,
                body=request.body,
                headers={**request.headers, "Connection": "close"},
                retries=False,
                redirect=False,
                preload_content=False,
            )
            with response:
                return self._read(response, ends_at, as_text=request.as_text)
        except (exceptions.NewConnectionError, exceptions.TimeoutError):
            raise
        except (exceptions.HTTPError, OSError) as error:
            return failed(Kind.UNREACHABLE, f"{request.host}: {_why(error)}")
        finally:
            pool.close()

    def _patience(self, request: Request) -> dict[str, float]:
        limits = self._limits
        stage = {"connect": limits.http_connect, "read": limits.http_read}
        return stage | dict(request.timeouts)

    def _pool(self, request: Request, address: str, port: int, timeout: Any) -> Any:
        from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

        if request.scheme == "http":
            return HTTPConnectionPool(address, port, timeout=timeout)
        return HTTPSConnectionPool(
            address,
            port,
            timeout=timeout,
            ca_certs=None if request.authorities else self._authorities or None,
            ca_cert_data=request.authorities or None,
            cert_reqs="CERT_REQUIRED",
            server_hostname=request.host,
            assert_hostname=request.host,
        )

    def _read(
        self, response: BaseHTTPResponse, ends_at: float, *, as_text: bool
    ) -> Outcome:
        limit = self._limits.answer_bytes
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > limit:
                return failed(Kind.TOO_LARGE, f"the answer has more than {limit} bytes")
            # A body that trickles would outlast every timeout of a single read.
            if self._clock.now() >= ends_at:
                return failed(Kind.TIMEOUT, "the answer did not end in time")
        headers = dict(response.headers.items())
        return _answer(response.status, headers, bytes(body), as_text=as_text)


def _is_unproven(outcome: Outcome) -> bool:
    return isinstance(outcome, Answer) and outcome.status in (401, 407)


def _answer(
    status: int, headers: Mapping[str, str], body: bytes, *, as_text: bool
) -> Answer:
    lower = {name.lower(): value for name, value in headers.items()}
    kind = lower.get("content-type", "")
    payload, is_json = (_text(body, kind), False) if as_text else _content(body, kind)
    wait = lower.get("retry-after")
    return Answer(
        payload=payload,
        status=status,
        headers=headers,
        is_json=is_json,
        facts={} if wait is None else {"Retry-After": wait},
    )


def _content(body: bytes, kind: str) -> tuple[Json, bool]:
    # Functions often call their JSON plain text. An object or an array can be nothing
    # else; a bare number or word is taken for JSON only where it says so.
    says_so = not kind or "json" in kind.lower()
    if says_so or body.lstrip()[:1] in (b"{", b"["):
        try:
            return parse(body), True
        except InputRefused:
            pass
    return _text(body, kind), False


def _text(body: bytes, kind: str) -> str:
    found = _CHARSET.search(kind)
    try:
        return body.decode(found[1] if found else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _why(error: Exception | None) -> str:
    """Return the system's own words; urllib3 puts its objects before them."""
    cause = error.__cause__ if error and error.__cause__ else error
    said = cause.strerror if isinstance(cause, OSError) else ""
    return said or str(cause)


def _accepted(answer: Answer) -> Outcome:
    if 200 <= answer.status < 300:
        return answer
    cause = f"the work was not accepted: status {answer.status}: {answer.payload}"
    error = f"Http.StatusCode.{answer.status}"
    return failed(Kind.SERVICE, cause[:1024], error=error, output=answer.payload)
