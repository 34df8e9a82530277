"""What records of Function Compute do to the tasks that wait for its functions."""

import json
from base64 import b64encode

import pytest

from chalicelib.api.function_ends import LARGEST_RECORD, take
from chalicelib.api.routes import ANYBODY, Call
from chalicelib.errors import InputRefused, PayloadTooLarge, TokenRefused
from chalicelib.ports import TOKEN_FIELD
from tests.unit.api.cloudflow_stage import Flows

FLOW = {
    "Type": "StateMachine",
    "SpecVersion": "v1",
    "Name": "film",
    "StartAt": "Render",
    "States": [
        {
            "Type": "Task",
            "Name": "Render",
            "Action": "FC:InvokeFunction",
            "TaskMode": "WaitForSystemCallback",
            "Parameters": {
                "resourceArn": "acs:fc:::functions/render",
                "invocationType": "Async",
                "body.$": "$Input",
            },
            "End": True,
        }
    ],
}


def render(event):
    raise AssertionError("it is still at work when the test is over")


render.takes = 90_000.0


class Studio:
    """A stage whose function works for a day, and who tells of its end."""

    def __init__(self):
        self.flows = Flows({"render": render})
        self.stage = self.flows.stage
        self.stage.publish(FLOW)
        self.execution = self.stage.start("film", {"n": 24})
        self.stage.loop.run(lambda: bool(self.stage.dispatcher.calls), 100)
        self.token = self.stage.dispatcher.calls[0].token

    def record(self, condition="", **facts):
        event = json.dumps({"n": 24, TOKEN_FIELD: self.token})
        made = {
            "timestamp": 1660120276975,
            "requestContext": {
                "requestId": "r-1",
                "functionArn": "acs:fc:::functions/render",
                "condition": condition,
                "approximateInvokeCount": 1,
            },
            "requestPayload": event,
            "responseContext": {"statusCode": 200, "functionError": ""},
            "responsePayload": '{"frames": 24}',
        }
        return {name: v for name, v in {**made, **facts}.items() if v is not ...}

    def post(self, body):
        call = Call(
            service=self.flows.service,
            caller=ANYBODY,
            parameters={},
            query={},
            headers={},
            body=json.dumps(body).encode(),
        )
        return take(call)

    def ended(self):
        now = self.stage.loop.now
        self.stage.loop.run(lambda: self.stage.loop.now > now + 60, 1000)
        head = self.stage.head(self.execution)
        return head.status, head.output if head.status == "SUCCEEDED" else head.error


@pytest.fixture
def studio():
    made = Studio()
    with made.flows:
        yield made


@pytest.mark.parametrize(
    "wrap",
    [
        lambda record: record,
        lambda record: {"specversion": "1.0", "data": record},
        lambda record: {"TopicName": "ends", "Message": json.dumps(record)},
        lambda record: {"Message": b64encode(json.dumps(record).encode()).decode()},
    ],
    ids=["a function", "a bus", "a topic", "a topic in base64"],
)
def test_the_end_of_the_function_is_the_end_of_the_task(studio, wrap):
    assert studio.post(wrap(studio.record())).body == {"accepted": True}
    assert studio.ended() == ("SUCCEEDED", {"frames": 24})


def test_a_record_that_comes_twice_or_late_changes_nothing(studio):
    studio.post(studio.record())
    studio.post(studio.record(responsePayload='{"frames": 0}'))
    assert studio.ended() == ("SUCCEEDED", {"frames": 24})

    studio.post(studio.record(responsePayload='{"frames": 1}'))
    assert studio.ended() == ("SUCCEEDED", {"frames": 24})


FAILED = {"statusCode": 200, "functionError": "UnhandledInvocationError"}


@pytest.mark.parametrize(
    ("condition", "facts", "error"),
    [
        pytest.param(
            "UnhandledInvocationError",
            {
                "responseContext": FAILED,
                "responsePayload": '{"errorType": "NoFilm", "errorMessage": "empty"}',
            },
            "NoFilm",
            id="it raised",
        ),
        pytest.param(
            "",
            {"responseContext": FAILED, "responsePayload": "killed"},
            "FC.Unknown",
            id="it failed without a name",
        ),
        pytest.param(
            "",
            {"responseContext": {"statusCode": 500}, "responsePayload": ...},
            "FC.Unknown",
            id="the service failed without a name",
        ),
        pytest.param(
            "ResourceExhausted",
            {"responseContext": {"statusCode": 429}},
            "FC.ResourceExhausted",
            id="the service could not run it",
        ),
        pytest.param("", {"responsePayload": "seven"}, "FnF.InvalidLocal", id="text"),
        pytest.param("", {"responsePayload": ...}, "FnF.InvalidLocal", id="nothing"),
    ],
)
def test_a_function_that_failed_fails_the_task(studio, condition, facts, error):
    studio.post(studio.record(condition, **facts))

    assert studio.ended() == ("FAILED", error)


@pytest.mark.parametrize(
    "event", [None, "text", {"n": 1}, {TOKEN_FIELD: "forged"}, {TOKEN_FIELD: 7}]
)
def test_a_record_without_a_token_of_ours_is_refused(studio, event):
    with pytest.raises(TokenRefused):
        studio.post(studio.record(requestPayload=json.dumps(event)))


@pytest.mark.parametrize(
    "body",
    [{}, [], 7, {"data": {}}, {"data": {"data": {"data": {}}}}, {"Message": "hello"}],
)
def test_what_is_no_record_is_refused(studio, body):
    with pytest.raises(InputRefused):
        studio.post(body)


def test_a_record_too_large_for_the_queue_is_refused(studio):
    with pytest.raises(PayloadTooLarge):
        studio.post(studio.record(responsePayload="x" * LARGEST_RECORD))
