"""What is the signature of a request to Alibaba Cloud? ACS3-HMAC-SHA256.

Those who ask Alibaba Cloud sign so, and those who are asked as it is check it so; what
must be covered is for them to say.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"


def signature(
    names: Sequence[str],
    *,
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    secret: str,
) -> str:
    """Return the signature over the headers ``names``, in hexadecimal.

    ``path`` is as it is sent, ``query`` as it is meant; ``headers`` are by their names
    in small letters.
    """
    lines = [f"{name}:{headers.get(name, '').strip()}\n" for name in names]
    canonical = "\n".join(
        (
            method,
            path or "/",
            query_text(query),
            "".join(lines),
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        )
    )
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
    text = f"{ALGORITHM}\n{digest}"
    return hmac.digest(secret.encode(), text.encode(), hashlib.sha256).hex()


def query_text(parameters: Mapping[str, str]) -> str:
    """Return a query in its canonical form.

    >>> query_text({"b": "1 2", "a": "~"})
    'a=~&b=1%202'
    """
    pairs = sorted(parameters.items())
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in pairs)


def encoded(text: str) -> str:
    """RFC 3986: a space is ``%20``, ``~`` stays."""
    return quote(text, safe="~", errors="surrogatepass")
