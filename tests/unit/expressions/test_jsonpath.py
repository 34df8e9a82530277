from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import Facts, View, evaluate
from chalicelib.model.arns import Naming
from chalicelib.model.expressions import Literal, Object, Path, Place, Source
from chalicelib.model.paths import parse

DATA = {
    "id": "o-1",
    "none": None,
    "lines": [{"sku": "a", "n": 1}, {"sku": "b", "n": 2}, {"sku": "c"}],
    "tags": {"x": 1, "y": [2]},
}


def path(text, *, lenient=False):
    parsed = parse(text)
    is_query = parsed.steps is None
    return Path(
        text=text,
        root=parsed.root,
        steps=parsed.steps,
        query=f"${text[len(parsed.root) :]}" if is_query else "",
        lenient=lenient,
    )


def read(text, data=DATA, **seen):
    return evaluate(path(text), View(data, **seen))


def failure(expression, view):
    with pytest.raises(EvaluationFailure) as failed:
        evaluate(expression, view)
    return failed.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("$", DATA, id="everything"),
        pytest.param("$.lines[1].sku", "b", id="a place"),
        pytest.param("$.lines[-1].sku", "c", id="from the end"),
        pytest.param("$.none", None, id="null is a value"),
        pytest.param("$.lines[*].sku", ["a", "b", "c"], id="every element"),
        pytest.param("$.tags.*", [1, [2]], id="every field"),
        pytest.param("$.lines[1:].sku", ["b", "c"], id="a range"),
        pytest.param("$.lines[0,2,9].sku", ["a", "c"], id="some positions"),
        pytest.param("$.tags['x','z']", [1], id="some names"),
        pytest.param("$..n", [1, 2], id="at any depth"),
        pytest.param("$..y[0]", [2], id="below any depth"),
        pytest.param("$.lines[?(@.n)].sku", ["a", "b"], id="those that have a field"),
        pytest.param("$.lines[?(@.n > 1)].sku", ["b"], id="those that are greater"),
        pytest.param(
            "$.lines[?(!@.n || @.n<=1)].sku", ["a", "c"], id="one or the other"
        ),
        pytest.param("$.lines[?(@.n>=1 && @.n!=1)].sku", ["b"], id="one and the other"),
        pytest.param("$.lines[?(@.sku in ['a','c'])].sku", ["a", "c"], id="in a list"),
        pytest.param("$.lines[?(@.sku nin ['a','c'])].sku", ["b"], id="not in a list"),
        pytest.param("$.lines[?(@.sku contains 'a')].n", [1], id="containing a text"),
        pytest.param("$[?(@.y contains 2)].x", [], id="a filter on an object"),
        pytest.param("$.tags[?(@.y contains 2)].x", [1], id="containing an element"),
        pytest.param(
            "$.lines[?(@.sku == $.lines[0].sku)].n", [], id="$ is the element"
        ),
        pytest.param("$.lines[?(@..sku)].sku", ["a", "b", "c"], id="a query inside"),
        pytest.param("$.lines[?(@.n < 'x')]", [], id="other types have no order"),
        pytest.param("$.lines[?(@.n == true)]", [], id="true is not 1"),
        pytest.param("$.tags[?(@.y.length() == 1)].x", [1], id="a function inside"),
        pytest.param("$.no[*].such", [], id="a query may find nothing"),
        pytest.param("$.id[*]", [], id="a text has nothing inside"),
        pytest.param("$.id[0:1]", [], id="a text has no range"),
        pytest.param("$.lines.length()", 3, id="length of an array"),
        pytest.param("$.id.length()", 3, id="length of a text"),
        pytest.param("$.tags.keys()", ["x", "y"], id="names of an object"),
        pytest.param("$..n.sum()", 3.0, id="sum"),
        pytest.param("$..n.min()", 1.0, id="least"),
        pytest.param("$..n.max()", 2.0, id="most"),
        pytest.param("$..n.avg()", 1.5, id="average"),
    ],
)
def test_what_a_path_finds(text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("$.no", "No results for path: $['no']"),
        ("$.no.such", "Missing property in path $['no']"),
        ("$.lines[3]", "Index out of bound when evaluating path $['lines'][3]"),
        ("$.id.x", "Expected to find an object with property 'x' in path $['id']"),
        ("$.id[0]", "Expected to find an array in path $['id']"),
        ("$.tags[0]", "Expected to find an array in path $['tags']"),
        ("$.no.length()", "No results for path: $.no.length()"),
        ("$.none.length()", "length() cannot be applied here"),
        ("$..none.avg()", "avg() cannot be applied here"),
        ("$..zzz.avg()", "avg() cannot be applied here"),
        ("$.lines.keys()", "keys() cannot be applied here"),
        ("$price", "No value for variable $price"),
    ],
)
def test_a_path_that_leads_nowhere_is_a_failure_in_the_words_of_aws(text, why):
    failed = failure(path(text), View(DATA))

    assert failed.error == "States.Runtime"
    assert failed.cause == f"Invalid path '{text}' : {why}"


