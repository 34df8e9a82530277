"""Who is asking, and what may they do?

An access key is ``<key id>.<secret>``, sent as ``Authorization: Bearer …``. The stage
keeps the SHA-256 of the secret only: 32 random bytes need no salt and no slow hash.

Rule 1  No key, no entry; every refusal of a key is alike and takes as long.
Rule 2  A scope grants what it names; ``admin`` grants everything.
Rule 3  A key with workflow patterns sees only workflows whose name matches one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from chalicelib.errors import InputRefused, NotAuthenticated, NotAuthorized
from chalicelib.ports import Item, Table
from chalicelib.settings import InlineKey

#: Partition of the access keys.
PARTITION = "key"

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: Compared with when there is no such key, so that the answer takes as long.
_NOBODY = hashlib.sha256(b"").hexdigest()


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"  # see workflows, executions, histories, costs
    START = "start"  # start executions
    OPERATE = "operate"  # stop executions
    ADMIN = "admin"  # publish workflows, and all of the above


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """A key as the stage knows it: everything but its secret."""

    id: str
    scopes: frozenset[Scope]
    #: Patterns such as ``billing-*``; none means every workflow.
    workflows: tuple[str, ...] = ()
    #: Seconds since the epoch; 0 for a key that came with the stage.
    issued_at: float = 0.0

    def sees(self, workflow: str) -> bool:
        """Whether the key has to do with ``workflow`` at all.

        >>> AccessKey(id="k", scopes=frozenset(), workflows=("a-*",)).sees("b-1")
        False
        """
        return not self.workflows or any(
            fnmatchcase(workflow, pattern) for pattern in self.workflows
        )

    def require(self, scope: Scope) -> None:
        """Pass if the key has ``scope``.

        Raises:
            NotAuthorized: it has not.
        """
        if not self.scopes & {scope, Scope.ADMIN}:
            raise NotAuthorized(scope.value)

    def require_workflow(self, workflow: str) -> None:
        """Pass if the key sees ``workflow``.

        Raises:
            NotAuthorized: it does not.
        """
        if not self.sees(workflow):
            raise NotAuthorized(f"workflow:{workflow}")


#: Who asks where no key is asked for; may do nothing else.
ANYBODY = AccessKey(id="", scopes=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKey:
    """A new key with its secret, which is shown once."""

    key: AccessKey
    #: What goes behind ``Bearer``.
    bearer: str


class AccessKeys:
    """The keys of a stage: those in its table, and those that came with it."""

    def __init__(self, table: Table, inline: Sequence[InlineKey] = ()) -> None:
        self._table = table
        self._inline = {key.id: _inline_item(key) for key in inline}

    def authenticate(self, authorization: str) -> AccessKey:
        """Return the key behind an ``Authorization`` header.

        Raises:
            NotAuthenticated: there is no key, or it is not one of ours.
        """
        scheme, _, bearer = authorization.strip().partition(" ")
        key_id, _, secret = bearer.strip().partition(".")
        if scheme.lower() != "bearer" or not _KEY_ID.fullmatch(key_id):
            raise NotAuthenticated
        item = self._inline.get(key_id) or self._table.get((PARTITION, key_id))
        expected = item["digest"] if item else _NOBODY
        is_right = hmac.compare_digest(_digest(secret), expected)
        if item is None or not is_right:
            raise NotAuthenticated("this access key is not valid here")
        return _access_key(item)

    def issue(
        self, scopes: Iterable[str], *, at: float, workflows: Iterable[str] = ()
    ) -> IssuedKey:
        """Make a key, keep the digest of its secret, and return it.

        Raises:
            InputRefused: there is no such scope.
        """
        key_id, secret = f"mr{secrets.token_hex(8)}", secrets.token_urlsafe(32)
        item = {
            "pk": PARTITION,
            "sk": key_id,
            "digest": _digest(secret),
            "scopes": sorted(_scopes(scopes)),
            "workflows": list(workflows),
            "issued_at": at,
        }
        self._table.put(item, unless_exists=True)
        return IssuedKey(key=_access_key(item), bearer=f"{key_id}.{secret}")

    def keys(self) -> list[AccessKey]:
        """Return every key of the stage."""
        kept = self._table.query(PARTITION)
        return [_access_key(item) for item in [*self._inline.values(), *kept]]

    def revoke(self, key_id: str) -> None:
        """Forget a key of the table; nothing happens when there is none."""
        self._table.delete((PARTITION, key_id))


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
    )
