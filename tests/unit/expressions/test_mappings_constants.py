import pytest

from chalicelib.expressions.constants import parse_constant


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", 42),
        (" 42\t", 42),
        ("+5", 5),
        ("-5", -5),
        ("000120", 120),
        ("2e3", 2000),
        ("5e-1", 0),
        ("1.50", 1.5),
        (".25", 0.25),
        ("007.5", 7.5),
        ("3.", 3.0),
        ("1.5e3", 1500.0),
        ("true", True),
        (" FALSE ", False),
        ("[]", []),
        ("{}", {}),
        ('{"a": {"b": [1, "x"]}}', {"a": {"b": [1, "x"]}}),
        ("  [1, 2] and more", [1, 2]),
        ('{"a":1} and more', {"a": 1}),
        ("{a: 1, b_2: {$c: true}} x", {"a": 1, "b_2": {"$c": True}}),
        ('{"a": "{b: 1, c:"}', {"a": "{b: 1, c:"}),
    ],
)
def test_text_stands_for_a_value(text, value):
    found = parse_constant(text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "  blanks stay ",
        "null",
        '"quoted"',
        "1.2.3",
        "0x1F",
        "1_000",
        "1,5",
        ".",
        "e5",
        "٣",
        "[draft] text",
        '{"a": oops}',
        '{"a": NaN}',
        '{"a": 1e999}',
        "[" * 5_000,
        "9223372036854775808",
        "-9223372036854775809",
        "1e999",
        "1.0e999",
        "9" * 500,
    ],
)
def test_any_other_text_stands_for_itself(text):
    assert parse_constant(text) == text


def test_whole_numbers_have_64_bits():
    assert parse_constant("9223372036854775807") == 2**63 - 1
    assert parse_constant("-9223372036854775808") == -(2**63)
