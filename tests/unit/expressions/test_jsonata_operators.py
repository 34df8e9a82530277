import pytest

from tests.unit.expressions.jsonata_data import failure_of, value_of

LONG = 1234567890123456789


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2", 3),
        ("0.1 + 0.2", 0.30000000000000004),
        ("7 - 10", -3),
        ("2 * 2.5", 5),
        ("6 / 2", 3),
        ("7 / 2", 3.5),
        ("7 % 3", 1),
        ("-7 % 3", -1),
        ("5.5 % 2", 1.5),
        ("-$o.id", -7),
        ("- 5", -5),
        ("$long + 1", LONG + 1),
        ("$long * 1000000", float(LONG) * 1e6),
        ("1e21", 1e21),
        ("1 = 1.0", True),
        ("1 = true", False),
        ("'1' = 1", False),
        ("null = null", True),
        ("[1, {'a': [2]}] = [1, {'a': [2]}]", True),
        ("[1] = [1, 2]", False),
        ("{'a': 1} = {'b': 1}", False),
        ("{'a': 1} = 1", False),
        ("[1] = 1", False),
        ("1 != 2", True),
        ("$o = $o", True),
        ("$nobody = 1", False),
        ("$nobody != 1", False),
        ("1 < 2", True),
        ("2 <= 2", True),
        ("'b' > 'a'", True),
        ("1 >= 1.5", False),
        ("1 in [1, 2]", True),
        ("3 in [1, 2]", False),
        ("'a' in 'a'", True),
        ("$nobody in [1]", False),
        ("1 in $nobody", False),
        ("1 and 'x'", True),
        ("1 and ''", False),
        ("0 or []", False),
        ("0 or [0, 1]", True),
        ("'a' & 1 & true & null & $nobody", "a1truenull"),
        ("'' & [1, 2.50, {'a': 'b'}]", '[1,2.5,{"a":"b"}]'),
        ("$long & ''", str(LONG)),
        ("[1..3]", [1, 2, 3]),
        ("[0, 1.0..2, 9]", [0, 1, 2, 9]),
        ("[3..1]", []),
        ("[1..$nobody]", []),
        ("true ? 1 : 2", 1),
        ("{} ? 1 : 2", 2),
        ("$not(null)", True),
        ("1 / 0", "Infinity"),
        ("-1 / 0", "-Infinity"),
        ("0 / 0", "NaN"),
        ("1 % 0", "NaN"),
        ("1.5 % 0", "NaN"),
        ("1 / 0 > 5", True),
        ("[$floor(1 / 0), $ceil(-1 / 0)]", ["Infinity", "-Infinity"]),
        ("1e308 * 10", "Infinity"),
        ("$long * $o.id * -1e300", "-Infinity"),
        ("$power(10, 200) * $power(10, 200)", "Infinity"),
        ("$vast * 10", "Infinity"),
        ("$vast * -10", "-Infinity"),
        ("$vast * 1.5e10", "Infinity"),
        ("-$vast * $vast", "-Infinity"),
        ("$vaster * 0.5", "Infinity"),
        ("$vaster * -0.5", "-Infinity"),
        ("$o.id ~> $string", "7"),
    ],
)
def test_what_an_operator_gives(text, value):
    found = value_of(text, long=LONG, vast=10**308, vaster=10**400)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "1 + $nobody",
        "$nobody - 1",
        "-$nobody",
        "1 < $nobody",
        "$nobody >= 'a'",
        "false ? 1",
        "()",
    ],
)
def test_what_misses_a_side_gives_nothing(text):
    assert failure_of(text).endswith("returned nothing (undefined).")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("'a' + 1", 'T2001: The left side of the "+" operator must evaluate to'),
        ("1 + 'a'", 'T2002: The right side of the "+" operator'),
        ("'a' * $nobody", "T2001"),
        ("{} - 1", "T2001"),
        ("1 / 0 + 1", "D1001: Number out of range"),
        ("$string(1 / 0)", "D3001"),
        ("-'a'", 'D1002: Cannot negate a non-numeric value: "a"'),
        ("1 < 'a'", 'T2009: The values 1 and "a" either side of operator "<" must be'),
        ("true < 1", "T2010"),
        ("[1.5..2]", "T2003"),
        ("[1..'2']", "T2004"),
        ("$error()", "D3137: $error() function evaluated"),
    ],
)
def test_what_an_operator_refuses(text, code):
    assert code in failure_of(text, long=LONG)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (12, "12"),
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (1e-6, "0.000001"),
        (1.5e-7, "1.5e-7"),
        (0.00001, "0.00001"),
        (123456789.123456789, "123456789.123456"),
    ],
)
def test_how_a_number_is_written(value, written):
    assert value_of("$v & ''", v=value) == written
