import json

import pytest

from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.engine.state import Activation, Phase
from chalicelib.formats import compile_definition
from chalicelib.metrics import MOST_METRICS, MOST_VALUES, Metrics, _one

T0 = 1_767_225_600.0


def states(resource, **facts):
    work = {"Type": "Task", "Resource": resource, "End": True, **facts}
    definition = {"StartAt": "Work", "States": {"Work": work}}
    return compile_definition(definition, name="billing")


LAMBDA = states("arn:aws:lambda:us-east-1:123456789012:function:pay")
ACTIVITY = states("arn:aws:states:us-east-1:123456789012:activity:pay")
HTTP = states("https://pay.example")

HELD = Activation(
    id=1, state="Work", phase=Phase.WAITING, input=None, entered_at=T0, since=T0 + 1
)


def happened(kind, at=0.0, **facts):
    return HistoryEvent(kind=kind, at=T0 + at, state="Work", activation=1, **facts)


def measured(workflow, *history, held=None):
    metrics = Metrics("prod")
    metrics.committed(workflow, "0", T0, history, held or {})
    lines = [json.loads(line) for line in metrics.lines(T0)]
    return {
        name: value
        for line in lines
        for name, value in line.items()
        if name not in ("_aws", "Stage", "Workflow")
    }


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Happened.EXECUTION_SUCCEEDED, "ExecutionsSucceeded"),
        (Happened.EXECUTION_FAILED, "ExecutionsFailed"),
        (Happened.EXECUTION_TIMED_OUT, "ExecutionsTimedOut"),
        (Happened.EXECUTION_ABORTED, "ExecutionsAborted"),
    ],
)
def test_the_end_of_an_execution_counts_with_its_time(kind, name):
    found = measured(LAMBDA, happened(kind, at=2.5))

    assert found == {name: 1, "ExecutionTime": [2500.0]}


def test_a_start_is_counted_without_a_time():
    assert measured(LAMBDA, happened(Happened.EXECUTION_STARTED)) == {
        "ExecutionsStarted": 1
    }


def test_a_function_that_answers_in_the_same_turn_counts_with_its_time():
    found = measured(
        LAMBDA,
        happened(Happened.TASK_SCHEDULED),
        happened(Happened.TASK_SUCCEEDED, at=0.25),
    )

    assert found == {
        "LambdaFunctionsScheduled": 1,
        "LambdaFunctionsStarted": 1,
        "LambdaFunctionsSucceeded": 1,
        "LambdaFunctionTime": [250.0],
    }


def test_an_answer_in_a_later_turn_counts_from_the_record_before():
    found = measured(HTTP, happened(Happened.TASK_FAILED, at=9), held={1: HELD})

    assert found == {
        "ServiceIntegrationsFailed": 1,
        "ServiceIntegrationTime": [8000.0],
    }


def test_an_activity_starts_when_a_worker_takes_it():
    found = measured(
        ACTIVITY,
        happened(Happened.TASK_SCHEDULED),
        happened(Happened.TASK_TAKEN, at=1),
    )

    assert found == {"ActivitiesScheduled": 1, "ActivitiesStarted": 1}


def test_silence_is_told_from_slowness_where_the_format_does():
    timed_out = Happened.TASK_TIMED_OUT
    silent = happened(timed_out, error="States.HeartbeatTimeout")
    slow = happened(timed_out, error="States.Timeout")

    assert measured(ACTIVITY, silent, slow) == {
        "ActivitiesHeartbeatTimedOut": 1,
        "ActivitiesTimedOut": 1,
    }


def test_what_moves_only_data_counts_nothing():
    assert measured(LAMBDA, happened(Happened.STATE_ENTERED)) == {}


def test_a_line_is_in_the_embedded_metric_format():
    metrics = Metrics("prod")
    metrics.count("ExecutionsStarted", 2, workflow="billing")

    (line,) = metrics.lines(T0)

    assert json.loads(line) == {
        "_aws": {
            "Timestamp": int(T0 * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": "Millrace",
                    "Dimensions": [["Stage"], ["Stage", "Workflow"]],
                    "Metrics": [{"Name": "ExecutionsStarted", "Unit": "Count"}],
                }
            ],
        },
        "Stage": "prod",
        "Workflow": "billing",
        "ExecutionsStarted": 2,
    }


def test_what_is_of_no_workflow_has_the_stage_only():
    metrics = Metrics("prod")
    metrics.time("TurnTime", 0.004)

    line = json.loads(metrics.lines(T0)[0])

    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["Stage"]]
    assert line["TurnTime"] == [4.0]
    assert "Workflow" not in line


def test_what_was_written_is_not_written_again():
    metrics = Metrics()
    metrics.count("DeadLetters")

    assert len(metrics.lines(T0)) == 1
    assert metrics.lines(T0) == []


def test_a_line_keeps_to_the_bounds_of_the_format():
    metrics = Metrics()
    for number in range(MOST_METRICS + 1):
        metrics.count(f"Metric{number}")
    for _ in range(MOST_VALUES + 1):
        metrics.time("TurnTime", 1)

    lines = [json.loads(line) for line in metrics.lines(T0)]

    assert len(lines) == 2
    assert max(len(line.get("TurnTime", ())) for line in lines) == MOST_VALUES


def test_the_time_of_one_of_them_has_a_name_of_its_own():
    assert _one("ServiceIntegrations") == "ServiceIntegration"
