"""TestState: one state, alone, with the effects it has."""

import json

import pytest

from tests.unit.api.step_functions_stage import FUNCTION, States, refused

TASK = {"Type": "Task", "Resource": f"{FUNCTION}:greet"}


def greet(event):
    if "name" not in event:
        raise KeyError("name")
    return f"hello {event['name']}"


@pytest.fixture
def states():
    with States({"greet": greet}) as made:
        yield made


def try_out(states, state, value=None, **facts):
    text = state if isinstance(state, str) else json.dumps(state)
    given = {} if value is None else {"input": json.dumps(value)}
    return states("TestState", definition=text, **given, **facts)


def test_a_state_gives_its_output_and_where_it_leads(states):
    state = {"Type": "Pass", "Result": 1, "ResultPath": "$.one", "Next": "Second"}
    assert try_out(states, state, {"a": 0}) == {
        "status": "SUCCEEDED",
        "output": '{"a":0,"one":1}',
        "nextState": "Second",
    }


def test_a_last_state_leads_nowhere(states):
    assert try_out(states, {"Type": "Succeed"}, 7) == {
        "status": "SUCCEEDED",
        "output": "7",
    }


def test_a_task_calls_what_it_names(states):
    found = try_out(states, {**TASK, "End": True}, {"name": "Ada"})
    assert found == {"status": "SUCCEEDED", "output": '"hello Ada"'}
    assert states("ListStateMachines") == {"stateMachines": []}


@pytest.mark.parametrize(("number", "following"), [(1, "Small"), (9, "Large")])
def test_a_choice_says_where_it_leads(states, number, following):
    state = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.n", "NumericLessThan": 5, "Next": "Small"}],
        "Default": "Large",
    }
    assert try_out(states, state, {"n": number})["nextState"] == following


def test_a_choice_without_a_way_out_fails(states):
    choices = [{"Variable": "$.n", "NumericLessThan": 5, "Next": "Small"}]
    found = try_out(states, {"Type": "Choice", "Choices": choices}, {"n": 9})
    assert (found["status"], found["error"]) == ("FAILED", "States.NoChoiceMatched")


def test_a_state_that_leads_to_itself_runs_once(states):
    machine = {
        "StartAt": "Again",
        "States": {"Again": {"Type": "Pass", "Result": 1, "Next": "Again"}},
    }
    found = try_out(states, machine, stateName="Again")
    assert found["nextState"] == "Again"


def test_a_state_fails_with_its_error(states):
    state = {"Type": "Fail", "Error": "NoMoney", "Cause": "none"}
    assert try_out(states, state) == {
        "status": "FAILED",
        "error": "NoMoney",
        "cause": "none",
    }


def test_a_failure_that_is_caught_leads_on(states):
    catch = [
        {"ErrorEquals": ["Other"], "Next": "Elsewhere"},
        {"ErrorEquals": ["KeyError"], "ResultPath": "$.failed", "Next": "Rescue"},
    ]
    state = {**TASK, "Catch": catch, "End": True}
    found = try_out(states, state, {"a": 1}, inspectionLevel="DEBUG")
    assert (found["status"], found["error"]) == ("CAUGHT_ERROR", "KeyError")
    assert found["nextState"] == "Rescue"
    assert json.loads(found["output"])["failed"]["Error"] == "KeyError"
    assert found["inspectionData"]["errorDetails"] == {"catchIndex": 1}


def test_a_failure_that_nobody_catches_is_the_states_own(states):
    catch = [{"ErrorEquals": ["Other"], "Next": "Elsewhere"}]
    found = try_out(states, {**TASK, "Catch": catch, "End": True}, {})
    assert (found["status"], found["error"]) == ("FAILED", "KeyError")


RETRY = [
    {"ErrorEquals": ["Other"]},
    {"ErrorEquals": ["KeyError"], "IntervalSeconds": 3, "MaxAttempts": 2},
]


