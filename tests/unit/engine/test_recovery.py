import pytest

from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.recovery import (
    MAX_DELAY,
    catcher_for,
    delay,
    matches,
    next_retry,
)
from chalicelib.engine.state import Failure, Phase, Status
from chalicelib.model import workflow as model
from chalicelib.model.expressions import Compare
from tests.builders import (
    EVERYTHING,
    T0,
    a_task,
    a_workflow,
    an_execution,
    literal,
    path,
)

BROKEN = Failure(error="Broken")


def a_retrier(*errors, **facts):
    return model.Retrier(errors=errors or EVERYTHING, **facts)


# -- which clause is about which error -----------------------------------------


@pytest.mark.parametrize(
    ("clause", "error", "is_about_it"),
    [
        pytest.param("Custom", "Custom", True, id="by name"),
        pytest.param("Custom", "Other", False, id="another name"),
        pytest.param("States.ALL", "Custom", True, id="ALL"),
        pytest.param("FnF.ALL", "Custom", True, id="ALL of CloudFlow"),
        pytest.param("*", "Custom", True, id="ALL of Rill Flow"),
        pytest.param("States.ALL", "States.Runtime", False, id="ALL, but no Runtime"),
        pytest.param("States.Runtime", "States.Runtime", False, id="Runtime by name"),
        pytest.param(
            "States.ALL", "States.DataLimitExceeded", True, id="ALL, a data limit"
        ),
        pytest.param(
            "States.DataLimitExceeded", "States.DataLimitExceeded", True, id="by name"
        ),
        pytest.param("States.TaskFailed", "Custom", True, id="a task's failure"),
        pytest.param("States.TaskFailed", "States.Timeout", False, id="no timeout"),
        pytest.param(
            "States.Timeout", "States.HeartbeatTimeout", True, id="silence is a timeout"
        ),
    ],
)
def test_a_clause_is_about_an_error(clause, error, is_about_it):
    assert matches((clause,), error) is is_about_it


# -- decisions -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "decision"),
    [
        pytest.param((), (0, 1.0), id="nothing was tried"),
        pytest.param((1, 0), (0, 2.0), id="the wait grows"),
        pytest.param((2, 0), None, id="an exhausted clause hides the next"),
    ],
)
def test_the_first_clause_that_matches_decides(made, decision):
    retriers = [a_retrier("Broken", max_attempts=2), a_retrier(interval=9)]

    assert next_retry(retriers, BROKEN, made, 0.0) == decision


def test_no_clause_no_retry():
    assert next_retry([a_retrier("Other")], BROKEN, (), 0.0) is None


def test_a_clause_whose_own_condition_does_not_hold_is_passed_over():
    retriers = [a_retrier(interval=1), a_retrier(interval=9)]

    assert next_retry(retriers, BROKEN, (), 0.0, [False, True]) == (1, 9)


@pytest.mark.parametrize(
    ("facts", "made", "chance", "seconds"),
    [
        pytest.param({"interval": 3}, 0, 0.5, 3, id="interval"),
        pytest.param({"interval": 3, "backoff": 1.5}, 2, 0.5, 6.75, id="backoff"),
        pytest.param({"interval": 9, "max_delay": 20}, 2, 0.5, 20, id="cap"),
        pytest.param({"interval": 8, "full_jitter": True}, 0, 0.25, 2, id="jitter"),
        pytest.param(
            {"interval": 8, "max_delay": 4, "full_jitter": True},
            0,
            0.25,
            1,
            id="jitter of the cap",
        ),
        pytest.param({"interval": 2}, 5000, 0.5, MAX_DELAY, id="more than a float"),
        pytest.param(
            {"interval": 2, "full_jitter": True}, 5000, 0.0, 0, id="no part of it"
        ),
    ],
)
def test_the_wait_before_a_retry(facts, made, chance, seconds):
    assert delay(a_retrier(**facts), made, chance) == seconds


def test_the_first_catcher_about_a_failure_is_taken():
    named = model.Catcher(errors=("Broken",), next="a")
    anything = model.Catcher(errors=EVERYTHING, next="b")

    assert catcher_for([named, anything], BROKEN) is named
    assert catcher_for([named, anything], Failure(error="Other")) is anything
    assert catcher_for([named], Failure(error="Other")) is None


# -- retries of a state --------------------------------------------------------


def retried(*retriers, **facts):
    return a_workflow(a_task("work", retry=retriers, **facts))


def test_a_failed_attempt_waits_for_its_retry():
    execution = an_execution(retried(a_retrier(interval=5))).fail("Broken")

    held = execution.held
    assert (held.phase, held.attempt, held.failure) == (Phase.RETRYING, 1, BROKEN)
    assert execution.commands == (
        StartTimer(timer=Timer.RETRY, due_at=T0 + 6, activation=1, attempt=1),
    )
    assert execution.said[-1] == ("RetryScheduled", "work")


def test_the_next_attempt_is_a_new_call_with_the_same_input():
    execution = an_execution(retried(a_retrier()), {"n": 1}).fail().fire(Timer.RETRY)

    call = execution.asked()[0]
    assert (call.activation, call.attempt, call.payload) == (1, 2, {"n": 1})


def test_a_retry_timer_that_comes_again_changes_nothing():
    execution = an_execution(retried(a_retrier())).fail()
    waiting = execution.held
    execution.fire(Timer.RETRY)
    before = execution.state

    execution.fire(Timer.RETRY, held=waiting)

    assert execution.state is before


def test_attempts_are_counted_for_each_clause():
    execution = an_execution(retried(a_retrier("A"), a_retrier("B")))

    execution.fail("B").fire(Timer.RETRY).fail("A").fire(Timer.RETRY).fail("B")

    assert execution.held.retries == (1, 2)
    assert execution.held.due_at == execution.held.since + 2


def test_when_the_retries_are_used_up_the_failure_stands():
    execution = an_execution(retried(a_retrier(max_attempts=1)))

    execution.fail("Broken").fire(Timer.RETRY).fail("Broken")

    assert execution.state.status is Status.FAILED
    assert execution.state.failure == BROKEN


def test_chance_is_the_same_for_the_same_attempt_and_another_for_the_next():
    flow = retried(a_retrier(interval=100, backoff=1, full_jitter=True))

    waits = [an_execution(flow).fail().history[-1].value for _ in range(2)]
    second = an_execution(flow).fail().fire(Timer.RETRY).fail().history[-1].value

    assert waits[0] == waits[1] != second
    assert 0 <= second < 100


def test_a_retrier_may_ask_for_the_output_of_the_failed_attempt():
    is_busy = Compare(operator="StringEquals", left=path("$.s"), right=literal("busy"))
    flow = retried(a_retrier(condition=is_busy))

    busy = an_execution(flow).fail("E", output={"s": "busy"})
    other = an_execution(flow).fail("E", output={"s": "bad"})

    assert busy.held.phase is Phase.RETRYING
    assert other.state.status is Status.FAILED


def test_a_condition_of_a_retrier_without_a_value_does_not_hold():
    flow = retried(a_retrier(condition=path("$.is.missing")))

    execution = an_execution(flow).fail("Broken")

    assert execution.state.failure == BROKEN


def test_a_state_that_cannot_begin_is_retried_too():
    work = a_task("work", resource=7, retry=(a_retrier("FnF.ALL"),))

    execution = an_execution(a_workflow(work, errors="cloudflow"))

    assert execution.held.phase is Phase.RETRYING
    assert execution.held.failure.error == "FnF.RuntimeError"
