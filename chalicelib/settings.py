"""How is this stage set up? Read once, from environment variables.

    TABLE, BUCKET, STEP_QUEUE_URL, TOKEN_KEYS               must be there
    DEAD_LETTER_QUEUE_URL, CALLBACK_URL                     where they exist
    STAGE, STACK, STEP_QUEUE, DEAD_LETTER_QUEUE             names, with defaults
    ACCESS_SECRET                                           access keys come from it
    EVENT_BUS, WEBHOOKS                                     told of every execution
    WEBHOOK_SECRETS                                         notices are signed with them
    ACCESS_KEYS                                             keys besides the table's
    ACCOUNT, REGION                                         what ARNs say
    LIMITS, HTTP_ALLOW, HTTP_HOSTS, DISPATCHERS             lists, comma-separated
    FUNCTION_RULE, QUEUE_RULE                               names for CloudFlow's
    PARTIAL_BATCH, METRICS, ALLOW_UNSIGNED_TRIGGERS         1 or 0
    LOG_FORMAT, LOG_LEVEL                                   see ``logs``

``docs/api.md`` says what each is for. A value that cannot be read is never shown: it
may be a secret.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import field, fields

from chalicelib.errors import MillraceError
from chalicelib.frozen import dataclass
from chalicelib.model.arns import Naming
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one stage consists of, and what it allows."""

    table: str
    #: For values too large for the table.
    bucket: str
    step_queue_url: str
    dead_letter_queue_url: str = ""
    stage: str = "dev"
    #: Names this deployment; task tokens of another one are foreign.
    stack: str = "millrace-dev"
    #: Where callbacks arrive, without a slash at the end: ``https://host/api``.
    callback_url: str = ""
    #: By key id.
    token_keys: Mapping[str, bytes] = field(repr=False)
    #: The key id that new task tokens are signed with.
    token_key: str
    access_keys: tuple[InlineKey, ...] = ()
    #: What the secrets of access keys are derived from; empty: none are.
    access_secret: bytes = field(default=b"", repr=False)
    #: What notices are signed with, the current one first; none: they are not.
    webhook_secrets: tuple[bytes, ...] = field(default=(), repr=False)
    #: Event bus and URLs that are told of every execution.
    announced: tuple[str, ...] = ()
    #: What ARNs of this stage say.
    account: str = "000000000000"
    region: str = "us-east-1"
    limits: Limits = field(default_factory=Limits)
    #: The queue's mapping has ReportBatchItemFailures.
    partial_batch: bool = False
    #: What is counted is written to standard output, where CloudWatch reads it.
    metrics: bool = False
    #: Rill Flow's callbacks are taken without a token and without a key.
    allow_unsigned_triggers: bool = False
    #: Hosts and networks, private ones too, that HTTP tasks may reach.
    http_allow: tuple[str, ...] = ()
    #: Host names with the address to use instead of asking DNS.
    http_hosts: Mapping[str, str] = field(default_factory=dict)
    #: Dotted names of the stage's own dispatchers, by scheme.
    dispatchers: Mapping[str, str] = field(default_factory=dict)
    #: What stands for a function of Function Compute: ``{service}``, ``{function}``.
    function_rule: str = "{service}-{function}"
    #: What stands for a queue or a topic of MNS: ``{name}``.
    queue_rule: str = "{name}"

    @property
    def naming(self) -> Naming:
        """What executions and workflows are called where authors see ARNs."""
        return Naming(prefix=f"arn:aws:states:{self.region}:{self.account}")

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Settings:
        """Return what ``environ`` says.

        Raises:
            SettingRefused: a variable is missing or cannot be read.
        """
        read = _Reader(environ)
        keys = read.token_keys()
        stage = read.text("STAGE", "dev")
        return cls(
            table=read.required("TABLE", "the name of the DynamoDB table"),
            bucket=read.required("BUCKET", "the name of an S3 bucket"),
            step_queue_url=read.required("STEP_QUEUE_URL", "the URL of an SQS queue"),
            dead_letter_queue_url=read.text("DEAD_LETTER_QUEUE_URL"),
            stage=stage,
            stack=read.text("STACK", f"millrace-{stage}"),
            callback_url=read.url("CALLBACK_URL"),
            token_keys=keys,
            token_key=next(iter(keys)),
            access_keys=read.access_keys(),
            access_secret=read.secret("ACCESS_SECRET"),
            webhook_secrets=read.webhook_secrets(),
            announced=read.announced(),
            account=read.account(),
            region=read.text("REGION", read.text("AWS_REGION", "us-east-1")),
            limits=read.limits(),
            partial_batch=read.flag("PARTIAL_BATCH"),
            metrics=read.flag("METRICS", "AWS_LAMBDA_FUNCTION_NAME" in environ),
            allow_unsigned_triggers=read.flag("ALLOW_UNSIGNED_TRIGGERS"),
            http_allow=read.names("HTTP_ALLOW"),
            http_hosts=read.pairs("HTTP_HOSTS", "host=address"),
            dispatchers=read.pairs("DISPATCHERS", "scheme=package.module:Class"),
            function_rule=read.rule("FUNCTION_RULE", service="", function=""),
            queue_rule=read.rule("QUEUE_RULE", name=""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNames:
    """What the handlers listen to; needed before anything else is known."""

    steps: str
    dead_letters: str

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> QueueNames:
        """Return the names that Chalice subscribes the handlers to."""
        read = _Reader(environ)
        prefix = read.text("STACK", f"millrace-{read.text('STAGE', 'dev')}")
        return cls(
            steps=read.text("STEP_QUEUE", f"{prefix}-steps"),
            dead_letters=read.text("DEAD_LETTER_QUEUE", f"{prefix}-dead-letters"),
        )


#: The id of a token key is a part of the token, between two dots.
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_DIGEST = re.compile(r"[0-9a-f]{64}|")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_FLAGS = {"0": False, "false": False, "1": True, "true": True}
_LIMITS = {each.name: each.type for each in fields(Limits)}


@dataclass(frozen=True, slots=True)
class _Reader:
    environ: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        return self.environ.get(name, "").strip() or default

    def required(self, name: str, expected: str) -> str:
        found = self.text(name)
        if not found:
            raise SettingRefused(name, expected, is_missing=True)
        return found

    def url(self, name: str) -> str:
        found = self.text(name)
        if found and not found.startswith(("https://", "http://")):
            raise SettingRefused(name, "a URL with https:// or http://")
        return found.rstrip("/")

    def flag(self, name: str, default: bool = False) -> bool:
        found = self.text(name, "1" if default else "0").lower()
        if found not in _FLAGS:
            raise SettingRefused(name, "1 or 0")
        return _FLAGS[found]

    def names(self, name: str) -> tuple[str, ...]:
        parts = (part.strip() for part in self.text(name).split(","))
        return tuple(part for part in parts if part)

    def pairs(self, name: str, expected: str) -> Mapping[str, str]:
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
        text = self.text(name)
        found = _decoded(text) if text else b""
        if found is None:
            raise SettingRefused(name, "base64 of 32 bytes or more")
        return found

    def announced(self) -> tuple[str, ...]:
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
        found = self.text("ACCOUNT", "000000000000")
        if not _ACCOUNT.fullmatch(found):
            raise SettingRefused("ACCOUNT", "12 digits")
        return found

    def access_keys(self) -> tuple[InlineKey, ...]:
        return tuple(_inline_key(part) for part in self.names("ACCESS_KEYS"))


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
