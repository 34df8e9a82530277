"""``x-retention``, ``x-redact``, ``x-webhooks``: who keeps, sees, is told what?

    x-retention: 30d                          or 0s, or forever
    x-redact: [$.card.number, $..password]
    x-webhooks: [https://hooks.example/orders]

The same in every format, beside the definition's own fields, and taken off before it is
compiled: no language has to know of it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from chalicelib.errors import Problem, ScheduleRefused
from chalicelib.formats.document import Document
from chalicelib.formats.fields import Part, Report
from chalicelib.model.path_parts import Deep, PathError, Slice, Where
from chalicelib.model.paths import parse
from chalicelib.schedules.intervals import duration

FOREVER = "forever"


def split(document: Document) -> tuple[Document, dict[str, Any], list[Problem]]:
    """Return the definition proper, what these fields say, and what is wrong there.

    What they say is by the names of ``Workflow``'s fields.
    """
    value = document.value
    if not isinstance(value, dict) or not _READERS.keys() & value.keys():
        return document, {}, []
    report = Report(document)
    root = report.root()
    found = {
        name: read(root[key]) for key, (name, read) in _READERS.items() if key in value
    }
    rest = {key: each for key, each in value.items() if key not in _READERS}
    return document.with_value(rest), found, report.problems


def _retention(part: Part) -> float | None:
    if part.value == FOREVER:
        return inf
    try:
        return float(duration(part.value if isinstance(part.value, str) else ""))
    except ScheduleRefused:
        part.wrong("must be a duration such as 12h, 30d or 0s, or forever")
        return None


def _redact(part: Part) -> tuple[str, ...]:
    if not isinstance(part.value, list):
        part.wrong("must be an array of paths such as $.card.number")
        return ()
    for each in part.elements():
        _require_path(each)
    return tuple(part.value)


def _webhooks(part: Part) -> tuple[str, ...]:
    if not isinstance(part.value, list):
        part.wrong("must be an array of URLs")
        return ()
    for each in part.elements():
        if not str(each.value).startswith(("https://", "http://")):
            each.wrong("must be a URL with https:// or http://")
    return tuple(part.value)


def _require_path(part: Part) -> None:
    if not isinstance(part.value, str):
        part.wrong("must be a path such as $.card.number")
        return
    try:
        path = parse(part.value)
    except PathError as error:
        part.wrong(f"must be a path: {error}")
        return
    is_plain = not any(isinstance(each, Slice | Where) for each in path.segments)
    leads = path.segments and not isinstance(path.segments[-1], Deep)
    if path.root != "$" or path.function or not leads or not is_plain:
        part.wrong("must lead from $ to a place inside, without a function or a filter")


_READERS: dict[str, tuple[str, Callable[[Part], Any]]] = {
    "x-retention": ("retention", _retention),
    "x-redact": ("redact", _redact),
    "x-webhooks": ("webhooks", _webhooks),
}
