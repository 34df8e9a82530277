"""How a task starts another execution."""

import pytest

from chalicelib.dispatchers.workflow import WorkflowDispatcher
from chalicelib.engine.events import Answer
from chalicelib.errors import (
    ExecutionExists,
    ExecutionNotFound,
    InputRefused,
    PayloadTooLarge,
    WorkflowNotFound,
)
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.ports import Limits


class FakeStage:
    """Starts and stops, or refuses; keeps what it was asked."""

    def __init__(self, error=None):
        self.error = error
        self.started = []
        self.stopped = []

    def start(self, workflow, input, **given):
        if self.error is not None:
            raise self.error
        self.started.append((workflow, input, given))
        return f"id-of-{given['name']}"

    def stop(self, workflow, name, cause):
        if self.error is not None:
            raise self.error
        self.stopped.append((workflow, name, cause))


@pytest.fixture
def stage():
    return FakeStage()


@pytest.fixture
def dispatcher(stage, clock):
    return WorkflowDispatcher(stage.start, stage.stop, clock, limits=Limits(depth=3))


def test_a_child_is_started_with_input_and_name(dispatcher, stage, a_call):
    call = a_call(
        resource="workflow:ship:v2",
        payload={"input": {"n": 1}, "name": "kid"},
        mode=Mode.SUBMIT,
        depth=1,
        trace="00-aa-bb-01",
    )

    assert dispatcher.dispatch(call) == Answer(
        payload={"execution": "id-of-kid", "workflow": "ship:v2", "name": "kid"},
        facts={"started_at": 1000.0},
    )
    given = {
        "name": "kid",
        "parent_token": "by e-1/0/1/1",
        "depth": 2,
        "trace": "00-aa-bb-01",
        "caller": ["e-1", "Resize", "submit"],
    }
    assert stage.started == [("ship:v2", {"n": 1}, given)]


def test_any_other_payload_is_the_input(dispatcher, stage, a_call):
    dispatcher.dispatch(a_call(resource="workflow:ship", payload={"name": "x"}))

    assert stage.started[0][1] == {"name": "x"}


def test_a_dispatch_that_comes_twice_starts_one_child(dispatcher, stage, a_call):
    call = a_call(resource="workflow:ship", payload={"input": 1})
    dispatcher.dispatch(call)
    dispatcher.dispatch(call)

    first, second = stage.started
    assert first == second
    assert len(first[2]["name"]) == 32


@pytest.mark.parametrize(
    ("mode", "token"),
    [
        pytest.param(Mode.SYSTEM, "t1.x", id="the child's end answers"),
        pytest.param(Mode.SUBMIT, "", id="nobody waits"),
        pytest.param(Mode.CALLBACK, "", id="the author passes it"),
    ],
)
def test_only_a_system_task_lends_its_token(dispatcher, stage, a_call, mode, token):
    dispatcher.dispatch(a_call(resource="workflow:ship", mode=mode, token="t1.x"))

    assert stage.started[0][2]["parent_token"] == token


def test_too_many_levels_are_refused(dispatcher, stage, a_call):
    refused = dispatcher.dispatch(a_call(resource="workflow:ship", depth=3))

    assert refused.kind is Kind.BUDGET
    assert stage.started == []


@pytest.mark.parametrize("name", [5, ""])
def test_a_name_that_is_no_text_is_refused(dispatcher, a_call, name):
    call = a_call(resource="workflow:ship", payload={"input": 1, "name": name})

    assert dispatcher.dispatch(call).kind is Kind.RUNTIME


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (WorkflowNotFound("ship"), Kind.NO_WORKFLOW),
        (ExecutionExists("e"), Kind.NAME_TAKEN),
        (InputRefused("no"), Kind.NO_INPUT),
        (PayloadTooLarge("input", 2, 1), Kind.TOO_LARGE),
    ],
)
def test_a_refused_start_is_a_failure_of_the_task(
    dispatcher, stage, a_call, error, kind
):
    stage.error = error

    failure = dispatcher.dispatch(a_call(resource="workflow:ship"))

    assert (failure.kind, failure.error) == (kind, "")
    assert failure.cause == str(error)


def test_a_cancelled_task_stops_its_child(dispatcher, stage, a_call):
    call = a_call(resource="workflow:ship", payload={"input": 1, "name": "kid"})

    assert dispatcher.cancel(call) is True
    cause = "e-1, which had started it, waits for it no more"
    assert stage.stopped == [("ship", "kid", cause)]


def test_a_child_without_a_name_is_found_by_the_attempt(dispatcher, stage, a_call):
    call = a_call(resource="workflow:ship")
    dispatcher.dispatch(call)
    dispatcher.cancel(call)

    assert stage.stopped[0][1] == stage.started[0][2]["name"]


def test_a_child_that_is_not_there_was_not_stopped(dispatcher, stage, a_call):
    stage.error = ExecutionNotFound("e")

    assert dispatcher.cancel(a_call(resource="workflow:ship")) is False


# -- workflows by the ARN of their machine


MACHINE = "arn:aws:states:us-east-1:1:stateMachine"


@pytest.mark.parametrize(
    ("arn", "workflow"),
    [
        pytest.param(f"{MACHINE}:ship", "ship", id="machine"),
        pytest.param(f"{MACHINE}:ship:3", "ship:3", id="version"),
        pytest.param(f"{MACHINE}:ship:live", "ship:live", id="alias"),
        pytest.param(f"{MACHINE}:b%3Aship", "b:ship", id="a colon in its name"),
    ],
)
def test_an_arn_that_was_computed_leads_to_its_workflow(
    dispatcher, stage, a_call, arn, workflow
):
    call = a_call(resource=f"workflow:{arn}", payload={"input": 1, "name": "kid"})

    dispatcher.dispatch(call)

    assert stage.started[0][0] == workflow
    assert dispatcher.cancel(call) is True
    assert stage.stopped[0][0] == workflow


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:lambda:us-east-1:1:function:ship",
        "arn:aws:states:us-east-1:1:execution:ship:1",
        f"{MACHINE}:ship/Map",
        f"{MACHINE}:ship:live:more",
        MACHINE,
    ],
)
def test_an_arn_of_no_machine_starts_nothing(dispatcher, stage, a_call, arn):
    call = a_call(resource=f"workflow:{arn}")

    failure = dispatcher.dispatch(call)

    assert (failure.kind, stage.started) == (Kind.NO_WORKFLOW, [])
    assert arn in failure.cause
    assert dispatcher.cancel(call) is False
