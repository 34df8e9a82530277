"""Which access keys does a stage have, and which one is behind a request?

An access key is an id and a secret: sent as ``Authorization: Bearer <id>.<secret>``, or
used to sign a request (``sigv4``). To verify a signature a stage must know the secret,
and a table is no place for secrets: each is derived from the id and a secret of the
stage, ``base64url(HMAC-SHA256(ACCESS_SECRET, id))``. The table says what a key may do.

Rule 1  No key, no entry; every refusal of a key is alike and takes as long.
Rule 2  An id is never used again: a revoked key stays in the table, as revoked.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, field

from chalicelib.api.auth import AccessKey, Scope
from chalicelib.errors import InputRefused, NotAuthenticated
from chalicelib.frozen import dataclass
from chalicelib.ports import Item, Table
from chalicelib.rates import Rate, Rates
from chalicelib.settings import InlineKey

#: Partition of the access keys.
PARTITION = "key"

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: Compared with when there is no such key, so that the answer takes as long.
_NOBODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKey:
    """A new key with its secret, which is shown once."""

    key: AccessKey
    secret: str = field(repr=False)

    @property
    def bearer(self) -> str:
        """What goes behind ``Bearer``."""
        return f"{self.key.id}.{self.secret}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """A key with what its holder must know to use it."""

    key: AccessKey
    #: Empty where the stage knows its digest only: such a key signs nothing.
    secret: str = field(repr=False)


class AccessKeys:
    """The keys of a stage: those in its table, and those that came with it."""

    def __init__(
        self,
        table: Table,
        inline: Sequence[InlineKey] = (),
        *,
        secret: bytes = b"",
        now: Callable[[], float] = lambda: 0.0,
        rates: Rates | None = None,
    ) -> None:
        """``secret``: what keys are derived from; without it there are none but those.

        ``inline``: the keys that came with the stage. ``now``: seconds since the epoch.
        ``rates``: how often each may ask; None: as often as it likes.
        """
        self._rates = rates or Rates(None, now)
        self._table = table
        self._now = now
        self._secret = secret
        self._inline = {key.id: _inline_item(key) for key in inline}

    def authenticate(self, authorization: str) -> AccessKey:
        """Return the key behind an ``Authorization`` header with a bearer key.

        Raises:
            NotAuthenticated: there is no key, or it is not one of ours.
            TooManyRequests: it asks too often.
        """
        scheme, _, bearer = authorization.strip().partition(" ")
        key_id, _, secret = bearer.strip().partition(".")
        # Without a secret behind it, what looks like an id may be the secret itself: it
        # is asked of nobody.
        is_key = bool(secret) and _KEY_ID.fullmatch(key_id)
        if scheme.lower() != "bearer" or not is_key:
            raise NotAuthenticated
        item = self._item(key_id)
        expected = self._digest_of(item) if item else _NOBODY
        is_right = hmac.compare_digest(_digest(secret), expected)
        if item is None or not is_right:
            raise NotAuthenticated("this access key is not valid here")
        return self.admitted(_access_key(item))

    def admitted(self, key: AccessKey) -> AccessKey:
        """Return the key, which somebody has shown to hold, if it may ask now.

        Raises:
            TooManyRequests: it asks too often.
        """
        self._rates.take(key.id, key.rate)
        return key

    def known(self, key_id: str) -> KnownKey | None:
        """Return the key of that id, or None.

        Nobody has proved to hold it yet: who has is ``admitted``.
        """
        item = self._item(key_id) if _KEY_ID.fullmatch(key_id) else None
        if item is None:
            return None
        secret = "" if item.get("digest") else derived_secret(self._secret, key_id)
        return KnownKey(key=_access_key(item), secret=secret)

    def _item(self, key_id: str) -> Item | None:
        item = self._inline.get(key_id) or self._table.get((PARTITION, key_id))
        if item is None or not self._opens(item):
            return None
        return item if item.get("digest") or self._secret else None

    def _opens(self, item: Item) -> bool:
        expires_at = item.get("ends_at") or float("inf")
        return "revoked_at" not in item and self._now() < expires_at

    def _digest_of(self, item: Item) -> str:
        known = item.get("digest")
        return str(known or _digest(derived_secret(self._secret, item["sk"])))

    def issue(
        self,
        scopes: Iterable[str],
        *,
        at: float,
        workflows: Iterable[str] = (),
        expires_at: float = 0.0,
        description: str = "",
        rate: Rate | None = None,
    ) -> IssuedKey:
        """Make a key, keep what it may do, and return it.

        Raises:
            InputRefused: there is no such scope, or this stage has no secret to
                derive a key from.
        """
        if not self._secret:
            raise InputRefused("without ACCESS_SECRET a stage issues no keys")
        key_id = f"mr{secrets.token_hex(8)}"
        item = {
            "pk": PARTITION,
            "sk": key_id,
            "scopes": sorted(_scopes(scopes)),
            "workflows": list(workflows),
            "issued_at": at,
            "ends_at": expires_at,
            "description": description,
            **(asdict(rate) if rate else {}),
        }
        self._table.put(item, unless_exists=True)
        secret = derived_secret(self._secret, key_id)
        return IssuedKey(key=_access_key(item), secret=secret)

    def valid(self) -> list[AccessKey]:
        """Return every key of the stage that opens something."""
        kept = [*self._inline.values(), *self._table.query(PARTITION)]
        return [_access_key(item) for item in kept if self._opens(item)]

    def rotate(self, key_id: str, *, at: float, overlap: float) -> IssuedKey:
        """Return a new key that may do what ``key_id`` does, which then expires.

        ``overlap``: seconds in which both open. Asked twice, it makes two keys; the
        old one lives as long as the first answer said.

        Raises:
            InputRefused: it is none of the table's keys, or opens nothing any more.
        """
        item = self._table.get((PARTITION, key_id))
        if item is None or not self._opens(item):
            raise InputRefused(
                f"there is no key {key_id!r} to rotate; keys that came with the "
                "stage are changed in its settings",
                path="key",
            )
        made = self.issue(
            item["scopes"],
            at=at,
            workflows=item["workflows"],
            description=item.get("description", ""),
            rate=_rate(item),
        )
        ends_at = min(item.get("ends_at") or float("inf"), at + overlap)
        self._table.put({**item, "ends_at": ends_at})
        return made

    def revoke(self, key_id: str, *, at: float) -> None:
        """Let a key of the table open nothing more; one that is not there is fine."""
        item = self._table.get((PARTITION, key_id))
        if item is not None and "revoked_at" not in item:
            self._table.put({**item, "revoked_at": at})


def derived_secret(stage_secret: bytes, key_id: str) -> str:
    """Return the secret of an access key.

    >>> derived_secret(b"s" * 32, "local") == derived_secret(b"s" * 32, "other")
    False
    """
    mac = hmac.digest(stage_secret, key_id.encode(), hashlib.sha256)
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _scopes(names: Iterable[str]) -> frozenset[Scope]:
    try:
        return frozenset(Scope(name) for name in names)
    except ValueError:
        known = ", ".join(Scope)
        raise InputRefused(f"a scope is one of {known}", path="scopes") from None


def _inline_item(key: InlineKey) -> Item:
    return {"sk": key.id, "digest": key.digest, "scopes": sorted(_scopes(key.scopes))}


def _access_key(item: Item) -> AccessKey:
    return AccessKey(
        id=item["sk"],
        scopes=_scopes(item["scopes"]),
        workflows=tuple(item.get("workflows", ())),
        issued_at=item.get("issued_at", 0.0),
        expires_at=item.get("ends_at") or 0.0,
        description=item.get("description", ""),
        rate=_rate(item),
        is_inline="pk" not in item,
    )


def _rate(item: Item) -> Rate | None:
    return Rate.of(item.get("per_second", 0), item.get("burst", 0))
