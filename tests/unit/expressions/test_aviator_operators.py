"""What do Aviator's operators give, and which values have none?"""

import math

import pytest

from tests.unit.expressions.aviator_data import failure_of, strictly, value_of

LEAST, MOST = -(1 << 63), (1 << 63) - 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 - 2", -1),
        ("9223372036854775807 + 1", LEAST),
        ("-9223372036854775807 - 2", MOST),
        ("4611686018427387904 + 4611686018427387903", MOST),
        ("9223372036854775808 - 1", MOST),
        ("-7 / -2", 3),
        ("7 % -3", 1),
        ("0xFFFFFFFFFFFFFFFF", -1),
        ("3N / 2", 1),
        ("-7N % 3", 2),
        ("1 + 2N", 3),
        ("1.5M * 2", 3.0),
        ("7M / 2N", 3.5),
        ("7.5M % 2", 1.5),
        ("1M + 0.5", 1.5),
        ("str(1M / 3)", "0.3333333333333333333333333333333333"),
        ("7.5 % 2", 1.5),
        ("7.0 / 2", 3.5),
        ("str(1.0 / 0)", "Infinity"),
        ("str(-1 / 0.0)", "-Infinity"),
        ("str(0.0 / 0)", "NaN"),
        ("str(1.0 % 0)", "NaN"),
        ("str((1.0 / 0) % 2)", "NaN"),
        ("2 ** 10", 1024),
        ("2 ** -1", 0.5),
        ("2 ** 0.5 > 1.41", True),
        ("2 ** 100", MOST),
        ("3 ** 35", 50031545098999704),
        ("2.0 ** 3", 8.0),
        ("str(10.0 ** 400)", "Infinity"),
        ("str((-10.0) ** 401)", "-Infinity"),
        ("str((-1.0) ** 0.5)", "NaN"),
        ("str(0.0 ** -1)", "Infinity"),
        ("2N ** 3", 8),
        ("0N ** 0", 1),
        ("(-1N) ** 7", -1),
        ("(-1N) ** 8000000", 1),
        ("1.5M ** 2", 2.25),
        ("-(-9223372036854775807 - 1)", LEAST),
        ("-5N", -5),
        ("-1.5", -1.5),
        ("- - 1", 1),
        ("~0", -1),
        ("1 << 65", 2),
        ("-1 >>> 1", MOST),
        ("1 + /a/", "no"),
        ("'a' + /b/", "ab"),
        ("/b/ + 'a'", "ba"),
        ("true || error", True),
        ("1 < 2 == true", True),
        ("6 & 3 == 3", "no"),
        ("1 | 2 ^ 3 & 1", 3),
    ],
)
def test_operators_have_values(text, value):
    if value == "no":
        assert failure_of(text).startswith("expression_failed")
    else:
        assert strictly(value_of(text)) == strictly(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 / 0", "ArithmeticException in line 1: / by zero"),
        ("1 % 0", "/ by zero"),
        ("1N / 0", "/ by zero"),
        ("1N % 0", "the modulus is not positive"),
        ("1M / 0", "/ by zero"),
        ("0M / 0", "no decimal"),
        ("9M ** 9999", "no decimal"),
        ("2N ** -1", "the exponent is negative"),
        ("10N ** 5000", "a bigint has 2048 bits at most"),
        ("(2N ** 2040) * 512", "a bigint has 2048 bits at most"),
        ("(1.0 / 0) + 1M == 0 ? 1 : decimal(1.0 / 0)", "inf is no decimal"),
        ("true - 1", "cannot subtract the boolean True and the long 1"),
        ("'a' * 2", "cannot multiply the string 'a' and the long 2"),
        ("seq.list(1) + 'a'", "cannot add a list of 1 and the string 'a'"),
        ("'a' ** 2", "cannot raise the string 'a' to the long 2"),
        ("-'a'", "cannot negate the string 'a'"),
        ("!1", "the long 1 is not a boolean"),
        ("nil && true", "nil is not a boolean"),
        ("1 ? 2 : 3", "the long 1 is not a boolean"),
        ("1.0 & 1", "the double 1.0 is not a long and has no bits to work on"),
        ("1N << 1", "a bigint is not a long"),
        ("1 < 'a'", "CompareNotSupportedException"),
        ("true > 1", "cannot compare the boolean True with the long 1"),
        ("seq.list() < seq.list()", "cannot compare a list of 0 with a list of 0"),
        ("seq.set(1) < 1", "a set of 1"),
        ("+ < 1", "expected a value"),
        ("identity < 1", "cannot compare a function"),
        ("1 =~ /1/", "the long 1 is not a text that could match"),
        ("'a' =~ 'a'", "the string 'a' is no regular expression"),
    ],
)
def test_other_values_are_told_in_the_error(text, why):
    assert why in failure_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1N == 1", True),
        ("1M == 1.0", True),
        ("1.10M == 1.1M", True),
        ("1 < 1.5M", True),
        ("2N > 1", True),
        ("2.5M > 2N", True),
        ("false < true", True),
        ("0.0 / 0 == 0.0 / 0", True),
        ("0.0 / 0 > 1.0 / 0", True),
        ("1.0 < 0.0 / 0", True),
        ("nil == false", False),
        ("nil <= nil", True),
        ("seq.map('a', 1) == seq.map('a', 1.0)", True),
        ("seq.map('a', 1) == seq.map('a', 2)", False),
        ("seq.map('a', 1) == seq.map('b', 1)", False),
        ("seq.set(1, 2) == seq.set(2, 1)", True),
        ("seq.entry(1, 2) == seq.entry(1, 2)", True),
        ("seq.list(1) == seq.list(1, 2)", False),
        ("identity == identity", True),
        ("identity == count", False),
        ("range(0, 3) == range(0, 3)", True),
        ("range(0, 3) == seq.list(0, 1, 2)", False),
        ("error('a') == error('a')", True),
        ("let e = string_to_date('2024', 'yyyy'); e == '2024-01-01 00:00:00:00'", True),
        ("let e = string_to_date('2024', 'yyyy'); '2023-01-01 00:00:00:9' < e", True),
        ("let e = string_to_date('2024', 'yyyy'); e == e && e <= e", True),
        ("/a/ == /a/", True),
        ("/a+/ =~ 'aa'", True),
        ("nil =~ /a/", False),
        ("if ('ab' =~ /(a)|(b)(.)?/) { 1 } else { '' + $0 }", "null"),
        ("'b' =~ /(a)|(b)/; $1 == nil && $2 == 'b'", True),
        ("'AB' =~ /(?i)ab/", True),
        ("'a/b' =~ /a\\/b/", True),
    ],
)
def test_values_are_compared_across_their_kinds(text, value):
    assert value_of(text) is value or value_of(text) == value


def test_a_text_that_is_no_date_is_not_compared_with_one():
    assert "'soon' is no date such as" in failure_of("sysdate() < 'soon'")
    assert "'soon' is no date such as" in failure_of("sysdate() == 'soon'")


def test_whole_numbers_of_the_data_are_bigint_where_they_are_long():
    assert value_of("source + 1", source=MOST + 1) == MOST + 2
    assert value_of("type(source)", source=MOST + 1) == "bigint"
    assert math.isclose(value_of("source * 1.0", source=10**30), 1e30)
    assert value_of("str(source * 1.0)", source=10**400) == "Infinity"
    assert value_of("str(source * 1.0)", source=-(10**400)) == "-Infinity"
