"""An execution within one request: the orchestrator on twins in memory."""

import threading

import pytest

from chalicelib.engine.events import Answer
from chalicelib.engine.state import Status
from chalicelib.errors import Unavailable, WorkflowNotFound
from chalicelib.express import Express
from chalicelib.formats import compile_definition
from chalicelib.ports import Limits
from chalicelib.tokens import Tokens

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
TASK = {"Type": "Task", "Resource": FUNCTION, "End": True}
TOGETHER = 3


class Clock:
    """Sleeping takes no time here."""

    def __init__(self):
        self.at = 1_700_000_000.0
        self.slept = []

    def now(self):
        return self.at

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.at += seconds


class Dispatcher:
    """Answers with what it was sent, or does what a test wants."""

    def __init__(self, act=None):
        self.act = act or (lambda call: Answer(payload=call.payload))
        self.calls = []
        self.cancelled = []

    def dispatch(self, call):
        self.calls.append(call)
        return self.act(call)

    def cancel(self, call):
        self.cancelled.append(call)
        return True


class Definitions:
    def __init__(self, definition):
        self.compiled = compile_definition(definition, name="w")

    def workflow(self, name, version):
        if name != "w":
            raise WorkflowNotFound(name)
        return self.compiled

    def current(self, name):
        self.workflow(name, "")
        return "v1"


def a_machine(state, **others):
    return {"StartAt": "Only", "States": {"Only": state, **others}}


def a_map(state):
    each = {"StartAt": "Each", "States": {"Each": state}}
    return {"Type": "Map", "ItemProcessor": each, "End": True}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def run(clock):
    def run(definition, value=None, act=None, *, workflow="w", seconds=25.0, **facts):
        run.dispatcher = Dispatcher(act)
        express = Express(
            dispatcher=run.dispatcher,
            clock=clock,
            tokens=Tokens("test", {"k": b"k" * 32}, "k"),
            new_name=lambda: "drawn",
            chance=lambda: 0.5,
            limits=Limits(),
        )
        definitions = Definitions(definition)
        return express.run(definitions, workflow, value, seconds=seconds, **facts)

    return run


def test_an_execution_runs_to_its_end_and_tells_its_history(run):
    ended = run(a_machine(TASK), {"a": 1}, name="one")
    assert (ended.head.status, ended.head.output) == (Status.SUCCEEDED, {"a": 1})
    assert (ended.head.execution, ended.head.version) == ("w:one", "v1")
    assert [each["type"] for each in ended.history][-2:] == [
        "StateExited",
        "ExecutionSucceeded",
    ]
    (call,) = run.dispatcher.calls
    assert call.execution == "w:one"
    assert call.timeout <= 25


def test_an_execution_without_a_name_gets_one(run):
    assert run(a_machine(TASK)).head.name == "drawn"


def test_a_trace_goes_along(run):
    run(a_machine(TASK), trace="00-1-2-01")
    version, trace_id, span, flags = run.dispatcher.calls[0].trace.split("-")
    assert (version, trace_id, flags) == ("00", "1", "01")
    assert span != "2"


def test_a_failure_is_an_outcome(run):
    fail = {"Type": "Fail", "Error": "NoMoney", "Cause": "none"}
    ended = run(a_machine(fail))
    assert (ended.head.status, ended.head.error) == (Status.FAILED, "NoMoney")


def test_calls_are_made_side_by_side(run):
    """Nobody answers before all of them have been called."""
    all_here = threading.Barrier(TOGETHER, timeout=10)

    def act(call):
        all_here.wait()
        return Answer(payload=call.payload)

    ended = run(a_machine(a_map(TASK)), list(range(TOGETHER)), act)
    assert ended.head.output == list(range(TOGETHER))


@pytest.mark.parametrize("seconds", [5, 1000])
def test_a_wait_is_waited_for_when_there_is_time(run, clock, seconds):
    wait = {"Type": "Wait", "Seconds": seconds, "End": True}
    ended = run(a_machine(wait), 7, seconds=2000.0)
    assert ended.head.output == 7
    assert sum(clock.slept) == pytest.approx(seconds, abs=1)


@pytest.mark.parametrize("seconds", [25, 600])
def test_an_execution_that_takes_too_long_times_out(run, clock, seconds):
    wait = {"Type": "Wait", "Seconds": seconds, "End": True}
    ended = run(a_machine(wait))
    assert (ended.head.status, ended.head.error) == (
        Status.TIMED_OUT,
        "States.Timeout",
    )
    assert sum(clock.slept) == pytest.approx(25)
    assert ended.history[-1]["type"] == "ExecutionTimedOut"


def test_nobody_waits_for_a_call_that_outlives_the_request(run, clock):
    gone = threading.Event()

    def act(call):
        clock.at += 60
        gone.wait(10)
        return Answer(payload=None)

    ended = run(a_machine(TASK), act=act, seconds=0.2)
    gone.set()
    assert ended.head.status is Status.TIMED_OUT


def test_an_execution_that_waits_for_an_answer_that_cannot_come_times_out(run):
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": "q", "MessageBody": {"token.$": "$$.Task.Token"}},
        "End": True,
    }
    assert run(a_machine(task)).head.status is Status.TIMED_OUT


def test_work_that_the_execution_waits_for_is_cancelled_when_time_is_up(run):
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": "other", "Input": {}, "Name": "n"},
        "End": True,
    }
    assert run(a_machine(task)).head.status is Status.TIMED_OUT
    assert [call.resource for call in run.dispatcher.cancelled] == ["workflow:other"]


def test_what_fails_for_a_moment_is_tried_again(run):
    failures = [Unavailable("Lambda"), Unavailable("Lambda")]

    def act(call):
        if failures:
            raise failures.pop()
        return Answer(payload="at last")

    assert run(a_machine(TASK), act=act).head.output == "at last"


def test_what_fails_each_time_is_given_up(run):
    def act(call):
        raise Unavailable("Lambda")

    ended = run(a_machine(TASK), act=act)
    assert ended.head.status is Status.TIMED_OUT
    assert 1 < len(run.dispatcher.calls) < 20


def test_a_workflow_that_is_not_there_is_not_found(run):
    with pytest.raises(WorkflowNotFound):
        run(a_machine(TASK), workflow="other")
