"""When is a schedule due next?

    cron(…), 5 or 6 fields, @daily   by the clock on the wall of a time zone
    rate(…), @every …                at equal distances from an anchor
    at(…)                            once

When a clock is put forward, a time that does not exist is due once, at the first
moment after it. When it is put back, a time that comes twice is due the first time.
What runs in every hour goes on by the minute in both cases.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import lru_cache
from math import floor

from chalicelib.errors import ScheduleRefused
from chalicelib.frozen import dataclass
from chalicelib.schedules import cron, intervals
from chalicelib.schedules.cron import Cron
from chalicelib.schedules.wall import next_wall

#: Seconds between two looks for a change of the clocks. No zone changes them twice
#: in less than this, and back again.
_STRIDE = 5 * 86400
_SECOND = datetime.timedelta(seconds=1)
_UTC = datetime.UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Moments at equal distances."""

    #: Seconds.
    interval: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A single moment, on the clock of the zone."""

    wall: datetime.datetime


Timing = Cron | Every | Once


@lru_cache(maxsize=512)
def read(text: str) -> Timing:
    """Return what ``text`` says.

    Raises:
        ScheduleRefused: it is none of the ways to say when.
    """
    text = text.strip()
    interval = intervals.read(text)
    if interval is not None:
        return Every(interval=interval)
    if text.startswith("at("):
        return Once(wall=_moment(text))
    return cron.read(text)


def _moment(text: str) -> datetime.datetime:
    try:
        wall = datetime.datetime.fromisoformat(text[3:].removesuffix(")"))
    except ValueError:
        wall = None
    if wall is None or wall.tzinfo is not None or not text.endswith(")"):
        raise ScheduleRefused(
            f"{text!r}: write at(2030-01-31T08:00:00); the zone is a field of its own"
        )
    if not cron.FIRST_YEAR <= wall.year <= cron.LAST_YEAR:
        years = f"{cron.FIRST_YEAR}..{cron.LAST_YEAR}"
        raise ScheduleRefused(f"{text!r}: the year {wall.year} is not in {years}")
    return wall


@lru_cache(maxsize=128)
def zone(name: str) -> datetime.tzinfo:
    """Return the time zone of that name in the IANA database.

    Raises:
        ScheduleRefused: it has no such name.
    """
    if name == "UTC":
        return _UTC
    # Here: a schedule in a zone may never be met.
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ScheduleRefused(
            f"{name!r} is no time zone; write one such as Europe/Berlin or UTC"
        ) from None


def next_after(
    timing: Timing, tz: datetime.tzinfo, after: float, *, anchor: float = 0.0
) -> float | None:
    """Return the first moment later than ``after``; None when there is none.

    Times are seconds since the epoch. ``anchor``: where intervals are counted from.
    """
    if isinstance(timing, Every):
        passed = floor((after - anchor) / timing.interval) + 1
        return anchor + max(passed, 0) * timing.interval
    if isinstance(timing, Once):
        at = _earliest(timing.wall, tz)
        return at if at > after else None
    return _next_cron(timing, tz, floor(after))


def occurrences(
    timing: Timing,
    tz: datetime.tzinfo,
    after: float,
    until: float,
    *,
    anchor: float = 0.0,
) -> Iterator[float]:
    """Yield every moment later than ``after`` and not later than ``until``."""
    at = next_after(timing, tz, after, anchor=anchor)
    while at is not None and at <= until:
        yield at
        at = next_after(timing, tz, at, anchor=anchor)


def _earliest(wall: datetime.datetime, tz: datetime.tzinfo) -> float:
    """Return when the clock shows ``wall`` first, or has just passed it."""
    at = wall.replace(tzinfo=tz, fold=0).timestamp()
    if _shown(at, tz) == wall:
        return at
    # In a gap, fold 0 counts with the old offset: the clocks changed before that.
    return float(_change(tz, floor(at) - _STRIDE, floor(at)) or at)


def _shown(at: float, tz: datetime.tzinfo) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at, tz).replace(tzinfo=None, fold=0)


def _next_cron(rule: Cron, tz: datetime.tzinfo, after: int) -> float | None:
    """Return the first moment of ``rule`` that is later than ``after``."""
    # The clocks as they were at ``after``: they may change in the very next second.
    known, wall = after, _wall(after, _offset(tz, after)) + _SECOND
    while True:
        found = next_wall(rule, wall)
        if found is None:
            return None
        offset = _offset(tz, known)
        at = _epoch(found) - offset
        change = _change(tz, known, at)
        if change is None:
            if rule.runs_every_hour or not _is_repeated(tz, at):
                return float(at)
            known, wall = at, found + _SECOND
            continue
        jump = _offset(tz, change) - offset
        if at < change + jump and not rule.runs_every_hour:
            return float(change)
        known, wall = change, _wall(change, offset + jump)


def _offset(tz: datetime.tzinfo, at: int) -> int:
    offset = datetime.datetime.fromtimestamp(at, tz).utcoffset()
    return 0 if offset is None else floor(offset.total_seconds())


def _wall(at: int, offset: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at + offset, _UTC).replace(tzinfo=None)


def _epoch(wall: datetime.datetime) -> int:
    return floor(wall.replace(tzinfo=_UTC).timestamp())


def _is_repeated(tz: datetime.tzinfo, at: int) -> bool:
    return datetime.datetime.fromtimestamp(at, tz).fold == 1


def _change(tz: datetime.tzinfo, start: int, end: int) -> int | None:
    """Return the first second in ``(start, end]`` with another offset than before."""
    if tz is _UTC:
        return None
    offset, known = _offset(tz, start), start
    while known < end:
        ahead = min(known + _STRIDE, end)
        if _offset(tz, ahead) != offset:
            return _bisect(tz, known, ahead, offset)
        known = ahead
    return None


def _bisect(tz: datetime.tzinfo, known: int, ahead: int, offset: int) -> int:
    while ahead - known > 1:
        middle = (known + ahead) // 2
        if _offset(tz, middle) == offset:
            known = middle
        else:
            ahead = middle
    return ahead
