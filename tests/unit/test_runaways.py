"""Expressions and chains of states that run away end soon, small, and can be caught."""

import time
import tracemalloc

import pytest

from chalicelib.engine.state import Status
from chalicelib.testing import run

#: What the machine may be busy with besides; an idle one takes a tenth.
SECONDS, BYTES = 1.0, 64 * 1024 * 1024
TREE = {"x": [{"x": [{"x": [{"x": [1] * 8}] * 8}] * 8}] * 8}
DEEP = 1
for _ in range(200):
    DEEP = {"a": DEEP}
DOUBLE = "$f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }"

#: In JSONata, with nothing to see.
JSONATA = [
    "($f := function($n) { 1 + $f($n) }; $f(0))",
    "($y := function($f) { $f($f) }; $y($y))",
    "($f := function($n) { $f($n + 1) }; $f(0))",
    f"({DOUBLE}; $f('aaaaaaaa', 100))",
    "$pad('', 300000000)",
    "[1..1000000000]",
    "[1..300].([1..300].([1..300]))",
    "($a := [1..500]; $a@$x.$a@$y.$a@$z.[$x, $y, $z])",
    "[1..100000]^(>$)",
    "$shuffle([1..1000000])",
    "[1..100000]{$string($): $}",
    "$merge($map([1..100000], function($i) { {$string($i): $i} }))",
    "$zip([1..100000], [1..100000], [1..100000])",
    "$split($pad('', 3900000, 'ab'), /a/)",
    "$match($pad('', 30000, 'a'), /(a*)*b/)",
    "$replace($pad('', 100000, 'a'), 'a', $pad('', 100000, 'b'))",
    "$encodeUrlComponent($pad('', 3900000, 'é'))",
    "$partition([1..400000], 1)",
    "$power(10, 100000000)",
    "$reduce([1..1000], function($a, $i) { $a * 10000000000 }, 1)",
    "$reduce([1..200], function($a, $i) { $reverse($a) }, [1..100000])",
    "$filter([1..3000], function($i) { $i in [1..3000] })",
    "$fromMillis(0, $pad('', 1000000, '[Y]'))",
    "$parse($pad('', 3900000, '[1,'))",
]

#: In JSONPath: what is asked for, and of which data.
JSONPATH = [
    ("States.ArrayRange(0, 1000000000, 1)", {}),
    ("States.Format('{}{}{}', $, $, $)", "x" * 2_000_000),
    ("States.JsonToString($)", '"' * 2_100_000),
    ("States.StringToJson($)", "[" * 100_000),
    ("States.Base64Encode($)", "a" * 1_000_000),
    ("States.Hash($, 'SHA-512')", "a" * 1_000_000),
    ("$..*..*..*..*..*", TREE),
    ("$..a..a..a..a", DEEP),
    ("$..[?(@..a..a)]", DEEP),
    ("$" + "['a','a']" * 30, DEEP),
]


def caught(state, input=None, **facts):
    """A machine with one state, inside of one that catches everything."""
    branch = {"StartAt": "It", "States": {"It": {**state, "End": True}}}
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Say"}]
    outside = {"Type": "Parallel", "Branches": [branch], "Catch": catch, "Next": "Out"}
    states = {"All": outside, "Say": {"Type": "Pass", "End": True}}
    states["Out"] = {"Type": "Fail", "Error": "NotCaught"}
    machine = {"StartAt": "All", "States": states, **facts}
    timed(machine, input)
    return weighed(machine, input)


def timed(machine, input):
    """Run a machine; it must take little time."""
    begun = time.process_time()
    done = run(machine, input)
    assert time.process_time() - begun < SECONDS
    return done


def weighed(machine, input):
    """Run a machine; it must take little room."""
    tracemalloc.start()
    done = run(machine, input)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < BYTES
    return done


@pytest.mark.parametrize("text", JSONATA)
def test_an_expression_of_jsonata_that_runs_away_is_caught(text):
    state = {"Type": "Pass", "Output": f"{{% {text} %}}"}

    done = caught(state, QueryLanguage="JSONata")

    assert done.output["Error"] == "States.QueryEvaluationError"


@pytest.mark.parametrize(("text", "data"), JSONPATH)
def test_an_expression_of_jsonpath_that_runs_away_ends(text, data):
    state = {"Type": "Pass", "Parameters": {"a.$": text}, "End": True}

    done = timed({"StartAt": "It", "States": {"It": state}}, data)

    assert done.status is Status.FAILED
    assert done.error in ("States.IntrinsicFailure", "States.Runtime")


def chain(length, parameters):
    """States one after the other, each of which makes more of what it gets."""
    states = {
        f"S{number}": {
            "Type": "Pass",
            "Parameters": parameters,
            "Next": f"S{number + 1}",
        }
        for number in range(length)
    }
    return {"StartAt": "S0", "States": {**states, f"S{length}": {"Type": "Succeed"}}}


@pytest.mark.parametrize(
    ("length", "parameters", "input", "says"),
    [
        (
            6,
            {f"{name}.$": "$" for name in "abcdefghijklmnopqrst"},
            {"x": "y"},
            "a value may have 33554432 characters",
        ),
        (
            7,
            {"x.$": f"States.Array({', '.join(['$.x'] * 16)})"},
            {"x": "y"},
            "a value may have 33554432 characters",
        ),
        (
            30,
            {"x.$": "States.Format('{}{}{}{}', $.x, $.x, $.x, $.x)"},
            {"x": "yyyyyyyy"},
            "a text may have 4000000 characters",
        ),
    ],
)
def test_a_chain_of_states_that_multiplies_ends(length, parameters, input, says):
    done = run(chain(length, parameters), input)

    assert done.status is Status.FAILED
    assert says in done.cause


def test_states_that_wrap_what_they_get_end_at_a_depth():
    deep = 1
    for _ in range(790):
        deep = [deep]

    done = run(chain(20, {"a.$": "$"}), deep)

    assert done.error == "States.DataLimitExceeded"
    assert "nested 800 deep" in done.cause
