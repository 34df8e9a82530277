import sys

import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import Facts, View, evaluate
from chalicelib.model.expressions import Jsonata
from tests.unit.expressions.jsonata_data import ORDER, failure_of, value_of

FACTS = Facts(
    execution="e-1",
    execution_name="one",
    execution_input={"id": 1},
    started_at=0.0,
    workflow="orders",
    state="Ship",
    retry_count=2,
    token="t1.x",
    index=3,
    item={"sku": "a"},
)
VIEW = View(
    ORDER,
    input=ORDER,
    result={"ok": [True]},
    error={"Error": "E", "Cause": "C"},
    variables={"count": 3, "list": [1], "o": ORDER},
    facts=FACTS,
)


def read(text, view=VIEW, **fields):
    return evaluate(Jsonata(text=text, **fields), view)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$states.input", ORDER),
        ("$states.input.customer.name", "Ada"),
        ("$states.input.lines.sku", ["a", "b", "a"]),
        ("$states.input.lines[0].sku", "a"),
        ("$states.result.ok", [True]),
        ("$states.result", {"ok": [True]}),
        ("$states.errorOutput.Error", "E"),
        ("$states.context.Execution.Id", "e-1"),
        ("$states.context.Execution.Input.id", 1),
        ("$states.context.State.Name", "Ship"),
        ("$states.context.State.RetryCount + 1", 3),
        ("$states.context.Task.Token", "t1.x"),
        ("$states.context.Map.Item", {"Index": 3, "Value": {"sku": "a"}}),
        ("$states.context.StateMachine.Name & '!'", "orders!"),
        ("$sort($keys($states))", ["context", "errorOutput", "input", "result"]),
        ("$states.(input).id", 7),
        ("$count", 3),
        ("$count & '!'", "3!"),
        ("$list", [1]),
        ("$o.customer.name", "Ada"),
        ("$o.none", None),
        ("($count := 4; $count)", 4),
    ],
)
def test_what_an_expression_sees(text, value):
    assert read(text) == value


def test_where_no_failure_is_handled_there_is_no_error_output():
    view = View(ORDER, input=ORDER)
    assert set(read("$keys($states)", view)) == {"input", "result", "context"}
    with pytest.raises(EvaluationFailure, match=r"nothing \(undefined\)"):
        read("$states.errorOutput", view)


@pytest.mark.parametrize(
    "text",
    [
        "$nobody",
        "$states.nobody",
        "$states.input.nobody",
        "$states.input.nobody.nothing",
        "$states.input.customer.name.first",
        "$",
        "$$",
        "customer",
        "$o.($$)",
        "*",
    ],
)
def test_what_is_not_there_is_an_error(text):
    with pytest.raises(EvaluationFailure) as raised:
        read(text, field="Assign/x")
    assert raised.value.error == "States.QueryEvaluationError"
    assert raised.value.cause == (
        f"The JSONata expression '{text}' specified for the field 'Assign/x' returned "
        "nothing (undefined)."
    )


@pytest.mark.parametrize("text", ["$sum", "[$sum]", "{'f': function() { 1 }}"])
def test_a_function_is_no_result(text):
    assert failure_of(text) == (
        f"The JSONata expression '{text}' specified for the field 'Output' returned an "
        "unsupported result type."
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 +", "is not valid: "),
        ("!", "is not valid: syntax error near character 2"),
        ("'a' & /", "is not valid: "),
        (
            "$number('x')",
            "threw an error during evaluation. D3030: 'x' is not a number",
        ),
    ],
)
def test_why_there_is_no_value(text, why):
    start = f"The JSONata expression '{text}' specified for the field 'Output' {why}"
    assert failure_of(text).startswith(start)


