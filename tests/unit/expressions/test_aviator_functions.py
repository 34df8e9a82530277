"""What do the functions of Aviator's library give?"""

import pytest

from chalicelib.expressions.aviator.library import LIBRARY, SIGNS
from chalicelib.model.aviator_expressions import _AS_FUNCTIONS
from chalicelib.model.aviator_names import FUNCTIONS
from tests.unit.expressions.aviator_data import failure_of, strictly, value_of


def test_the_names_that_a_definition_is_checked_against_are_those_there_are():
    assert LIBRARY.keys() == FUNCTIONS
    assert SIGNS.keys() >= _AS_FUNCTIONS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # -- lists, maps, sets -----------------------------------------------------
        ("tuple(1, 'a')", [1, "a"]),
        ("seq.array(long, 1, 2)", [1, 2]),
        ("seq.map(1, 'a', 1.0, 'b', true, 'c')", {"1": "a", "1.0": "b", "true": "c"}),
        ("seq.map(nil, 1)[nil]", 1),
        ("seq.map(seq.list(1), 2)[seq.list(1)]", 2),
        ("seq.keys(seq.map(1.5, 1))", [1.5]),
        ("seq.keys(nil)", None),
        ("seq.vals(nil)", None),
        ("seq.vals(seq.map('a', 1))", [1]),
        ("seq.remove(seq.map('a', 1), 'a')", {}),
        ("count(nil)", 0),
        ("seq.entry('a', 1)", {"a": 1}),
        ("seq.add(seq.map(), seq.entry('a', 1))", {"a": 1}),
        ("seq.add(seq.map(), 'a', 1)", {"a": 1}),
        ("seq.add_all(seq.list(1), range(2, 4))", [1, 2, 3]),
        ("seq.add_all(seq.list(1), nil)", [1]),
        ("into(seq.set(), 'aba')", ["a", "b"]),
        ("seq.put(seq.list(1), 0, 2)", 1),
        ("seq.remove(seq.list(1, 1.0, 2), 1.0)", [1, 2]),
        ("seq.remove(seq.list(1), 3)", [1]),
        ("seq.remove(seq.set(1, 2), 1)", [2]),
        ("seq.get(seq.set(1), 1)", 1),
        ("seq.get(seq.set(1), 2)", None),
        ("seq.get(seq.list(5), 0)", 5),
        ("seq.contains_key(nil, 1)", False),
        ("seq.contains_key(seq.list(1), 0)", True),
        ("seq.contains_key(seq.list(1), 1.5)", False),
        ("seq.contains_key(seq.map(1.0, 2), 1.0)", True),
        ("reverse(nil)", None),
        ("count(seq.set(1, 1))", 1),
        ("is_empty('')", True),
        ("include(seq.set(1), 1)", True),
        ("include(nil, 1)", False),
        ("sort(nil)", None),
        ("sort(seq.list(1, 3, 2), comparator(lambda(a, b) -> a > b end))", [3, 2, 1]),
        ("sort(seq.list(2, 1), lambda(a, b) -> cmp(b, a) end)", [2, 1]),
        ("sort(seq.list(1, 1), comparator(lambda(a, b) -> a < b end))", [1, 1]),
        ("seq.min(seq.list(2, 1))", 1),
        ("seq.max(seq.list(2, nil, 3))", 3),
        ("seq.max(nil)", None),
        ("min()", None),
        ("take(range(0, 9), 2)", [0, 1]),
        ("take('a', 2)", ["a"]),
        ("drop(range(0, 4), 2)", [2, 3]),
        ("zip(seq.list(1, 2), 'ab')", [[1, "a"], [2, "b"]]),
        ("zipmap(seq.list('a', 'b'), range(0, 5))", {"a": 0, "b": 1}),
        ("concat(nil, nil)", None),
        ("concat(seq.list(1), 'a')", [1, "a"]),
        (
            "distinct(seq.list(1, 1.0, true, 1, nil, 'a', 'a'))",
            [1, 1.0, True, None, "a"],
        ),
        ("distinct(nil)", None),
        ("distinct(seq.list(seq.map('a', 1.0), seq.map('a', 1.0)))", [{"a": 1.0}]),
        ("count(distinct(seq.list(seq.set(1), seq.set(1), seq.list(seq.list(1)))))", 2),
        ("count(distinct(seq.list(seq.entry(1, 2), sysdate(), 1N, 1M)))", 4),
        ("is_distinct(seq.list(1, 1))", False),
        ("is_distinct(nil)", True),
        ("repeat(2, 'a')", ["a", "a"]),
        ("repeat(-1, 'a')", []),
        ("repeatedly(2, lambda() -> 1 end)", [1, 1]),
        ("range(3, 0, -1)", [3, 2, 1]),
        ("seq(seq.set(1))", [1]),
        ("seq.list() == nil", False),
        # -- functions -------------------------------------------------------------
        ("map(nil, identity)", None),
        ("map('ab', lambda(c) -> c + c end)", ["aa", "bb"]),
        ("filter(nil, identity)", None),
        ("filter(seq.set(1, 2), seq.lt(2))", [1]),
        ("filter(seq.map('a', 1, 'b', 2), lambda(e) -> e.value > 1 end)", {"b": 2}),
        ("take_while(seq.list(1, 3, 1), seq.le(2))", [1, 1]),
        ("drop_while(seq.list(1, 3, 1), seq.lt(2))", [3]),
        ("reduce(nil, +, 5)", 5),
        ("reduce(seq.list(2, 3), **, 2)", 64),
        ("seq.some(seq.list(1), seq.gt(1))", None),
        ("seq.every(seq.list(1, nil), seq.exists())", False),
        ("seq.not_any(seq.list(1), seq.ge(1))", False),
        (
            "group_by(seq.list(1, 2, 3), lambda(x) -> x % 2 == 0 end)",
            {"false": [1, 3], "true": [2]},
        ),
        ("constantly(3)(1, 2)", 3),
        ("partial(max, 1, 2)(3)", 3),
        ("map(seq.list(1, 2), -)", [-1, -2]),
        ("reduce(seq.list(1, 2), -, 0)", -3),
        ("map(seq.list(true), !)", [False]),
        ("map(seq.list(0), ~)", [-1]),
        ("filter(seq.list(1, 2), seq.neq(1))", [2]),
        ("filter(seq.list(true, false), seq.true())", [True]),
        ("filter(seq.list(true, false), seq.false())", [False]),
        ("filter(seq.list(nil, 1), seq.nil())", [None]),
        ("filter(range(0, 9), seq.and(seq.gt(2), seq.lt(5)))", [3, 4]),
        ("filter(range(0, 5), seq.or(seq.lt(1), seq.gt(3)))", [0, 4]),
        ("seq.list(seq.and(), seq.or())", [True, False]),
        # -- texts -----------------------------------------------------------------
        ("string.split('boo:and:foo', 'o')", ["b", "", ":and:f"]),
        ("string.split('boo:and:foo', 'o', -1)", ["b", "", ":and:f", "", ""]),
        ("string.split('boo:and:foo', ':', 2)", ["boo", "and:foo"]),
        ("string.split('a1b22c', '[0-9]+')", ["a", "b", "c"]),
        ("string.split('a1b22c', '[0-9]+', 2)", ["a", "b22c"]),
        ("string.split('abc', '')", ["a", "b", "c"]),
        ("string.split('a1', /[0-9]/)", ["a"]),
        ("string.split('', ',')", [""]),
        ("string.join(seq.list('a', 'b'))", "ab"),
        ("string.contains('abc', 'bc')", True),
        ("string.indexOf('abc', 'd')", -1),
        ("string.startsWith('abc', 'b')", False),
        ("string.endsWith('abc', 'c')", True),
        ("string.join(seq.set(1), '-')", "1"),
        ("string.substring('abc', 1)", "bc"),
        ("string.replace_first('aXbX', 'X', '$0$0')", "aXXbX"),
        ("string.replace_all('abc', '', '-')", "-a-b-c-"),
        ("string.replace_all('ab', '(a)|(b)', '[$2]')", "[][b]"),
        ("string.replace_all('a', 'a', '\\\\$')", "$"),
        # -- kinds and math --------------------------------------------------------
        ("long(1.9M)", 1),
        ("long(1N + 9223372036854775807)", -(1 << 63)),
        ("long(1e300)", (1 << 63) - 1),
        ("long(1.0 / 0)", (1 << 63) - 1),
        ("long(-1.0 / 0)", -(1 << 63)),
        ("long(0.0 / 0)", 0),
        ("double(true)", 1.0),
        ("double(1M)", 1.0),
        ("bigint('99999999999999999999')", 99999999999999999999),
        ("bigint(2.9)", 2),
        ("bigint(false)", 0),
        ("decimal('1.50')", 1.5),
        ("decimal(1)", 1.0),
        ("decimal(0.1) == 0.1M", True),
        ("decimal(1.5M)", 1.5),
        ("boolean(false)", False),
        ("math.ceil(1.2)", 2.0),
        ("math.abs(-1.5M)", 1.5),
        ("math.abs(2)", 2),
        ("math.pow(2, 3)", 8.0),
        ("math.pow(2N, 3)", 8),
        ("math.log(1)", 0.0),
        ("str(math.log(0))", "-Infinity"),
        ("str(math.log10(-1))", "NaN"),
        ("str(math.sqrt(-1))", "NaN"),
        ("str(math.floor(1.0 / 0))", "Infinity"),
        ("math.round(-0.4)", 0),
        (
            "map(seq.list(range(0, 1), seq.set(), seq.entry(1, 2)), type)",
            ["range", "set", "entry"],
        ),
        (
            "map(seq.list(/a/, sysdate(), error('x')), type)",
            ["pattern", "date", "error"],
        ),
        ("type(comparator(seq.lt(1)))", "comparator"),
        ("compare('a', 'b')", -1),
        # -- names, others ---------------------------------------------------------
        (
            "let a = nil; seq.list(is_def(a), is_def(b), is_def(count), is_def(a.b))",
            [True, False, True, False],
        ),
        ("let a = 1; undef(a); is_def(a)", False),
        ("undef(nothing)", None),
        ("print('x'); println(1, 2)", None),
        ("assert(true)", None),
        ("rand() < 1", True),
        # -- as texts --------------------------------------------------------------
        ("str(seq.set(1, 2))", "[1, 2]"),
        ("str(seq.entry('a', nil))", "a=null"),
        ("str(range(0, 2))", "[0, 1]"),
        ("str(/a/)", "a"),
        ("str(error('x'))", "x"),
        ("str(identity)", "a function"),
        ("str(1N)", "1"),
        ("str(1.20M)", "1.20"),
        ("str(0.0)", "0.0"),
        ("str(-1234567.5)", "-1234567.5"),
        ("str(-12345678.5)", "-1.23456785E7"),
        ("str(sysdate())", "Wed Jan 31 23:05:09 UTC 2024"),
        # -- as JSON ---------------------------------------------------------------
        ("error('x')", "x"),
        ("/a/", "a"),
        ("sysdate()", 1706742309007),
        ("now()", 1706742309007),
        ("nil", None),
    ],
)
def test_functions_have_values(text, value):
    assert strictly(value_of(text)) == strictly(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("count(1)", "the long 1 has no elements"),
        ("count()", "count needs 1 arguments, not 0"),
        ("map(1, identity)", "the long 1 has no elements"),
        ("map(seq.list(1), 2)", "the long 2 is no function"),
        ("seq(1)", "the long 1 has no elements"),
        ("seq.map('a')", "seq.map needs a value for each key"),
        ("seq.map(identity, 1)", "a function cannot be a key"),
        ("seq.add(nil, 1)", "NullPointerException in line 1: cannot add the long 1"),
        ("seq.add(seq.list(), 1, 2)", "cannot add a key and a value to a list of 0"),
        ("seq.add(seq.map(), 1)", "cannot add the long 1 to a map of 0"),
        ("seq.remove(1, 1)", "the long 1 is not a list or a map or a set"),
        ("seq.get(nil, 1)", "nil has no [the long 1]"),
        ("seq.get(seq.list(1), 1)", "position 1 is out of bounds for a list of 1"),
        ("seq.get(seq.list(1), -1)", "position -1 is out of bounds"),
        ("seq.list(1)['a']", "the string 'a' is not a position of a list"),
        ("('abc' + '')[0]", "the string 'abc' has no [the long 0]"),
        ("let a = 'x'; a.b = 1;", "the string 'x' has no .b"),
        ("let a = 'x'; a[0] = 1;", "the string 'x' has no [the long 0]"),
        ("error('x').name", "the error Error(kind='StandardError'"),
        ("sort(seq.list(1, 'a'))", "cannot compare"),
        ("sort(seq.list(1, 2), lambda(a, b) -> 'x' end)", "is not a long"),
        ("comparator(1)", "the long 1 is not a function"),
        ("range(0, 1.5)", "the double 1.5 is not a long"),
        ("range(0, 1, 0)", "the step of a range is not zero"),
        ("rand(0)", "rand needs a number above zero"),
        ("assert(false, 'wrong')", "AssertFailed in line 1: wrong"),
        ("assert(false)", "AssertFailed in line 1: null"),
        ("string.length(nil)", "nil is not a text"),
        ("string.join('a')", "the string 'a' is not a list or a set"),
        ("string.substring('abc', 2, 1)", "2 to 1 is no part of a text of 3 letters"),
        ("string.replace_all('a', 'a', '$1')", "there is no group for '$1'"),
        ("string.replace_all('a', 'a', '$')", "there is no group for '$'"),
        ("string.split('a', '(')", "the regular expression /(/ is wrong"),
        ("string.split('a', repeat_('a'))", "there is no function 'repeat_'"),
        ("long('1.5')", "the string '1.5' spells no such number"),
        ("long('99999999999999999999')", "spells no such number"),
        ("long(nil)", "nil is not a number, nor does it spell one"),
        ("bigint(1.0 / 0)", "inf is no whole number"),
        ("math.abs('a')", "the string 'a' is not a number"),
        ("is_def(1, 2)", "is_def needs 1 arguments, not 2"),
        ("let f = is_def; f(1)", "is_def and undef need a name"),
        ("identity", "the result is a function, for which JSON has no word"),
        ("1.0 / 0", "the result is the double inf"),
    ],
)
def test_wrong_arguments_are_told_in_the_error(text, why):
    assert why in failure_of(text)


def test_a_pattern_made_at_run_time_is_bounded():
    text = "string.split('a', source)"

    assert "1000 letters at most" in failure_of(text, source="[a]" * 500)


def test_chance_is_another_each_time_and_the_same_again():
    first = value_of("seq.list(rand(), rand(), rand(1000))")

    assert len({*first}) == 3
    assert value_of("seq.list(rand(), rand(), rand(1000))") == first


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
