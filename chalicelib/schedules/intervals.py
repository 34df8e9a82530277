"""How long is ``rate(5 minutes)``, and how long is ``@every 1h30m``?"""

from __future__ import annotations

import re

from chalicelib.errors import ScheduleRefused

#: Seconds; calendars end some thousand years from now.
LONGEST = 36_500 * 86_400
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\(\s*(\d{1,9})\s+([a-z]+?)(s?)\s*\)", re.ASCII)
_DURATION = re.compile(r"(?:\d{1,9}[smhd])+", re.ASCII)
_PART = re.compile(r"(\d+)([smhd])", re.ASCII)


def read(text: str) -> int | None:
    """Return the seconds between two moments; None when ``text`` is no interval.

    Raises:
        ScheduleRefused: it is one, but a wrong one.

    >>> read("rate(5 minutes)"), read("@every 1h30m"), read("0 0 * * *")
    (300, 5400, None)
    """
    if text.startswith("rate("):
        return _in_bounds(text, _rate(text))
    if text.startswith("@every"):
        return _in_bounds(text, duration(text.removeprefix("@every").strip()))
    return None


def duration(text: str) -> int:
    """Return how many seconds ``text`` says.

    Raises:
        ScheduleRefused: it is no duration.

    >>> duration("1h30m")
    5400
    """
    if _DURATION.fullmatch(text) is None:
        raise ScheduleRefused(f"{text!r}: write a duration such as 90s, 5m or 1h30m")
    parts = _PART.findall(text)
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)


def _rate(text: str) -> int:
    found = _RATE.fullmatch(text)
    if found is None or found[2] not in _UNITS:
        raise ScheduleRefused(
            f"{text!r}: write rate(NUMBER UNIT); "
            "the units are second, minute, hour and day, and their plurals"
        )
    return int(found[1]) * _UNITS[found[2]]


def _in_bounds(text: str, seconds: int) -> int:
    if seconds == 0:
        raise ScheduleRefused(f"{text!r} is no time at all; the shortest is 1 second")
    if seconds > LONGEST:
        raise ScheduleRefused(f"{text!r} is more than {LONGEST // 86400} days")
    return seconds
