import pytest

from chalicelib.engine import events
from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.state import Failure, Phase, RunLimits, Status
from chalicelib.model import workflow as model
from tests.builders import (
    T0,
    a_callback_task,
    a_workflow,
    an_execution,
    literal,
)

WAITING = a_workflow(a_callback_task("ask"))


# -- timers that come too early, too late, or for something else ---------------

TIMED = a_workflow(
    a_callback_task("ask", task={"timeout": literal(100), "heartbeat": literal(10)})
)


@pytest.mark.parametrize(
    ("timer", "due_at"), [(Timer.TIMEOUT, T0 + 100), (Timer.HEARTBEAT, T0 + 10)]
)
def test_a_timer_that_comes_early_is_asked_for_again(timer, due_at):
    execution = an_execution(TIMED)
    before = execution.state

    execution.fire(timer, at=due_at - 0.01)

    assert execution.state is before
    assert execution.commands == (
        StartTimer(timer=timer, due_at=due_at, activation=1, attempt=1),
    )


def test_a_timer_a_hair_early_is_on_time():
    execution = an_execution(TIMED).fire(Timer.TIMEOUT, at=T0 + 99.9995)

    assert execution.state.status is Status.FAILED


@pytest.mark.parametrize("timer", [Timer.WAIT, Timer.RETRY, Timer.EXECUTION])
def test_a_timer_of_another_phase_changes_nothing(timer):
    execution = an_execution(TIMED)
    before = execution.state

    execution.fire(timer, at=T0 + 1000)

    assert execution.state is before
    assert execution.commands == ()


@pytest.mark.parametrize(("activation", "attempt"), [(1, 2), (1, 0), (7, 1)])
def test_an_event_of_another_attempt_changes_nothing(activation, attempt):
    execution = an_execution(WAITING)
    before = execution.state

    execution.tell(
        events.TaskSucceeded(
            at=T0 + 1, activation=activation, attempt=attempt, output="late"
        )
    )

    assert execution.state is before


LATE = {"at": T0 + 1, "activation": 1, "attempt": 1}


@pytest.mark.parametrize(
    "event",
    [
        events.TaskBegun(**LATE),
        events.TaskAnswered(answer=events.Answer(), **LATE),
        events.TaskSucceeded(output=1, **LATE),
        events.TaskFailed(**LATE),
        events.TaskTaken(**LATE),
        events.HeartbeatReceived(**LATE),
        events.ChildrenJoined(outputs=[], **LATE),
        events.ChildFailed(index=0, failure=Failure(error="E"), **LATE),
        events.RunChanged(limits=RunLimits(), **LATE),
        events.TimerFired(timer=Timer.TIMEOUT, **LATE),
    ],
    ids=lambda event: type(event).__name__,
)
def test_an_attempt_that_waits_for_its_retry_hears_nothing_more(event):
    retried = a_callback_task("ask", retry=(model.Retrier(errors=("Broken",)),))
    execution = an_execution(a_workflow(retried)).fail("Broken")
    before = execution.state

    execution.tell(event)

    assert execution.held.phase is Phase.RETRYING
    assert execution.state is before
