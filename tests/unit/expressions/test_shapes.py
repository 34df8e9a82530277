import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import View, evaluate, holds
from chalicelib.model.expressions import (
    Array,
    Call,
    Literal,
    Merge,
    Named,
    Object,
    Path,
    Pipe,
    Source,
)

A = Path(text="$.a", steps=("a",))
B = Path(text="$.b", steps=("b",))


def test_a_constant_is_itself():
    value = {"a": [1]}

    assert evaluate(Literal(value=value), View()) is value


def test_objects_and_arrays_are_made_of_their_parts():
    node = Object(fields=(("x", A), ("y", Array(items=(B, Literal(value=3))))))

    assert evaluate(node, View({"a": 1, "b": 2})) == {"x": 1, "y": [2, 3]}


def test_a_missing_place_in_a_template_names_the_field():
    node = Object(fields=(("x", Object(fields=(("y", B),))),))

    with pytest.raises(EvaluationFailure) as failed:
        evaluate(node, View({"a": 1}))

    assert failed.value.error == "States.Runtime"
    assert failed.value.cause == (
        "The JSONPath '$.b' specified for the field 'y.$' "
        "could not be found in the input '{\"a\":1}'"
    )


def test_other_failures_in_a_template_keep_their_words():
    call = Call(
        name="States.MathAdd", arguments=(A, A), text="States.MathAdd($.a, $.a)"
    )
    node = Object(fields=(("x", call),))

    with pytest.raises(EvaluationFailure) as failed:
        evaluate(node, View({"a": "one"}))

    assert "Invalid arguments in States.MathAdd" in failed.value.cause


def test_each_stage_sees_the_value_of_the_one_before():
    assert evaluate(Pipe(stages=(A, B, B)), View({"a": {"b": {"b": 1}}})) == 1


def test_stations_are_read_by_name():
    stations = {"raw_input": 1, "input": 2, "result": 3, "item": 4, "index": 5}
    view = View(0, variables={"v": 6}, error={"Error": "E"}, **stations)

    assert evaluate(Source(name="data"), view) == 0
    assert {name: evaluate(Source(name=name), view) for name in stations} == stations
    assert evaluate(Source(name="variables"), view) == {"v": 6}
    assert evaluate(Source(name="error"), view) == {"Error": "E"}
    assert evaluate(Source(name="error"), View()) == {}


def test_a_list_becomes_an_object_of_numbered_names():
    assert evaluate(Named(prefix="Branch"), View([7, 8])) == {
        "Branch0": 7,
        "Branch1": 8,
    }


def test_later_objects_win_in_a_merge_and_null_counts_as_nothing():
    view = View([{"a": 1, "b": 1}, None, {"b": 2}])

    assert evaluate(Merge(), view) == {"a": 1, "b": 2}


def test_only_true_holds():
    assert holds(Literal(value=True), View())
    assert not holds(Literal(value=1), View())
