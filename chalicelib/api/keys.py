"""What can be asked about access keys? The table is at the end.

A secret is shown once, in the answer that issues its key. It is not kept: whoever loses
it has another key issued.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from chalicelib.api import shapes
from chalicelib.api.auth import AccessKey, Scope
from chalicelib.api.keyring import IssuedKey
from chalicelib.api.routes import Call, Reply, Route
from chalicelib.errors import InputRefused, NotAuthorized
from chalicelib.model.timestamps import epoch
from chalicelib.rates import Rate
from chalicelib.values import Json

#: Seconds in which a rotated key and its successor both open, where nobody says.
OVERLAP = 86_400
LONGEST_OVERLAP = 90 * 86_400
LONGEST_DESCRIPTION = 200
MOST_A_SECOND = 1_000_000
_FIELDS = ("scopes", "workflows", "expiresAt", "description", "rate", "burst")


def issue(call: Call) -> Reply:
    """Make a key; the answer shows its secret for the only time."""
    body = _object(call)
    scopes = _texts(body, "scopes")
    workflows = _texts(body, "workflows")
    if not scopes:
        raise InputRefused(f"name one or more of {', '.join(Scope)}", path="scopes")
    call.caller.require_grant(workflows)
    made = call.service.keys.issue(
        scopes,
        at=call.service.clock.now(),
        workflows=workflows,
        expires_at=_expiry(call, body),
        description=_text(body, "description")[:LONGEST_DESCRIPTION],
        rate=Rate.of(_number(body, "rate"), _number(body, "burst")),
    )
    return Reply(body=_issued(made))


def list_(call: Call) -> Reply:
    """List the keys that open something, as far as the caller could issue them."""
    found = [key for key in call.service.keys.valid() if _may_change(call.caller, key)]
    return Reply(body={"keys": [_shown(each) for each in found]})


def rotate(call: Call) -> Reply:
    """Make a key like another one, which expires after an overlap."""
    key = _named(call)
    overlap = call.number("overlap", OVERLAP, least=0, most=LONGEST_OVERLAP)
    made = call.service.keys.rotate(
        key.id, at=call.service.clock.now(), overlap=float(overlap)
    )
    return Reply(body=_issued(made))


def revoke(call: Call) -> Reply:
    """Let a key open nothing more, at once."""
    key = _named(call)
    if key.is_inline:
        raise InputRefused(
            f"the key {key.id!r} came with the stage; take it out of ACCESS_KEYS",
            path="key",
        )
    call.service.keys.revoke(key.id, at=call.service.clock.now())
    return Reply(body=_shown(key))


def _named(call: Call) -> AccessKey:
    """Return the key that the path names.

    Raises:
        InputRefused: there is none of that id.
        NotAuthorized: it sees more than the caller does.
    """
    known = call.service.keys.known(call.parameters["key"])
    if known is None:
        reason = f"there is no key {call.parameters['key']!r}, or it opens nothing"
        raise InputRefused(reason, path="key")
    if not _may_change(call.caller, known.key):
        raise NotAuthorized(f"key:{known.key.id}")
    return known.key


def _may_change(caller: AccessKey, key: AccessKey) -> bool:
    return not caller.workflows or (
        bool(key.workflows) and set(key.workflows) <= set(caller.workflows)
    )


def _object(call: Call) -> dict[str, Any]:
    body = call.json("the body", limit=call.service.limits.input_bytes, default={})
    if not isinstance(body, dict):
        raise InputRefused("the body is not a JSON object")
    unknown = next((name for name in body if name not in _FIELDS), None)
    if unknown is not None:
        raise InputRefused(f"known are {', '.join(_FIELDS)}", path=unknown)
    return body


def _texts(body: dict[str, Any], name: str) -> list[str]:
    found = body.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise InputRefused("an array of texts is expected", path=name)
    return found


def _text(body: dict[str, Any], name: str) -> str:
    found = body.get(name, "")
    if not isinstance(found, str):
        raise InputRefused("a text is expected", path=name)
    return found


def _number(body: dict[str, Any], name: str) -> float:
    found = body.get(name) or 0
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    if not is_number or not 0 <= found <= MOST_A_SECOND:
        reason = f"a number from 0 (as the stage says) to {MOST_A_SECOND} is expected"
        raise InputRefused(reason, path=name)
    return float(found)


def _expiry(call: Call, body: dict[str, Any]) -> float:
    said = _text(body, "expiresAt")
    if not said:
        return 0.0
    at = epoch(said)
    if at is None or at <= call.service.clock.now():
        reason = "write a time to come, such as 2030-01-31T08:00:00Z"
        raise InputRefused(reason, path="expiresAt")
    return at


def _issued(made: IssuedKey) -> Json:
    return {**_shown(made.key), "secret": made.secret, "bearer": made.bearer}


def _shown(key: AccessKey) -> dict[str, Json]:
    return {
        "id": key.id,
        "scopes": sorted(key.scopes),
        "workflows": list(key.workflows),
        "issuedAt": shapes.time(key.issued_at),
        "expiresAt": shapes.time(key.expires_at),
        "description": key.description,
        "rate": key.rate and key.rate.per_second,
        "burst": key.rate and key.rate.burst,
        "source": "settings" if key.is_inline else "table",
    }


ROUTES = (
    Route("GET", "/v1/keys", list_, Scope.ADMIN, "List access keys", response="Keys"),
    Route(
        "POST",
        "/v1/keys",
        issue,
        Scope.ADMIN,
        "Issue an access key",
        request="WantedKey",
        response="IssuedKey",
        status=HTTPStatus.CREATED,
    ),
    Route(
        "POST",
        "/v1/keys/{key}/rotate",
        rotate,
        Scope.ADMIN,
        "Replace an access key; both open for a while",
        response="IssuedKey",
        takes=("overlap",),
        status=HTTPStatus.CREATED,
    ),
    Route(
        "DELETE",
        "/v1/keys/{key}",
        revoke,
        Scope.ADMIN,
        "Revoke an access key",
        response="Key",
    ),
)
