"""The time of the event is 2024-05-01T12:00:00.500Z."""

import pytest

from tests.unit.expressions.jsonata_data import failure_of, value_of

NOW = 1_714_564_800_500


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$millis()", NOW),
        ("$now()", "2024-05-01T12:00:00.500Z"),
        ("$now('[Y]-[M01]')", "2024-05"),
        ("$now('[H01]:[m01]', '+0530')", "17:30"),
        ("$fromMillis(0)", "1970-01-01T00:00:00.000Z"),
        ("$fromMillis(-1)", "1969-12-31T23:59:59.999Z"),
        ("$fromMillis(0, $nobody, '0200')", "1970-01-01T02:00:00.000+02:00"),
        ("$fromMillis(0, '[FNn], [D1o] [MNn] [Y]')", "Thursday, 1st January 1970"),
        ("$toMillis('1970-01-01T00:00:01.5Z')", 1500),
        ("$toMillis('1970-01-01T01:00:00+01:00')", 0),
        ("$toMillis('1970-01-01T00:00:00-0130')", 5_400_000),
        ("$toMillis('1970-01-01T00:00')", 0),
        ("$toMillis('1971')", 31_536_000_000),
        ("$toMillis('1970-02')", 2_678_400_000),
        ("$toMillis('01/02/1970', '[D01]/[M01]/[Y0001]')", 2_678_400_000),
        ("$toMillis('1970-32', '[Y]-[d]')", 2_678_400_000),
        ("$toMillis('1970-01-01 11:30 PM', '[Y]-[M]-[D] [h]:[m] [PN]')", 84_600_000),
        ("$toMillis('1970-01-01 12:30 am', '[Y]-[M]-[D] [h]:[m] [P]')", 1_800_000),
        ("$toMillis('1970 GMT-02:00', '[Y] [z01:01]')", 7_200_000),
        ("$toMillis('1970 +01:30', '[Y] [Z01:01]')", -5_400_000),
        ("$toMillis('1970-01-01T00:00:00.0375', '[Y]-[M]-[D]T[H]:[m]:[s].[f1]')", 37),
        ("$toMillis('May 1970', '[MNn] [Y]')", 10_368_000_000),
        ("$toMillis('Thu, first January 1970', '[FNn,*-3], [Dwo] [MNn] [Y]')", 0),
        # what a picture leaves out in front is of today
        ("$toMillis('10:30', '[H]:[m]') = $toMillis('2024-05-01T10:30:00Z')", True),
        ("$toMillis('12-24', '[M]-[D]') = $toMillis('2024-12-24')", True),
        ("$toMillis('10:30 pm', '[h]:[m] [P]') = $toMillis('2024-05-01T22:30Z')", True),
        # and literal text in it is no pattern
        ("$toMillis('a+b 1970', 'a+b [Y]')", 0),
        ("$toMillis('[1970', '[[[Y]')", 0),
    ],
)
def test_what_a_function_of_times_gives(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$fromMillis(1e18)", "D3110"),
        ("$fromMillis(1e18, '[Y]')", "D3137"),
        ("$fromMillis(0, '[Y', '0000')", "D3137"),
        ("$fromMillis(0, '[Y,1000]')", "D3137"),
        ("$toMillis('yesterday')", "D3110"),
        ("$toMillis('2024-13-01')", "D3110"),
        ("$toMillis('1970-13', '[Y]-[M]')", "D3110"),
        ("$toMillis('1970 10:30', '[Y] [H]:[m]')", "D3136: the picture leaves out"),
        ("$toMillis('1970-W05', '[X]-W[W]')", "D3136: weeks cannot be read"),
        ("$toMillis($pad('', 250, '1'), '[f][f][f][f]')", "leaves too much open"),
    ],
)
def test_what_a_function_of_times_refuses(text, code):
    assert code in failure_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "$toMillis('x', '[Y]')",
        "$toMillis('x', 'x')",
        "$toMillis($nobody)",
        "$fromMillis($nobody)",
    ],
)
def test_nothing_gives_nothing(text):
    assert failure_of(text).endswith("returned nothing (undefined).")
