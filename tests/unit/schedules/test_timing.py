"""When is it due? By every way to write it, through every change of the clocks."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import ScheduleRefused
from chalicelib.schedules import timing
from chalicelib.schedules.cron import Cron


def due(text, zone, after, count=1):
    """The next due times behind a wall time, as wall times with their offset."""
    tz = timing.zone(zone)
    at = datetime.datetime.fromisoformat(after).replace(tzinfo=tz).timestamp()
    found = []
    for _ in range(count):
        at = timing.next_after(timing.read(text), tz, at)
        if at is None:
            return [*found, None]
        found.append(datetime.datetime.fromtimestamp(at, tz).isoformat()[:22])
    return found


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        pytest.param("15 10 * * *", "2026-05-01T10:15", "2026-05-02T10:15", id="unix"),
        pytest.param(
            "0 9-17/4 * * 1-5", "2026-05-01T17:00", "2026-05-04T09:00", id="r"
        ),
        pytest.param("0 0 1 * 1", "2026-06-02T00:00", "2026-06-08T00:00", id="either"),
        pytest.param("0 0 * * 7", "2026-05-01T00:00", "2026-05-03T00:00", id="sun=7"),
        pytest.param("@monthly", "2026-05-01T00:00", "2026-06-01T00:00", id="macro"),
        pytest.param("@HOURLY", "2026-05-01T00:00", "2026-05-01T01:00", id="case"),
        pytest.param(
            "30 0 0 1 * MON", "2026-05-01T00:01", "2026-06-01T00:00:30", id="both"
        ),
        pytest.param("0 0 12 L * ?", "2028-02-01T00:00", "2028-02-29T12:00", id="last"),
        pytest.param("0 0 0 L-3 * *", "2026-02-01T00:00", "2026-02-25T00:00", id="L-3"),
        pytest.param("0 0 0 LW * *", "2026-05-01T00:00", "2026-05-29T00:00", id="LW"),
        pytest.param("0 0 0 1W * *", "2026-08-02T00:00", "2026-08-03T00:00", id="1W"),
        pytest.param("0 0 0 15W * *", "2026-08-01T00:00", "2026-08-14T00:00", id="sat"),
        pytest.param("0 0 0 31W * *", "2026-05-01T00:00", "2026-05-29T00:00", id="31W"),
        pytest.param("0 0 0 1W * *", "2026-05-02T00:00", "2026-06-01T00:00", id="mon"),
        pytest.param("0 0 0 1W 8 *", "2026-05-02T00:00", "2026-08-03T00:00", id="sat1"),
        pytest.param("0 0 0 1W 11 *", "2026-05-02T00:00", "2026-11-02T00:00", id="sun"),
        pytest.param(
            "0 0 0 31W 1 *", "2027-01-02T00:00", "2027-01-29T00:00", id="sunL"
        ),
        pytest.param("0 0 0 ? * FRIL", "2026-05-01T00:00", "2026-05-29T00:00", id="F"),
        pytest.param("0 0 0 * * 5#2", "2026-05-01T00:00", "2026-05-08T00:00", id="#"),
        pytest.param(
            "0 0 0 * * MON#5", "2026-05-01T00:00", "2026-06-29T00:00", id="#5"
        ),
        pytest.param(
            "cron(0/20 8 ? * MON-FRI *)",
            "2026-05-01T08:20",
            "2026-05-01T08:40",
            id="aws",
        ),
        pytest.param(
            "cron(0 8 ? * 1 *)", "2026-05-01T00:00", "2026-05-03T08:00", id="aws sunday"
        ),
        pytest.param(
            "cron(0 8 ? * L *)", "2026-05-01T00:00", "2026-05-02T08:00", id="aws L"
        ),
        pytest.param(
            "cron(0 0 1 1 ? 2030/5)", "2026-05-01T00:00", "2030-01-01T00:00", id="years"
        ),
        pytest.param(
            "at(2027-01-01T00:00:00)", "2026-05-01T00:00", "2027-01-01T00:00", id="once"
        ),
    ],
)
def test_it_is_due_next_at(text, after, expected):
    [found] = due(text, "UTC", after)
    assert found[:19] == f"{expected}:00"[:19]


@pytest.mark.parametrize(
    ("text", "zone", "after", "expected"),
    [
        pytest.param(
            "30 2 * * *",
            "Europe/Berlin",
            "2026-03-28T12:00",
            ["2026-03-29T03:00:00+02", "2026-03-30T02:30:00+02"],
            id="a time that does not exist is due at the first moment after",
        ),
        pytest.param(
            "0,30 1-3 * * *",
            "Europe/Berlin",
            "2026-03-29T01:30",
            ["2026-03-29T03:00:00+02", "2026-03-29T03:30:00+02"],
            id="what was skipped and what is due then are one",
        ),
        pytest.param(
            "30 2 * * *",
            "Europe/Berlin",
            "2026-10-24T12:00",
            ["2026-10-25T02:30:00+02", "2026-10-26T02:30:00+01"],
            id="a time that comes twice is due the first time",
        ),
        pytest.param(
            "*/30 * * * *",
            "Europe/Berlin",
            "2026-10-25T01:59",
            [
                "2026-10-25T02:00:00+02",
                "2026-10-25T02:30:00+02",
                "2026-10-25T02:00:00+01",
                "2026-10-25T02:30:00+01",
                "2026-10-25T03:00:00+01",
            ],
            id="what runs in every hour runs in both",
        ),
        pytest.param(
            "*/30 * * * *",
            "Europe/Berlin",
            "2026-03-29T01:30",
            ["2026-03-29T03:00:00+02", "2026-03-29T03:30:00+02"],
            id="what runs in every hour does not catch up an hour that was none",
        ),
        pytest.param(
            "45 23 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T12:00",
            ["2026-10-03T23:45:00+10", "2026-10-04T23:45:00+11"],
            id="clocks that change by half an hour",
        ),
        pytest.param(
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T12:00",
            ["2026-10-04T02:30:00+11", "2026-10-05T02:15:00+11"],
            id="a gap of half an hour",
        ),
        pytest.param(
            "0 12 * * *",
            "Pacific/Apia",
            "2011-12-29T11:00",
            ["2011-12-29T12:00:00-10", "2011-12-31T00:00:00+14"],
            id="a day that a country left out",
        ),
        pytest.param(
            "at(2026-03-29T02:30:00)",
            "Europe/Berlin",
            "2026-01-01T00:00",
            ["2026-03-29T03:00:00+02", None],
            id="once, at a time that does not exist",
        ),
        pytest.param(
            "at(2026-10-25T02:30:00)",
            "Europe/Berlin",
            "2026-01-01T00:00",
            ["2026-10-25T02:30:00+02", None],
            id="once, at a time that comes twice",
        ),
        pytest.param(
            "0 0 29 2 *",
            "America/New_York",
            "2026-01-01T00:00",
            ["2028-02-29T00:00:00-05", "2032-02-29T00:00:00-05"],
            id="over many changes",
        ),
        pytest.param(
            "0 0 30 2 *", "UTC", "2026-01-01T00:00", [None], id="a day that never is"
        ),
    ],
)
def test_clocks_change_and_each_due_time_stays_one(text, zone, after, expected):
    assert due(text, zone, after, len(expected)) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("* * *", "has 3 fields; a Unix cron has 5"),
        ("cron(* * * *)", "needs 6"),
        ("cron(0 0 1 * 1 *)", "must be ?"),
        ("cron(0 0 ? * ? *)", "must be ?"),
        ("60 * * * *", "minute: 60 is not in 0..59"),
        ("0 0 32 * *", "day of month: 32 is not in 1..31"),
        ("0 0 * FOO *", "month: 'FOO' is neither a number nor one of JAN"),
        ("0 0 x * *", "day of month: 'x' is not a number"),
        ("0 0 * * 5-1", "5-1 goes backwards; write 5-7,0-1"),
        ("*/0 * * * *", "the step '0' is not a whole number above 0"),
        ("5,, * * * *", "minute: '' is not a number"),
        ("0 0 0 L-30 * *", "the days before the last are 0..27"),
        ("0 0 0 * * MON#6", "a month has such a day at most 5 times"),
        ("rate(5 fortnights)", "write rate(NUMBER UNIT)"),
        ("rate(0 minutes)", "is no time at all"),
        ("@every x", "write a duration such as"),
        ("@every 0s", "is no time at all"),
        ("@every 999999999d999999999d", "is more than 36500 days"),
        ("rate(36501 days)", "is more than 36500 days"),
        ("at(9999-12-31T23:59:59)", "the year 9999 is not in 1970..2199"),
        ("at(0001-01-01T00:00:00)", "the year 1 is not in 1970..2199"),
        ("at(tomorrow)", "write at(2030-01-31T08:00:00)"),
        ("at(2030-01-31T08:00:00Z)", "the zone is a field of its own"),
    ],
)
def test_what_is_wrong_is_said_with_the_field_and_the_way_out(text, complaint):
    with pytest.raises(ScheduleRefused) as caught:
        timing.read(text)
    assert complaint in str(caught.value)


def test_an_unknown_zone_is_refused():
    with pytest.raises(ScheduleRefused, match="'Mars/Olympus' is no time zone"):
        timing.zone("Mars/Olympus")


def test_intervals_are_counted_from_their_anchor():
    every = timing.read("@every 1m30s")
    found = list(timing.occurrences(every, timing.zone("UTC"), 100, 400, anchor=10))
    assert found == [190, 280, 370]


def test_an_interval_before_its_anchor_begins_there():
    every = timing.read("rate(1 hour)")
    assert timing.next_after(every, timing.zone("UTC"), 5, anchor=1000) == 1000


ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe")
FIELD = st.sampled_from(["*", "0", "*/7", "3,40", "10-20/5"])
HOURS = st.sampled_from(["*", "0", "*/5", "2", "1-3", "23"])
DAYS = st.sampled_from(["*", "1", "28-31", "*/9"])
MONTHS = st.sampled_from(["*", "3", "10", "*/4"])
NAMES = st.sampled_from(["*", "0", "1-5", "SUN,WED"])
STARTS = st.integers(1_770_000_000, 1_800_000_000)


@settings(max_examples=60, deadline=None)
@given(
    words=st.tuples(FIELD, HOURS, DAYS, MONTHS, NAMES),
    zone=st.sampled_from(ZONES),
    start=STARTS,
)
def test_no_minute_of_a_week_is_due_unless_the_clock_says_so(words, zone, start):
    rule, tz = timing.read(" ".join(words)), timing.zone(zone)
    assert isinstance(rule, Cron)
    end = start + 7 * 86400
    found = set(timing.occurrences(rule, tz, start, end))
    first = start - start % 60 + 60
    naive = {
        at for at in range(first, end + 1, 60) if _matches(rule, ZoneInfo(zone), at)
    }
    # The changes of the clocks apart, it is what a look at each minute finds.
    near = {at for at in naive ^ found if not _is_near_a_change(tz, at)}
    assert near == set()
    assert len({_utc_hour(at) for at in naive ^ found}) <= 4


def _matches(rule, tz, at):
    wall = datetime.datetime.fromtimestamp(at, tz)
    return (
        wall.minute in rule.minutes
        and wall.hour in rule.hours
        and wall.month in rule.months
        and wall.day in rule.day_rule.days(wall.year, wall.month)
    )


def _is_near_a_change(tz, at):
    def offset(moment):
        return datetime.datetime.fromtimestamp(moment, tz).utcoffset()

    return offset(at - 7200) != offset(at + 7200)


def _utc_hour(at):
    return int(at // 3600)


@settings(max_examples=60, deadline=None)
@given(
    words=st.tuples(FIELD, HOURS, DAYS, MONTHS, NAMES),
    zone=st.sampled_from(ZONES),
    start=STARTS,
)
def test_due_times_only_move_forward(words, zone, start):
    rule, tz = timing.read(" ".join(words)), timing.zone(zone)
    at = start
    for _ in range(20):
        following = timing.next_after(rule, tz, at)
        if following is None:
            return
        assert following > at
        at = following
