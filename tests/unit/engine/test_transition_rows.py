"""Every row of THE TABLE is visited: where is a scope, or an activation, after it?"""

from dataclasses import replace

import pytest

from chalicelib.engine import events
from chalicelib.engine.addressing import addressed
from chalicelib.engine.diagram import LEADS_TO, decision
from chalicelib.engine.events import Timer
from chalicelib.engine.state import Failure, Phase, RunLimits, Status
from chalicelib.engine.transitions import TRANSITIONS
from chalicelib.model import expressions as nodes
from chalicelib.model import workflow as model
from tests.builders import (
    EVERYTHING,
    T0,
    Execution,
    a_callback_task,
    a_dag,
    a_gate,
    a_map,
    a_pass,
    a_scope,
    a_task,
    a_wait,
    a_workflow,
    an_execution,
    an_origin,
    literal,
)

LATER = T0 + 1000
HALF_WAY = a_workflow(a_pass("a", "b"), a_task("b"), timeout=literal(60))
RETRIED = a_task("s", retry=(model.Retrier(errors=EVERYTHING),))
TIMED = a_map("s", scope=a_scope("0/s", a_task("x")), work={"timeout": literal(60)})
BROUGHT = nodes.Mappings(
    rules=(nodes.Mapping(source="$.output.ok", target="$.context.ok"),),
    gives="context",
    output="result",
)
ASKS = nodes.Mappings(
    rules=(nodes.Mapping(source="$.context.ok", target="$.input.ok"),), gives="input"
)
OPEN = (nodes.Condition(text="$.input.ok"),)
GATE = a_gate("s", conditions=OPEN, timeout=literal(60), input=ASKS, assign=BROUGHT)


def a_gate_to_come(**facts):
    """A Gate that does not wait yet, behind a task or a delay."""
    gate = replace(GATE, **facts)
    before = () if facts else (a_callback_task("t", "s"),)
    scope = a_dag("0", *before, gate, shares_variables=True)
    return an_execution(a_workflow(scope=scope), {})


#: A scope (or its activation 1) in each phase.
SITUATIONS = {
    Phase.NEW: lambda: Execution(HALF_WAY),
    Phase.RUNNING: lambda: an_execution(HALF_WAY, budget=1),
    Phase.DELAYED: lambda: a_gate_to_come(delay=model.Delay(seconds=literal(60))),
    Phase.GATED: lambda: an_execution(
        a_workflow(scope=a_dag("0", GATE, shares_variables=True)), {}
    ),
    Phase.ENDED: lambda: an_execution(a_workflow(a_pass("a"))),
    Phase.CALLED: lambda: an_execution(a_workflow(a_task("s"))),
    Phase.WAITING: lambda: an_execution(
        a_workflow(a_callback_task("s", task={"timeout": literal(60)}))
    ),
    Phase.SLEEPING: lambda: an_execution(a_workflow(a_wait("s"))),
    Phase.RETRYING: lambda: an_execution(a_workflow(RETRIED)).fail("Broken"),
    Phase.JOINING: lambda: an_execution(a_workflow(TIMED), [1]),
    Phase.GONE: lambda: an_execution(a_workflow(a_wait("s", "t"), a_wait("t"))).fire(
        Timer.WAIT
    ),
}

TIMERS = {
    Phase.RUNNING: Timer.EXECUTION,
    Phase.ENDED: Timer.EXECUTION,
    Phase.WAITING: Timer.TIMEOUT,
    Phase.SLEEPING: Timer.WAIT,
    Phase.DELAYED: Timer.DELAY,
    Phase.GATED: Timer.TIMEOUT,
    Phase.JOINING: Timer.TIMEOUT,
    Phase.RETRYING: Timer.RETRY,
    Phase.GONE: Timer.WAIT,
}
ABOUT = {"activation": 1, "attempt": 1}

#: An event of each kind, for a scope in some phase.
EVENTS = {
    events.ScopeStarted: lambda _: events.ScopeStarted(at=LATER, origin=an_origin()),
    events.ScopeStopped: lambda _: events.ScopeStopped(at=LATER),
    events.ScopeRedriven: lambda _: events.ScopeRedriven(
        at=LATER, number=1, origin=an_origin()
    ),
    events.ScopeReset: lambda phase: events.ScopeReset(
        at=LATER, number=1, states=("a", "b") if phase is Phase.RUNNING else ("a",)
    ),
    events.TurnResumed: lambda _: events.TurnResumed(at=LATER, transitions=1),
    events.TimerFired: lambda phase: events.TimerFired(
        at=LATER,
        timer=TIMERS[phase],
        **({} if TIMERS[phase] is Timer.EXECUTION else ABOUT),
    ),
    events.TaskBegun: lambda _: events.TaskBegun(at=LATER, **ABOUT),
    events.TaskAnswered: lambda _: events.TaskAnswered(
        at=LATER, answer=events.Answer(), **ABOUT
    ),
    events.TaskSucceeded: lambda _: events.TaskSucceeded(at=LATER, output=1, **ABOUT),
    events.TaskFailed: lambda _: events.TaskFailed(at=LATER, error="E", **ABOUT),
    events.TaskTaken: lambda _: events.TaskTaken(at=LATER, **ABOUT),
    events.HeartbeatReceived: lambda _: events.HeartbeatReceived(at=LATER, **ABOUT),
    events.ChildrenJoined: lambda _: events.ChildrenJoined(
        at=LATER, outputs=[1], **ABOUT
    ),
    events.RunChanged: lambda _: events.RunChanged(
        at=LATER, limits=RunLimits(tolerated_count=3), **ABOUT
    ),
    events.ChildFailed: lambda _: events.ChildFailed(
        at=LATER, index=0, failure=Failure(error="E"), **ABOUT
    ),
    events.TaskWoken: lambda _: events.TaskWoken(
        at=LATER, state="s", output={"ok": True}
    ),
    events.TaskDegraded: lambda _: events.TaskDegraded(
        at=LATER, state="b", current=True, followers=False
    ),
}

