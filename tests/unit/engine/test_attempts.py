import pytest

from chalicelib.engine import events
from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.state import Failure, Phase
from chalicelib.model import workflow as model
from chalicelib.model.expressions import Compare
from tests.builders import (
    T0,
    a_callback_task,
    a_task,
    a_workflow,
    an_execution,
    literal,
    path,
)

# -- conditions of the author --------------------------------------------------

IS_DONE = Compare(operator="StringEquals", left=path("$.s"), right=literal("done"))
IS_BAD = Compare(operator="StringEquals", left=path("$.s"), right=literal("bad"))


@pytest.mark.parametrize(
    ("task", "status", "answer", "outcome"),
    [
        pytest.param(
            {"success": (IS_DONE,)}, 200, "done", "SUCCEEDED", id="success holds"
        ),
        pytest.param(
            {"success": (IS_DONE,)}, 200, "open", "FAILED", id="success does not hold"
        ),
        pytest.param(
            {"success": (IS_DONE,)}, 500, "done", "SUCCEEDED", id="against the status"
        ),
        pytest.param({"failure": (IS_BAD,)}, 200, "bad", "FAILED", id="failure holds"),
        pytest.param(
            {"failure": (IS_BAD,)}, 200, "open", "SUCCEEDED", id="failure does not hold"
        ),
        pytest.param(
            {"success": (IS_DONE,), "failure": (IS_DONE,)},
            200,
            "done",
            "SUCCEEDED",
            id="success decides alone",
        ),
    ],
)
def test_conditions_of_a_task_decide_instead_of_the_answer(
    task, status, answer, outcome
):
    execution = an_execution(a_workflow(a_task("work", task=task)))

    execution.answer({"s": answer}, status=status)

    assert execution.state.status == outcome


def test_conditions_are_not_asked_of_an_answer_that_is_not_there():
    task = {"success": (IS_DONE,)}
    execution = an_execution(a_workflow(a_task("work", task=task)))

    execution.answer("gone", status=500, is_json=False)

    assert execution.state.failure.error == "Lambda.ServiceException"


def test_a_failure_keeps_its_own_words_when_the_conditions_agree_with_it():
    task = {"success": (IS_DONE,)}
    execution = an_execution(a_workflow(a_task("work", task=task)))

    execution.answer({"s": "open"}, status=500)

    assert "status 500" in execution.state.failure.cause


def test_an_answer_that_only_the_conditions_refuse_says_so():
    task = {"success": (IS_DONE,)}
    execution = an_execution(a_workflow(a_callback_task("ask", task=task)))

    execution.report({"s": "open"})

    assert execution.state.failure == Failure(
        error="States.TaskFailed",
        cause="the answer does not meet the conditions of 'ask'",
    )


# -- heartbeats ----------------------------------------------------------------

SILENT = a_workflow(
    a_callback_task("ask", task={"timeout": literal(100), "heartbeat": literal(10)})
)


def beat(execution, at):
    about = execution.about(at=at)
    return execution.tell(events.HeartbeatReceived(**about))


def test_a_heartbeat_moves_the_moment_at_which_silence_is_failure():
    execution = beat(an_execution(SILENT), at=T0 + 8)

    assert execution.held.silent_at == T0 + 18
    assert execution.held.due_at == T0 + 100
    assert execution.said[-1] == ("TaskHeartbeat", "ask")


def test_the_first_timer_of_silence_is_early_after_a_heartbeat():
    execution = beat(an_execution(SILENT), at=T0 + 8)

    execution.fire(Timer.HEARTBEAT, at=T0 + 10)

    assert execution.held.phase is Phase.WAITING
    assert execution.asked(StartTimer)[0].due_at == T0 + 18


def test_a_heartbeat_for_a_task_that_needs_none_is_welcome():
    execution = beat(an_execution(a_workflow(a_callback_task("ask"))), at=T0 + 8)

    assert execution.held.silent_at is None


# -- tasks that workers come for -------------------------------------------------

FETCHED = a_workflow(
    a_callback_task("ask", task={"heartbeat": literal(10), "fetched": True})
)


def take(execution, at, worker=""):
    return execution.tell(events.TaskTaken(worker=worker, **execution.about(at=at)))


def test_silence_counts_from_when_a_worker_has_the_task():
    execution = an_execution(FETCHED)
    assert execution.asked(StartTimer) == []

    take(execution, at=T0 + 60, worker="w-1")

    assert execution.held.silent_at == T0 + 70
    assert execution.asked(StartTimer)[0].due_at == T0 + 70
    assert execution.said[-1] == ("TaskTaken", "ask")


def test_silence_of_a_worker_is_a_failure():
    execution = take(an_execution(FETCHED), at=T0 + 60)

    execution.fire(Timer.HEARTBEAT, at=T0 + 70)

    assert execution.state.failure.error == "States.HeartbeatTimeout"


def test_a_task_is_taken_once():
    execution = take(an_execution(FETCHED), at=T0 + 60)
    before = execution.state

    take(execution, at=T0 + 61, worker="another")

    assert execution.state is before


def test_another_attempt_can_be_taken_again():
    retried = a_callback_task(
        "ask",
        task={"fetched": True},
        retry=(model.Retrier(errors=("Broken",), interval=1),),
    )
    execution = take(an_execution(a_workflow(retried)), at=T0)
    execution.fail("Broken").fire(Timer.RETRY, at=T0 + 60)

    take(execution, at=T0 + 61)

    assert (execution.held.attempt, execution.held.taken) == (2, True)


# -- at most once --------------------------------------------------------------


def begin(execution):
    return execution.tell(events.TaskBegun(**execution.about()))


@pytest.mark.parametrize("build", [a_task, a_callback_task])
def test_the_intent_of_an_attempt_is_remembered(build):
    execution = begin(an_execution(a_workflow(build("work"))))

    assert execution.held.begun
    assert execution.commands == ()


def test_an_attempt_begins_only_once():
    execution = begin(an_execution(a_workflow(a_task("work"))))
    before = execution.state

    begin(execution)

    assert execution.state is before


def test_a_heartbeat_does_not_make_an_attempt_forget_that_it_began():
    execution = begin(an_execution(SILENT))

    beat(execution, at=T0 + 8)

    assert execution.held.begun


def test_a_heartbeat_does_not_change_the_time_that_the_expressions_saw():
    execution = beat(an_execution(SILENT), at=T0 + 8)

    assert execution.held.since == T0


def test_the_next_attempt_has_not_begun():
    retry = (model.Retrier(errors=("Broken",)),)
    execution = begin(an_execution(a_workflow(a_task("work", retry=retry))))

    execution.fail("Broken").fire(Timer.RETRY)

    assert execution.held.attempt == 2
    assert not execution.held.begun


@pytest.mark.parametrize(
    ("reading", "failure"),
    [
        pytest.param(
            "execution_output",
            Failure(
                error="States.TaskFailed",
                cause='{"Cause":"words","Error":"Own","Status":"FAILED"}',
            ),
            id="Step Functions",
        ),
        pytest.param("fnf_output", Failure(error="Own", cause="words"), id="CloudFlow"),
    ],
)
def test_a_failed_sub_workflow_has_the_words_of_its_language(reading, failure):
    task = {"mode": model.Mode.SYSTEM, "reading": reading}

    execution = an_execution(a_workflow(a_task("sub", task=task))).fail("Own", "words")

    assert execution.state.failure == failure
