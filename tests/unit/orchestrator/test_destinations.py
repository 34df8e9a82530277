"""What Lambda's records of asynchronous functions do to the tasks that wait."""

import json

import pytest

from chalicelib.orchestrator import Delivery
from chalicelib.orchestrator.destinations import record_in
from chalicelib.ports import TOKEN_FIELD
from chalicelib.simulation.stage import Stage

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
                "resourceArn": "acs:fc:::services/film.LATEST/functions/render",
                "invocationType": "Async",
                "body.$": "$Input",
            },
            "End": True,
        }
    ],
}


def _render_for(seconds):
    def render(event):
        return {"frames": event["n"]}

    render.takes = float(seconds)
    return render


class Studio:
    """A stage whose function works for hours."""

    def __init__(self):
        self.stage = Stage({"film-render": _render_for(5 * 3600)})
        self.stage.publish(FLOW)
        self.execution = self.stage.start("film", {"n": 24})
        self.stage.loop.run(lambda: bool(self.stage.dispatcher.calls), 100)
        (call,) = self.stage.dispatcher.calls
        self.token = call.token

    def tell(self, **record):
        """Have a record of the function's end delivered; return what comes again."""
        whole = {
            "version": "1.0",
            "requestContext": {
                "requestId": "r-1",
                "functionArn": "arn:aws:lambda:eu-west-1:1:function:film-render",
                "condition": "Success",
            },
            "requestPayload": {"n": 24, TOKEN_FIELD: self.token},
            "responseContext": {"statusCode": 200, "executedVersion": "3"},
            "responsePayload": {"frames": 24},
        } | record
        body = json.dumps({k: v for k, v in whole.items() if v is not ...})
        delivery = Delivery(id="m", body=body, sent_at=self.stage.loop.now)
        now = self.stage.loop.now
        return self.stage.orchestrator.handle([delivery], now + 900)

    @property
    def head(self):
        return self.stage.head(self.execution)


def condition(name):
    return {"functionArn": "f", "condition": name}


def test_a_function_is_waited_for_as_long_as_it_takes():
    with Stage({"film-render": _render_for(5 * 3600)}) as stage:
        stage.publish(FLOW)
        began_at = stage.loop.now

        head = stage.run("film", {"n": 24})

        assert (head.status, head.output) == ("SUCCEEDED", {"frames": 24})
        assert stage.loop.now - began_at == pytest.approx(5 * 3600, abs=5)
        assert stage.meter.total().dispatches == 1


def test_the_end_of_the_function_is_the_end_of_the_task():
    studio = Studio()

    assert studio.tell() == []
    assert (studio.head.status, studio.head.output) == ("SUCCEEDED", {"frames": 24})


def test_a_record_that_comes_twice_changes_nothing():
    studio = Studio()
    studio.tell()

    assert studio.tell(responsePayload={"frames": 0}) == []
    assert studio.head.output == {"frames": 24}


@pytest.mark.parametrize(
    ("record", "error"),
    [
        pytest.param(
            {
                "requestContext": condition("RetriesExhausted"),
                "responsePayload": {"errorType": "NoFilm", "errorMessage": "empty"},
            },
            "NoFilm",
            id="it raised",
        ),
        pytest.param(
            {
                "requestContext": condition("RetriesExhausted"),
                "responsePayload": {"errorMessage": "killed"},
            },
            "FC.Unknown",
            id="it raised nothing with a name",
        ),
        pytest.param(
            {
                "requestContext": condition("RetriesExhausted"),
                "responsePayload": ...,
            },
            "FC.Unknown",
            id="it failed, and its words did not come along",
        ),
        pytest.param(
            {
                "requestContext": condition("EventAgeExceeded"),
                "responsePayload": ...,
                "responseContext": ...,
            },
            "FC.ResourceThrottled",
            id="it never ran",
        ),
        pytest.param(
            {"responsePayload": ...},
            "FnF.InvalidLocal",
            id="its answer did not come along",
        ),
        pytest.param(
            {"responsePayload": "no JSON"},
            "FnF.InvalidLocal",
            id="its answer is no object",
        ),
    ],
)
def test_an_end_that_is_no_success_has_a_name(record, error):
    studio = Studio()

    assert studio.tell(**record) == []
    assert studio.head.status == "FAILED"
    assert studio.head.error == error


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"n": 24}, id="of somebody else's invocation"),
        pytest.param([1], id="of an event that is no object"),
        pytest.param(..., id="whose event was cut off"),
        pytest.param({TOKEN_FIELD: "t1.k1.e30.forged"}, id="with a forged token"),
    ],
)
def test_a_record_that_is_not_ours_is_dropped(sent):
    studio = Studio()

    assert studio.tell(requestPayload=sent) == []
    assert studio.head.status == "RUNNING"


@pytest.mark.parametrize(
    "body",
    [
        '"requestContext" alone',
        '["requestContext"]',
        '{"requestContext": 5}',
        '{"do": "start", "x": {"requestContext": {}}}',
        '{"v": 1, "do": "start", "requestContext": {}}',
    ],
)
def test_a_message_that_only_has_the_word_in_it_is_no_record(body):
    assert record_in(body) is None


def test_a_record_that_nobody_could_handle_fails_its_execution():
    studio = Studio()
    record = {
        "requestContext": condition("Success"),
        "requestPayload": {TOKEN_FIELD: studio.token},
    }
    ours = Delivery(id="m", body=json.dumps(record), receives=5)
    record["requestPayload"] = {}
    other = Delivery(id="n", body=json.dumps(record), receives=5)

    studio.stage.orchestrator.bury([ours, other])

    assert studio.head.error == "Millrace.PoisonMessage"


def test_a_function_that_never_tells_is_given_up():
    with Stage({"film-render": _render_for(1e9)}) as stage:
        stage.publish(FLOW)
        began_at = stage.loop.now

        head = stage.run("film", {"n": 1})

        assert (head.status, head.error) == ("FAILED", "FnF.TaskTimeout")
        assert stage.loop.now - began_at == pytest.approx(8 * 3600, abs=60)
