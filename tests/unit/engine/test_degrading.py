"""What is left out of a DAG, by its definition and while it runs."""

from chalicelib.engine import events
from chalicelib.engine.events import Timer
from chalicelib.engine.state import Status
from chalicelib.model import workflow as model
from tests.builders import (
    EVERYTHING,
    T0,
    a_callback_task,
    a_dag,
    a_pass,
    a_task,
    a_workflow,
    an_execution,
)


def running(*states):
    return an_execution(a_workflow(scope=a_dag("0", *states)), {})


def degrade(execution, state, *, current=False, followers=False):
    return execution.tell(
        events.TaskDegraded(
            at=T0 + 1, state=state, current=current, followers=followers
        )
    )


def report(execution, activation=1):
    return execution.tell(
        events.TaskSucceeded(at=T0 + 9, activation=activation, attempt=1, output={})
    )


def skipped(execution):
    return [
        (each.state, each.value)
        for each in execution.history
        if each.kind.value == "StateSkipped"
    ]


def test_a_state_may_be_left_out_before_it_begins():
    execution = running(a_callback_task("first", "a"), a_pass("a", "b"), a_pass("b"))

    report(degrade(execution, "a", current=True))

    assert skipped(execution) == [("a", "bypassed")]
    assert execution.state.status is Status.SUCCEEDED


def test_what_follows_a_running_state_may_be_left_out():
    execution = running(a_callback_task("first", "a"), a_pass("a", "b"), a_pass("b"))

    report(degrade(execution, "first", followers=True))

    assert skipped(execution) == [("a", "unreached"), ("b", "unreached")]


def test_what_follows_a_finished_state_may_be_left_out():
    execution = running(
        a_pass("done", "join"), a_callback_task("beside", "join"), a_pass("join")
    )

    degrade(execution, "done", followers=True)
    report(degrade(execution, "beside", followers=True), activation=2)

    assert skipped(execution) == [("join", "unreached")]


def test_a_living_edge_is_enough():
    execution = running(
        a_pass("done", "join"), a_callback_task("beside", "join"), a_pass("join")
    )

    report(degrade(execution, "done", followers=True), activation=2)

    assert skipped(execution) == []


def test_the_definition_may_be_overruled():
    execution = running(
        a_callback_task("first", "a", cuts_followers=True),
        a_pass("a", bypassed=True),
    )

    degrade(execution, "first")
    report(degrade(execution, "a"))

    assert skipped(execution) == []


def test_a_state_that_waits_for_its_retry_may_be_left_out():
    retry = (model.Retrier(errors=EVERYTHING, interval=5),)
    execution = running(a_task("a", "b", retry=retry), a_pass("b")).fail("Broken")

    degrade(execution, "a", current=True).fire(Timer.RETRY)

    assert skipped(execution) == [("a", "bypassed")]
    assert execution.state.status is Status.SUCCEEDED


def test_the_same_twice_changes_nothing():
    execution = degrade(running(a_callback_task("a")), "a", current=True)
    before = execution.state

    assert degrade(execution, "a", current=True).state is before


def test_a_number_that_a_lost_turn_may_have_used_is_not_used_again():
    execution = running(a_callback_task("first", "a"), a_callback_task("a"))

    report(degrade(execution, "first"))

    assert execution.held.id == 2 + execution.setting.transitions_per_turn
