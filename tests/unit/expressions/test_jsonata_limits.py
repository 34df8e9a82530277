"""What runs away ends by itself, and the same way each time."""

import tracemalloc

import pytest

from chalicelib.expressions.jsonata.budget import MAX_STEPS, Budget, Refusal
from tests.unit.expressions.jsonata_data import failure_of, value_of

TOO_LONG = "D1012: the expression takes too many steps"
TOO_MUCH = "D2014"
TOO_DEEP = "D1011"
DOUBLE = "($g := function($x, $n) {{ $n = 0 ? $x : $g({}, $n - 1) }}; {})"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("($f := function() { $f() }; $f())", TOO_LONG),
        ("($f := function($n) { 1 + $f($n) }; $f(0))", TOO_DEEP),
        ("($f := function() { $map([1], $f) }; $f())", TOO_DEEP),
        ("($f := function() { $sort([1, 2], $f) }; $f())", TOO_DEEP),
        ("($f := function() { $replace('a', /a/, $f) }; $f())", TOO_DEEP),
        ("[1..1000000000]", TOO_MUCH),
        ("$range(1, 1000000000, 1)", TOO_MUCH),
        ("$count([1..50000][$ > 0])", TOO_LONG),
        ("[1..1000].[1..1000] ~> $count", TOO_MUCH),
        ("$pad('', 300000000)", TOO_MUCH),
        ("$map([1..60], function($i) { $pad('', 3999999) })", TOO_MUCH),
        ("$reduce([1..60], function($s, $i) { $s & $s }, 'abcdefgh')", TOO_MUCH),
        ("$reduce([1..60], function($s, $i) { $append($s, $s) }, [1])", TOO_MUCH),
        (
            "$reduce([1..60], function($s, $i) { $join([$s, $s]) }, 'abcdefgh')",
            TOO_MUCH,
        ),
        (
            "$reduce([1..60], function($s, $i) { $replace($s, 'a', 'aa') }, 'a')",
            TOO_MUCH,
        ),
        (
            "$reduce([1..60], function($s, $i) { $replace($s, /a/, 'aa') }, 'a')",
            TOO_LONG,
        ),
        (DOUBLE.format("[$x, $x]", "$g(1, 60)"), TOO_MUCH),
        (DOUBLE.format("[[$x], [$x]]", "$g(1, 60)"), TOO_LONG),
        (DOUBLE.format("{'a': $x, 'b': $x}", "$g(1, 60)"), TOO_LONG),
        (DOUBLE.format("{'a': $x, 'b': $x}", "$string($g(1, 60))"), TOO_LONG),
        (DOUBLE.format("{'a': $x, 'b': $x}", "$count($g(1, 60).**)"), TOO_LONG),
        (DOUBLE.format("{'a': $x, 'b': $x}", "$g(1, 60) = $g(1, 60)"), TOO_LONG),
        (DOUBLE.format("[[$x], [$x]]", "$distinct([$g(1, 60), 2])"), TOO_LONG),
        ("$sort([1..20000], function($a, $b) { $a < $b })", TOO_LONG),
        ("$contains($pad('', 60000, 'a'), /(a|aa)+b/)", TOO_LONG),
        ("$contains($pad('', 28, 'a'), /(?=(a+)+b)/)", "looks around or back"),
        ("$formatInteger(1e18, 'I')", "D3137"),
        ("$parse($pad('', 4000, '['))", "D3137"),
    ],
)
def test_an_expression_that_runs_away_ends(text, why):
    assert why in failure_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "[1..1000].[1..1000] ~> $count",
        "$map([1..60], function($i) { $pad('', 3999999) })",
        "$reduce([1..60], function($s, $i) { $s & $s }, 'abcdefgh')",
        "$reduce([1..60], function($s, $i) { $append($s, $s) }, [1])",
        DOUBLE.format("[$x, $x]", "$g(1, 60)"),
    ],
)
def test_an_expression_that_runs_away_takes_little_memory(text):
    tracemalloc.start()
    cause = failure_of(text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert TOO_MUCH in cause
    assert most < 64 * 1024 * 1024


def test_what_grows_with_the_data_is_no_runaway():
    rows = [{"n": number} for number in range(40_000)]
    assert value_of("$count($rows[n > 9])", rows=rows) == 39_990
    assert value_of("$count($parse($text))", text=f"[{'1,' * 999_999}1]") == 1_000_000


def test_deep_data_and_deep_expressions_are_refused_not_fatal():
    deep = 1
    for _ in range(20_000):
        deep = [deep]
    assert TOO_DEEP in failure_of("$string($deep)", deep=deep)
    assert "nested too deeply" in failure_of(f"{'(' * 3000}1{')' * 3000}")
    assert "more than 65536 characters" in failure_of("1" * 70_000)


def test_a_budget_is_for_one_evaluation():
    text = "$count([1..20000][$ > 0])"
    assert [value_of(text) for _ in range(3)] == [20_000] * 3


def test_more_steps_are_asked_for_once():
    asked = []
    budget = Budget(lambda: asked.append(1) or 1)
    budget.step(MAX_STEPS)
    assert asked == []
    budget.step(12)
    with pytest.raises(Refusal, match="too many steps"):
        budget.step()
    assert asked == [1]
