"""What the answer of a resource means to a task of a Rill Flow DAG."""

import pytest

from chalicelib.engine.answers import Reading
from chalicelib.engine.events import Answer
from chalicelib.engine.readings import read_answer
from chalicelib.engine.state import Failure
from chalicelib.model.error_names import TABLES

RILLFLOW = TABLES["rillflow"]


@pytest.mark.parametrize(
    ("payload", "output"),
    [
        pytest.param({}, {}, id="an empty object"),
        pytest.param([1, 2], {"data": [1, 2]}, id="a list is wrapped"),
        pytest.param(5, {}, id="a scalar says nothing"),
        pytest.param({"a": 1}, {"a": 1}, id="no result_type"),
        pytest.param(
            {"result_type": "success"}, {"result_type": "success"}, id="any case"
        ),
    ],
)
def test_rill_flow_succeeds_with_an_object(payload, output):
    reading = read_answer("rillflow", Answer(payload=payload), RILLFLOW)

    assert reading == Reading(output=output)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(payload=None), id="null"),
        pytest.param(Answer(payload="", is_json=False), id="nothing"),
        pytest.param(Answer(payload="HI", is_json=False), id="text"),
    ],
)
def test_rill_flow_fails_without_json(answer):
    reading = read_answer("rillflow", answer, RILLFLOW)

    assert reading.output is None
    assert reading.failure.error == "bad_output"


def test_rill_flow_leaves_nothing_of_a_refusal_to_conditions():
    answer = Answer(payload={"ok": True}, status=500)

    reading = read_answer("rillflow", answer, RILLFLOW)

    assert reading.output is None
    assert reading.failure.error == "http_status"


@pytest.mark.parametrize(
    ("payload", "cause"),
    [
        ({"result_type": "FAILED", "error_msg": "a", "msg": "b"}, "a"),
        ({"result_type": "FAILED", "msg": "b"}, "b"),
        ({"result_type": "aaa"}, "the function answered result_type aaa"),
    ],
)
def test_rill_flow_fails_by_result_type_and_keeps_the_object(payload, cause):
    reading = read_answer("rillflow", Answer(payload=payload), RILLFLOW)

    assert reading == Reading(
        output=payload, failure=Failure(error="failed", cause=cause)
    )


def test_a_started_flow_of_rill_flow_is_its_execution_id():
    started = Answer(payload={"execution": "shop-ship:7f"})

    reading = read_answer("rillflow_started", started, RILLFLOW)

    assert reading == Reading(output={"execution_id": "shop:ship_c_7f"})
