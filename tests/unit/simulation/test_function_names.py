"""Which function a resource means, and what it gets and gives."""

import pytest

from chalicelib.engine.events import Answer
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.ports import Call
from chalicelib.simulation.functions import FunctionDispatcher, names_of
from chalicelib.simulation.loop import Loop
from chalicelib.tokens import Failed, Succeeded


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("lambda:arn:aws:lambda:us-east-1:1:function:resize", "resize"),
        ("lambda:arn:aws:lambda:us-east-1:1:function:resize:live", "resize"),
        ("lambda:resize", "resize"),
        ("http://gateway:8080/function/resize", "resize"),
        ("http://gateway:8080/async-function/resize?size=2", "resize"),
        ("https://example.com/resize/large", "resize"),
        ("sqs:https://sqs.us-east-1.amazonaws.com/1/resize", "resize"),
        ("acs:fc:::functions/resize", "resize"),
        ("acs:fc:::services/images.LATEST/functions/resize", "images-resize"),
    ],
)
def test_a_resource_is_named_by_its_last_part(resource, name):
    assert names_of(resource)[0] == name


def a_call(resource, payload=None, mode=Mode.REQUEST, timeout=60.0):
    return Call(
        resource=resource,
        payload=payload,
        mode=mode,
        idempotency_key="k",
        timeout=timeout,
        execution="w:1",
        task="T",
        token="token",
    )


class Told:
    """A dispatcher, and what its workers report."""

    def __init__(self, **functions):
        self.reports = []
        self.loop = Loop()
        self.dispatcher = FunctionDispatcher(functions, self.loop.clock, self.report)

    def report(self, *said):
        self.reports.append(said)

    def dispatch(self, *args, **facts):
        return self.dispatcher.dispatch(a_call(*args, **facts))


def raises(event):
    raise KeyError("name")


def test_a_lambda_function_gets_the_event():
    told = Told(f=lambda event: {"got": event})

    assert told.dispatch("lambda:f", {"a": 1}).payload == {"got": {"a": 1}}


@pytest.mark.parametrize(
    ("payload", "event"),
    [
        ({"method": "POST", "body": {"a": 1}}, {"a": 1}),
        ({"method": "GET", "query": {"a": 1}}, {"a": 1}),
        ({"a": 1}, {"a": 1}),
        ("text", "text"),
    ],
)
def test_an_http_function_gets_the_body(payload, event):
    told = Told(f=lambda event: event)

    assert told.dispatch("http://g/function/f", payload).payload == event


def test_a_queue_takes_a_message_and_says_so():
    got = []
    told = Told(f=got.append)

    answer = told.dispatch("sqs:f", {"MessageBody": {"a": 1}})

    assert got == [{"a": 1}]
    assert "MessageId" in answer.payload


def test_a_function_that_raises_fails_as_its_host_would():
    told = Told(f=raises)

    failed = told.dispatch("lambda:f")
    answer = told.dispatch("http://g/function/f")

    assert (failed.error, failed.kind) == ("KeyError", Kind.FUNCTION)
    assert answer == Answer(payload="KeyError: 'name'", status=500, is_json=False)


def test_what_is_not_json_is_the_functions_failure():
    told = Told(f=lambda event: {1, 2})

    assert told.dispatch("lambda:f").error == "TypeError"


def test_a_function_nobody_gave_is_not_found():
    assert Told().dispatch("lambda:f").kind is Kind.NOT_FOUND


def test_a_function_that_takes_too_long_times_out():
    def slow(event):
        return 1

    slow.takes = 100
    told = Told(f=slow)

    assert told.dispatch("lambda:f").kind is Kind.TIMEOUT
    assert told.dispatch("lambda:f", timeout=200.0).payload == 1


@pytest.mark.parametrize(
    ("resource", "function", "report"),
    [
        ("lambda:f", lambda event: 7, Succeeded(output=7)),
        ("http://g/async-function/f", raises, Failed(cause="KeyError: 'name'")),
    ],
)
def test_a_task_that_waits_is_answered_later(resource, function, report):
    told = Told(f=function)

    answer = told.dispatch(resource, mode=Mode.CALLBACK)

    assert answer.status == 202
    assert told.reports == [("token", report, 0.0)]


def test_a_worker_that_raises_reports_its_failure():
    told = Told(f=raises)

    told.dispatch("lambda:f", mode=Mode.CALLBACK)

    ((_, report, _),) = told.reports
    assert report.error == "KeyError"


def test_what_no_workflow_was_started_for_cannot_be_cancelled():
    told = Told()

    assert not told.dispatcher.cancel(a_call("lambda:f"))
    assert not told.dispatcher.cancel(a_call("workflow:f"))
