"""What does a connection of EventBridge add to an HTTP request?

The connection says by which kind of proof, its secret what the proof is: a name and a
password, a key, or who asks for a token (``oauth``), beside headers, query parameters
and fields of the body. Step Functions, "Merging": the connection's words win.

A connection that cannot be used is called ``Events.ConnectionResource.…``.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.dispatchers.oauth import Ask, Tokens, pairs
from chalicelib.dispatchers.refusals import AWS_ERRORS, refusal_kind
from chalicelib.dispatchers.seams import Clients, failed
from chalicelib.engine.events import TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.ports import Clock
from chalicelib.values import Json, parse

_ERROR = "Events.ConnectionResource"
_UNUSABLE = f"{_ERROR}.InvalidConnectionState"
#: Refusals of EventBridge and of Secrets Manager; any other one is ``InternalError``.
_REFUSALS: Mapping[Kind, str] = MappingProxyType(
    {Kind.NOT_FOUND: "ResourceNotFound", Kind.FORBIDDEN: "AccessDenied"}
)
#: EventBridge, "ConnectionState": while it is being authorised, it may come to be.
_WAITING = "AUTHORIZING"
_USABLE = "AUTHORIZED"
#: Part of a request -> where a secret has what is added to it.
_ADDED = {
    "headers": "header_parameters",
    "query": "query_string_parameters",
    "body": "body_parameters",
}


@dataclass(frozen=True, slots=True)
class Joined:
    """A request with what its connection adds."""

    payload: dict[str, Json]
    #: Whether its proof is a token that was kept, and may be refused for its age.
    is_kept: bool = False


class Connections:
    """Looks connections up, and keeps their tokens."""

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self._clients = clients
        self._tokens = Tokens(clock)

    def join(
        self, payload: dict[str, Json], ask: Ask, *, anew: bool = False
    ) -> Joined | TaskFailed:
        """Return a request with what its ``connection`` adds, or why it cannot be had.

        ``ask`` asks for a token; ``anew``: the one that is kept was refused.
        """
        arn = payload["connection"]
        name = _name(arn)
        if not name:
            return failed(Kind.RUNTIME, f"{arn!r} is not the ARN of a connection")
        try:
            described = self._clients("events").describe_connection(Name=name)
            secret = self._secret(described["SecretArn"])
        except AWS_ERRORS as error:
            return _refused(error)
        state = described.get("ConnectionState", _USABLE)
        if state != _USABLE:
            return _unusable(name, state)
        if anew:
            self._tokens.forget(arn)
        is_kept = self._tokens.has(arn, secret)
        proof = self._proof(arn, described["AuthorizationType"], secret, ask)
        if isinstance(proof, TaskFailed):
            return replace(proof, cause=f"the connection {name}: {proof.cause}")
        parts = {name: each for name, each in payload.items() if name != "connection"}
        return _with(parts, secret, proof, is_kept=is_kept)

    def _proof(
        self, arn: str, kind: str, secret: dict[str, Any], ask: Ask
    ) -> dict[str, str] | TaskFailed:
        """Return the header that says who asks."""
        if kind in _PROOFS:
            return dict([_PROOFS[kind](secret)])
        token = self._tokens.header(arn, secret, ask)
        if isinstance(token, TaskFailed):
            return replace(token, error=_UNUSABLE)
        return {"Authorization": token}

    def _secret(self, secret_id: str) -> dict[str, Any]:
        found = self._clients("secretsmanager").get_secret_value(SecretId=secret_id)
        secret: dict[str, Any] = parse(found["SecretString"])
        return secret


def _name(arn: Json) -> str:
    # arn:aws:events:<region>:<account>:connection/<name>/<id>
    parts = arn.split("/") if isinstance(arn, str) else []
    return parts[1] if len(parts) > 1 and parts[0].endswith(":connection") else ""


def _unusable(name: str, state: str) -> TaskFailed:
    error = f"{_ERROR}.AuthInProgress" if state == _WAITING else _UNUSABLE
    cause = f"the connection {name} is {state}, not {_USABLE}"
    return failed(Kind.FORBIDDEN, cause, error=error)


def _refused(error: Exception) -> TaskFailed:
    kind = refusal_kind(error) if isinstance(error, ClientError) else Kind.UNREACHABLE
    name = _REFUSALS.get(kind, "InternalError")
    return failed(kind, str(error), error=f"{_ERROR}.{name}")


def _basic(secret: Mapping[str, str]) -> tuple[str, str]:
    pair = f"{secret['username']}:{secret['password']}".encode()
    return "Authorization", f"Basic {base64.b64encode(pair).decode('ascii')}"


def _key(secret: Mapping[str, str]) -> tuple[str, str]:
    return secret["api_key_name"], secret["api_key_value"]


#: The kinds whose proof is in the secret itself; the other one asks for tokens.
_PROOFS = {"BASIC": _basic, "API_KEY": _key}


def _with(
    parts: dict[str, Json],
    secret: Mapping[str, Any],
    proof: Mapping[str, str],
    *,
    is_kept: bool,
) -> Joined | TaskFailed:
    more = secret.get("invocation_http_parameters") or {}
    added = {name: pairs(more.get(listed)) for name, listed in _ADDED.items()}
    added["headers"] |= proof
    form = parts.get("form")
    held = "body" if form is None else "form"
    added[held] = added.pop("body")
    for name, each in added.items():
        known = parts.get(name)
        if not each:
            continue
        if known is not None and not isinstance(known, dict):
            cause = f"{name} is no object, so the connection's cannot be added to it"
            return failed(Kind.RUNTIME, cause)
        parts[name] = {**_others(known or {}, each, name), **each}
    return Joined(parts, is_kept)


def _others(
    known: dict[str, Json], added: Mapping[str, str], part: str
) -> dict[str, Json]:
    """Return what the author wrote and the connection does not; headers in any case."""
    taken = {name.lower() for name in added} if part == "headers" else set(added)
    return {
        name: each
        for name, each in known.items()
        if (name.lower() if part == "headers" else name) not in taken
    }
