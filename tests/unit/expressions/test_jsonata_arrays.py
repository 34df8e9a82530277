import hashlib
import re

import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import Facts, View, evaluate
from chalicelib.model.expressions import Jsonata
from tests.unit.expressions.jsonata_data import failure_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$map([1, 2], function($v) { $v * 2 })", [2, 4]),
        ("$map([1, 2], function($v, $i) { $v * $i })", [0, 2]),
        ("$map([1, 2], function($v, $i, $a) { $count($a) })", [2, 2]),
        ("$map([1, 2], function() { 5 })", [5, 5]),
        ("$map([1, 2], function($v) { $v > 1 ? $v })", 2),
        ("$map(1, $string)", "1"),
        ("$map(['a', 'b'], $uppercase)", ["A", "B"]),
        ("$map([[1, 2]], $sum)", 3),
        ("$filter([1, 2, 3], function($v) { $v > 1 })", [2, 3]),
        ("$filter([1, 2, 3], function($v, $i) { $i = 0 })", 1),
        ("$single([1, 2], function($v) { $v = 2 })", 2),
        ("$single([1])", 1),
        ("$reduce([1, 2, 3], function($a, $b) { $a + $b })", 6),
        ("$reduce([1, 2], function($a, $b) { $a + $b }, 10)", 13),
        ("$reduce([], function($a, $b) { $a + $b }, 10)", 10),
        ("$reduce([5, 6], function($a, $b, $i) { $a * 10 + $i }, 1)", 101),
        ("$reduce([5, 6], function($a, $b, $i, $l) { $a + $count($l) }, 0)", 4),
        ("$reduce([[1], [2]], $append)", [1, 2]),
        ("$sift({'a': 1, 'b': 2}, function($v) { $v > 1 })", {"b": 2}),
        ("$sift({'a': 1, 'b': 2}, function($v, $k) { $k = 'a' })", {"a": 1}),
        ("[{'a': 1}].$sift(function($v) { $v })", {"a": 1}),
        ("$each({'a': 1, 'b': 2}, function($v, $k) { $k & $v })", ["a1", "b2"]),
        ("$each({'a': 1}, function($v) { $nobody }) ~> $count", 0),
        ("$zip([1, 2], ['a', 'b', 'c'])", [[1, "a"], [2, "b"]]),
        ("$zip([1], $nobody)", []),
        ("$keys({'a': 1, 'b': 2})", ["a", "b"]),
        ("$keys([{'a': 1}, {'b': 2, 'a': 3}])", ["a", "b"]),
        ("$keys([{'a': 1}, 1])", "a"),
        ("$lookup({'a': 1}, 'a')", 1),
        ("$lookup([{'a': 1}, {'a': [2]}, 3], 'a')", [1, 2]),
        ("$append([1], [2, 3])", [1, 2, 3]),
        ("$append(1, 2)", [1, 2]),
        ("$append([1], $nobody)", [1]),
        ("$append($nobody, 1)", 1),
        ("$exists($o.none)", True),
        ("$exists($nobody)", False),
        ("$spread({'a': 1, 'b': 2})", [{"a": 1}, {"b": 2}]),
        ("$spread([{'a': 1, 'b': 2}, {'c': 3}, 4])", [{"a": 1}, {"b": 2}, {"c": 3}, 4]),
        ("$spread(5)", 5),
        ("$merge([{'a': 1, 'b': 1}, {'b': 2}])", {"a": 1, "b": 2}),
        ("$merge({'a': 1})", {"a": 1}),
        ("$reverse([1, 2])", [2, 1]),
        ("$sort([3, 1, 2])", [1, 2, 3]),
        ("$sort(['b', 'a'])", ["a", "b"]),
        ("$sort(1)", [1]),
        ("$sort([3, 1, 2], function($l, $r) { $l < $r })", [3, 2, 1]),
        ("$sort([1, 2, 1], function($l, $r) { $l >= $r })", [1, 1, 2]),
        ("$sort($shuffle([1..9]))", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("$distinct([1, 1.0, '1', true, 1])", [1, "1", True]),
        ("$distinct([{'a': [1]}, {'a': [1]}, {'a': [2]}])", [{"a": [1]}, {"a": [2]}]),
        ("$distinct($o.lines.sku)", ["a", "b"]),
        ("$distinct($o.lines[sku = 'a'].sku)", "a"),
        ("$distinct(5)", 5),
        ("$boolean([0, 1])", True),
        ("$not([])", True),
        ("$boolean($sum)", False),
        ("$type(1)", "number"),
        ("$type(null)", "null"),
        ("$type([])", "array"),
        ("$type({})", "object"),
        ("$type('')", "string"),
        ("$type(true)", "boolean"),
        ("$type($sum)", "function"),
        ("$clone($o.flags)", {"a": True, "b": False}),
        ("($assert(true); 1)", 1),
        # AWS's own
        ("$partition([1, 2, 3], 2)", [[1, 2], [3]]),
        ("$partition([1], 4)", [[1]]),
        ("$partition([], $nobody)", [[]]),
        ("$partition([1, 2, 3])", [[1, 2, 3]]),
        ("[$partition($nobody, 2)]", []),
        ("$partition([1, 2, 3], 2.6)", [[1, 2], [3]]),
        ("$range(1.4, 5.6, 2.2)", [1, 3, 5]),
        ("$range(4, 0, -2)", [4, 2, 0]),
        ("$range(1, 9, 9)", 1),
        ("$range(1, 9, 4)", [1, 5, 9]),
        ("$range(3, 1, -1)", [3, 2, 1]),
        ("$range(1, 9, 9)", 1),
        ("$hash('abc', 'SHA-256')", hashlib.sha256(b"abc").hexdigest()),
        ("$parse('{\"a\": [1, null]}')", {"a": [1, None]}),
        ("$random(5) = $random(5)", True),
        ("$random(5) = $random(6)", False),
        ("$random() = $random()", False),
        ("$random() < 1", True),
        ("$uuid() = $uuid()", False),
    ],
)
def test_what_a_function_of_values_gives(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$single([1, 2])", "D3138"),
        ("$single([])", "D3139"),
        ("$reduce([1], $string)", "D3050"),
        ("$sort([1, 'a'])", "D3070"),
        ("$sort([{}])", "D3070"),
        ("$error('no')", "D3137: no"),
        ("$assert(false)", "D3141: $assert() statement failed"),
        ("$assert(false, 'no')", "D3141: no"),
        ("$clone({'f': $sum})", "unsupported result type"),
        ("$partition([1], -1)", "Second argument must be zero or greater"),
        ("$partition('a', 1)", 'T0412: Argument 1 of function "partition"'),
        ("$partition([1], '1')", 'T0410: Argument 2 of function "partition"'),
        ("$range('a', 2, 1)", 'T0410: Argument 1 of function "range"'),
        ("$range(1, 2, 1, 1)", 'T0410: Argument 4 of function "range"'),
        ("$range(1, 1 / 0, 1)", "D1001: Number out of range: inf"),
        ("$hash('a', 'CRC')", "Hash algorithm 'CRC' must be one of SHA-1, SHA-384"),
        ("$hash({}, 'MD5')", 'T0410: Argument 1 of function "hash"'),
        ("$hash()", 'T0410: Argument 1 of function "hash"'),
        ("$parse('{')", "D3137: the text is not JSON"),
        ("$parse('NaN')", "D3137"),
        ("$eval('1')", "T1006"),
    ],
)
def test_what_a_function_of_values_refuses(text, code):
    assert code in failure_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "$sift({'a': 1}, function($v) { false })",
        "$map([], $string)",
        "$filter([1], function() { false })",
        "$keys({})",
        "$keys(1)",
        "$lookup(1, 'a')",
        "$reduce([], function($a, $b) { $a })",
        "$append($nobody, $nobody)",
        "$assert(true)",
        "$type($nobody)",
        "$range(2, 1, 1)",
    ],
)
def test_nothing_gives_nothing(text):
    assert failure_of(text).endswith("returned nothing (undefined).")


