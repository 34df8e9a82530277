"""How Step Functions tells of a Map whose iterations count as executions."""

import pytest

from chalicelib.api.stepfunctions.details import Setting
from tests.unit.api.step_functions_history import a_map, details, fails, told, types

TASK = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:work"}
EXECUTION = "arn:aws:states:eu-west-1:1:execution:orders:17"
SETTING = Setting(
    region="eu-west-1", role="arn:aws:iam::1:role/any", execution=EXECUTION
)
READER = {
    "Resource": "arn:aws:states:::s3:getObject",
    "Parameters": {"Bucket": "b", "Key": "k"},
    "ReaderConfig": {"InputType": "JSON"},
}
OBJECTS = {("b", "k"): b"[1, 2]"}
SUCCEEDED = (
    "Started MapEntered MapStarted MapRunStarted MapRunSucceeded MapSucceeded "
    "MapExited Succeeded"
)
FAILED = "Started MapEntered MapStarted MapRunStarted MapRunFailed MapFailed Failed"


def a_run(state, **facts):
    run = a_map(state, **facts)
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    run["ItemProcessor"]["ProcessorConfig"] = config
    return {"StartAt": "Run", "States": {"Run": {"End": True, **run}}}


@pytest.mark.parametrize("state", [{"Type": "Pass"}, TASK], ids=["inline", "apart"])
def test_the_iterations_of_a_run_are_told_elsewhere(state):
    work = {"work": lambda event: event}

    events = told(a_run(state), [1, 2], functions=work, setting=SETTING)

    assert types(events) == SUCCEEDED
    assert details(events, "MapStateStarted") == [{"length": 2}]
    ((arn,),) = (list(each.values()) for each in details(events, "MapRunStarted"))
    assert arn == "arn:aws:states:eu-west-1:1:mapRun:orders/Run:17.r.1.1"


def test_a_run_begins_before_its_items_are_known():
    events = told(
        a_run(TASK, ItemReader=READER),
        objects=OBJECTS,
        functions={"work": lambda event: event},
    )

    assert types(events) == SUCCEEDED
    assert details(events, "MapStateStarted") == [{"length": 0}]


def test_a_run_whose_items_cannot_be_read_fails():
    events = told(a_run(TASK, ItemReader=READER), objects={("b", "k"): b"{}"})

    why = "Attempting to map over non-iterable node."
    failure = {"error": "States.ItemReaderFailed", "cause": why}
    assert types(events) == FAILED
    assert details(events, "MapRunFailed") == [failure]
    assert details(events, "ExecutionFailed") == [failure]


@pytest.mark.parametrize("state", [{"Type": "Fail"}, TASK], ids=["inline", "apart"])
def test_a_run_whose_iterations_fail_fails_by_its_threshold(state):
    state = {"End": None, **state} if state is TASK else state
    definition = a_run(state)
    if state["Type"] == "Fail":
        del definition["States"]["Run"]["ItemProcessor"]["States"]["Each"]["End"]

    events = told(definition, [1], functions={"work": fails})

    assert types(events) == FAILED
    (failure,) = details(events, "MapRunFailed")
    assert failure["error"] == "States.ExceedToleratedFailureThreshold"


def test_a_run_that_failed_and_was_caught_is_shown_as_failed():
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Mend"}]
    definition = a_run(TASK, ItemReader=READER, Catch=catch)
    definition["States"]["Mend"] = {"Type": "Pass", "End": True}

    events = told(definition)

    assert types(events) == (
        "Started MapEntered MapStarted MapRunStarted MapRunFailed MapFailed "
        "MapExited PassEntered PassExited Succeeded"
    )


def test_what_comes_after_a_run_counts_its_events_right():
    definition = a_run({"Type": "Pass"}, Next="Lost")
    del definition["States"]["Run"]["End"]
    definition["States"]["Lost"] = {"Type": "Pass", "InputPath": "$.no", "End": True}

    events = told(definition, [1, 2])

    (failure,) = details(events, "ExecutionFailed")
    (entered,) = (each["id"] for each in events if each["type"] == "PassStateEntered")
    assert f"(entered at the event id #{entered})" in failure["cause"]
