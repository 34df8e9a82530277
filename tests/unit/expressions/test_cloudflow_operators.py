import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import evaluate
from chalicelib.expressions.cloudflow import ROOTS
from chalicelib.expressions.scope import Facts, View
from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.cloudflow.syntax import parse

DATA = {
    "n": 5,
    "s": "foo",
    "yes": True,
    "no": False,
    "list": ["a", 1, [2]],
    "same": ["a", 1.0, [2]],
    "object": {"k": None},
}


def value_of(text, data=DATA):
    return evaluate(parse(text, Sight(lenient=True)), View(input=data))


@pytest.mark.parametrize(
    "text",
    [
        "$Input.n == 5",
        "$Input.n == 5.0",
        "$Input.n != '5'",
        "$Input.s == `foo`",
        "$Input.s != 'FOO'",
        "$Input.list == $Input.same",
        "$Input.yes != 1",
        "$Input.n > 4.5",
        "$Input.n >= 5",
        "$Input.n < 6",
        "$Input.n <= 5",
        "$Input.s < 'g'",
        "$Input.s >= 'foo'",
        "-$Input.n == -5",
        "-$Input.n < 0",
        "!$Input.no",
        "!($Input.n == 4)",
        "$Input.n in [1, 5]",
        "$Input.s in ('foo', 'bar')",
        "[2] in $Input.list",
        "!($Input.n in [])",
        "$Input.no && $Input.no || $Input.yes",
        "$Input.yes || $Input.no && $Input.no",
        "!(($Input.yes || $Input.no) && $Input.no)",
        "length($Input.list) == 3",
    ],
)
def test_condition_holds(text):
    assert value_of(text) is True


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$Input.nowhere == null", True),
        ("$Input.nowhere == 'x'", False),
        ("$Input.nowhere.deep > 3", False),
        ("3 > $Input.nowhere", False),
        ("$Input.object.k <= 3", False),
        ("!$Input.nowhere", True),
        ("$Input.nowhere && $Input.yes", False),
        ("$Input.nowhere || $Input.yes", True),
        ("$Input.yes && $Input.nowhere", False),
        ("1 in $Input.nowhere", False),
        ("null in [1, null]", True),
    ],
)
def test_missing_path_in_a_condition_is_null(text, value):
    assert value_of(text) is value


@pytest.mark.parametrize("text", ["$Input.no && $Input.s", "$Input.yes || $Input.s"])
def test_right_side_is_not_asked_when_the_left_decides(text):
    assert value_of(text) is value_of("$Input.yes" if "||" in text else "$Input.no")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("$Input.s > 3", "> cannot order a text and a number"),
        ("$Input.n <= '3'", "<= cannot order a number and a text"),
        ("$Input.yes < $Input.no", "< cannot order true or false and true or false"),
        ("$Input.list >= $Input.list", ">= cannot order an array and an array"),
        ("$Input.s && $Input.yes", "&& works on true and false, not on a text"),
        ("$Input.no || $Input.n", "|| works on true and false, not on a number"),
        ("!$Input.object", "! works on true and false, not on an object"),
        ("-$Input.s", "- works on numbers, not on a text"),
        ("-$Input.nowhere", "- works on numbers, not on null"),
        ("1 in $Input.s", "in looks into an array, not into a text"),
    ],
)
def test_operator_on_the_wrong_kind_is_a_named_failure(text, cause):
    with pytest.raises(EvaluationFailure) as failed:
        value_of(text)

    assert (failed.value.error, failed.value.cause) == ("FnF.RuntimeError", cause)


def test_missing_path_outside_of_a_condition_is_a_named_failure():
    with pytest.raises(EvaluationFailure, match=r"FnF\.RuntimeError.*Input\.nowhere"):
        evaluate(parse("$Input.nowhere", Sight()), View(input=DATA))


VIEW = View(
    raw_input={"raw": 1},
    input={"made": 1},
    result={"done": 1},
    variables={"Global": {"g": 1}},
    error={"Error": "Broken", "Cause": "why"},
    item={"i": 1},
    facts=Facts(
        execution_name="run-1",
        execution_input={"first": 1},
        state="Ship",
        retry_count=2,
        token="t1.x",
    ),
)


@pytest.mark.parametrize(
    ("root", "value"),
    [
        ("$Input", {"made": 1}),
        ("$Output", {"done": 1}),
        ("$Item", {"i": 1}),
        ("$Global", {"g": 1}),
        (
            "$Context",
            {
                "Execution": {"Name": "run-1", "Input": {"first": 1}, "RoleArn": ""},
                "Current": {
                    "Name": "Ship",
                    "Input": {"made": 1},
                    "Output": {"done": 1},
                    "Error": {"Code": "Broken", "Detail": "why"},
                    "RetryCount": 2,
                    "TaskToken": "t1.x",
                },
            },
        ),
    ],
)
def test_root_gives(root, value):
    assert ROOTS[root](VIEW) == value


def test_input_is_what_was_received_while_it_is_being_constructed():
    view = View({"raw": 1}, raw_input={"raw": 1})

    assert ROOTS["$Input"](view) == {"raw": 1}
    assert ROOTS["$Context"](view)["Current"]["Input"] == {"raw": 1}


def test_error_has_no_code_where_nothing_failed():
    assert ROOTS["$Context"](View())["Current"]["Error"] == {
        "Code": None,
        "Detail": None,
    }


def test_globals_are_empty_before_the_first_is_written():
    assert ROOTS["$Global"](View()) == {}
