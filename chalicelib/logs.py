"""What does a line of the log say, and what may it never say?

    log.warning("…")  --what it is about-->  record  --redacted-->  one line

In Lambda a line is one JSON object: queries by execution, workflow or trace need no
pattern. Elsewhere it is a text. What a line is about (execution, scope, trace, request)
is said once, where work for it begins (``about``), and is on every line inside.

Rule 1  No secret is in a line, whoever wrote it: task tokens, access keys, signatures
        and values called like secrets are cut out of the finished text, stacks
        included. The logs of a stage are read by more people than its table.
Rule 2  Nothing is logged of payloads.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType

#: What stands where a secret was.
HIDDEN = "***"
#: What each secret looks like; what is in the group stays.
_SECRETS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(\bt\d\.)[\w-]{1,32}\.[\w-]+\.[\w-]+",  # a task token
        r"(\b(?:bearer|basic) )[^\s\"',\\]+",
        r"(\b[\w-]{1,64}\.)[A-Za-z0-9_-]{43}(?![\w-])",  # an access key with its secret
        r"(\b[\w-]*signature[\"']?(?:=|: ?)[\"']?)[^\s\"'&,\\]+",
        r"(\bx-amz-security-token[\"']?(?:=|: ?)[\"']?)[^\s\"'&,\\]+",
        r"(\bwhsec_)[A-Za-z0-9+/=]+",
        r"(\b[\w-]*(?:password|passwd|secret|token|api_?-?key)[\"']?(?:=|: ?)[\"']?)"
        r"(?!\*\*\*)[^\s\"'&,}\\]+",
        r"(\bauthorization[\"']?(?:=|: ?)[\"']?)(?!bearer |basic |\*\*\*)[^\s\"',\\]+",
    )
)
_about: ContextVar[Mapping[str, str]] = ContextVar("about")
_NOTHING: Mapping[str, str] = MappingProxyType({})


@contextmanager
def about(**facts: str) -> Iterator[None]:
    """Put ``facts`` on every line that is logged inside; empty ones are left out."""
    token = _about.set(_with(facts))
    try:
        yield
    finally:
        _about.reset(token)


def note(**facts: str) -> None:
    """Put ``facts``, learned on the way, on the lines of the ``about`` around."""
    _about.set(_with(facts))


def _with(facts: Mapping[str, str]) -> Mapping[str, str]:
    known = {name: fact for name, fact in facts.items() if fact}
    return {**_about.get(_NOTHING), **known}


def redacted(text: str) -> str:
    """Return ``text`` without the secrets in it (rule 1).

    >>> redacted("Authorization: Bearer local.abc failed")
    'Authorization: Bearer *** failed'
    """
    for pattern in _SECRETS:
        text = pattern.sub(rf"\g<1>{HIDDEN}", text)
    return text


class TextLines(logging.Formatter):
    """A line for people; see ``redacted``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        return redacted(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object a line; see the top of the module."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        said: dict[str, object] = {
            "time": _time(record.created),
            "level": record.levelname,
            "message": redacted(record.getMessage()),
            "logger": record.name,
            **_facts(),
        }
        if record.exc_info:
            said["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def _facts() -> dict[str, str]:
    found = dict(_about.get(_NOTHING))
    if "execution" in found:
        found["workflow"] = found["execution"].rpartition(":")[0]
    if "trace" in found:
        found["trace"] = [*found["trace"].split("-"), ""][1]
    return found


def _time(at: float) -> str:
    text = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def set_up(environ: Mapping[str, str]) -> None:
    """Have every line of this process be as ``environ`` wants it.

    ``LOG_FORMAT`` is ``json`` or ``text``; where it says nothing, JSON in Lambda, and
    elsewhere nothing is changed. ``LOG_LEVEL`` is that of the stage's own lines.
    """
    is_lambda = "AWS_LAMBDA_FUNCTION_NAME" in environ
    form = environ.get("LOG_FORMAT", "json" if is_lambda else "").lower()
    if form not in ("json", "text"):
        return
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    for handler in root.handlers:
        handler.setFormatter(JsonLines() if form == "json" else TextLines(_FORMAT))
    level = environ.get("LOG_LEVEL", "").upper()
    known = logging.getLevelNamesMapping()
    logging.getLogger("millrace").setLevel(known.get(level, logging.INFO))


_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
