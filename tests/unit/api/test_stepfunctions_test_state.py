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
        "afterInputPath": '{"a":1}',
        "afterParameters": '{"name":"Bo"}',
        "result": '"hello Bo"',
        "afterResultPath": '{"a":1,"said":"hello Bo"}',
    }


def test_every_station_of_the_data_is_shown(states):
    state = {
        **TASK,
        "InputPath": "$.who",
        "Parameters": {"name.$": "$.first"},
        "ResultSelector": {"text.$": "$"},
        "ResultPath": "$.said",
        "OutputPath": "$.said.text",
        "End": True,
    }
    value = {"who": {"first": "Bo"}}
    found = try_out(states, state, value, inspectionLevel="DEBUG")
    assert found["output"] == '"hello Bo"'
    assert found["inspectionData"] == {
        "input": '{"who":{"first":"Bo"}}',
        "afterInputPath": '{"first":"Bo"}',
        "afterParameters": '{"name":"Bo"}',
        "result": '"hello Bo"',
        "afterResultSelector": '{"text":"hello Bo"}',
        "afterResultPath": '{"who":{"first":"Bo"},"said":{"text":"hello Bo"}}',
    }


def test_in_jsonata_the_arguments_and_the_result_are_shown(states):
    state = {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": f"{FUNCTION}:greet",
        "Arguments": {"name": "{% $who %}"},
        "Output": "{% $uppercase($states.result) %}",
        "End": True,
    }
    found = try_out(
        states, state, {}, inspectionLevel="TRACE", variables='{"who": "Bo"}'
    )
    assert found["output"] == '"HELLO BO"'
    assert found["inspectionData"] == {
        "input": "{}",
        "afterArguments": '{"name":"Bo"}',
        "result": '"hello Bo"',
    }


def test_of_a_state_that_cannot_begin_only_its_input_is_shown(states):
    state = {**TASK, "Parameters": {"name.$": "$.nobody"}, "End": True}
    found = try_out(states, state, {"a": 1}, inspectionLevel="DEBUG")
    assert found["status"] == "FAILED"
    assert found["inspectionData"] == {"input": '{"a":1}'}


def test_a_context_object_stands_in_the_place_of_the_states_own(states):
    context = {"Execution": {"Name": "monday"}}
    state = {
        "Type": "Pass",
        "Parameters": {"run.$": "$$.Execution.Name", "state.$": "$$.State.Name"},
        "End": True,
    }
    found = try_out(states, state, context=json.dumps(context))
    assert json.loads(found["output"]) == {"run": "monday", "state": "State"}


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


EACH = {
    "Type": "Map",
    "ItemsPath": "$.lines",
    "ItemSelector": {"n.$": "$$.Map.Item.Value", "at.$": "$$.Map.Item.Index"},
    "MaxConcurrency": 2,
    "ToleratedFailurePercentage": 40,
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Ship",
        "States": {"Ship": {**TASK, "End": True}},
    },
    "ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"of.$": "$.order"}},
    "ResultPath": "$.done",
    "End": True,
}
LINES = {"order": 7, "lines": ["a", "b", "c"]}
SHIPPED = {"result": "[1, 2]"}


def test_a_map_shows_what_its_iterations_would_receive(states):
    found = try_out(states, EACH, LINES, mock=SHIPPED, inspectionLevel="DEBUG")
    looks = found["inspectionData"]
    batches = json.loads(looks["afterItemBatcher"])
    assert json.loads(found["output"]) == {**LINES, "done": [1, 2]}
    assert json.loads(looks["afterItemsPath"]) == LINES["lines"]
    assert json.loads(looks["afterItemSelector"])[1] == {"n": "b", "at": 1}
    assert batches[1] == {"BatchInput": {"of": 7}, "Items": [{"n": "c", "at": 2}]}
    assert (looks["maxConcurrency"], looks["toleratedFailurePercentage"]) == (2, 40)


@pytest.mark.parametrize(
    ("failed", "status"), [(0, "SUCCEEDED"), (1, "FAILED"), (2, "FAILED")]
)
def test_more_failed_iterations_than_are_tolerated_fail_a_map(states, failed, status):
    configuration = {"mapIterationFailureCount": failed}
    found = try_out(states, EACH, LINES, mock=SHIPPED, stateConfiguration=configuration)
    assert found["status"] == status
    assert found.get("error") == (
        None if status == "SUCCEEDED" else "States.ExceedToleratedFailureThreshold"
    )


def test_items_that_are_none_fail_a_map_whatever_is_mocked(states):
    found = try_out(states, EACH, {"lines": 3}, mock=SHIPPED)
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")


def test_an_error_inside_of_a_map_is_of_a_state_that_is_there(states):
    error = {"errorOutput": {"error": "Lost", "cause": "rain"}}
    catch = [{"ErrorEquals": ["Lost"], "Next": "Sorry"}]
    named = {"stateConfiguration": {"errorCausedByState": "Ship"}}
    found = try_out(states, {**EACH, "Catch": catch}, LINES, mock=error, **named)
    assert (found["status"], found["nextState"]) == ("CAUGHT_ERROR", "Sorry")
    named = {"stateConfiguration": {"errorCausedByState": "Sink"}}
    refused("ValidationException", try_out, states, EACH, LINES, mock=error, **named)


PLAIN = {
    "Type": "Map",
    "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}},
    "End": True,
}
READ = {
    **EACH,
    "ItemReader": {
        "Resource": "arn:aws:states:::s3:getObject",
        "Parameters": {"Bucket": "b", "Key": "k"},
        "ReaderConfig": {"InputType": "JSON"},
    },
}


@pytest.mark.parametrize("facts", [{}, {"QueryLanguage": "JSONata"}])
def test_a_map_that_shapes_nothing_shows_its_items_at_most(states, facts):
    look = {"mock": SHIPPED, "inspectionLevel": "DEBUG"}
    looks = try_out(states, PLAIN | facts, [1], **look)["inspectionData"]
    assert looks.keys() - {"afterInputPath", "afterItemsPath", "afterResultPath"} == {
        "input",
        "result",
    }


def test_items_that_would_be_read_are_not_shown(states):
    given = {
        "mock": SHIPPED,
        "inspectionLevel": "DEBUG",
        "stateConfiguration": {"mapIterationFailureCount": 9},
    }
    found = try_out(states, READ, LINES, **given)
    assert found["status"] == "SUCCEEDED"
    assert found["inspectionData"]["maxConcurrency"] == 2
    assert "afterItemSelector" not in found["inspectionData"]


def test_a_pass_shows_what_it_passes_on(states):
    state = {"Type": "Pass", "Parameters": {"b.$": "$.a"}, "End": True}
    looks = try_out(states, state, {"a": 1}, inspectionLevel="DEBUG")["inspectionData"]
    assert (looks["afterParameters"], looks["result"]) == ('{"b":1}', '{"b":1}')


def test_the_result_of_a_map_is_an_array(states):
    refused("ValidationException", try_out, states, EACH, LINES, mock={"result": "{}"})


def test_a_state_with_states_inside_needs_a_mock(states):
    refused("ValidationException", try_out, states, EACH, LINES)


# -- definitions


def test_variables_are_there_for_the_state(states):
    state = {"Type": "Pass", "Parameters": {"n.$": "$count"}, "End": True}
    found = try_out(states, state, {}, variables='{"count": 3}')
    assert found["output"] == '{"n":3}'


@pytest.mark.parametrize("facts", [{"variables": "[]"}, {"context": "[]"}])
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
