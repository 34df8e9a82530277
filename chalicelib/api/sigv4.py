"""Did the holder of an access key sign this request? AWS Signature Version 4.

    canonical request -> text to sign -> HMAC with a key made of secret, day and scope

Rule 1  Only signatures in the ``Authorization`` header: a signed URL is not accepted.
Rule 2  The path is the one that the client asked for, with the stage in front.
Rule 3  Host, date, action and body are always part of what is signed, and a request
        is good for fifteen minutes around its date.
Rule 4  A session token is ignored: keys of this stage need none. It is still covered
        by the signature when its header is signed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from chalicelib.errors import MillraceError

ALGORITHM = "AWS4-HMAC-SHA256"
#: Seconds that the clocks of client and stage may be apart (AWS: 15 minutes).
SKEW = 900.0
#: A signature covers these headers where a request has them; it always has the first.
NEEDED = frozenset({"host", "x-amz-target"})

_FIELD = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")
_DATE = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


class SignatureRefused(MillraceError):
    """A request whose signature is missing, unreadable, old or wrong."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        #: What AWS calls this error.
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A request as it was sent."""

    method: str
    #: As the client wrote it, with the stage in front.
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    #: Names in any case.
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What an ``Authorization`` header says."""

    key_id: str
    #: Day, region, service and ``aws4_request``.
    scope: tuple[str, str, str, str]
    #: Names of headers, in lower case, in order.
    headers: tuple[str, ...]
    value: str


def read(authorization: str, service: str) -> Signature:
    """Return what the header says; nothing of it is proved.

    Raises:
        SignatureRefused: it is not a signature for ``service``.
    """
    algorithm, _, rest = authorization.strip().partition(" ")
    if algorithm != ALGORITHM:
        raise SignatureRefused(
            "MissingAuthenticationTokenException", "Missing Authentication Token"
        )
    found = dict(_FIELD.findall(rest))
    credential = found.get("Credential", "").split("/")
    if len(found) < 3 or len(credential) != 5 or credential[4] != "aws4_request":
        reason = "Authorization header requires Credential, SignedHeaders and Signature"
        raise SignatureRefused("IncompleteSignatureException", reason)
    key_id, day, region, named, end = credential
    if named != service:
        reason = f"Credential should be scoped to correct service: '{service}'."
        raise SignatureRefused("InvalidSignatureException", reason)
    return Signature(
        key_id=key_id,
        scope=(day, region, named, end),
        headers=tuple(found["SignedHeaders"].split(";")),
        value=found["Signature"],
    )


def require(signature: Signature, request: Signed, secret: str, now: float) -> None:
    """Pass if the holder of ``secret`` made ``signature`` for ``request``, lately.

    Raises:
        SignatureRefused: it was somebody else, another request, or long ago.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    date = _date(signature, headers, now)
    needed = {"host"} | (NEEDED & headers.keys())
    if not needed <= set(signature.headers) or not _covers_the_body(headers, request):
        raise _wrong()
    canonical = _canonical(signature, request, headers)
    text = "\n".join((ALGORITHM, date, "/".join(signature.scope), _sha256(canonical)))
    key = f"AWS4{secret}".encode()
    for part in signature.scope:
        key = _mac(key, part)
    expected = _mac(key, text).hex()
    if not hmac.compare_digest(expected.encode(), signature.value.encode()):
        raise _wrong()


def _wrong() -> SignatureRefused:
    reason = (
        "The request signature we calculated does not match the signature you "
        "provided. Check your AWS Secret Access Key and signing method."
    )
    return SignatureRefused("InvalidSignatureException", reason)


def _date(signature: Signature, headers: Mapping[str, str], now: float) -> str:
    """Return the date of the request, once it is known to be near ``now``."""
    date = headers.get("x-amz-date", "")
    if not _DATE.fullmatch(date) or not date.startswith(signature.scope[0]):
        reason = "Date in Credential scope does not match the header X-Amz-Date"
        raise SignatureRefused("IncompleteSignatureException", reason)
    try:
        sent = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        reason = f"{date} is not a date"
        raise SignatureRefused("IncompleteSignatureException", reason) from None
    if abs(sent.timestamp() - now) > SKEW:
        reason = f"Signature not yet current or expired: {date} is too far from now"
        raise SignatureRefused("RequestExpired", reason)
    return date


def _covers_the_body(headers: Mapping[str, str], request: Signed) -> bool:
    """Whether a hash of the body that the client sent along is right."""
    claimed = headers.get("x-amz-content-sha256")
    return claimed is None or hmac.compare_digest(
        claimed.encode(), hashlib.sha256(request.body).hexdigest().encode()
    )


def _canonical(
    signature: Signature, request: Signed, headers: Mapping[str, str]
) -> str:
    names = signature.headers
    signed = [f"{name}:{_squeezed(headers.get(name, ''))}" for name in names]
    return "\n".join(
        (
            request.method,
            quote(request.path, safe="/-_.~") or "/",
            _query(request.query),
            *signed,
            "",
            ";".join(names),
            hashlib.sha256(request.body).hexdigest(),
        )
    )


def _query(query: Mapping[str, str]) -> str:
    pairs = (
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in query.items()
    )
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _squeezed(value: str) -> str:
    return " ".join(value.split())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
