"""Cron expressions, beside an oracle that looks at every minute of the clock.

The oracle reads expressions by itself, knows nothing of how the next time is found, and
spells out what happens when clocks change: a time in a gap is due at the gap's end, a
time that comes twice the first time; what runs in every hour goes by the minute.
"""

import datetime
from calendar import monthrange
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.schedules import timing

DAY = 86_400
NAMES = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
#: Zones, each with moments at which their clocks did what is rare.
CHANGES = {
    "UTC": (1_772_323_200,),
    "Europe/Berlin": (1_774_746_000, 1_792_890_000),
    "America/St_Johns": (1_772_947_800, 1_793_507_400),
    # Half an hour forth and back.
    "Australia/Lord_Howe": (1_775_314_800, 1_791_039_600),
    # Two hours.
    "Antarctica/Troll": (1_774_746_000, 1_792_890_000),
    # The 30th of December 2011, and the 31st of 1994, were left out.
    "Pacific/Apia": (1_325_239_200,),
    "Pacific/Kiritimati": (788_868_000,),
    # At midnight: the day begins at one.
    "America/Sao_Paulo": (1_541_300_400, 1_550_368_800),
    # In winter the clock stands back, and so it does in Ramadan.
    "Europe/Dublin": (1_774_746_000, 1_792_890_000),
    "Africa/Casablanca": (1_771_120_800, 1_774_144_800),
}


class Oracle:
    """What an expression of the Unix dialect means, minute by minute."""

    def __init__(self, text):
        minute, hour, day, month, name = text.split()
        self.minutes = _numbers(minute, 0, 59)
        self.hours = _numbers(hour, 0, 23)
        self.months = _numbers(month, 1, 12)
        self.day, self.name = day, name

    @property
    def runs_every_hour(self):
        return len(self.hours) == 24

    def matches(self, wall):
        return (
            wall.minute in self.minutes
            and wall.hour in self.hours
            and wall.month in self.months
            and self._is_day(wall)
        )

    def _is_day(self, wall):
        by_day, by_name = _by_day(self.day, wall), _by_name(self.name, wall)
        # crontab(5): either, where neither begins with a star.
        if self.day[0] in "*?" or self.name[0] in "*?":
            return by_day and by_name
        return by_day or by_name

    def due(self, zone, start, end):
        """The moments in ``(start, end]``."""
        found = set()
        for at in range(start - start % 60, end + 1, 60):
            here, before = _wall(at, zone), _wall(at - 60, zone)
            if self.matches(here) and (self.runs_every_hour or not here.fold):
                found.add(at)
            if not self.runs_every_hour and self._skipped(before, here):
                found.add(at)
        return {at for at in found if start < at <= end}

    def _skipped(self, before, here):
        """Whether a time is due that the clock has jumped over."""
        wall, end = (each.replace(tzinfo=None, fold=0) for each in (before, here))
        while (wall := wall + datetime.timedelta(minutes=1)) < end:
            if self.matches(wall):
                return True
        return False


def _wall(at, zone):
    return datetime.datetime.fromtimestamp(at, zone)


def _numbers(text, lowest, highest):
    found = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span == "*":
            first, last = lowest, highest
        elif not last:
            last = highest if step else first
        found |= set(range(int(first), int(last) + 1, int(step or 1)))
    return found


def _length(wall):
    return monthrange(wall.year, wall.month)[1]


def _nearest(wall, day):
    """The weekday nearest to a day, in the same month."""
    here = [
        each
        for each in range(1, _length(wall) + 1)
        if datetime.date(wall.year, wall.month, each).isoweekday() < 6
    ]
    return min(here, key=lambda each: (abs(each - day), -each if day == 1 else each))


def _by_day(text, wall):
    last = _length(wall)
    if text in ("*", "?"):
        return True
    if text == "LW":
        return wall.day == _nearest(wall, last)
    if text.startswith("L"):
        return wall.day == last - int(text[2:] or 0)
    if text.endswith("W"):
        day = int(text[:-1])
        return day <= last and wall.day == _nearest(wall, day)
    return wall.day in _numbers(text, 1, 31)


