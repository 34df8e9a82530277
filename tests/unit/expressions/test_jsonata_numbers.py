import pytest

from tests.unit.expressions.jsonata_data import failure_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$number('12')", 12),
        ("$number('-1.5e2')", -150),
        ("$number('1234567890123456789')", 1234567890123456789),
        ("$number('0x1F')", 31),
        ("$number('0b101')", 5),
        ("$number('0o17')", 15),
        ("$number(true)", 1),
        ("$number(2.5)", 2.5),
        ("$abs(-3)", 3),
        ("$floor(-1.5)", -2),
        ("$ceil(1.2)", 2),
        ("$round(2.5)", 2),
        ("$round(3.5)", 4),
        ("$round(1.235, 2)", 1.24),
        ("$round(12345, -2)", 12300),
        ("$round(12)", 12),
        ("$round(1.5, 9)", 1.5),
        ("$sqrt(9)", 3),
        ("$power(2, 62)", 2**62),
        ("$power(2, -1)", 0.5),
        ("$power(1, -2)", 1),
        ("$power(2, 0.5)", 2**0.5),
        ("$formatNumber(12345.678, '#,##0.00')", "12,345.68"),
        ("$formatNumber(0.5, '0%')", "50%"),
        ("$formatNumber(1.5, '0,0', {'decimal-separator': ','})", "1,5"),
        ("$formatNumber(0.5, '0pm', {'per-mille': 'pm'})", "500pm"),
        ("$formatBase(255, 16)", "ff"),
        ("$formatBase(-10, 2)", "-1010"),
        ("$formatBase(0)", "0"),
        ("$formatBase(12.7)", "13"),
        ("$formatInteger(2024, 'I')", "MMXXIV"),
        ("$formatInteger(12, 'w')", "twelve"),
        ("$parseInteger('twelve', 'w')", 12),
        ("$parseInteger('1,234', '#,##0')", 1234),
        ("$sum([1, 2.5])", 3.5),
        ("$sum(4)", 4),
        ("$sum([])", 0),
        ("$max([3, 9, 1])", 9),
        ("$min([3, 9, 1])", 1),
        ("$average([1, 2])", 1.5),
        ("$count([1, [2, 3]])", 2),
        ("$count('a')", 1),
        ("$count($nobody)", 0),
    ],
)
def test_what_a_function_of_numbers_gives(text, value):
    found = value_of(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$number('x')", "D3030: 'x' is not a number"),
        ("$number('')", "D3030"),
        ("$number($pad('0x', 500, '1'))", "D3030"),
        ("$number($pad('1', 500, '1'))", "D3030"),
        ("$number('1e999')", "D1001"),
        ("$sqrt(-1)", "D3060"),
        ("$power(10, 400)", "D3061"),
        ("$power(-1, 0.5)", "D3061"),
        ("$formatBase(1, 1)", "D3100"),
        ("$formatNumber(1, '#;#;#')", "D3080"),
        ("$formatNumber(1, '0', {'digit': '##'})", "'digit' must be one character"),
        ("$formatNumber(1, $pad('', 300, '0'))", "a picture may have 256 characters"),
        ("$formatInteger(1, '#')", "D3137"),
        ("$formatInteger(1e61, 'w')", "D3130: 1e+61 is too large"),
        ("$parseInteger('no', 'w')", "D3137"),
        ("$sum(['a'])", "T0412"),
        ("$max([1, 'a'])", "T0412"),
    ],
)
def test_what_a_function_of_numbers_refuses(text, code):
    assert code in failure_of(text)


@pytest.mark.parametrize(
    "text", ["$max([])", "$min([])", "$average([])", "$sum($nobody)", "$abs($nobody)"]
)
def test_nothing_gives_nothing(text):
    assert failure_of(text).endswith("returned nothing (undefined).")


@pytest.mark.parametrize(
    "text",
    [
        "$round(1/0)",
        "$round(1, 0/0)",
        "$formatBase(1/0)",
        "$formatBase(5, 1/0)",
        "$formatInteger(0/0, 'w')",
        "$fromMillis(1/0)",
        "$fromMillis(0/0, '[Y]')",
        "$substring('abc', 1/0)",
        "$substring('abc', 1, 1/0)",
        "$pad('a', 1/0)",
        "$split('a,b', ',', 1/0)",
    ],
)
def test_a_number_that_json_has_none_for_is_out_of_range(text):
    assert "D1001: Number out of range" in failure_of(text)


@pytest.mark.parametrize("position", ["1/0", "0/0", "[1/0]"])
def test_no_element_stands_at_a_position_without_bounds(position):
    assert value_of(f"$count([1, 2][{position}])") == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [("$power(2, $nothing)", "D3061"), ("$formatNumber(1, $nothing)", "D3085")],
)
def test_what_is_needed_and_not_there_has_a_code(text, why):
    assert why in failure_of(text)
