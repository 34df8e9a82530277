"""Flows whose functions are in Function Compute: from the task to its end."""

import json

import pytest

from chalicelib.alibaba import AlibabaAccount
from chalicelib.api.function_ends import take
from chalicelib.api.routes import ANYBODY, Call
from chalicelib.dispatchers import Dispatchers, Outside
from chalicelib.dispatchers.policy import Policy
from tests.unit.api.cloudflow_stage import Flows

BUS = "acs:eventbridge:cn-x:42:eventbus/ends"
ACCOUNT = AlibabaAccount(
    key_id="ali",
    secret="hush",
    region="cn-x",
    id="42",
    endpoint="http://fc.test",
    destination=BUS,
)
ENDS = {"onSuccess": {"destination": BUS}, "onFailure": {"destination": BUS}}
TOLD = {"destinationConfig": ENDS}


def a_task(**parameters):
    arn = {"resourceArn": "acs:fc:::services/film/functions/render"}
    return {
        "Type": "Task",
        "Name": "Render",
        "Action": "FC:InvokeFunction",
        "Parameters": {**arn, "body.$": "$Input", **parameters},
        "End": True,
    }


class FunctionCompute:
    """Does as the service does: answers what is Sync, keeps what is Async."""

    def __init__(self, server):
        self.seen = server.seen
        server.behave = self.behave
        self.answers = []
        self.begun = []
        self.stopped = []

    def behave(self, request):
        if request.command == "GET":
            request.reply(200, json.dumps(TOLD).encode())
        elif request.command == "PUT":
            self.stopped.append(request.path.rpartition("/")[2].partition("?")[0])
            request.reply(202, b"")
        elif request.headers["X-Fc-Invocation-Type"] == "Async":
            task = request.headers["X-Fc-Stateful-Async-Invocation-Id"]
            self.begun.append((task, json.loads(request.body)))
            request.reply(202, b"")
        else:
            status, body, headers = self.answers.pop(0)
            request.reply(status, json.dumps(body).encode(), **headers)


@pytest.fixture
def compute(server):
    return FunctionCompute(server)


@pytest.fixture
def flows(server):
    def dispatchers(stage):
        address = f"127.0.0.1:{server.port}"
        outside = Outside(
            clients=None,
            policy=Policy(hosts={"fc.test": address}),
            clock=stage.loop.clock,
            start=None,
            stop=None,
            alibaba=ACCOUNT,
        )
        return Dispatchers(outside)

    with Flows(dispatcher=dispatchers) as made:
        yield made


def publish(flows, task):
    head = {"Type": "StateMachine", "SpecVersion": "v1", "Name": "film"}
    flows.stage.publish({**head, "StartAt": "Render", "States": [task]})


def settled(flows, execution):
    flows.stage.settle(execution)
    head = flows.stage.head(execution)
    return head.status, head.output if head.status == "SUCCEEDED" else head.error


def test_a_flow_retries_what_function_compute_has_no_room_for(flows, compute):
    compute.answers = [
        (429, {"ErrorCode": "ResourceExhausted", "ErrorMessage": "full"}, {}),
        (200, {"errorType": "NoFilm"}, {"X_Fc_Error_Type": "HandledInvocationError"}),
        (200, {"frames": 24}, {}),
    ]
    errors = ["FC.ResourceExhausted", "NoFilm"]
    rule = {"Errors": errors, "MaxAttempts": 2, "IntervalSeconds": 3}
    publish(flows, {**a_task(), "Retry": [rule]})

    execution = flows.stage.start("film", {"n": 24})

    assert settled(flows, execution) == ("SUCCEEDED", {"frames": 24})
    assert len(compute.seen) == 3


def system_callback(flows, compute):
    """Start a flow whose function works on; return its execution and the event."""
    mode = {"TaskMode": "WaitForSystemCallback"}
    publish(flows, {**a_task(invocationType="Async"), **mode})
    execution = flows.stage.start("film", {"n": 24})
    flows.stage.loop.run(lambda: bool(compute.begun), 100)
    return execution, compute.begun[0][1]


def test_a_flow_goes_on_when_a_bus_tells_of_the_functions_end(flows, compute):
    execution, event = system_callback(flows, compute)
    record = {
        "requestContext": {"requestId": "r-1", "condition": ""},
        "requestPayload": json.dumps(event),
        "responseContext": {"statusCode": 200, "functionError": ""},
        "responsePayload": '{"frames": 24}',
    }
    body = json.dumps({"specversion": "1.0", "data": record}).encode()

    take(
        Call(
            service=flows.service,
            caller=ANYBODY,
            parameters={},
            query={},
            headers={},
            body=body,
        )
    )

    assert settled(flows, execution) == ("SUCCEEDED", {"frames": 24})


def test_a_flow_that_is_stopped_stops_its_function(flows, compute):
    execution, _ = system_callback(flows, compute)

    flows.stage.stop(execution)
    now = flows.stage.loop.now
    flows.stage.loop.run(lambda: flows.stage.loop.now > now + 60, 1000)

    assert settled(flows, execution)[0] == "ABORTED"
    assert compute.stopped == [compute.begun[0][0]]
    kinds = {event["type"] for event in flows.stage.history(execution)}
    assert "TaskNotCancelled" not in kinds
