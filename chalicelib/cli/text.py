"""How do facts become lines of words? Durations, moments, tables, JSON.

Words say everything; colour only repeats it, and is left out where nobody sees it.
"""

from __future__ import annotations

import json
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime

from chalicelib.errors import Problem
from chalicelib.values import Json

_COLOURS = {"green": "32", "red": "31", "yellow": "33", "dim": "2", "bold": "1"}
#: Colour of a status or an outcome.
COLOUR_OF = {
    "SUCCEEDED": "green",
    "FAILED": "red",
    "TIMED_OUT": "red",
    "ABORTED": "yellow",
    "RUNNING": "bold",
    "finished": "green",
    "failed": "red",
    "timed out": "red",
    "aborted": "yellow",
    "skipped": "dim",
}


def painted(text: str, colour: str | None, *, colours: bool) -> str:
    """Return ``text`` in ``colour``, where colours are wanted."""
    if not colours or colour not in _COLOURS:
        return text
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"


def duration(seconds: float) -> str:
    """Return how long, in the unit a person would use.

    >>> [duration(each) for each in (0.0004, 0.0123, 1.5, 83, 3725, 200000)]
    ['0 ms', '12 ms', '1.50 s', '1 min 23 s', '1 h 2 min', '2 d 7 h']
    """
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def moment_text(at: float | None) -> str:
    """Return a time as people and other programs can read it.

    >>> moment_text(0.25)
    '1970-01-01 00:00:00.250Z'
    """
    if at is None:
        return ""
    text = datetime.fromtimestamp(at, UTC).isoformat(" ", timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def width_of(text: str) -> int:
    """Return the columns ``text`` takes: an ideograph takes two.

    >>> width_of("ab"), width_of("视频")
    (2, 4)
    """
    return sum(
        0
        if unicodedata.combining(sign)
        else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )


def fitted(text: str, width: int) -> str:
    """Return ``text`` in exactly ``width`` columns, cut with ``~`` where too long.

    >>> fitted("abc", 5), fitted("abcdef", 4)
    ('abc  ', 'abc~')
    """
    if width_of(text) > width:
        while width_of(text) > width - 1:
            text = text[:-1]
        text += "~"
    return text + " " * (width - width_of(text))


def wrapped(name: str, words: Sequence[str], width: int) -> list[str]:
    """Return a name and what it stands for, in lines of at most ``width`` columns.

    >>> wrapped("functions  ", ["greet", "ask-approval", "ship"], 30)
    ['functions  greet,', '           ask-approval, ship']
    """
    return textwrap.wrap(
        name + ", ".join(words),
        max(width, 2 * len(name)),
        subsequent_indent=" " * len(name),
        break_on_hyphens=False,
        break_long_words=False,
    )


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    cells: int = 48,
) -> list[str]:
    """Return lines with the columns aligned; those in ``right`` end at one edge."""
    widths = [
        min(cells, max(width_of(row[column]) for row in (heads, *rows)))
        for column in range(len(heads))
    ]

    def line(row: Sequence[str]) -> str:
        parts = []
        for column, text in enumerate(row):
            cell = fitted(text, widths[column])
            if column in right:
                cell = " " * (widths[column] - width_of(text)) + text
            parts.append(cell)
        return "  ".join(parts).rstrip()

    return [line(heads), *(line(row) for row in rows)]


def facts(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return name and value per line, the empty ones left out."""
    shown = [(name, value) for name, value in pairs if value]
    widest = max((width_of(name) for name, _ in shown), default=0)
    return [f"{fitted(name, widest)}  {value}" for name, value in shown]


def failure(error: str | None, cause: str | None) -> str:
    """Return error and cause; of a cause that is JSON around a message, the message.

    Lambda and sub-workflows tell a failure so, with traces that nobody reads here.

    >>> failure("ValueError", '{"errorMessage": "no ink", "stackTrace": []}')
    'ValueError: no ink'
    """
    return ": ".join(part for part in (error, _innermost(cause or "")) if part)


def _innermost(cause: str) -> str:
    try:
        found = json.loads(cause)
    except ValueError:
        return cause
    match found:
        case {"errorMessage": str(inner)} | {"Cause": str(inner)}:
            return _innermost(inner)
    return cause


def json_lines(value: Json, *, limit: int = 2000) -> str:
    """Return a value for reading; a long one is cut, and says so."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n… cut at {limit} of {len(text)} characters; --json has all"


def problem_lines(problem: Mapping[str, Json], file: str = "") -> list[str]:
    """Return a refusal (problem+json) as lines; each problem of a definition its own.

    >>> problem_lines({"title": "No such execution", "detail": "no execution 'x'"})
    ["No such execution: no execution 'x'"]
    """
    listed = problem.get("problems") or []
    if listed:
        return [_problem_line(each, file) for each in listed]
    # API Gateway's own refusals have a message instead.
    title = problem.get("title") or problem.get("message") or "refused"
    detail = problem.get("detail") or ""
    return [f"{title}: {detail}" if detail and detail != title else str(title)]


def _problem_line(problem: Mapping[str, Json], file: str) -> str:
    known = {each.name for each in fields(Problem)}
    facts = {name: value for name, value in problem.items() if name in known and value}
    return str(Problem(**{"file": file, **facts}))