@pytest.mark.parametrize(("made", "seconds"), [(0, 3), (1, 6)])
def test_a_failure_that_would_be_tried_again_says_when(states, made, seconds):
    found = try_out(
        states,
        {**TASK, "Retry": RETRY, "End": True},
        {},
        inspectionLevel="TRACE",
        stateConfiguration={"retrierRetryCount": made},
    )
    assert (found["status"], found["error"]) == ("RETRIABLE", "KeyError")
    assert found["inspectionData"]["errorDetails"] == {
        "retryIndex": 1,
        "retryBackoffIntervalSeconds": seconds,
    }


def test_retries_that_are_used_up_make_a_failure(states):
    state = {**TASK, "Retry": RETRY, "End": True}
    found = try_out(states, state, {}, stateConfiguration={"retrierRetryCount": 2})
    assert found["status"] == "FAILED"


def test_a_wait_takes_no_time(states):
    found = try_out(states, {"Type": "Wait", "Seconds": 99_999, "Next": "Up"}, {"a": 1})
    assert found == {"status": "SUCCEEDED", "output": '{"a":1}', "nextState": "Up"}


def test_a_look_inside_shows_what_was_sent_and_what_came_back(states):
    state = {**TASK, "Parameters": {"name": "Bo"}, "ResultPath": "$.said", "End": True}
    found = try_out(states, state, {"a": 1}, inspectionLevel="DEBUG")
    assert found["inspectionData"] == {
        "input": '{"a":1}',
        "afterParameters": '{"name":"Bo"}',
        "result": '"hello Bo"',
    }


# -- mocks

WAITING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Parameters": {"QueueUrl": "q", "MessageBody": {"token.$": "$$.Task.Token"}},
    "ResultPath": "$.paid",
    "Next": "Ship",
}


def test_a_mocked_result_goes_through_the_rest_of_the_state(states):
    mock = {"result": '{"amount": 3}'}
    found = try_out(states, WAITING, {"a": 1}, mock=mock)
    assert json.loads(found["output"]) == {"a": 1, "paid": {"amount": 3}}
    assert found["nextState"] == "Ship"


def test_a_mocked_error_is_an_error(states):
    error = {"errorOutput": {"error": "NoMoney", "cause": "none"}}
    catch = [{"ErrorEquals": ["NoMoney"], "Next": "Sorry"}]
    assert try_out(states, WAITING, {}, mock=error) == {
        "status": "FAILED",
        "error": "NoMoney",
        "cause": "none",
    }
    found = try_out(states, {**WAITING, "Catch": catch}, {}, mock=error)
    assert (found["status"], found["nextState"]) == ("CAUGHT_ERROR", "Sorry")


def test_a_state_that_waits_for_somebody_needs_a_mock(states):
    message = refused("ValidationException", try_out, states, WAITING, {})
    assert "mock" in message


# -- definitions


def test_variables_are_there_for_the_state(states):
    state = {"Type": "Pass", "Parameters": {"n.$": "$count"}, "End": True}
    found = try_out(states, state, {}, variables='{"count": 3}')
    assert found["output"] == '{"n":3}'


@pytest.mark.parametrize("facts", [{"variables": "[]"}, {"context": "{}"}])
def test_what_cannot_be_taken_along_is_refused(states, facts):
    refused("ValidationException", try_out, states, {"Type": "Succeed"}, **facts)


def test_a_state_of_a_machine_is_found_by_its_name(states):
    machine = {
        "StartAt": "First",
        "States": {
            "First": {"Type": "Pass", "Next": "Second"},
            "Second": {"Type": "Pass", "Result": 2, "End": True},
        },
    }
    assert try_out(states, machine, stateName="Second")["output"] == "2"
    refused("ValidationException", try_out, states, machine, stateName="Third")


@pytest.mark.parametrize(
    "definition",
    [
        "{",
        "[]",
        '{"Type": "Pass"}',
        '{"Type": "Pass", "Catch": 3}',
        '{"Type": "Pass", "Catch": [3], "End": true}',
        '{"States": {"State": 3}}',
    ],
)
def test_what_is_no_state_is_refused(states, definition):
    refused("InvalidDefinition", try_out, states, definition)


@pytest.mark.parametrize("text", ["{", ""])
def test_an_input_that_is_no_json_is_refused(states, text):
    given = {"definition": '{"Type": "Succeed"}', "input": text}
    refused("InvalidExecutionInput", states, "TestState", **given)
