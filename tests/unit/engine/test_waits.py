import pytest

from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.state import Phase, Status
from chalicelib.model import workflow as model
from tests.builders import (
    T0,
    a_state,
    a_wait,
    a_workflow,
    an_execution,
    an_object,
    literal,
    path,
)

#: T0, as RFC 3339.
NOON = "2023-11-14T22:13:20Z"


def until(timestamp, **facts):
    work = model.Wait(timestamp=path(timestamp) if "$" in timestamp else None)
    work = work if "$" in timestamp else model.Wait(timestamp=literal(timestamp))
    return a_workflow(a_state("sleep", work=work, **facts))


def test_a_wait_asks_to_be_woken():
    execution = an_execution(a_workflow(a_wait("sleep", seconds=60)), {"n": 1})

    assert execution.held.phase is Phase.SLEEPING
    assert execution.commands == (
        StartTimer(timer=Timer.WAIT, due_at=T0 + 60, activation=1, attempt=1),
    )
    assert execution.history[-1].value == T0 + 60


def test_what_it_received_goes_on_when_the_wait_is_over():
    state = a_wait("sleep", input=path("$.inner"), output=an_object(was=path("$")))

    execution = an_execution(a_workflow(state), {"inner": 1}).fire(Timer.WAIT)

    assert execution.state.output == {"was": 1}


def test_a_wait_that_is_woken_early_asks_again():
    execution = an_execution(a_workflow(a_wait("sleep", seconds=60)))

    execution.fire(Timer.WAIT, at=T0 + 59)

    assert execution.held.phase is Phase.SLEEPING
    assert execution.asked(StartTimer)[0].due_at == T0 + 60


def test_a_wait_of_no_time_is_no_wait():
    execution = an_execution(a_workflow(a_wait("sleep", seconds=0)), 1)

    assert execution.state.output == 1
    assert ("WaitStarted", "sleep") not in execution.said


@pytest.mark.parametrize(
    ("timestamp", "due_at"),
    [
        ("2023-11-14T22:14:20Z", T0 + 60),
        ("2023-11-14T23:14:20.5+01:00", T0 + 60.5),
    ],
)
def test_a_wait_may_last_until_a_time(timestamp, due_at):
    assert an_execution(until(timestamp)).held.due_at == due_at


@pytest.mark.parametrize("timestamp", [NOON, "1999-01-01T00:00:00Z"])
def test_a_time_that_is_past_is_no_wait(timestamp):
    assert an_execution(until(timestamp)).state.status is Status.SUCCEEDED


@pytest.mark.parametrize(
    "timestamp", ["soon", "2023-11-14", "2023-11-14 22:14:20Z", "2023-11-14T22:14:20"]
)
def test_a_text_that_is_no_time_with_a_zone_fails_the_state(timestamp):
    execution = an_execution(until(timestamp))

    assert execution.state.failure.error == "States.Runtime"
    assert "is not an RFC 3339 timestamp" in execution.state.failure.cause


@pytest.mark.parametrize("value", [5, None, ["2023"]])
def test_a_time_that_is_no_text_fails_the_state(value):
    execution = an_execution(until("$.at"), {"at": value})

    assert execution.state.status is Status.FAILED


@pytest.mark.parametrize(
    "seconds", [-1, 100_000_001, "x", None, True, [1], 10**400, "nan"]
)
def test_seconds_that_are_no_sensible_number_fail_the_state(seconds):
    execution = an_execution(a_workflow(a_wait("sleep", seconds=seconds)))

    assert execution.state.failure.error == "States.Runtime"
    assert "Seconds must be a number from 0" in execution.state.failure.cause


def test_seconds_may_be_written_as_text():
    execution = an_execution(a_workflow(a_wait("sleep", seconds="1.5")))

    assert execution.held.due_at == T0 + 1.5
