"""What the events of a history carry, in the words of Step Functions."""

import json

import pytest

from chalicelib.api.stepfunctions.details import Setting
from tests.unit.api.step_functions_history import (
    SETTING,
    a_map,
    details,
    fails,
    told,
    types,
)
from tests.unit.api.step_functions_stage import a_machine


def test_ids_count_and_previous_ids_follow_the_scope():
    events = told(a_machine(a_map({"Type": "Pass"})), [1, 2])
    assert [(each["id"], each["previousEventId"]) for each in events] == [
        (1, 0),  # ExecutionStarted
        (2, 0),  # MapStateEntered
        (3, 2),  # MapStateStarted
        (4, 3),  # iteration 0
        (5, 4),
        (6, 5),
        (7, 6),
        (8, 3),  # iteration 1
        (9, 8),
        (10, 9),
        (11, 10),
        (12, 3),  # MapStateSucceeded
        (13, 3),  # MapStateExited
        (14, 13),
    ]


def test_iterations_say_of_which_map_and_which_item_they_are():
    events = told(a_machine(a_map({"Type": "Pass"})), ["a", "b"])
    assert details(events, "MapStateStarted") == [{"length": 2}]
    assert details(events, "MapIterationSucceeded") == [
        {"name": "Only", "index": 0},
        {"name": "Only", "index": 1},
    ]


def test_states_say_their_names_and_their_data():
    events = told(a_machine({"Type": "Pass", "Result": [1]}), {"a": "é"})
    entered = next(each for each in events if each["id"] == 2)
    exited = next(each for each in events if each["id"] == 3)
    assert entered["stateEnteredEventDetails"] == {
        "name": "Only",
        "input": '{"a":"é"}',
        "inputDetails": {"truncated": False},
    }
    assert exited["stateExitedEventDetails"]["output"] == "[1]"
    assert details(events, "ExecutionStarted")[0]["roleArn"] == SETTING.role


INVOKE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "same", "Payload": {"n.$": "$.n"}},
    "TimeoutSeconds": 60,
    "HeartbeatSeconds": 5,
}


def test_an_integration_says_its_service_action_and_parameters():
    events = told(a_machine(INVOKE), {"n": 1}, {"same": lambda event: event})
    assert types(events) == (
        "Started TaskEntered TaskScheduled TaskStarted TaskSucceeded TaskExited "
        "Succeeded"
    )
    (scheduled,) = details(events, "TaskScheduled")
    assert json.loads(scheduled.pop("parameters")) == {
        "FunctionName": "same",
        "Payload": {"n": 1},
    }
    assert scheduled == {
        "resourceType": "lambda",
        "resource": "invoke",
        "region": "eu-west-1",
        "timeoutInSeconds": 60,
        "heartbeatInSeconds": 5,
    }
    (succeeded,) = details(events, "TaskSucceeded")
    assert json.loads(succeeded["output"])["Payload"] == {"n": 1}


@pytest.mark.parametrize(
    ("resource", "parameters", "expected"),
    [
        (
            "lambda:invoke",
            {"FunctionName": "same", "Payload": 1, "LogType": "None"},
            {"FunctionName": "same", "Payload": 1, "LogType": "None"},
        ),
        (
            "sqs:sendMessage",
            {"QueueUrl": "jobs", "MessageBody": "hello"},
            {"QueueUrl": "jobs", "MessageBody": "hello"},
        ),
        (
            "states:startExecution",
            {"StateMachineArn": "other", "Input": {"a": 1}, "Name": "n"},
            {"StateMachineArn": "other", "Input": {"a": 1}, "Name": "n"},
        ),
        (
            "http:invoke",
            {"ApiEndpoint": "https://x.test/a", "Method": "GET"},
            {"method": "GET"},
        ),
    ],
)
def test_parameters_are_shown_as_their_author_wrote_them(
    resource, parameters, expected
):
    task = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{resource}",
        "Parameters": parameters,
    }
    (scheduled,) = details(told(a_machine(task)), "TaskScheduled")
    assert json.loads(scheduled["parameters"]) == expected
    assert f"{scheduled['resourceType']}:{scheduled['resource']}" == resource


def test_a_task_that_waits_for_its_token_is_submitted_first():
    task = {**INVOKE, "Resource": f"{INVOKE['Resource']}.waitForTaskToken"}
    task["Parameters"] = {
        "FunctionName": "same",
        "Payload": {"token.$": "$$.Task.Token"},
    }
    events = told(a_machine(task), {}, {"same": lambda event: "done"})
    assert types(events) == (
        "Started TaskEntered TaskScheduled TaskStarted TaskSubmitted TaskSucceeded "
        "TaskExited Succeeded"
    )
    (submitted,) = details(events, "TaskSubmitted")
    assert submitted["resource"] == "invoke.waitForTaskToken"


def test_failures_say_error_and_cause():
    events = told(a_machine(INVOKE), {"n": 1}, {"same": fails})
    (failed,) = details(events, "TaskFailed")
    assert failed["error"] == "ValueError"
    assert "errorMessage" in failed["cause"]
    assert details(events, "ExecutionFailed")[0]["error"] == "ValueError"


def test_a_task_that_times_out_says_so():
    def slow(event):
        return event

    slow.takes = 100
    events = told(a_machine(INVOKE), {"n": 1}, {"same": slow})
    assert [each["error"] for each in details(events, "TaskTimedOut")]


def test_without_data_only_names_are_left():
    setting = Setting(region="r", role="r", with_data=False)
    definition = a_machine(INVOKE)
    events = told(definition, {"n": "secret"}, {"same": lambda e: e}, setting)
    assert "secret" not in str(events)
    assert details(events, "TaskScheduled")[0]["parameters"] == ""


def test_states_of_other_languages_are_told_as_well():
    flow = """
    workspace: w
    dagName: d
    type: flow
    tasks:
      - name: first
        category: function
        resourceName: http://x.test/function/same
        pattern: task_sync
        next: second
      - name: second
        category: pass
    """
    events = told(flow, {}, {"same": lambda event: {"ok": 1}})
    assert "TaskStarted" in types(events)
    (scheduled,) = details(events, "TaskScheduled")
    assert scheduled["resourceType"].startswith("http")