SAME = "the very same"
_ABOUT_TASKS = (
    events.TaskBegun,
    events.TaskAnswered,
    events.TaskSucceeded,
    events.TaskFailed,
    events.TaskTaken,
    events.HeartbeatReceived,
    events.ChildrenJoined,
    events.ChildFailed,
    events.RunChanged,
)

#: Row -> the status of an ended scope, the phase of what it waits for, or SAME.
ROWS = {
    (Phase.NEW, events.ScopeStarted): Phase.CALLED,
    (Phase.NEW, events.ScopeStopped): Status.ABORTED,
    (Phase.NEW, events.ScopeRedriven): Phase.CALLED,
    (Phase.RUNNING, events.ScopeRedriven): Phase.CALLED,
    (Phase.RUNNING, events.ScopeReset): Phase.CALLED,
    (Phase.ENDED, events.ScopeRedriven): Status.SUCCEEDED,
    (Phase.ENDED, events.ScopeReset): Status.SUCCEEDED,
    (Phase.RUNNING, events.ScopeStarted): SAME,
    (Phase.RUNNING, events.ScopeStopped): Status.ABORTED,
    (Phase.RUNNING, events.TurnResumed): Phase.CALLED,
    (Phase.RUNNING, events.TimerFired): Status.TIMED_OUT,
    (Phase.CALLED, events.TaskBegun): Phase.CALLED,
    (Phase.CALLED, events.TaskAnswered): Status.SUCCEEDED,
    (Phase.CALLED, events.TaskFailed): Status.FAILED,
    (Phase.WAITING, events.TaskBegun): Phase.WAITING,
    (Phase.WAITING, events.TaskAnswered): Status.SUCCEEDED,
    (Phase.WAITING, events.TaskSucceeded): Status.SUCCEEDED,
    (Phase.WAITING, events.TaskFailed): Status.FAILED,
    (Phase.WAITING, events.TaskTaken): Phase.WAITING,
    (Phase.WAITING, events.HeartbeatReceived): Phase.WAITING,
    (Phase.WAITING, events.TimerFired): Status.FAILED,
    (Phase.SLEEPING, events.TimerFired): Status.SUCCEEDED,
    (Phase.RETRYING, events.TimerFired): Phase.CALLED,
    (Phase.JOINING, events.ChildrenJoined): Status.SUCCEEDED,
    (Phase.JOINING, events.ChildFailed): Status.FAILED,
    **{(Phase.SLEEPING, event): SAME for event in _ABOUT_TASKS[:2]},
    (Phase.SLEEPING, events.TaskFailed): SAME,
    (Phase.CALLED, events.RunChanged): Phase.CALLED,
    (Phase.JOINING, events.RunChanged): Phase.JOINING,
    (Phase.JOINING, events.TimerFired): Status.FAILED,
    (Phase.DELAYED, events.TimerFired): Phase.GATED,
    (Phase.DELAYED, events.TaskWoken): Phase.DELAYED,
    (Phase.RUNNING, events.TaskWoken): Phase.WAITING,
    (Phase.RUNNING, events.TaskDegraded): Phase.WAITING,
    (Phase.GATED, events.TaskWoken): Status.SUCCEEDED,
    (Phase.GATED, events.TimerFired): Status.FAILED,
    **{(Phase.RETRYING, event): SAME for event in _ABOUT_TASKS},
    **{(Phase.DELAYED, event): SAME for event in _ABOUT_TASKS},
    **{(Phase.GONE, event): SAME for event in (*_ABOUT_TASKS, events.TimerFired)},
    (Phase.ENDED, events.ScopeStarted): SAME,
    (Phase.ENDED, events.ScopeStopped): SAME,
    (Phase.ENDED, events.TurnResumed): SAME,
    (Phase.ENDED, events.TimerFired): SAME,
    (Phase.ENDED, events.TaskWoken): SAME,
    (Phase.ENDED, events.TaskDegraded): SAME,
}
#: Rows for which the scope is in another situation than that of its phase.
INSTEAD = {
    (Phase.RUNNING, events.TaskWoken): a_gate_to_come,
    (Phase.RUNNING, events.TaskDegraded): lambda: an_execution(
        a_workflow(scope=a_dag("0", a_callback_task("a", "b"), a_task("b")))
    ),
}


def where(before, execution):
    state = execution.state
    if state is before:
        return SAME
    return state.status if state.is_ended else execution.held.phase


@pytest.mark.parametrize(
    ("row", "after"),
    [
        pytest.param(row, after, id=f"{row[0]}-{row[1].__name__}")
        for row, after in ROWS.items()
    ],
)
def test_a_row_leads_where_it_says(row, after):
    phase, kind = row
    execution = INSTEAD.get(row, SITUATIONS[phase])()
    before, event = execution.state, EVENTS[kind](phase)

    execution.tell(event)

    assert (addressed(before, event).phase, type(event)) == row
    assert where(before, execution) == after


def test_every_row_is_visited():
    assert set(ROWS) == set(TRANSITIONS)


def test_a_row_that_decides_nothing_says_so_in_the_table():
    nothing = {
        row for row, handler in TRANSITIONS.items() if decision(handler) == "ignore"
    }

    assert {row for row, after in ROWS.items() if after is SAME} == nothing


def test_the_diagram_knows_only_decisions_that_are_made():
    made = {decision(handler) for handler in TRANSITIONS.values()}

    quiet = {"ignore", "begin", "change", "woken early", "degrade"}
    assert set(LEADS_TO) == made - quiet
