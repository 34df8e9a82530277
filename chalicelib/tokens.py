"""Who may answer for an attempt of a task, and what may they say?

    t1.<key id>.<claims>.<HMAC-SHA256>

Rule 1  The claims are JSON, ``[execution, scope, activation, attempt, expires at]``,
        in base64url; the stack is part of the key and never travels. A state's name
        in place of the activation: the first attempt of that state, begun or not.
Rule 2  Each execution has a key of its own, derived from the stage's: who learns
        that one cannot make tokens for another execution.
Rule 3  The signature covers the text of the token, and is compared as text, so a
        second spelling of the same bytes is refused.
Rule 4  Nothing is read from anywhere to verify a token, and every refusal is alike.
        But a key may be newer than this process: where a token names an unknown one,
        the keys are read anew, once a minute at most, whoever sends such tokens.
Rule 5  The same attempt has the same token, however often it is made.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping

from chalicelib.errors import PayloadTooLarge, TokenRefused
from chalicelib.frozen import dataclass
from chalicelib.values import Json, compact

#: API Gateway takes 10,240 bytes of request line and headers; a token is part of both
#: the URL and, for HTTP functions, of a header.
LONGEST_TOKEN = 4096
#: The output of SHA-256; a shorter key would be the weaker part.
SHORTEST_KEY = 32

#: Seconds between two questions for newer keys.
PATIENCE = 60.0

_VERSION = "t1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says about itself: the attempt that it may answer for."""

    execution: str
    scope: str
    activation: int
    attempt: int
    #: Seconds since the epoch, whole.
    expires_at: float
    #: Set where the token is that of a state: it answers the first attempt of the
    #: state's first activation, which need not have begun. ``activation`` is 0 then.
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """A report: the work is done."""

    output: Json = None
    #: It was left out, and that is all right: the state counts as skipped.
    is_skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A report: the work failed."""

    #: The error's name; empty where the worker gave none.
    error: str = ""
    cause: str = ""
    #: What the worker sent, where it sent JSON.
    output: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """A report: the work goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A report: a worker came for the work."""

    #: What the worker calls itself.
    worker: str = ""


Report = Succeeded | Failed | Heartbeat | Taken


class Tokens:
    """Makes and verifies the task tokens of one stage."""

    def __init__(
        self,
        stack: str,
        keys: Mapping[str, bytes],
        current: str,
        *,
        newer: Callable[[], Mapping[str, bytes]] | None = None,
    ) -> None:
        """Sign with ``keys[current]``; verify with any of ``keys``.

        ``newer``: reads them anew, the current one first; None: they never change.
        """
        self._stack = stack
        self._newer = newer
        self._asked_at = -math.inf
        self._take(keys, current)

    def _take(self, keys: Mapping[str, bytes], current: str) -> None:
        if current not in keys:
            raise ValueError(f"there is no token key {current!r}")
        if any(len(key) < SHORTEST_KEY for key in keys.values()):
            raise ValueError(f"a token key has at least {SHORTEST_KEY} bytes")
        # At once: another thread may be about to sign.
        self._held = (dict(keys), current)

    def mint(
        self,
        execution: str,
        scope: str,
        activation: int | str,
        attempt: int,
        expires_at: float,
    ) -> str:
        """Return the token of an attempt, or of a state where that is named instead.

        Raises:
            PayloadTooLarge: the names in it are too long for a URL.
        """
        claims = [execution, scope, activation, attempt, math.ceil(expires_at)]
        text = _encode(compact(claims).encode())
        keys, current = self._held
        signed = f"{_VERSION}.{current}.{text}"
        key = keys[current]
        token = f"{signed}.{self._signature(key, execution, signed)}"
        if len(token) > LONGEST_TOKEN:
            raise PayloadTooLarge("a task token", len(token), LONGEST_TOKEN)
        return token

    def verify(self, token: str, now: float) -> Claims:
        """Return what ``token`` claims, if this stage made it and it still lives.

        Raises:
            TokenRefused: forged, cut, of another stack, or expired.
            Unavailable: its key is not known here, and may be newer than this process.
        """
        if len(token) > LONGEST_TOKEN or not token.isascii():
            raise TokenRefused
        signed, _, signature = token.rpartition(".")
        version, _, rest = signed.partition(".")
        name, _, text = rest.partition(".")
        key = self._key(name, now) if version == _VERSION else None
        if key is None:
            raise TokenRefused
        claims = _decode_claims(text)
        expected = self._signature(key, claims.execution, signed)
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            raise TokenRefused
        if now >= claims.expires_at:
            raise TokenRefused
        return claims

    def _key(self, name: str, now: float) -> bytes | None:
        is_due = now >= self._asked_at + PATIENCE
        if name not in self._held[0] and self._newer is not None and is_due:
            self._asked_at = now
            found = self._newer()
            self._take(found, next(iter(found)))
        return self._held[0].get(name)

    def _signature(self, key: bytes, execution: str, signed: str) -> str:
        # A forged token may name an execution that is not even text.
        subject = compact([_VERSION, self._stack, execution])
        about = subject.encode("utf-8", "surrogatepass")
        subkey = hmac.digest(key, about, hashlib.sha256)
        return _encode(hmac.digest(subkey, signed.encode(), hashlib.sha256))


def execution_named(token: str) -> str:
    """Return the execution that ``token`` names, true or not; for logs only.

    >>> execution_named("nothing of the kind")
    ''
    """
    try:
        return _decode_claims(token[:LONGEST_TOKEN].split(".")[-2]).execution
    except (IndexError, TokenRefused):
        return ""


def _decode_claims(text: str) -> Claims:
    """Read claims that nobody has vouched for yet: only their shape is trusted."""
    try:
        match json.loads(_decode(text)):
            case [str(run), str(scope), int() | str() as who, int(attempt), int(end)]:
                return Claims(
                    execution=run,
                    scope=scope,
                    activation=who if isinstance(who, int) else 0,
                    attempt=attempt,
                    expires_at=end,
                    state=who if isinstance(who, str) else "",
                )
    except (ValueError, RecursionError):
        pass  # Not base64, not UTF-8, not JSON: refused like everything else.
    raise TokenRefused


def _encode(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