def test_a_uuid_is_of_version_4():
    shape = r"[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}"
    assert re.fullmatch(shape, value_of("$uuid()"))


@pytest.mark.parametrize("text", ["$random()", "$uuid()", "$shuffle([1..20])"])
def test_chance_is_the_same_in_a_replay_and_another_in_another_state(text):
    node = Jsonata(text=text, field="Output")
    here = View(facts=Facts(salt="e-1/0/3"))
    there = View(facts=Facts(salt="e-1/0/4"))
    inside = View(facts=Facts(salt="e-1/0/3"), index=1)

    assert evaluate(node, here) == evaluate(node, here)
    assert evaluate(node, here) != evaluate(node, there)
    assert evaluate(node, here) != evaluate(node, inside)


def test_the_same_text_in_two_fields_draws_twice():
    facts = View(facts=Facts(salt="e-1/0/3"))
    one, other = (
        Jsonata(text="$uuid()", field=each) for each in ("Assign/a", "Output")
    )
    assert evaluate(one, facts) != evaluate(other, facts)


def test_half_a_character_is_hashed_all_the_same():
    with pytest.raises(EvaluationFailure, match="nothing"):
        value_of("$hash($nobody, 'MD5')")
    assert len(value_of("$hash('\\uD800', 'MD5')")) == 32
