import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import evaluate
from chalicelib.expressions.scope import Facts, View
from chalicelib.model.expressions import (
    DagContext,
    GroupContext,
    Literal,
    RillRequest,
)

FACTS = Facts(
    workflow="shop-film", execution_name="e1", state="resize", indexes=(2,), index=2
)


def request(value, variables=None, **about):
    view = View(input=value, variables=variables or {}, facts=FACTS)
    return evaluate(RillRequest(**about), view)


def test_plain_input_is_the_body_of_a_post():
    assert request({"size": 5}, kind="http") == {
        "method": "POST",
        "query": {"execution_id": "shop:film_c_e1", "name": "resize"},
        "headers": {},
        "body": {"execution_id": "shop:film_c_e1", "size": 5},
    }


def test_objects_of_special_names_travel_in_their_part():
    found = request(
        {
            "query": {"user": "Ann", "page": 2},
            "header": {"X-Trace": True, "X-List": [1]},
            "body": {"title": "t"},
            "query_params_more": {"deep": 1.5},
            "request_header_more": {"X-Key": "k"},
            "request_config_more": {"size": 3},
            "request_callback_more": {"gone": 1},
            "other": {"kept": 1},
        },
        kind="http",
    )

    assert found["query"] == {
        "execution_id": "shop:film_c_e1",
        "user": "Ann",
        "page": "2",
        "deep": "1.5",
        "name": "resize",
    }
    assert found["headers"] == {"X-Trace": "true", "X-List": "[1]", "X-Key": "k"}
    assert found["body"] == {
        "execution_id": "shop:film_c_e1",
        "title": "t",
        "size": 3,
        "other": {"kept": 1},
    }


def test_special_names_without_an_object_are_fields_of_the_body():
    found = request({"query": "q", "body": [1]}, kind="http")

    assert found["body"] == {
        "execution_id": "shop:film_c_e1",
        "query": "q",
        "body": [1],
    }


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_methods_that_only_ask_have_no_body(method):
    assert "body" not in request({"size": 5}, kind="http", method=method)


def test_execution_id_is_the_authors_to_replace_but_the_name_is_not():
    found = request(
        {"query": {"execution_id": "mine", "name": "mine"}, "execution_id": "mine"},
        kind="http",
    )

    assert found["query"] == {"execution_id": "mine", "name": "resize"}
    assert found["body"] == {"execution_id": "mine"}


def test_parameters_stand_in_for_fields_that_are_missing():
    defaults = Literal(value={"size": 1, "kind": "png"})

    assert request({"size": 5}, parameters=defaults) == {"size": 5, "kind": "png"}
    assert request(None, parameters=defaults) == {"size": 1, "kind": "png"}


@pytest.mark.parametrize(
    ("groups", "name"),
    [
        ((), "resize"),
        (("split",), "split_2-resize"),
        (("check_1",), "check_1-resize"),
    ],
)
def test_name_says_which_group_the_task_is_in(groups, name):
    assert request({}, kind="http", groups=groups)["query"]["name"] == name


def test_sub_flow_learns_the_root_of_the_chain():
    started = {"flow_root_execution_id": "root"}

    assert request({"n": 1}, kind="workflow") == {
        "input": {"n": 1, "flow_root_execution_id": "shop:film_c_e1"}
    }
    assert request({"n": 1}, started, kind="workflow") == {
        "input": {"n": 1, "flow_root_execution_id": "root"}
    }


def group_context(value, **about):
    return evaluate(GroupContext(**about), View(input=value, item="b", index=1))


def test_group_sees_the_input_without_the_collection():
    value = {"list": ["a", "b"], "user": "Ann"}

    assert group_context(value, collection=("list",), item="one", index="at") == {
        "user": "Ann",
        "one": "b",
        "at": 1,
    }
    assert value == {"list": ["a", "b"], "user": "Ann"}


def test_collection_deeper_in_the_input_is_left_out_there():
    value = {"data": {"list": ["a", "b"], "more": 1}}

    assert group_context(value, collection=("data", "list"), item="one") == {
        "data": {"more": 1},
        "one": "b",
    }


def test_collection_that_is_no_plain_path_stays():
    assert group_context({"list": [1]}, collection=(), item="one") == {
        "list": [1],
        "one": "b",
    }


def first_context(submitted, *defaults):
    return evaluate(DagContext(defaults=defaults), View(submitted, facts=FACTS))


def test_what_is_submitted_wins_over_defaults():
    defaults = ("size", "5"), ("kind", '{"a": 1}')

    assert first_context({"size": 7}, *defaults) == {
        "size": 7,
        "kind": {"a": 1},
        "flow_execution_id": "shop:film_c_e1",
    }
    assert first_context(None) == {"flow_execution_id": "shop:film_c_e1"}


def test_context_must_be_an_object():
    with pytest.raises(EvaluationFailure, match="not a JSON object"):
        first_context([1])
