"""What does the clock on the wall show when a cron expression is due next?"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Sequence

from chalicelib.schedules.cron import LAST_YEAR, Cron

#: Years looked ahead. A weekday falls on the 29th of February at least once in 40
#: years (12, when a year divisible by 100 is between): what is not due then never is.
HORIZON = 41


def next_wall(rule: Cron, start: datetime.datetime) -> datetime.datetime | None:
    """Return the first time of ``rule`` not before ``start``; None: never again."""
    for year in range(start.year, min(start.year + HORIZON, LAST_YEAR) + 1):
        if rule.years is not None and year not in rule.years:
            continue
        for month in sorted(rule.months):
            if (year, month) < (start.year, start.month):
                continue
            found = _in_month(rule, year, month, start)
            if found is not None:
                return found
    return None


def _in_month(
    rule: Cron, year: int, month: int, start: datetime.datetime
) -> datetime.datetime | None:
    today = (start.year, start.month, start.day)
    for day in rule.day_rule.days(year, month):
        if (year, month, day) < today:
            continue
        earliest = _of_day(start) if (year, month, day) == today else (0, 0, 0)
        time = _first_time(rule, earliest)
        if time is not None:
            return datetime.datetime(year, month, day, *time)  # noqa: DTZ001 - a wall
    return None


def _of_day(moment: datetime.datetime) -> tuple[int, int, int]:
    return moment.hour, moment.minute, moment.second


def _first_time(
    rule: Cron, earliest: tuple[int, int, int]
) -> tuple[int, int, int] | None:
    """Return the first time of a day that is not before ``earliest``."""
    hour, minute, second = earliest
    if hour in rule.hours:
        if minute in rule.minutes:
            exact = _at_least(rule.seconds, second)
            if exact is not None:
                return hour, minute, exact
        later = _at_least(rule.minutes, minute + 1)
        if later is not None:
            return hour, later, rule.seconds[0]
    following = _at_least(rule.hours, hour + 1)
    if following is None:
        return None
    return following, rule.minutes[0], rule.seconds[0]


def _at_least(ordered: Sequence[int], value: int) -> int | None:
    place = bisect_left(ordered, value)
    return ordered[place] if place < len(ordered) else None
