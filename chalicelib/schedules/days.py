"""Which days of a month does a cron expression mean?

A day of the month and a day of the week can each be a set, open (``*`` or ``?``), or
one of the forms that depend on the month:

    L        the last day            3W      the weekday (Mon-Fri) nearest to the 3rd
    L-2      two days before it      LW      the last weekday
    FRIL     the last Friday         FRI#2   the second Friday

Days of the week are 0 (Sunday) to 6 here, whatever the dialect counts from.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from enum import StrEnum

from chalicelib.frozen import dataclass
from chalicelib.schedules.fields import Field, values

#: From year and month to the days that are meant.
Days = Callable[[int, int], set[int]]

SATURDAY = 6


class Both(StrEnum):
    """What do a day of the month and a day of the week mean together?"""

    ALL = "all"  # the days that are both (Spring)
    ANY = "any"  # the days that are one of them (Unix)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRule:
    """The days that a cron expression means; None: that side says nothing."""

    of_month: Days | None
    of_week: Days | None
    both: Both = Both.ALL

    def days(self, year: int, month: int) -> list[int]:
        """Return the days of that month, in order."""
        sides = [side for side in (self.of_month, self.of_week) if side is not None]
        if not sides:
            return list(range(1, length(year, month) + 1))
        found = [side(year, month) for side in sides]
        join = set.union if self.both is Both.ANY else set.intersection
        return sorted(join(*found))


def length(year: int, month: int) -> int:
    """Return how many days the month has."""
    return monthrange(year, month)[1]


def weekday(year: int, month: int, day: int) -> int:
    """Return the day of the week, 0 for Sunday.

    >>> weekday(2026, 11, 22)
    0
    """
    first = (monthrange(year, month)[0] + 1) % 7
    return (first + day - 1) % 7


def of_month(spec: Field, text: str) -> Days | None:
    """Return the days of the month that ``text`` means; None for all.

    Raises:
        ScheduleRefused: it is not in the grammar, or out of range.
    """
    if text in ("*", "?"):
        return None
    upper = text.upper()
    if upper == "LW":
        return lambda year, month: {_nearest(year, month, length(year, month))}
    if upper == "L" or upper.startswith("L-"):
        before = _before_last(spec, upper)
        return lambda year, month: {length(year, month) - before}
    if upper.endswith("W"):
        day = spec.value(text[:-1])
        return lambda year, month: _nearest_to(year, month, day)
    chosen = values(spec, text)
    return lambda year, month: {day for day in chosen if day <= length(year, month)}


def _before_last(spec: Field, text: str) -> int:
    if text == "L":
        return 0
    before = text.removeprefix("L-")
    if not (before.isascii() and before.isdigit()) or int(before) > 27:
        raise spec.refusal(f"{text}: the days before the last are 0..27")
    return int(before)


def _nearest_to(year: int, month: int, day: int) -> set[int]:
    return {_nearest(year, month, day)} if day <= length(year, month) else set()


def _nearest(year: int, month: int, day: int) -> int:
    """Return the weekday nearest to ``day`` in the same month."""
    name = weekday(year, month, day)
    if name == SATURDAY:
        return day - 1 if day > 1 else day + 2
    if name == 0:
        return day + 1 if day < length(year, month) else day - 2
    return day


def of_week(spec: Field, text: str, *, sunday: int, bare_l: bool) -> Days | None:
    """Return the days of the week that ``text`` means; None for all.

    ``sunday``: the number that the dialect gives to Sunday. ``bare_l``: an ``L``
    alone is Saturday, the last day of the week.

    Raises:
        ScheduleRefused: it is not in the grammar, or out of range.
    """
    if text in ("*", "?"):
        return None
    if text.upper() == "L" and bare_l:
        return _on({SATURDAY})
    if text.upper().endswith("L"):
        return _last(_plain(spec.value(text[:-1]), sunday))
    if "#" in text:
        name, _, count = text.partition("#")
        return _nth(_plain(spec.value(name), sunday), _count(spec, count))
    return _on({_plain(value, sunday) for value in values(spec, text)})


def _plain(value: int, sunday: int) -> int:
    return (value - sunday) % 7


def _count(spec: Field, text: str) -> int:
    if text not in ("1", "2", "3", "4", "5"):
        raise spec.refusal(f"#{text}: a month has such a day at most 5 times")
    return int(text)


def _on(chosen: set[int]) -> Days:
    def days(year: int, month: int) -> set[int]:
        every = range(1, length(year, month) + 1)
        return {day for day in every if weekday(year, month, day) in chosen}

    return days


def _last(name: int) -> Days:
    return lambda year, month: {max(_on({name})(year, month))}


def _nth(name: int, count: int) -> Days:
    def days(year: int, month: int) -> set[int]:
        found = sorted(_on({name})(year, month))
        return set(found[count - 1 : count])

    return days
