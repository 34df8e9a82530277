"""Who takes a task to its resource."""

import io

import pytest

from chalicelib.dispatchers import ROWS, Dispatchers, Outside
from chalicelib.dispatchers.policy import Policy
from chalicelib.engine.events import Answer
from chalicelib.errors import InputRefused
from chalicelib.model.error_names import Kind


class Recorder:
    """A dispatcher of the stage's own: says what it was given."""

    def dispatch(self, call):
        return Answer(payload=f"took {call.resource}")

    def cancel(self, call):
        return True


class FakeClient:
    """Lambda and SQS in one."""

    def invoke(self, **parameters):
        return {"Payload": io.BytesIO(b'"lambda"')}

    def get_queue_url(self, **parameters):
        return {"QueueUrl": "u"}

    def send_message(self, **parameters):
        return {"MessageId": "sqs", "MD5OfMessageBody": "d"}


@pytest.fixture
def outside(clock):
    def make(**given):
        defaults = {
            "clients": lambda service: FakeClient(),
            "policy": Policy(resolver=lambda host, port: []),
            "clock": clock,
            "start": lambda workflow, input, **given: "e-2",
            "stop": lambda workflow, name, cause: None,
        }
        return Outside(**defaults | given)

    return make


@pytest.mark.parametrize(
    ("resource", "payload"),
    [
        ("lambda:resize", "lambda"),
        ("acs:fc:::functions/resize", "lambda"),
        ("sqs:jobs", {"MessageId": "sqs", "MD5OfMessageBody": "d"}),
    ],
)
def test_a_resource_finds_its_dispatcher(outside, a_call, resource, payload):
    dispatchers = Dispatchers(outside())

    assert dispatchers.dispatch(a_call(resource=resource)).payload == payload


def test_a_workflow_is_started_and_stopped(outside, a_call):
    dispatchers, call = Dispatchers(outside()), a_call(resource="workflow:ship")

    assert dispatchers.dispatch(call).payload["execution"] == "e-2"
    assert dispatchers.cancel(call) is True


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_url_is_http(outside, a_call, scheme):
    outcome = Dispatchers(outside()).dispatch(a_call(resource=f"{scheme}://a.example"))

    assert outcome.kind is Kind.UNREACHABLE


@pytest.mark.parametrize("resource", ["ftp://x", "lambda", "", "lambdas:x"])
def test_a_resource_of_no_row_is_not_found(outside, a_call, resource):
    dispatchers = Dispatchers(outside())

    outcome = dispatchers.dispatch(a_call(resource=resource))

    assert outcome.kind is Kind.NOT_FOUND
    assert "acs:fc, http, https, lambda, s3, sqs, workflow" in outcome.cause
    assert dispatchers.cancel(a_call(resource=resource)) is False


@pytest.mark.parametrize("prefix", sorted(ROWS))
def test_every_row_makes_a_dispatcher(outside, prefix):
    made = ROWS[prefix](outside())

    assert callable(made.dispatch)
    assert callable(made.cancel)


def test_a_dispatcher_is_made_once(outside, a_call):
    made = []

    def maker(outside):
        made.append(outside)
        return Recorder()

    dispatchers = Dispatchers(outside(), rows={"x": maker})
    dispatchers.dispatch(a_call(resource="x:1"))
    dispatchers.dispatch(a_call(resource="x:2"))

    assert len(made) == 1


@pytest.fixture
def own_module(tmp_path, monkeypatch):
    (tmp_path / "stage_dispatchers.py").write_text(
        "from chalicelib.engine.events import Answer\n"
        "class Own:\n"
        "    def dispatch(self, call):\n"
        "        return Answer(payload=call.resource)\n"
        "    def cancel(self, call):\n"
        "        return True\n"
    )
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("own_module")
@pytest.mark.parametrize("prefix", ["mns", "lambda:special", "http"])
def test_a_stage_adds_dispatchers_of_its_own(outside, a_call, prefix):
    added = {prefix: "stage_dispatchers:Own"}
    dispatchers = Dispatchers(outside(added=added))
    call = a_call(resource=f"{prefix}:x")

    assert dispatchers.dispatch(call).payload == f"{prefix}:x"
    assert dispatchers.cancel(call) is True


@pytest.mark.parametrize("name", ["no_such_module_here:X", "chalicelib.errors:Nobody"])
def test_a_class_that_is_not_there_is_a_failure_of_the_task(outside, a_call, name):
    dispatchers = Dispatchers(outside(added={"mns": name}))
    call = a_call(resource="mns:x")

    assert dispatchers.dispatch(call).kind is Kind.NOT_FOUND
    assert dispatchers.cancel(call) is False


@pytest.mark.parametrize(
    "given",
    [
        {"added": {"mns": "no colon"}},
        {"added": {"": "a:B"}},
        {"added": {"mns:": "a:B"}},
        {"function_rule": "{servic}-{function}"},
        {"function_rule": "{}"},
        {"function_rule": "{"},
    ],
)
def test_a_configuration_that_cannot_work_is_refused_at_once(outside, given):
    with pytest.raises(InputRefused):
        Dispatchers(outside(**given))
