"""Did the holder of an access key sign this request? Alibaba Cloud's two ways.

    RPC 1.0     HMAC-SHA1 over the parameters of query and form; what the SDK of
                CloudFlow sends, in the parameter ``Signature``
    ACS3        HMAC-SHA256 over a canonical request, in the header ``Authorization``

Rule 1  A request is good for fifteen minutes around its date.
Rule 2  What a client sends to tell two requests apart, its nonce, is a part of what it
        signs; ``nonces`` sees to it that none is used twice.
Rule 3  ACS3 covers host, action, version, date, nonce and the body, or is refused.
Rule 4  A security token is ignored: keys of this stage need none. The signature covers
        it like any other parameter.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib import acs3
from chalicelib.api.sigv4 import SKEW, SignatureRefused, Signed
from chalicelib.values import short_hash

#: What ACS3 must cover, by header.
NEEDED = frozenset(
    {
        "host",
        "x-acs-action",
        "x-acs-version",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-content-sha256",
    }
)
#: Parameters that every request with an RPC signature has.
_RPC = ("AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce")
_FIELD = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_NONCE = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who says to have signed a request, and when; nothing of it is proved."""

    key_id: str
    nonce: str
    #: As the request spells it.
    date: str
    value: str
    #: Headers that ACS3 covers, in order; None: an RPC signature.
    headers: Sequence[str] | None = None

    @property
    def drawn(self) -> str:
        """32 hexadecimal digits that the same request has again, and no other."""
        return short_hash(self.key_id, self.date, self.nonce, length=32)


def read(request: Signed, parameters: Mapping[str, str]) -> Claim:
    """Return what a request claims; ``parameters`` are those of query and form.

    Raises:
        SignatureRefused: it has no signature that could be looked at.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    found = _rpc(parameters) if "Signature" in parameters else _acs3(headers)
    if not _NONCE.fullmatch(found.nonce):
        raise _incomplete("a SignatureNonce of 1 to 128 characters is needed")
    return found


def require(
    claim: Claim,
    request: Signed,
    parameters: Mapping[str, str],
    secret: str,
    now: float,
) -> None:
    """Pass if the holder of ``secret`` signed the request, lately.

    Raises:
        SignatureRefused: it was somebody else, another request, or long ago.
    """
    _require_lately(claim.date, now)
    if claim.headers is None:
        expected = rpc_signature(request.method, parameters, secret)
    else:
        expected = acs3_signature(claim.headers, request, secret)
    if not hmac.compare_digest(expected.encode(), claim.value.encode()):
        reason = "the signature is not the one that this request and this key make"
        raise SignatureRefused("SignatureDoesNotMatch", reason)


def rpc_signature(method: str, parameters: Mapping[str, str], secret: str) -> str:
    """Return the RPC 1.0 signature: HMAC-SHA1, in base64.

    The path is always ``/``, wherever the service is.
    """
    signed = {name: each for name, each in parameters.items() if name != "Signature"}
    text = f"{method}&%2F&{acs3.encoded(acs3.query_text(signed))}"
    key = f"{secret}&".encode()
    # The protocol wants SHA-1; as a MAC it is not broken.
    return b64encode(hmac.digest(key, text.encode(), hashlib.sha1)).decode()


def acs3_signature(names: Sequence[str], request: Signed, secret: str) -> str:
    """Return the ACS3 signature over the headers ``names``, in hexadecimal."""
    return acs3.signature(
        names,
        method=request.method,
        path=request.path,
        query=request.query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        secret=secret,
    )


def _rpc(parameters: Mapping[str, str]) -> Claim:
    missing = [name for name in _RPC if not parameters.get(name)]
    if missing:
        raise _incomplete(f"{', '.join(missing)} must be given")
    method = parameters["SignatureMethod"], parameters["SignatureVersion"]
    if method != ("HMAC-SHA1", "1.0"):
        raise _incomplete("SignatureMethod is HMAC-SHA1, SignatureVersion is 1.0")
    return Claim(
        key_id=parameters["AccessKeyId"],
        nonce=parameters["SignatureNonce"],
        date=parameters.get("Timestamp", ""),
        value=parameters["Signature"],
    )


def _acs3(headers: Mapping[str, str]) -> Claim:
    algorithm, _, rest = headers.get("authorization", "").strip().partition(" ")
    found = dict(_FIELD.findall(rest))
    if algorithm != acs3.ALGORITHM or len(found) < 3:
        raise _incomplete("the request is not signed")
    names = tuple(found["SignedHeaders"].split(";"))
    missing = sorted(NEEDED - set(names)) or sorted(NEEDED - headers.keys())
    if missing:
        raise _incomplete(f"{', '.join(missing)} must be sent and signed")
    return Claim(
        key_id=found["Credential"],
        nonce=headers["x-acs-signature-nonce"],
        date=headers["x-acs-date"],
        value=found["Signature"],
        headers=names,
    )


def _incomplete(reason: str) -> SignatureRefused:
    return SignatureRefused("IncompleteSignature", reason)


def _require_lately(date: str, now: float) -> None:
    try:
        sent = datetime.strptime(date, _TIME).replace(tzinfo=UTC).timestamp()
    except ValueError:
        reason = f"{date!r} is not a time such as 2030-01-31T08:00:00Z"
        raise SignatureRefused("InvalidTimeStamp.Format", reason) from None
    if abs(sent - now) > SKEW:
        reason = f"{date} is more than {SKEW / 60:.0f} minutes from now"
        raise SignatureRefused("InvalidTimeStamp.Expired", reason)
