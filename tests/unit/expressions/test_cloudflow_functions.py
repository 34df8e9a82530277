import re

import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions.cloudflow import FUNCTIONS
from chalicelib.expressions.scope import Facts, View
from chalicelib.formats.cloudflow.signatures import SIGNATURES

#: What the compiler puts in by itself.
OWN = {"CloudFlow.timeout", "CloudFlow.flowResource", "CloudFlow.firstItems"}


def call(name, *arguments, salt=""):
    view = View(facts=Facts(salt=salt))
    return FUNCTIONS[f"CloudFlow.{name}"](list(arguments), view)


@pytest.mark.parametrize(
    ("name", "arguments", "value"),
    [
        ("arrayContains", [["Ann", 7], 7], True),
        ("arrayContains", [["Ann", 7], "Bob"], False),
        ("arrayContains", [[{"a": [1.0]}], {"a": [1]}], True),
        pytest.param("arrayContains", [[1], True], False, id="true is not 1"),
        ("arrayUnique", [[3, 1, 3, "3", 1.0]], [3, 1, "3"]),
        ("arrayUnique", [[]], []),
        ("toArray", [], []),
        ("toArray", ["x", None, [1]], ["x", None, [1]]),
        ("format", ["{} of {}", 3, "four"], "3 of four"),
        ("format", ["{}", {"a": [True]}], '{"a":[true]}'),
        ("format", ["nothing"], "nothing"),
        ("split", ["a,b,,c", ","], ["a", "b", "", "c"]),
        ("split", ["abc", ""], ["a", "b", "c"]),
        ("length", [[1, 2]], 2),
        ("length", [{"a": 1}], 1),
        ("length", ["наст"], 4),
        ("regexMatchString", ["order-42", r"\d+"], True),
        ("regexMatchString", ["order-42", r"^\d+$"], False),
        ("get", [["a", "b"], 1], "b"),
        ("get", [{"k": "v"}, "k"], "v"),
        pytest.param("get", [["a"], 5], None, id="get beyond the end is null"),
        pytest.param("get", [["a"], -1], None, id="get before the start is null"),
        pytest.param("get", [{}, "k"], None, id="get of no such name is null"),
        ("intAdd", [2, -5], -3),
        ("mapKeys", [{"b": 1, "a": 2}], ["b", "a"]),
        ("mapValues", [{"b": 1, "a": 2}], [1, 2]),
        (
            "jsonMerge",
            [{"a": {"x": 1}, "b": 1}, {"a": {"y": 2}}],
            {"a": {"y": 2}, "b": 1},
        ),
        ("stringToJson", ['{"n": [1, null]}'], {"n": [1, None]}),
        ("fromJSON", ["7"], 7),
        ("jsonToString", [{"n": [1, None]}], '{"n":[1,null]}'),
        ("fromBase64", ["0L/Rg9GC0Yw="], "путь"),
        ("toBase64", ["путь"], "0L/Rg9GC0Yw="),
        ("hash", ["flow", "MD5"], "cff5497121104c2b8e0cb41ed2083a9b"),
        (
            "hash",
            ["flow", "SHA-1"],
            "d8f7e9c783be82328ffc2f348b0f257b671c1107",
        ),
        ("timeout", [0], None),
        ("timeout", ["0"], None),
        ("timeout", ["30"], "30"),
        pytest.param("timeout", [False], False, id="false is no timeout of 0"),
        ("flowResource", ["acs:fnf:cn-x:123:flow/ship"], "workflow:ship"),
    ],
)
def test_function_gives(name, arguments, value):
    found = call(name, *arguments)

    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("algorithm", "digits"), [("SHA-256", 64), ("SHA-512", 128)])
def test_long_digests_are_hexadecimal(algorithm, digits):
    assert re.fullmatch(f"[0-9a-f]{{{digits}}}", call("hash", "x", algorithm))


@pytest.mark.parametrize(
    ("name", "arguments", "cause"),
    [
        ("length", [7], "argument 1 must be an array, an object or a text, not 7"),
        ("intAdd", [1, True], "argument 2 must be a whole number, not true"),
        ("intAdd", [1, 1.5], "argument 2 must be a whole number, not 1.5"),
        ("arrayContains", ["x", "x"], "argument 1 must be an array"),
        ("mapKeys", [[]], "argument 1 must be an object"),
        ("format", ["{} {}", 1], "2 places {} for 1 values"),
        ("format", ["", 1], "0 places {} for 1 values"),
        pytest.param("format", ["{}{}", *["x" * 2_000_000] * 2], "may have", id="vast"),
        ("regexMatchString", ["a", "("], "the pattern '(' is refused"),
        ("get", [[1], "a"], "an array takes a position"),
        ("get", [{"a": 1}, 0], "an object takes a name"),
        ("get", [[1], True], "an array takes a position"),
        ("stringToJson", ["{"], "the text is not JSON"),
        ("stringToJson", ["NaN"], "the text is not JSON"),
        ("fromBase64", ["?"], "not Base64"),
        pytest.param("fromBase64", ["/w=="], "UTF-8", id="bytes that are no text"),
        ("hash", ["x", "CRC"], "'CRC' is none of MD5, SHA-1, SHA-256, SHA-512"),
        ("randomInt", [3, 2, "here"], "there is no number from 3 to 2"),
        ("flowResource", ["ship"], "'ship' does not name a flow"),
    ],
)
def test_what_a_function_cannot_work_with_is_a_named_failure(name, arguments, cause):
    with pytest.raises(EvaluationFailure) as failed:
        call(name, *arguments)

    assert failed.value.error == "FnF.RuntimeError"
    assert cause in failed.value.cause


def test_random_numbers_reach_both_ends_and_nothing_else():
    found = {call("randomInt", 1, 6, "here", salt=str(n)) for n in range(200)}

    assert found == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("arguments", [("uuid",), ("randomInt", 0, 10**15)])
def test_chance_is_the_same_again_and_differs_by_place_and_attempt(arguments):
    first = call(*arguments, "/a", salt="one")

    assert call(*arguments, "/a", salt="one") == first
    assert call(*arguments, "/b", salt="one") != first
    assert call(*arguments, "/a", salt="two") != first


def test_uuid_says_that_it_is_of_version_4():
    pattern = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"

    assert re.fullmatch(pattern, call("uuid", "/a", salt="one"))


def test_what_authors_may_call_is_what_there_is():
    assert {f"CloudFlow.{name}" for name in SIGNATURES} == FUNCTIONS.keys() - OWN
