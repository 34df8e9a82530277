import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import Facts, View, evaluate
from chalicelib.expressions.cloudflow_steps import flow_id
from chalicelib.model.expressions import Path, Source, Union
from tests.builders import literal

FACTS = Facts(
    workflow="ship", execution_name="run-1", state="pack", token="t1.x", event=7
)


def context(*steps, facts=FACTS):
    return evaluate(
        Path(text="$context", root="$context", steps=steps), View(facts=facts)
    )


def union(*values):
    return evaluate(Union(parts=tuple(literal(each) for each in values)), View())


def test_later_objects_of_a_union_win():
    assert union({"a": 1, "b": 1}, {"b": 2}, {}) == {"a": 1, "b": 2}


def test_a_union_of_nothing_is_an_empty_object():
    assert union() == {}


def test_a_union_changes_none_of_its_parts():
    first = {"a": 1}

    union(first, {"a": 2})

    assert first == {"a": 1}


@pytest.mark.parametrize("value", [None, 1, "text", [{}], True])
def test_what_is_no_object_cannot_be_in_a_union(value):
    with pytest.raises(EvaluationFailure) as failure:
        evaluate(Union(parts=(Source(name="result"),)), View(result=value))

    assert failure.value.error == "FnF.InvalidLocal"
    assert "a result must be an object, not " in failure.value.cause


def test_a_long_value_is_not_quoted_whole():
    with pytest.raises(EvaluationFailure) as failure:
        union(["x" * 5000])

    assert len(failure.value.cause) < 300


def test_the_context_of_a_step_has_its_facts():
    assert context() == {
        "flow": {"id": flow_id("ship"), "name": "ship"},
        "execution": {"name": "run-1"},
        "task": {"token": "t1.x"},
        "step": {"name": "pack", "eventId": 7},
    }


def test_a_token_that_is_not_there_is_null():
    assert context("task", "token", facts=Facts()) is None


def test_a_flow_has_the_same_id_as_long_as_it_has_its_name():
    assert flow_id("ship") == flow_id("ship") != flow_id("shop")


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        ({"Error": "E", "Cause": "c"}, {"error": "E", "cause": "c"}),
        (None, {"error": None, "cause": None}),
    ],
)
def test_mappings_of_an_error_see_its_name_and_cause(error, seen):
    path = Path(text="$local", root="$Failure", lenient=True)

    assert evaluate(path, View(error=error)) == seen
