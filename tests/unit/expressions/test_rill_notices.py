"""What the completion callback of a DAG says."""

import pytest

from chalicelib.expressions import View, evaluate
from chalicelib.model import expressions as nodes

END = {
    "workflow": "shop-order",
    "name": "7f",
    "status": "FAILED",
    "error": "failed",
    "cause": "",
    "started_at": 1.0,
    "stopped_at": 2.5,
    "states": {"pay": "FAILED"},
    "failures": {"pay": "no money"},
}
NAME = "shop:order_c_7f"


def notice(rules=(), end=END, **facts):
    given = tuple(nodes.Mapping(source=s, target=t) for s, t in rules)
    node = nodes.RillNotice(
        mappings=nodes.Mappings(rules=given, gives="input") if given else None, **facts
    )
    return evaluate(node, View(end, variables={"n": 1}))


def test_failure_is_told_with_its_reason_and_its_tasks():
    assert notice() == {
        "method": "POST",
        "query": {"execution_id": NAME},
        "headers": {},
        "body": {
            "execution_id": NAME,
            "dag_status": "failed",
            "error_info": {
                "dag_invoke_info": "failed",
                "failed_tasks_invoke_info": {"pay": "no money"},
            },
        },
    }


@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT"])
def test_whatever_is_no_success_is_a_failure(status):
    assert notice(end={**END, "status": status})["body"]["dag_status"] == "failed"


def test_success_has_no_error_and_the_whole_dag_where_it_is_wanted():
    found = notice(end={**END, "status": "SUCCEEDED"}, full_dag=True, full_context=True)

    body = found["body"]
    assert "error_info" not in body
    assert body["data"] == {"n": 1}
    assert body["dag_info"] == {
        "execution_id": NAME,
        "dag_status": "SUCCEED",
        "dag_invoke_msg": {
            "msg": "",
            "invoke_time_infos": [{"start_time": 1000, "end_time": 2500}],
        },
        "tasks": {"pay": {"name": "pay", "status": "FAILED"}},
    }


def test_parts_that_are_no_objects_are_left_out():
    rules = [("a", "$.input.query"), ("b", "$.input.body"), ("[1]", "$.input.header.X")]

    found = notice(rules)

    assert found["query"] == {"execution_id": NAME}
    assert found["headers"] == {"X": "[1]"}
    assert "body" not in found["body"]
