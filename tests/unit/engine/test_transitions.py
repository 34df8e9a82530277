import pytest

from chalicelib.engine import events
from chalicelib.engine.commands import EndScope, ResumeTurn, StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.state import Failure, Status
from chalicelib.errors import TransitionError
from tests.builders import (
    T0,
    Execution,
    a_callback_task,
    a_choice,
    a_pass,
    a_rule,
    a_task,
    a_workflow,
    an_execution,
    an_object,
    an_origin,
    literal,
    path,
)

ONE_TASK = a_workflow(a_task("work"))
WAITING = a_workflow(a_callback_task("ask"))


# -- the beginning -------------------------------------------------------------


def test_an_execution_begins_with_its_first_state():
    execution = an_execution(ONE_TASK, {"n": 1})

    assert execution.state.status is Status.RUNNING
    assert execution.held.state == "work"
    assert execution.asked()[0].payload == {"n": 1}
    assert execution.said == [
        ("ExecutionStarted", ""),
        ("StateEntered", "work"),
        ("TaskScheduled", "work"),
    ]


def test_a_second_start_changes_nothing():
    execution = an_execution(ONE_TASK, {"n": 1})
    before = execution.state

    execution.tell(events.ScopeStarted(at=T0 + 5, origin=an_origin(), input={"n": 2}))

    assert execution.state is before
    assert execution.commands == ()


def test_a_workflow_shapes_its_own_input():
    shape = an_object(name=path("$$.Execution.Name"), given=path("$"))

    execution = an_execution(a_workflow(a_pass("end"), input=shape), 1)

    assert execution.state.output == {"name": "n", "given": 1}


def test_an_input_that_cannot_be_shaped_fails_the_execution():
    execution = an_execution(a_workflow(a_pass("end"), input=path("$.missing")), {})

    assert execution.state.status is Status.FAILED
    assert execution.state.failure.error == "States.Runtime"
    assert execution.asked(EndScope)


def test_an_event_without_a_row_is_refused_with_its_facts():
    execution = an_execution(ONE_TASK)

    with pytest.raises(TransitionError) as refused:
        execution.report("done")

    assert (refused.value.phase, refused.value.event) == ("called", "TaskSucceeded")


def test_a_scope_of_which_nothing_is_known_hears_of_no_task():
    event = events.TaskSucceeded(at=T0, activation=1, attempt=1, output=1)

    with pytest.raises(TransitionError, match="no row of the table takes TaskSuc"):
        Execution(ONE_TASK).tell(event)


# -- the end of all of it ------------------------------------------------------


def test_stopping_an_execution_ends_it_with_the_given_words():
    execution = an_execution(ONE_TASK).stop(error="Enough", cause="of this")

    assert execution.state.status is Status.ABORTED
    assert execution.state.failure == Failure(error="Enough", cause="of this")
    assert execution.state.active == {}
    assert execution.asked(EndScope)[0].status is Status.ABORTED
    assert execution.said[-1] == ("ExecutionAborted", "")


def test_stopping_with_another_status_ends_it_so():
    execution = an_execution(ONE_TASK).stop(status=Status.FAILED)

    assert execution.state.status is Status.FAILED
    assert execution.said[-1] == ("ExecutionFailed", "")


def test_a_scope_stopped_before_it_began_never_begins():
    execution = Execution(ONE_TASK).stop(error="Early")
    buried = execution.state

    execution.tell(events.ScopeStarted(at=T0 + 2, origin=an_origin()))

    assert buried.status is Status.ABORTED
    assert buried.failure.error == "Early"
    assert execution.state is buried


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(events.ScopeStarted(at=T0 + 9, origin=an_origin()), id="start"),
        pytest.param(events.ScopeStopped(at=T0 + 9), id="stop"),
        pytest.param(events.TurnResumed(at=T0 + 9, transitions=1), id="resume"),
        pytest.param(
            events.TimerFired(at=T0 + 9, timer=Timer.EXECUTION), id="execution timer"
        ),
        pytest.param(
            events.TimerFired(at=T0 + 9, timer=Timer.WAIT, activation=1, attempt=1),
            id="timer",
        ),
        pytest.param(
            events.TaskSucceeded(at=T0 + 9, activation=1, attempt=1, output=2),
            id="report",
        ),
    ],
)
def test_nothing_moves_an_execution_that_has_ended(event):
    execution = an_execution(WAITING).report("first")
    ended = execution.state

    execution.tell(event)

    assert execution.state is ended
    assert execution.commands == ()


