"""States that begin later than they are due, and what happens meanwhile."""

import pytest

from chalicelib.engine import events
from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.owed import everything
from chalicelib.engine.state import Phase, Status
from chalicelib.model import expressions as nodes
from chalicelib.model.workflow import Delay
from tests.builders import (
    T0,
    a_dag,
    a_pass,
    a_task,
    a_workflow,
    an_execution,
    literal,
)
from tests.builders import (
    a_workflow as flow,
)

MINUTE = Delay(seconds=literal(60))


def test_a_state_with_a_delay_is_not_entered_before():
    execution = an_execution(flow(a_pass("a", delay=MINUTE)), 1)

    assert execution.held.phase is Phase.DELAYED
    assert execution.said[1:] == [("StateDelayed", "a")]
    assert execution.commands == (
        StartTimer(timer=Timer.DELAY, due_at=T0 + 60, activation=1, attempt=1),
    )
    assert list(everything(execution.state)) == [["timer", 1, 1, "delay", T0 + 60]]


def test_a_state_whose_delay_is_over_begins():
    execution = an_execution(flow(a_pass("a", delay=MINUTE)), 1)

    execution.fire(Timer.DELAY, at=T0 + 60)

    assert execution.state.output == 1
    assert ("StateEntered", "a") in execution.said


@pytest.mark.parametrize(
    "delay",
    [
        Delay(),
        Delay(until=literal(T0 * 1000 - 1), seconds=literal(60)),
        Delay(seconds=literal(0)),
        Delay(seconds=literal("soon")),
        Delay(seconds=literal(True)),
        Delay(seconds=nodes.Path(text="$.x", steps=("x",))),
    ],
    ids=["none", "past", "zero", "text", "flag", "missing"],
)
def test_what_is_no_delay_holds_nobody_up(delay):
    execution = an_execution(flow(a_pass("a", delay=delay)), {})

    assert execution.state.status is Status.SUCCEEDED


def test_a_time_is_in_milliseconds():
    delay = Delay(until=literal((T0 + 90) * 1000))
    execution = an_execution(flow(a_pass("a", delay=delay)), 1)

    assert execution.held.due_at == T0 + 90


def test_no_delay_is_longer_than_a_wait_may_be():
    execution = an_execution(flow(a_pass("a", delay=Delay(seconds=literal(1e12)))), 1)

    assert execution.held.due_at == T0 + 100_000_000


def test_a_state_degraded_while_it_is_delayed_is_skipped():
    scope = a_dag("0", a_task("a", "b", delay=MINUTE), a_pass("b"))
    execution = an_execution(a_workflow(scope=scope), {})

    execution.tell(
        events.TaskDegraded(at=T0 + 5, state="a", current=True, followers=False)
    )
    execution.fire(Timer.DELAY, at=T0 + 60)

    assert execution.state.status is Status.SUCCEEDED
    assert ("StateSkipped", "a") in execution.said