def test_an_error_of_our_own_ends_nothing_but_the_state():
    cause = failure_of("$stray & ''", stray={1, 2})
    assert "threw an error during evaluation. AttributeError: " in cause


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$long", 1234567890123456789),
        ("$long & ''", "1234567890123456789"),
        ("$string([$long])", "[1234567890123456789]"),
        ("{'id': $long}", {"id": 1234567890123456789}),
        ("[null, $o.none]", [None, None]),
        ("$count([null, $nobody])", 1),
        ("$nulls[$ = null]", [None, None]),
        ("$map($nulls, function($v) { $v })", [None, 1, None]),
        ("$nulls[0]", None),
        ("$exists($nulls[9])", False),
        ("$text", "{% 1 %}"),
        ("$string(1.0) & $string([1.0])", "1[1]"),
        ("$escaped", "a\"b'\\"),
    ],
)
def test_values_come_out_as_they_went_in(text, value):
    found = value_of(
        text,
        long=1234567890123456789,
        nulls=[None, 1, None],
        text="{% 1 %}",
        escaped="a\"b'\\",
    )
    assert found == value


def test_a_result_is_plain_json():
    found = value_of("{'list': $o.lines.sku, 'one': $o.id[]}")
    assert {type(each) for each in found.values()} == {list}


@pytest.mark.parametrize(
    ("expects", "text", "value"),
    [
        ("array", "[1]", [1]),
        ("boolean", "1 = 1", True),
        ("object", "{}", {}),
        ("string", "'a'", "a"),
        ("map input", "[1]", [1]),
        ("seconds", "0", 0),
        ("seconds", "$two * 1.5", 3),
        ("positive seconds", "$two", 2),
        ("timestamp", "'2024-05-01T12:00:00Z'", "2024-05-01T12:00:00Z"),
        ("count", "$two", 2),
        ("percentage", "12.5", 12.5),
    ],
)
def test_a_field_gets_what_it_expects(expects, text, value):
    view = View(variables={"two": 2.0})
    assert read(text, view, field="F", expects=expects) == value


def _unexpected(text, wanted, kind, value):
    return (
        f"The JSONata expression '{text}' specified for the field 'F' returned an "
        f"unexpected result type. Expected '{wanted}', but was '{kind}' for value: "
        f"{value}"
    )


@pytest.mark.parametrize(
    ("expects", "text", "cause"),
    [
        ("array", "1", _unexpected("1", "array", "number", "1")),
        ("array", "null", _unexpected("null", "array", "null", "null")),
        ("boolean", "'x'", _unexpected("'x'", "boolean", "string", '"x"')),
        ("string", "true", _unexpected("true", "string", "boolean", "true")),
        ("seconds", "'1'", _unexpected("'1'", "number", "string", '"1"')),
        ("count", "{}", _unexpected("{}", "number", "object", "{}")),
        ("map input", "{}", "Map state input must be an array but was: {}"),
        ("seconds", "1.5", "The F field cannot be parsed as a long value: 1.5"),
        ("seconds", "-1", "The F field references a negative value: -1"),
        (
            "positive seconds",
            "0",
            "The F field references a value that is not positive",
        ),
        ("count", "-1", "F cannot be negative."),
        ("percentage", "101", "F must be between 0 and 100."),
        (
            "timestamp",
            "'soon'",
            "The F field cannot be parsed as an ISO-8601 extended offset date-time "
            "format string: soon",
        ),
    ],
)
def test_a_field_refuses_anything_else(expects, text, cause):
    with pytest.raises(EvaluationFailure) as raised:
        read(text, View(), field="F", expects=expects)
    assert (raised.value.error, raised.value.cause) == (
        "States.QueryEvaluationError",
        cause,
    )


def test_a_long_value_is_cut_in_a_cause():
    with pytest.raises(EvaluationFailure) as raised:
        read("$pad('', 9000, 'x')", View(), field="F", expects="array")
    assert raised.value.cause.endswith("xxx…")
    assert len(raised.value.cause) < 4_300


def test_an_expression_without_a_field_says_only_itself():
    with pytest.raises(EvaluationFailure) as raised:
        read("$nobody", View())
    assert raised.value.cause == (
        "The JSONata expression '$nobody' returned nothing (undefined)."
    )


def test_the_process_may_not_recurse_without_bounds():
    value_of("1 + 1")
    assert sys.getrecursionlimit() < 10_000