# -- the time of a whole execution ---------------------------------------------


def test_the_time_of_an_execution_counts_from_its_start():
    workflow = a_workflow(a_task("work"), timeout=path("$.limit"))

    execution = an_execution(workflow, {"limit": 90}, started_at=T0 - 30)

    assert execution.state.due_at == T0 + 60
    assert StartTimer(timer=Timer.EXECUTION, due_at=T0 + 60) in execution.commands


@pytest.mark.parametrize("limit", [0, -1, None, "soon"])
def test_a_time_that_is_no_positive_number_is_no_limit(limit):
    execution = an_execution(a_workflow(a_task("work"), timeout=literal(limit)))

    assert execution.state.due_at is None


def test_only_the_top_scope_has_the_time_of_the_execution():
    workflow = a_workflow(a_task("work"), timeout=literal(60), input=literal("top"))

    child = an_execution(workflow, "own", index=0)

    assert child.state.due_at is None
    assert child.asked()[0].payload == "own"
    assert child.said[0] == ("ScopeStarted", "")


def test_an_execution_that_takes_too_long_times_out():
    execution = an_execution(a_workflow(a_task("work"), timeout=literal(60)))

    execution.tell(events.TimerFired(at=T0 + 60, timer=Timer.EXECUTION))

    assert execution.state.status is Status.TIMED_OUT
    assert execution.state.failure.error == "States.Timeout"
    assert execution.said[-1] == ("ExecutionTimedOut", "")


def test_the_timer_of_an_execution_that_comes_early_is_asked_for_again():
    execution = an_execution(a_workflow(a_task("work"), timeout=literal(60)))
    before = execution.state

    execution.tell(events.TimerFired(at=T0 + 59, timer=Timer.EXECUTION))

    assert execution.state is before
    assert execution.commands == (StartTimer(timer=Timer.EXECUTION, due_at=T0 + 60),)


# -- budgets -------------------------------------------------------------------

LOOP = a_workflow(
    a_choice("again", a_rule(False), default=("pass",)), a_pass("pass", "again")
)


def test_a_turn_ends_when_its_budget_is_used_up_and_goes_on_by_message():
    execution = an_execution(LOOP, budget=5)

    assert execution.commands == (ResumeTurn(transitions=5),)
    assert [each.state for each in execution.state.ready] == ["pass"]


def test_a_turn_that_goes_on_enters_what_was_ready():
    execution = an_execution(LOOP, {"n": 1}, budget=5)

    execution.tell(events.TurnResumed(at=T0 + 1, transitions=5), budget=3)

    assert execution.state.transitions == 8
    assert execution.commands == (ResumeTurn(transitions=8),)


@pytest.mark.parametrize("transitions", [5, 11])
def test_a_turn_goes_on_only_once(transitions):
    execution = an_execution(LOOP, budget=5)
    execution.tell(events.TurnResumed(at=T0 + 1, transitions=5), budget=3)
    before = execution.state

    execution.tell(events.TurnResumed(at=T0 + 2, transitions=transitions))

    assert execution.state is before


def test_without_a_budget_of_the_turn_the_settings_budget_counts():
    execution = an_execution(LOOP, transitions_per_turn=7)

    assert execution.commands == (ResumeTurn(transitions=7),)


def test_an_endless_loop_ends_at_the_scopes_budget():
    execution = an_execution(LOOP, transitions_per_scope=20)

    assert execution.state.status is Status.FAILED
    assert execution.state.failure == Failure(
        error="Millrace.BudgetExceeded", cause="more than 20 states were entered"
    )
