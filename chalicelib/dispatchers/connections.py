"""What does a connection of EventBridge add to an HTTP request?

The connection says by which kind of proof, its secret what the proof is: a name and a
password, or a key, beside headers, query parameters and fields of the body.
AWS, "Connections": what the connection says wins over what the request says.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from chalicelib.dispatchers.aws_calls import newer, refusal
from chalicelib.dispatchers.aws_model import find_action
from chalicelib.dispatchers.refusals import AWS_ERRORS
from chalicelib.dispatchers.seams import Clients, failed
from chalicelib.engine.events import TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.values import Json, parse

#: Part of a request -> where a secret has what is added to it.
_ADDED = {
    "headers": "header_parameters",
    "query": "query_string_parameters",
    "body": "body_parameters",
}


def joined(payload: dict[str, Json], clients: Clients) -> dict[str, Json] | TaskFailed:
    """Return a request with what its ``connection`` adds, or why it cannot be had."""
    arn = payload["connection"]
    parts = {name: each for name, each in payload.items() if name != "connection"}
    name = _name(arn)
    if not name:
        return failed(Kind.RUNTIME, f"{arn!r} is not the ARN of a connection")
    asked = ("eventbridge", "describeConnection")
    try:
        kind, secret_id = _described(clients, name)
        asked = ("secretsmanager", "getSecretValue")
        secret = _secret(clients, secret_id)
    except AWS_ERRORS as error:
        action = find_action(*asked)
        return refusal(error, action, newer(action.title))
    proof = _PROOFS.get(kind)
    if proof is None:
        return failed(
            Kind.RUNTIME,
            f"the connection {name} is of the kind {kind}; BASIC and API_KEY are known",
        )
    return _with(parts, secret, dict([proof(secret)]))


def _name(arn: Json) -> str:
    # arn:aws:events:<region>:<account>:connection/<name>/<id>
    parts = arn.split("/") if isinstance(arn, str) else []
    return parts[1] if len(parts) > 1 and parts[0].endswith(":connection") else ""


def _described(clients: Clients, name: str) -> tuple[str, str]:
    found = clients("events").describe_connection(Name=name)
    return found["AuthorizationType"], found["SecretArn"]


def _secret(clients: Clients, secret_id: str) -> dict[str, Any]:
    found = clients("secretsmanager").get_secret_value(SecretId=secret_id)
    secret: dict[str, Any] = parse(found["SecretString"])
    return secret


def _basic(secret: Mapping[str, str]) -> tuple[str, str]:
    pair = f"{secret['username']}:{secret['password']}".encode()
    return "Authorization", f"Basic {base64.b64encode(pair).decode('ascii')}"


def _key(secret: Mapping[str, str]) -> tuple[str, str]:
    return secret["api_key_name"], secret["api_key_value"]


_PROOFS = {"BASIC": _basic, "API_KEY": _key}


def _with(
    parts: dict[str, Json], secret: Mapping[str, Any], proof: Mapping[str, str]
) -> dict[str, Json]:
    more = secret.get("invocation_http_parameters") or {}
    for name, listed in _ADDED.items():
        added = {each["key"]: each["value"] for each in more.get(listed) or ()}
        if name == "headers":
            added |= proof
        known = parts.get(name)
        if added and (known is None or isinstance(known, dict)):
            parts[name] = {**_others(known or {}, added), **added}
    return parts


def _others(known: dict[str, Json], added: Mapping[str, str]) -> dict[str, Json]:
    taken = {name.lower() for name in added}
    return {name: each for name, each in known.items() if name.lower() not in taken}