def _by_name(text, wall):
    if text in ("*", "?"):
        return True
    today = wall.isoweekday() % 7
    if text.endswith("L"):
        return today == NAMES.index(text[:-1]) and wall.day + 7 > _length(wall)
    if "#" in text:
        name, _, number = text.partition("#")
        return today == NAMES.index(name) and (wall.day - 1) // 7 + 1 == int(number)
    for number, name in enumerate(NAMES):
        text = text.replace(name, str(number))
    return today in {each % 7 for each in _numbers(text, 0, 7)}


def _parts(*texts):
    return st.sampled_from(texts)


MINUTE = _parts("*", "0", "*/7", "3,40", "10-20/5", "30/15", "59")
HOUR = _parts("*", "0", "*/5", "2", "1-3", "23", "0,12", "*/2")
DATE = _parts(
    *("*", "?", "1", "31", "28-31", "*/9", "L", "L-2", "LW", "1W", "15W", "31W", "1,30")
)
MONTH = _parts("*", "*", "*", "3", "10-12", "*/4", "2")
NAME = _parts(*("*", "?", "0", "7", "1-5", "SUN,WED", "FRIL", "MON#1", "TUE#5", "5-7"))


@st.composite
def places(draw):
    """A zone, and the begin of some days around one of its moments."""
    name = draw(st.sampled_from(sorted(CHANGES)))
    moment = draw(st.sampled_from(CHANGES[name]))
    return name, moment - draw(st.sampled_from([1, 3600, DAY, 2 * DAY - 7]))


@settings(max_examples=40, deadline=None)
@given(
    words=st.tuples(MINUTE, HOUR, DATE, MONTH, NAME),
    place=places(),
)
@example(words=("0", "12", "30", "12", "*"), place=("Pacific/Apia", 1_325_160_000))
@example(words=("15", "2", "*", "*", "*"), place=("Antarctica/Troll", 1_774_700_000))
@example(words=("0", "0", "*/9", "*", "MON#1"), place=("UTC", 1_772_323_200))
# The clocks change in the second after the one before was due.
@example(words=("0", "2", "*", "*", "*"), place=("Europe/Berlin", 1_774_745_999))
def test_what_is_due_is_what_a_look_at_each_minute_finds(words, place):
    text = " ".join(words)
    name, start = place
    zone, end = ZoneInfo(name), start + 2 * DAY

    found = timing.occurrences(timing.read(text), timing.zone(name), start, end)

    assert list(found) == sorted(Oracle(text).due(zone, start, end)), text


@settings(max_examples=40, deadline=None)
@given(
    words=st.tuples(MINUTE, HOUR, DATE, MONTH, NAME),
    year=st.integers(1999, 2100),
)
def test_the_days_of_a_year_are_those_that_the_calendar_says(words, year):
    _, _, day, month, name = words
    text = f"0 12 {day} {month} {name}"
    start = int(datetime.datetime(year, 1, 1, tzinfo=datetime.UTC).timestamp())
    oracle = Oracle(text)
    noons = [start + number * DAY + DAY // 2 for number in range(365)]

    found = timing.occurrences(
        timing.read(text), timing.zone("UTC"), start, start + 365 * DAY
    )
    assert list(found) == [
        at for at in noons if oracle.matches(_wall(at, datetime.UTC))
    ], text


def _aws(words):
    """The same in AWS's dialect, where that can say it; its weekdays begin at 1."""
    minute, hour, day, month, name = words
    if name in ("*", "?"):
        return f"cron({minute} {hour} {day if day != '?' else '*'} {month} ? *)"
    if day not in ("*", "?"):
        return ""
    for number, each in enumerate(NAMES):
        name = {"0": "1", "7": "1", "1-5": "2-6", "5-7": "6,7,1"}.get(name, name)
        name = name.replace(each, str(number + 1))
    return f"cron({minute} {hour} ? {month} {name} *)"


@settings(max_examples=40, deadline=None)
@given(words=st.tuples(MINUTE, HOUR, DATE, MONTH, NAME), place=places())
def test_the_three_dialects_say_the_same_in_their_own_ways(words, place):
    name, start = place
    unix, aws = timing.read(" ".join(words)), _aws(words)
    if not aws:
        return
    spring = timing.read(f"0 {' '.join(words)}")
    zone = timing.zone(name)

    first, *others = (
        list(timing.occurrences(each, zone, start, start + 3 * DAY))
        for each in (unix, timing.read(aws), spring)
    )
    assert others == [first, first], aws
