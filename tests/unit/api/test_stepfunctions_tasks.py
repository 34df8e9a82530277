"""What the holder of a task token may say to Step Functions' face."""

import pytest

from chalicelib.tokens import Succeeded
from tests.unit.api.step_functions_stage import Refusal, States, a_machine

ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:order"
WAITS = a_machine(
    {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": "q", "MessageBody": {"token.$": "$$.Task.Token"}},
    }
)


@pytest.fixture
def states():
    with States() as made:
        made.make(WAITS)
        yield made


@pytest.fixture
def token(states):
    """The token of a task that waits, in execution ``one``."""
    states("StartExecution", stateMachineArn=ARN, name="one")
    while "TaskScheduled" not in str(states.stage.history("order:one")):
        assert states.stage.loop.step(), "the task was never scheduled"
    # History masks the token that the worker got; this one is for the same attempt.
    return states.stage.tokens.mint("order:one", "r", 1, 1, states.stage.loop.now + 60)


def refused(code, ask, *args, **given):
    with pytest.raises(Refusal) as caught:
        ask(*args, **given)
    assert (caught.value.status, caught.value.code) == (400, code)


def outcome(states):
    states.stage.settle("order:one")
    head = states.stage.head("order:one")
    return head.status, head.output, head.error, head.cause


def test_success_ends_the_task_and_the_same_again_is_fine(states, token):
    for _ in range(2):
        given = {"taskToken": token, "output": '{"paid": true}'}
        assert states("SendTaskSuccess", **given) == {}
    assert outcome(states) == ("SUCCEEDED", {"paid": True}, "", "")


def test_failure_ends_the_task_with_error_and_cause(states, token):
    states("SendTaskFailure", taskToken=token, error="NoMoney", cause="none")
    assert outcome(states) == ("FAILED", None, "NoMoney", "none")


def test_a_failure_needs_neither(states, token):
    states("SendTaskFailure", taskToken=token)
    assert outcome(states)[0] == "FAILED"


def test_another_outcome_comes_too_late(states, token):
    states("SendTaskSuccess", taskToken=token, output="1")
    refused("TaskTimedOut", states, "SendTaskSuccess", taskToken=token, output="2")
    refused("TaskTimedOut", states, "SendTaskFailure", taskToken=token)


def test_a_heartbeat_is_taken_while_the_task_waits(states, token):
    assert states("SendTaskHeartbeat", taskToken=token) == {}
    execution = ARN.replace("stateMachine", "execution")
    states("StopExecution", executionArn=f"{execution}:one")
    refused("TaskTimedOut", states, "SendTaskHeartbeat", taskToken=token)


def test_a_token_of_an_execution_that_is_not_known_is_of_no_task(states):
    token = states.stage.tokens.mint("order:nobody", "r", 1, 1, 9_000_000_000)
    refused("TaskDoesNotExist", states, "SendTaskHeartbeat", taskToken=token)


@pytest.mark.parametrize("forged", ["", "x", "t1.k1.e30.x"])
def test_a_forged_token_is_invalid_whatever_else_is_sent(states, forged):
    given = {"taskToken": forged, "output": "{no JSON"}
    refused("InvalidToken", states, "SendTaskSuccess", **given)


def test_what_is_no_output_is_refused_and_the_task_waits_on(states, token):
    for text in ("{", "", "x" * 40_000_000):
        given = {"taskToken": token, "output": text}
        refused("InvalidOutput", states, "SendTaskSuccess", **given)
    assert states.stage.report(token, Succeeded(output=1)) == "accepted"


def test_an_error_name_has_256_characters_at_most(states, token):
    given = {"taskToken": token, "error": "x" * 257}
    refused("ValidationException", states, "SendTaskFailure", **given)


def test_neither_key_nor_signature_is_looked_at(states, token):
    body = b'{"taskToken": "%s", "output": "1"}' % token.encode()
    for headers in ({}, {"authorization": "AWS4-HMAC-SHA256 anything"}):
        assert states.ask("SendTaskSuccess", body, headers=headers) == {}
