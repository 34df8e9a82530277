"""How a task waits for a function that Lambda runs by itself."""

import io
import json

import pytest
from botocore.exceptions import ClientError

from chalicelib.dispatchers.aws_lambda import LARGEST_EVENT, LambdaDispatcher
from chalicelib.dispatchers.destinations import REMEMBERED, Destinations, to_queue
from chalicelib.model.workflow import Mode
from chalicelib.ports import TOKEN_FIELD

QUEUE = "https://sqs.eu-west-1.amazonaws.com/123/steps"
ARN = "arn:aws:sqs:eu-west-1:123:steps"


class FakeLambda:
    """Has one function, whose destinations are what the test says."""

    def __init__(self, success=ARN, failure=ARN, body=b'{"ok":1}', error=None):
        self.ends = {"OnSuccess": success, "OnFailure": failure}
        self.body = body
        self.error = error
        self.looks = []
        self.asked = []

    def get_function_event_invoke_config(self, *, FunctionName):
        self.looks.append(FunctionName)
        if self.error is not None:
            raise self.error
        ends = {k: {"Destination": arn} for k, arn in self.ends.items() if arn}
        return {"DestinationConfig": ends}

    def invoke(self, **parameters):
        self.asked.append(parameters)
        is_event = parameters["InvocationType"] == "Event"
        body = b"" if is_event else self.body
        return {"StatusCode": 202 if is_event else 200, "Payload": io.BytesIO(body)}


def dispatcher(client, clock, queue=QUEUE):
    clients = {"lambda": client}.__getitem__
    known = Destinations(clock, to_queue(clients, queue))
    return LambdaDispatcher(clients, destinations=known)


def a_job(a_call, **facts):
    return a_call(**{"mode": Mode.SYSTEM, "payload": {"n": 1}, "token": "t1.x"} | facts)


def test_a_function_whose_ends_are_told_is_left_alone_with_its_work(a_call, clock):
    client = FakeLambda()

    answer = dispatcher(client, clock).dispatch(a_job(a_call))

    assert (answer.status, answer.is_end) == (202, False)
    assert client.asked[0]["InvocationType"] == "Event"
    assert json.loads(client.asked[0]["Payload"]) == {"n": 1, TOKEN_FIELD: "t1.x"}


@pytest.mark.parametrize(
    ("client", "facts", "queue"),
    [
        pytest.param(FakeLambda(success=None), {}, QUEUE, id="success is not told"),
        pytest.param(FakeLambda(failure=None), {}, QUEUE, id="failure is not told"),
        pytest.param(
            FakeLambda(success=ARN.replace("123", "9")), {}, QUEUE, id="told elsewhere"
        ),
        pytest.param(FakeLambda(), {}, "", id="a stage that cannot be told"),
        pytest.param(FakeLambda(), {"payload": [1]}, QUEUE, id="no room for a token"),
        pytest.param(FakeLambda(), {"token": ""}, QUEUE, id="no token"),
        pytest.param(
            FakeLambda(),
            {"payload": {"x": "y" * LARGEST_EVENT}},
            QUEUE,
            id="too large to be told",
        ),
        pytest.param(
            FakeLambda(),
            {"resource": "lambda.invoke:f", "payload": {"Payload": {}}},
            QUEUE,
            id="with options of its own",
        ),
        pytest.param(
            FakeLambda(error=ClientError({"Error": {"Code": "AccessDenied"}}, "Get")),
            {},
            QUEUE,
            id="a function that is not ours to look at",
        ),
    ],
)
def test_any_other_function_is_awaited(client, facts, queue, a_call, clock):
    answer = dispatcher(client, clock, queue).dispatch(a_job(a_call, **facts))

    assert (answer.payload, answer.is_end) == ({"ok": 1}, True)
    assert client.asked[0]["InvocationType"] == "RequestResponse"
    assert TOKEN_FIELD not in json.loads(client.asked[0]["Payload"])


def test_an_awaited_function_that_fails_is_a_failure(a_call, clock):
    client = FakeLambda(success=None, body=b"no JSON")

    outcome = dispatcher(client, clock).dispatch(a_job(a_call))

    assert outcome.kind == "bad output"


def test_a_look_is_remembered_for_a_while(a_call, clock):
    client = FakeLambda()
    made = dispatcher(client, clock)

    for seconds in (0, REMEMBERED - 1, 2):
        clock.sleep(seconds)
        made.dispatch(a_job(a_call))

    assert client.looks == ["resize", "resize"]
