"""The functions of Aviator that work on dates; all of them are UTC.

A pattern has letters as Java's ``SimpleDateFormat`` has them: ``yyyy-MM-dd HH:mm:ss``.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping

from chalicelib.expressions.aviator import asking
from chalicelib.expressions.aviator.frames import Frame
from chalicelib.expressions.aviator.values import Date, Thrown, Value, wrong_kind
from chalicelib.expressions.aviator.written import moment

_MONTH_NAMES = """
    January February March April May June July August September October November
    December
"""
_DAY_NAMES = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_MONTHS = _MONTH_NAMES.split()
_DAYS = _DAY_NAMES.split()
_PIECE = re.compile(r"'((?:[^']|'')*)'|([a-zA-Z])\2*|[^a-zA-Z']+")
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
#: Steps of writing a date, or of reading one.
_COST = 50
#: Letters of a pattern.
_LONGEST = 200


def now(frame: Frame) -> Value:
    """``now``: milliseconds since the epoch."""
    return int(frame.place.facts.at * 1000)


def sysdate(frame: Frame) -> Value:
    """``sysdate``."""
    return Date(int(frame.place.facts.at * 1000))


def _pieces(pattern: str) -> Iterator[tuple[str, int, str]]:
    """Yield letters with how often they stand, and plain texts."""
    if len(pattern) > _LONGEST:
        raise Thrown("the pattern of a date is too long", "IllegalArgumentException")
    at = 0
    while at < len(pattern):
        found = _PIECE.match(pattern, at)
        if found is None:
            why = f"the pattern {pattern!r} has a quotation mark that is not closed"
            raise Thrown(why, "IllegalArgumentException")
        at = found.end()
        if found[2]:
            yield found[2], len(found[0]), ""
        elif found[1] is not None:
            yield "", 0, found[1].replace("''", "'") or "'"
        else:
            yield "", 0, found[0]


def _unknown(letter: str) -> Thrown:
    why = f"the letter {letter} of a date's pattern is not supported"
    return Thrown(why, "IllegalArgumentException")


# -- written -----------------------------------------------------------------------


def _year(at: datetime.datetime, width: int) -> str:
    return f"{at.year % 100:02}" if width == 2 else str(at.year).zfill(width)


def _named(name: str, number: int, width: int) -> str:
    return name if width > 3 else name[:3] if width == 3 else str(number).zfill(width)


def _padded(
    part: Callable[[datetime.datetime], int],
) -> Callable[[datetime.datetime, int], str]:
    return lambda at, width: str(part(at)).zfill(width)


_WRITERS: Mapping[str, Callable[[datetime.datetime, int], str]] = {
    "y": _year,
    "M": lambda at, width: _named(_MONTHS[at.month - 1], at.month, width),
    "d": _padded(lambda at: at.day),
    "D": _padded(lambda at: at.timetuple().tm_yday),
    "E": lambda at, width: _named(_DAYS[at.weekday()], 0, max(width, 3)),
    "u": _padded(lambda at: at.isoweekday()),
    "H": _padded(lambda at: at.hour),
    "k": _padded(lambda at: at.hour or 24),
    "h": _padded(lambda at: at.hour % 12 or 12),
    "K": _padded(lambda at: at.hour % 12),
    "m": _padded(lambda at: at.minute),
    "s": _padded(lambda at: at.second),
    "S": _padded(lambda at: at.microsecond // 1000),
    "a": lambda at, width: "AM" if at.hour < 12 else "PM",
    "z": lambda at, width: "UTC" if width < 4 else "Coordinated Universal Time",
    "Z": lambda at, width: "+0000",
    "X": lambda at, width: "Z",
}


def date_to_string(frame: Frame, date: Value, pattern: Value) -> Value:
    """``date_to_string``: a date as a pattern shows it."""
    if not isinstance(date, Date):
        raise wrong_kind(date, "date")
    frame.budget.step(_COST)
    at = moment(date.millis)
    shown = []
    for letter, width, plain in _pieces(asking.text(pattern)):
        if letter and letter not in _WRITERS:
            raise _unknown(letter)
        shown.append(_WRITERS[letter](at, width) if letter else plain)
    return "".join(shown)


# -- read --------------------------------------------------------------------------

_ZONE = r"(Z|UTC|GMT|[+-]\d\d:?\d\d)"
#: Letter -> what its text looks like; digits for all others.
_LOOKS = {"E": r"([A-Za-z]{3,9})", "a": r"([AaPp][Mm])", "z": _ZONE}
_LOOKS |= {"Z": _ZONE, "X": _ZONE}
_DIGITS = "yMdHkhKmsS"


def string_to_date(frame: Frame, text: Value, pattern: Value) -> Value:
    """``string_to_date``: the date that a text spells as a pattern says."""
    frame.budget.step(_COST)
    spelt, shape = asking.text(text), asking.text(pattern)
    looks, letters = _reader(shape)
    found = re.match(looks, spelt[:_LONGEST], re.ASCII)
    if found is None:
        raise Thrown(f"{spelt[:40]!r} is no date such as {shape!r}")
    parts = dict(zip(letters, found.groups(), strict=True))
    try:
        return Date(_millis(parts))
    except (ValueError, OverflowError):
        raise Thrown(f"{spelt[:40]!r} is no date that there is") from None


def _reader(pattern: str) -> tuple[str, list[str]]:
    pieces = [*_pieces(pattern)]
    looks, letters = [], []
    for number, (letter, width, plain) in enumerate(pieces):
        if not letter:
            looks.append(re.escape(plain))
            continue
        behind = pieces[number + 1][0] if number + 1 < len(pieces) else ""
        is_run_together = behind != "" and behind in _DIGITS
        looks.append(_look(letter, width, is_run_together))
        letters.append(letter)
    return "".join(looks), letters


def _look(letter: str, width: int, is_run_together: bool) -> str:
    if letter == "M" and width > 2:
        return r"([A-Za-z]{3,9})"
    if letter in _LOOKS:
        return _LOOKS[letter]
    if letter not in _DIGITS:
        raise _unknown(letter)
    return rf"(\d{{{width}}})" if is_run_together else r"(\d{1,9})"


def _millis(parts: Mapping[str, str]) -> int:
    at = datetime.datetime(
        _read_year(parts.get("y", "1970")),
        _read_month(parts.get("M", "1")),
        int(parts.get("d", 1)),
        _read_hour(parts),
        int(parts.get("m", 0)),
        int(parts.get("s", 0)),
        tzinfo=datetime.UTC,
    )
    zone = parts.get("z") or parts.get("Z") or parts.get("X") or "Z"
    seconds = round((at - _EPOCH).total_seconds()) - _offset(zone)
    return seconds * 1000 + int(parts.get("S", 0))


def _read_year(text: str) -> int:
    # Two digits are of this century, or of the last one from 70 on.
    year = int(text)
    return year if len(text) != 2 else year + (1900 if year >= 70 else 2000)


def _read_month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return [name[:3].lower() for name in _MONTHS].index(text[:3].lower()) + 1


def _read_hour(parts: Mapping[str, str]) -> int:
    half = 12 if parts.get("a", "").lower() == "pm" else 0
    for letter, hours, later in (("h", 12, half), ("K", 12, half), ("k", 24, 0)):
        if letter in parts:
            return int(parts[letter]) % hours + later
    return int(parts.get("H", 0))


def _offset(zone: str) -> int:
    """Return the seconds that a zone is ahead of UTC."""
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds
