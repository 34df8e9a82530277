"""What do the things of a stage look like in JSON? Names in camelCase, times in ISO."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib.errors import InputRefused
from chalicelib.prices import Bill
from chalicelib.values import Json

if TYPE_CHECKING:
    from chalicelib.journal.archive import Published
    from chalicelib.journal.heads import Head


#: The ends of the calendar, in seconds since the epoch.
_FIRST, _LAST = -62_135_596_800, 253_402_300_799


def time(at: float | None) -> str | None:
    """Return a moment as ISO 8601 in UTC, to the millisecond.

    An offset can lead out of the calendar; what it leads to is shown as its end.

    >>> time(1.5), time(None), time(1e12)
    ('1970-01-01T00:00:01.500Z', None, '9999-12-31T23:59:59.000Z')
    """
    if not at:
        return None
    shown = min(max(at, _FIRST), _LAST)
    text = datetime.fromtimestamp(shown, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def summary(head: Head) -> Json:
    """Return an execution as a row of a list."""
    return {
        "id": head.execution,
        "workflow": head.workflow,
        "version": head.version,
        "name": head.name,
        "status": head.status,
        "startedAt": time(head.started_at),
        "stoppedAt": time(head.stopped_at),
        "redriveCount": head.redrives,
        "redrivenAt": time(head.redriven_at),
    }


def execution(head: Head) -> Json:
    """Return an execution with its data."""
    return {
        **summary(head),
        "input": head.input,
        "output": head.output,
        "error": head.error or None,
        "cause": head.cause or None,
    }


def published(found: Published, *, with_text: bool = False) -> Json:
    """Return a version of a workflow."""
    text = {"text": found.text} if with_text else {}
    return {
        "name": found.name,
        "version": found.version,
        "format": found.format,
        "publishedAt": time(found.published_at),
        **text,
    }


def event(found: Mapping[str, Json]) -> Json:
    """Return a history event; every time in it as a text."""
    times = found.keys() & {"timestamp", "until"}
    return {**found, **{name: time(found[name]) for name in times}}


def cost(bill: Bill) -> Json:
    """Return what was used, unit by unit, and what is billed, line by line."""
    units = {_camel(name): amount for name, amount in asdict(bill).items()}
    lines = [
        {"label": label, "amount": amount, "usd": usd}
        for label, amount, usd in bill.lines()
    ]
    return {**units, "usd": bill.usd, "lines": lines}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def strings(body: Json, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts that an object has under ``names``; empty where it has none.

    Raises:
        InputRefused: it is not an object, has other fields, or values of another type.
    """
    if not isinstance(body, dict):
        raise InputRefused("the body is not a JSON object")
    for name, value in body.items():
        if name not in names:
            raise InputRefused(f"known are {', '.join(names)}", path=name)
        if not isinstance(value, str):
            raise InputRefused("a text is expected", path=name)
    return tuple(body.get(name, "") for name in names)
