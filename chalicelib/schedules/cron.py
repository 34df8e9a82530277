"""What does a cron expression mean, in each of the three ways to write it?

    AWS       cron(minute hour day month weekday year)     weekdays 1 (Sunday) to 7
    Unix      minute hour day month weekday                weekdays 0 (Sunday) to 7
    Spring    second minute hour day month weekday         weekdays 0 (Sunday) to 7

AWS wants ``?`` for the day or the weekday, not for both. Unix takes a day that is
either, when both are said; Spring one that is both. Unix and Spring know ``@daily`` and
its like.
"""

from __future__ import annotations

from chalicelib.errors import ScheduleRefused
from chalicelib.frozen import dataclass
from chalicelib.schedules import days
from chalicelib.schedules.days import Both, DayRule
from chalicelib.schedules.fields import MONTHS, Field, values

MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

FIRST_YEAR, LAST_YEAR = 1970, 2199
_NAMES = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

SECOND = Field(name="second", lowest=0, highest=59)
MINUTE = Field(name="minute", lowest=0, highest=59)
HOUR = Field(name="hour", lowest=0, highest=23)
DAY = Field(name="day of month", lowest=1, highest=31)
MONTH = Field(name="month", lowest=1, highest=12, names=MONTHS)
YEAR = Field(name="year", lowest=FIRST_YEAR, highest=LAST_YEAR)
WEEKDAY = Field(
    name="day of week",
    lowest=0,
    highest=7,
    names={name: number for number, name in enumerate(_NAMES)},
)
AWS_WEEKDAY = Field(
    name="day of week",
    lowest=1,
    highest=7,
    names={name: number for number, name in enumerate(_NAMES, start=1)},
)

EVERY_HOUR = frozenset(range(24))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """Moments by the clock on the wall."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    day_rule: DayRule
    months: frozenset[int]
    #: None: every year.
    years: frozenset[int] | None = None

    @property
    def runs_every_hour(self) -> bool:
        """Whether it goes by the minute, whatever the clock's hand does."""
        return len(self.hours) == len(EVERY_HOUR)


def read(text: str) -> Cron:
    """Return what the cron expression ``text`` means.

    Raises:
        ScheduleRefused: it is none of the three ways, or a field is wrong.
    """
    inner = text.strip()
    if inner.startswith("cron(") and inner.endswith(")"):
        return _aws(inner[5:-1].split())
    words = MACROS.get(inner.lower(), inner).split()
    if len(words) == 5:
        return _clock(["0", *words], _together(words[2], words[4]))
    if len(words) == 6:
        return _clock(words, Both.ALL)
    raise ScheduleRefused(
        f"{text!r} has {len(words)} fields; a Unix cron has 5 "
        "(minute hour day month weekday), a Spring cron 6 (second first), "
        "and AWS writes cron(minute hour day month weekday year)"
    )


def _aws(words: list[str]) -> Cron:
    if len(words) != 6:
        raise ScheduleRefused(
            f"cron(…) has {len(words)} fields; it needs 6: "
            "minute hour day month weekday year"
        )
    minute, hour, day, month, name, year = words
    if (day == "?") == (name == "?"):
        raise ScheduleRefused(
            "cron(…): the day of month or the day of week must be ?, "
            "the other one says when; * is every day"
        )
    years = None if year == "*" else values(YEAR, year)
    of_week = days.of_week(AWS_WEEKDAY, name, sunday=1, bare_l=True)
    return Cron(
        seconds=(0,),
        minutes=_sorted(MINUTE, minute),
        hours=_sorted(HOUR, hour),
        day_rule=DayRule(of_month=days.of_month(DAY, day), of_week=of_week),
        months=values(MONTH, month),
        years=years,
    )


def _together(day: str, name: str) -> Both:
    """Return what Unix takes the two kinds of days for.

    crontab(5): a day that is either, if both are restricted (do not start with ``*``).
    """
    return Both.ALL if "*" in (day[:1], name[:1]) else Both.ANY


def _clock(words: list[str], both: Both) -> Cron:
    second, minute, hour, day, month, name = words
    return Cron(
        seconds=_sorted(SECOND, second),
        minutes=_sorted(MINUTE, minute),
        hours=_sorted(HOUR, hour),
        day_rule=DayRule(
            of_month=days.of_month(DAY, day),
            of_week=days.of_week(WEEKDAY, name, sunday=0, bare_l=False),
            both=both,
        ),
        months=values(MONTH, month),
    )


def _sorted(spec: Field, text: str) -> tuple[int, ...]:
    return tuple(sorted(values(spec, text)))
