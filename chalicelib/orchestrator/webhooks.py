"""How does a receiver know that a notice is ours, and whether it had it before?

Standard Webhooks (standardwebhooks.com): ``webhook-id`` is the same for every try,
``webhook-timestamp`` is when this one was made, and ``webhook-signature`` is
``v1,<base64 of HMAC-SHA256(secret, "id.timestamp.body")>``, one for each secret of the
stage, so that a secret can be replaced.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence

from chalicelib.values import Json, compact


def signed(
    request: Mapping[str, Json], id: str, at: int, secrets: Sequence[bytes]
) -> dict[str, Json]:
    """Return ``request`` with its body as text, and with the headers that vouch for it.

    ``request``: ``method``, ``query``, ``headers`` and ``body``, which is JSON. ``at``:
    seconds since the epoch. No ``secrets``: no signature.
    """
    # Half a surrogate pair has no UTF-8; JSON's own escape for it is spelled alike.
    body = compact(request["body"]).encode("utf-8", "backslashreplace")
    ours = {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(at),
    }
    if secrets:
        content = f"{id}.{at}.".encode() + body
        ours["webhook-signature"] = " ".join(sign(each, content) for each in secrets)
    theirs = {
        name: value
        for name, value in request.get("headers", {}).items()
        if name.lower() not in {each.lower() for each in ours}
    }
    return {**request, "headers": theirs | ours, "body": body.decode()}


def sign(secret: bytes, content: bytes) -> str:
    """Return the signature of ``content``, as ``webhook-signature`` has it."""
    made = hmac.digest(secret, content, hashlib.sha256)
    return f"v1,{b64encode(made).decode()}"