@pytest.mark.parametrize("text", ["$.no", "$.no.length()", "$price", "$.id[0]"])
def test_a_lenient_path_that_leads_nowhere_is_null(text):
    assert evaluate(path(text, lenient=True), View(DATA)) is None


def test_variables_are_roots():
    variables = {"order": {"id": 7}}

    assert read("$order", variables=variables) == {"id": 7}
    assert read("$order.id", variables=variables) == 7
    assert read("$order.*", variables=variables) == [7]


def test_roots_of_cloudflow_are_roots_too():
    root = Path(text="$Input.a", root="$Input", steps=("a",))

    assert evaluate(root, View(input={"a": 1})) == 1
    assert failure(root, View(input={})).error == "FnF.RuntimeError"


def test_a_missing_place_of_cloudflow_in_an_object_keeps_its_words():
    root = Path(text="$Input.a", root="$Input", steps=("a",))
    node = Object(fields=(("x", root),))

    assert failure(node, View(input={})).cause.startswith("Invalid path '$Input.a'")


def test_a_query_that_touches_too_much_is_a_failure():
    data = [[[0] * 40] * 40] * 40

    failed = failure(path("$..*..*"), View(data))

    assert failed.cause == "The path '$..*..*' matches too many values"


def test_a_query_may_touch_each_value_of_long_data_some_times():
    data = {"lines": [{"n": each} for each in range(60_000)]}

    assert sum(evaluate(path("$.lines[*].n"), View(data))) == sum(range(60_000))


FACTS = Facts(
    execution="e-1",
    execution_name="monday",
    execution_input={"a": 1},
    started_at=1_700_000_000.25,
    workflow="ship",
    state="Pack",
    entered_at=1_700_000_001.0,
    retry_count=2,
    token="t1",
    index=3,
    item="x",
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$$.Execution.Id", "e-1"),
        ("$$.Execution.Name", "monday"),
        ("$$.Execution.Input.a", 1),
        ("$$.Execution.StartTime", "2023-11-14T22:13:20.250Z"),
        ("$$.StateMachine.Name", "ship"),
        ("$$.StateMachine.Id", "ship"),
        ("$$.State.Name", "Pack"),
        ("$$.State.EnteredTime", "2023-11-14T22:13:21Z"),
        ("$$.State.RetryCount", 2),
        ("$$.Task.Token", "t1"),
        ("$$.Map.Item.Index", 3),
        ("$$.Map.Item.Value", "x"),
        ("$$..Index", [3]),
    ],
)
def test_the_context_object(text, value):
    assert read(text, facts=FACTS) == value


def test_a_redriven_execution_says_so():
    facts = replace(FACTS, redrives=2, redriven_at=1700000060.5)

    assert read("$$.Execution.RedriveCount", facts=facts) == 2
    assert read("$$.Execution.RedriveTime", facts=facts) == "2023-11-14T22:14:20.500Z"


