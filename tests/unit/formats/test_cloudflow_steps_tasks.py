"""What a task step asks of queues, topics and other services."""

import pytest

from chalicelib.expressions import View, evaluate
from chalicelib.formats import compile_definition
from chalicelib.model.workflow import Mode

INPUT = {"text": "hello", "kind": "note", "n": 5}


def a_task(**fields):
    step = {"type": "task", "name": "t", **fields}
    flow = {"version": "v1", "type": "flow", "steps": [step]}
    return compile_definition(flow, name="flow").scope.states["t"]


def sent(state):
    return evaluate(state.arguments, View(INPUT, input=INPUT))


QUEUE = "acs:mns:::/queues/jobs/messages"
TOPIC = "acs:mns:cn-hangzhou:1:/topics/news/messages"


@pytest.mark.parametrize("arn", [QUEUE, TOPIC, "acs:mns:::topics/news/messages"])
def test_a_queue_or_topic_is_called_by_its_own_name(arn):
    state = a_task(resourceArn=arn)

    assert state.work.resource.value == arn
    assert (state.work.mode, state.work.reading) == (Mode.REQUEST, "mns")
    assert sent(state) == {"MessageBody": INPUT}


def test_a_message_has_what_its_parameters_say():
    params = {
        "MessageBody": "$.text",
        "MessageTag": "$.kind",
        "MessageAttributes": {"from": {"StringValue": "$.text", "n": ["$.n", "n"]}},
    }

    assert sent(a_task(resourceArn=TOPIC, serviceParams=params)) == {
        "MessageBody": "hello",
        "MessageTag": "note",
        "MessageAttributes": {"from": {"StringValue": "hello", "n": [5, "n"]}},
    }


def test_a_message_of_a_queue_may_be_late():
    params = {"MessageBody": {"all": "$"}, "DelaySeconds": 30}

    assert sent(a_task(resourceArn=QUEUE, serviceParams=params)) == {
        "MessageBody": {"all": INPUT},
        "DelaySeconds": 30,
    }


def test_a_worker_of_a_queue_may_be_waited_for():
    state = a_task(resourceArn=QUEUE, pattern="waitForCallback")

    assert (state.work.mode, state.work.reading) == (Mode.CALLBACK, "accepted")


def test_any_other_api_is_called_with_its_parameters():
    params = {"TableName": "orders", "Key": {"id": {"S": "$.text"}}}
    state = a_task(action="DynamoDB:GetItem", serviceParams=params)

    assert state.work.resource.value == "acs:api:DynamoDB:GetItem"
    assert (state.work.mode, state.work.reading) == (Mode.REQUEST, "payload")
    assert sent(state) == {"TableName": "orders", "Key": {"id": {"S": "hello"}}}


def test_any_other_api_without_parameters_gets_the_input():
    assert sent(a_task(action="ocr:Read")) == INPUT
