"""How does a connection of EventBridge get its token, and for how long is it good?

RFC 6749, "Client Credentials Grant": id and secret of the client are posted, as a form,
to the endpoint that authorises, with what the connection has for it besides; a header
that says so makes the form JSON. What does not have a body has all of it in the query.

A token is kept by this process until shortly before it expires, or until it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.dispatchers.seams import failed
from chalicelib.engine.events import TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.ports import Clock, Outcome
from chalicelib.values import Json, compact, is_number, short_hash

#: Sends one request, told its URL and its parts.
Ask = Callable[[str, dict[str, Json]], Outcome]
#: Seconds before its end from which a token is no longer used.
_MARGIN = 30.0
#: Seconds that a token is kept for that does not say when it ends.
_UNSAID = 300.0
_GRANT = {"grant_type": "client_credentials"}


@dataclass(frozen=True, slots=True)
class _Kept:
    header: str
    ends_at: float
    #: Of the secret that it was given for: a new secret asks anew.
    secret: str


class Tokens:
    """The tokens of connections, by ARN."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    def has(self, arn: str, secret: Json) -> bool:
        """Return whether a token is kept that can be used."""
        kept = self._kept.get(arn)
        if kept is None or kept.secret != short_hash(compact(secret)):
            return False
        return self._clock.now() < kept.ends_at

    def forget(self, arn: str) -> None:
        """Let go of a token that was refused."""
        self._kept.pop(arn, None)

    def header(self, arn: str, secret: Json, ask: Ask) -> str | TaskFailed:
        """Return what goes into ``Authorization``, or why there is no token."""
        if self.has(arn, secret):
            return self._kept[arn].header
        asked_at = self._clock.now()
        url, request = _request(secret)
        answer = ask(url, request)
        if isinstance(answer, TaskFailed):
            return answer
        said = answer.payload if isinstance(answer.payload, dict) else {}
        token = said.get("access_token")
        if answer.status >= 300 or not isinstance(token, str):
            # What came instead may have a secret in it, so it is not quoted.
            cause = f"the answer of {url} has status {answer.status} and no token"
            error = said.get("error")
            return failed(Kind.FORBIDDEN, f"{cause} ({error})" if error else cause)
        header = f"Bearer {token}"
        lasts = _seconds(said.get("expires_in"))
        kept = _Kept(header, asked_at + lasts - _MARGIN, short_hash(compact(secret)))
        self._kept[arn] = kept
        return header


def _seconds(said: Json) -> float:
    if isinstance(said, str) and said.isascii() and said.isdigit():
        return float(said)
    return float(said) if is_number(said) else _UNSAID


def _request(secret: Mapping[str, Any]) -> tuple[str, dict[str, Json]]:
    """Return where a token is asked for, and with what."""
    client = secret.get("client_parameters") or secret
    more = secret.get("oauth_http_parameters") or secret.get("o_auth_http_parameters")
    written = {name: pairs(each) for name, each in (more or {}).items()}
    body = {
        **_GRANT,
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
        **written.get("body_parameters", {}),
    }
    headers = written.get("header_parameters", {})
    query = written.get("query_string_parameters", {})
    method = str(secret.get("http_method") or "POST").upper()
    request: dict[str, Json] = {"method": method, "headers": headers, "query": query}
    if method == "GET":
        request["query"] = {**body, **query}
    else:
        request["body" if _is_json(headers) else "form"] = body
    return str(secret["authorization_endpoint"]), request


def _is_json(headers: Mapping[str, str]) -> bool:
    kinds = (each for name, each in headers.items() if name.lower() == "content-type")
    return any("json" in each.lower() for each in kinds)


def pairs(listed: Json) -> dict[str, str]:
    """Return what a list of parameters of a connection says, by key."""
    return {each["key"]: each["value"] for each in listed or ()}
