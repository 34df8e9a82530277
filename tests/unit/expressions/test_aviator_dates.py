"""How does Aviator write and read dates?"""

import pytest

from tests.unit.expressions.aviator_data import failure_of, value_of


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("yyyy-MM-dd'T'HH:mm:ss.SSSX", "2024-01-31T23:05:09.007Z"),
        ("yy M d H m s S", "24 1 31 23 5 9 7"),
        ("MMM MMMM E EEEE", "Jan January Wed Wednesday"),
        (
            "hh a KK kk D u z zzzz Z",
            "11 PM 11 23 31 3 UTC Coordinated Universal Time +0000",
        ),
        ("''yyyy''", "'2024'"),
        ("h 'o''clock'", "11 o'clock"),
    ],
)
def test_a_date_is_written_as_its_pattern_says(pattern, shown):
    assert value_of("date_to_string(sysdate(), source)", source=pattern) == shown


@pytest.mark.parametrize(
    ("text", "pattern", "millis"),
    [
        ("1970-01-02", "yyyy-MM-dd", 86_400_000),
        ("19700102", "yyyyMMdd", 86_400_000),
        ("01/02/70", "MM/dd/yy", 86_400_000),
        ("2 Jan 1970", "d MMM yyyy", 86_400_000),
        ("Fri 2 January 1970", "EEE d MMMM yyyy", 86_400_000),
        ("1970-01-01 01:00 AM", "yyyy-MM-dd hh:mm a", 3_600_000),
        ("12:30 pm", "h:mm a", 45_000_000),
        ("0:01 PM", "K:mm a", 43_260_000),
        ("24:00", "kk:mm", 0),
        ("01:00:00.250+0100", "HH:mm:ss.SSSZ", 250),
        ("00:00 -01:30", "HH:mm X", 5_400_000),
        ("00:00 UTC and more", "HH:mm z", 0),
        ("1970 at 1", "yyyy 'at' H", 3_600_000),
    ],
)
def test_a_date_is_read_as_its_pattern_says(text, pattern, millis):
    found = value_of("string_to_date(a, b)", a=text, b=pattern)

    assert found == millis


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("date_to_string(1, 'yyyy')", "the long 1 is not a date"),
        ("date_to_string(sysdate(), 'Q')", "the letter Q of a date's pattern"),
        ('date_to_string(sysdate(), "\'a")', "a quotation mark that is not closed"),
        ("date_to_string(sysdate(), string.join(repeat(99, 'yyyy')))", "is too long"),
        ("string_to_date('x', 'yyyy')", "'x' is no date such as 'yyyy'"),
        ("string_to_date('2023-02-29', 'yyyy-MM-dd')", "is no date that there is"),
        ("string_to_date('Foo', 'MMM')", "is no date that there is"),
        ("string_to_date('1', 'D')", "the letter D of a date's pattern"),
    ],
)
def test_dates_that_are_none_are_refused(text, why):
    assert why in failure_of(text)


def test_a_date_beyond_the_years_that_there_are_is_refused():
    text = "str(string_to_date('9999-12-31 23:00 -0500', 'yyyy-MM-dd HH:mm Z'))"

    assert "milliseconds are no date" in failure_of(text)