def test_of_an_item_is_told_what_is_known_beside_its_place_and_value():
    told = {"Key": "k", "Source": "STATE_DATA"}
    facts = replace(FACTS, index=0, item="y", item_facts=told)

    assert read("$$.Map.Item", facts=facts) == {"Index": 0, "Value": "y", **told}


@pytest.mark.parametrize(
    ("text", "is_express", "value"),
    [
        ("$$.StateMachine.Id", False, "arn:aws:states:r:1:stateMachine:w%3Ax"),
        ("$$.Execution.Id", False, "arn:aws:states:r:1:execution:w%3Ax:monday"),
        ("$$.Execution.Id", True, "arn:aws:states:r:1:express:w%3Ax:monday:"),
    ],
)
def test_a_stage_that_has_arns_shows_them(text, is_express, value):
    naming = Naming(prefix="arn:aws:states:r:1", is_express=is_express)
    facts = Facts(workflow="w:x", execution_name="monday", naming=naming)

    assert read(text, facts=facts).startswith(value)


def test_sections_without_content_are_absent():
    context = read("$$")

    assert list(context) == ["Execution", "StateMachine", "State"]
    assert "No results" in failure(path("$$.Task"), View()).cause
    assert "Missing property" in failure(path("$$.Nope.x"), View()).cause


def placed(steps, base, value="new"):
    where = "$" if steps is None else f"$.{'.'.join(map(str, steps))}"
    node = Place(
        steps=steps, base=Source(name="data"), value=Literal(value=value), text=where
    )
    return evaluate(node, View(base))


@pytest.mark.parametrize(
    ("steps", "base", "value"),
    [
        pytest.param(None, {"a": 1}, {"a": 1}, id="null discards the value"),
        pytest.param((), {"a": 1}, "new", id="$ replaces the base"),
        pytest.param(("b",), {"a": 1}, {"a": 1, "b": "new"}, id="a new field"),
        pytest.param(("a",), {"a": 1}, {"a": "new"}, id="a field replaced"),
        pytest.param(("a", "b"), {}, {"a": {"b": "new"}}, id="objects are made"),
        pytest.param(
            ("a", "b"), None, {"a": {"b": "new"}}, id="null becomes an object"
        ),
        pytest.param(("a", 1), {"a": [1, 2]}, {"a": [1, "new"]}, id="an element"),
        pytest.param((0, "b"), [{}, 1], [{"b": "new"}, 1], id="inside an element"),
    ],
)
def test_where_a_value_is_placed(steps, base, value):
    assert placed(steps, base) == value


@pytest.mark.parametrize(
    ("steps", "base"),
    [
        pytest.param(("a",), "text", id="a field of a text"),
        pytest.param(("a",), [1], id="a field of an array"),
        pytest.param(("a", "b"), {"a": 5}, id="a field of a number"),
        pytest.param(("a", 2), {"a": [1, 2]}, id="an element that is not there"),
        pytest.param(("a", 0), {}, id="an element of nothing"),
    ],
)
def test_a_value_that_cannot_be_placed_is_a_failure(steps, base):
    with pytest.raises(EvaluationFailure) as failed:
        placed(steps, base)

    assert failed.value.error == "States.ResultPathMatchFailure"


def test_a_long_value_is_cut_in_a_cause():
    with pytest.raises(EvaluationFailure) as failed:
        placed(("a",), "x" * 10_000)

    assert len(failed.value.cause) < 5_000


@given(
    some.recursive(
        some.none() | some.dictionaries(some.sampled_from("abc"), some.integers()),
        lambda inner: some.dictionaries(some.sampled_from("abc"), inner),
    ),
    some.lists(some.sampled_from("abc"), min_size=1, max_size=4),
)
def test_what_is_placed_is_found_and_the_base_is_not_changed(base, steps):
    before = repr(base)
    try:
        changed = placed(tuple(steps), base)
    except EvaluationFailure:
        changed = None

    assert repr(base) == before
    assert changed is None or read(f"$.{'.'.join(steps)}", changed) == "new"
