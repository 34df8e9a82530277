"""What does an environment variable say, and what is said of one that says nothing?

A value that cannot be read is never shown: it may be a secret.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import field, fields

from chalicelib.alibaba import AlibabaAccount
from chalicelib.errors import MillraceError
from chalicelib.frozen import dataclass
from chalicelib.ports import Limits


class SettingRefused(MillraceError):
    """An environment variable that is missing, or that cannot be read."""

    def __init__(self, name: str, expected: str, *, is_missing: bool = False) -> None:
        how = "is missing" if is_missing else "cannot be read"
        super().__init__(f"environment variable {name} {how}: expected {expected}")
        self.name = name
        self.expected = expected


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineKey:
    """An access key that comes with the stage instead of with its table."""

    id: str
    #: SHA-256 of the secret, in hexadecimal; empty: it comes from ``access_secret``.
    digest: str = field(repr=False)
    scopes: tuple[str, ...]


#: The id of a token key is a part of the token, between two dots.
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_DIGEST = re.compile(r"[0-9a-f]{64}|")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_REGION = re.compile(r"[a-z0-9-]+")
_DIGITS = re.compile(r"\d+", re.ASCII)
_PLACE = "region:account, as in cn-hangzhou:1234567890123456"
_FUNCTION_ENDPOINT = "https://{account}.{region}.fc.aliyuncs.com"
_FLAGS = {"0": False, "false": False, "1": True, "true": True}
_LIMITS = {each.name: each.type for each in fields(Limits)}


@dataclass(frozen=True, slots=True)
class Variables:
    """The environment of a stage, read variable by variable."""

    environ: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        """Return what a variable says; ``default`` where it is empty."""
        return self.environ.get(name, "").strip() or default

    def required(self, name: str, expected: str) -> str:
        """Return what a variable says that must be there."""
        found = self.text(name)
        if not found:
            raise SettingRefused(name, expected, is_missing=True)
        return found

    def url(self, name: str) -> str:
        """Return a URL, without a slash at its end; empty where there is none."""
        found = self.text(name)
        if found and not found.startswith(("https://", "http://")):
            raise SettingRefused(name, "a URL with https:// or http://")
        return found.rstrip("/")

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a yes or no."""
        found = self.text(name, "1" if default else "0").lower()
        if found not in _FLAGS:
            raise SettingRefused(name, "1 or 0")
        return _FLAGS[found]

    def names(self, name: str) -> tuple[str, ...]:
        """Return the parts of a list."""
        parts = (part.strip() for part in self.text(name).split(","))
        return tuple(part for part in parts if part)

    def pairs(self, name: str, expected: str) -> Mapping[str, str]:
        """Return a list of ``key=value``."""
        found: dict[str, str] = {}
        for part in self.names(name):
            key, _, value = part.partition("=")
            if not key.strip() or not value.strip():
                raise SettingRefused(name, f"{expected}, comma-separated")
            found[key.strip()] = value.strip()
        return found

    def rule(self, name: str, /, **parts: str) -> str:
        """Return a pattern with some of ``parts`` in it; all of them by default."""
        known = [f"{{{part}}}" for part in parts]
        found = self.text(name, "-".join(known))
        try:
            found.format(**parts)
        except (KeyError, IndexError, ValueError):
            raise SettingRefused(name, f"a text with {' or '.join(known)}") from None
        return found

    def limits(self) -> Limits:
        """Return the budgets of the stage."""
        given = self.pairs("LIMITS", "name=number")
        expected = f"name=number, comma-separated, from {', '.join(_LIMITS)}"
        chosen: dict[str, float] = {}
        for name, value in given.items():
            try:
                chosen[name] = int(value) if _LIMITS[name] == "int" else float(value)
            except (KeyError, ValueError):
                raise SettingRefused("LIMITS", expected) from None
        return Limits(**chosen)  # type: ignore[arg-type]

    def token_keys(self) -> Mapping[str, bytes]:
        """Keys by id, the current one first."""
        expected = "id:base64 of 32 bytes or more, comma-separated, the current first"
        self.required("TOKEN_KEYS", expected)
        found: dict[str, bytes] = {}
        for part in self.names("TOKEN_KEYS"):
            key_id, _, secret = part.partition(":")
            key = _decoded(secret)
            if not _KEY_ID.fullmatch(key_id) or key is None or key_id in found:
                raise SettingRefused("TOKEN_KEYS", expected)
            found[key_id] = key
        return found

    def secret(self, name: str) -> bytes:
        """Return a key; empty where there is none."""
        text = self.text(name)
        found = _decoded(text) if text else b""
        if found is None:
            raise SettingRefused(name, "base64 of 32 bytes or more")
        return found

    def announced(self) -> tuple[str, ...]:
        """Return the event bus and the URLs that are told of every execution."""
        urls = self.names("WEBHOOKS")
        if not all(each.startswith(("https://", "http://")) for each in urls):
            expected = "URLs with https:// or http://, comma-separated"
            raise SettingRefused("WEBHOOKS", expected)
        bus = self.text("EVENT_BUS")
        return (bus, *urls) if bus else urls

    def webhook_secrets(self) -> tuple[bytes, ...]:
        """Standard Webhooks: base64 of 24 to 64 bytes behind ``whsec_``."""
        found = tuple(map(_webhook_secret, self.names("WEBHOOK_SECRETS")))
        if None in found:
            expected = "whsec_ and base64 of 24 to 64 bytes, comma-separated"
            raise SettingRefused("WEBHOOK_SECRETS", expected)
        return tuple(each for each in found if each is not None)

    def account(self) -> str:
        """Return the account that ARNs say."""
        found = self.text("ACCOUNT", "000000000000")
        if not _ACCOUNT.fullmatch(found):
            raise SettingRefused("ACCOUNT", "12 digits")
        return found

    def access_keys(self) -> tuple[InlineKey, ...]:
        """Return the keys that come with the stage."""
        return tuple(_inline_key(part) for part in self.names("ACCESS_KEYS"))

    def alibaba(self) -> AlibabaAccount | None:
        """Return whose functions are called in Function Compute; None: nobody's."""
        key = self.text("ALIBABA_KEY")
        if not key:
            return None
        key_id, _, secret = key.partition(":")
        if not key_id or not secret:
            raise SettingRefused("ALIBABA_KEY", "id:secret of an access key")
        place = self.required("ALIBABA_PLACE", _PLACE)
        region, _, account = place.partition(":")
        if not _REGION.fullmatch(region) or not _DIGITS.fullmatch(account):
            raise SettingRefused("ALIBABA_PLACE", _PLACE)
        return AlibabaAccount(
            key_id=key_id,
            secret=secret,
            region=region,
            id=account,
            endpoint=self._function_endpoint(),
            destination=self._function_destination(),
        )

    def _function_endpoint(self) -> str:
        name = "FUNCTION_ENDPOINT"
        found = self.url(name) or _FUNCTION_ENDPOINT
        try:
            found.format(region="", account="")
        except (KeyError, IndexError, ValueError):
            raise SettingRefused(name, f"a URL such as {_FUNCTION_ENDPOINT}") from None
        return found

    def _function_destination(self) -> str:
        found = self.text("FUNCTION_DESTINATION")
        if found and not found.startswith("acs:"):
            raise SettingRefused("FUNCTION_DESTINATION", "an ARN that begins with acs:")
        return found


def _inline_key(text: str) -> InlineKey:
    key_id, digest, scopes = (*text.split(":"), "", "")[:3]
    well_formed = text.count(":") == 2 and bool(key_id and scopes)
    if not well_formed or not _DIGEST.fullmatch(digest):
        expected = "id:SHA-256 of the secret, or nothing:scope+scope, comma-separated"
        raise SettingRefused("ACCESS_KEYS", expected)
    return InlineKey(id=key_id, digest=digest, scopes=tuple(scopes.split("+")))


def _webhook_secret(text: str) -> bytes | None:
    secret = text.removeprefix("whsec_")
    found = None if secret == text else _decoded(secret, 24)
    return found if found and len(found) <= 64 else None


def _decoded(secret: str, least: int = 32) -> bytes | None:
    """Return the key that ``secret`` spells, or None if it is none or too short."""
    try:
        key = b64decode(secret, validate=True)
    except ValueError:
        return None
    return key if len(key) >= least else None
