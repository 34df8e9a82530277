import pytest

from chalicelib.engine.commands import CallTask, StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.state import Failure, Phase, Status
from chalicelib.model import workflow as model
from chalicelib.model.error_names import Kind
from tests.builders import (
    T0,
    a_callback_task,
    a_task,
    a_workflow,
    an_execution,
    an_object,
    literal,
    path,
)


def mint(activation, attempt, expires_at):
    return f"token-{activation}-{attempt}-{expires_at:.0f}"


YEAR_AND_A_DAY = 366 * 86400


# -- asking for work -----------------------------------------------------------


def test_a_task_asks_for_its_work_and_waits_for_the_answer():
    task = a_task(
        "work",
        resource="lambda:resize",
        task={"timeout": path("$.seconds"), "at_most_once": True},
        arguments=an_object(n=path("$.n")),
    )

    execution = an_execution(a_workflow(task), {"n": 1, "seconds": 30})

    assert execution.commands == (
        CallTask(
            activation=1,
            attempt=1,
            resource="lambda:resize",
            payload={"n": 1},
            timeout=30.0,
            at_most_once=True,
            state="work",
        ),
    )
    assert (execution.held.phase, execution.held.due_at) == (Phase.CALLED, T0 + 30)


@pytest.mark.parametrize(
    ("mode", "phase"),
    [
        (model.Mode.REQUEST, Phase.CALLED),
        (model.Mode.SUBMIT, Phase.CALLED),
        (model.Mode.CALLBACK, Phase.WAITING),
        (model.Mode.SYSTEM, Phase.WAITING),
    ],
)
def test_the_mode_says_whether_somebody_answers_later(mode, phase):
    execution = an_execution(a_workflow(a_task("work", task={"mode": mode})))

    assert execution.held.phase is phase


def test_a_task_that_is_answered_later_starts_its_timers():
    task = {"timeout": literal(100), "heartbeat": literal(10)}

    execution = an_execution(a_workflow(a_callback_task("ask", task=task)))

    about = {"activation": 1, "attempt": 1}
    assert execution.asked(StartTimer) == [
        StartTimer(timer=Timer.TIMEOUT, due_at=T0 + 100, **about),
        StartTimer(timer=Timer.HEARTBEAT, due_at=T0 + 10, **about),
    ]


def test_a_time_that_is_null_is_no_limit():
    execution = an_execution(
        a_workflow(a_callback_task("ask", task={"timeout": literal(None)}))
    )

    assert execution.held.due_at is None
    assert execution.asked(StartTimer) == []


@pytest.mark.parametrize(
    ("timeout", "lives_until"),
    [
        pytest.param(literal(100), T0 + 100 + YEAR_AND_A_DAY, id="after its time"),
        pytest.param(None, T0 + YEAR_AND_A_DAY, id="after it began"),
    ],
)
def test_a_token_outlives_its_attempt(timeout, lives_until):
    flow = a_workflow(a_callback_task("ask", task={"timeout": timeout}))

    execution = an_execution(flow, mint=mint)

    assert execution.asked()[0].token == f"token-1-1-{lives_until:.0f}"


def test_nobody_gets_a_token_for_work_that_answers_at_once():
    execution = an_execution(a_workflow(a_task("work")), mint=mint)

    assert execution.asked()[0].token == ""


def test_the_token_is_in_the_payload_and_not_in_the_history():
    ask = a_callback_task(
        "ask",
        arguments=an_object(
            token=path("$$.Task.Token"), n=literal(1), all=literal(["x"])
        ),
    )

    execution = an_execution(a_workflow(ask), mint=lambda *_: "t1.secret")

    assert execution.asked()[0].payload["token"] == "t1.secret"
    assert execution.history[-2].value == {
        "token": "<task token>",
        "n": 1,
        "all": ["x"],
    }


@pytest.mark.parametrize("resource", [None, "", 7])
def test_a_resource_that_is_no_text_fails_the_task(resource):
    execution = an_execution(a_workflow(a_task("work", resource=resource)))

    assert execution.state.failure.error == "States.Runtime"
    assert "the resource of a task must be a text" in execution.state.failure.cause


@pytest.mark.parametrize("seconds", ["soon", -1, True, 10**400])
def test_a_time_that_is_no_number_of_seconds_fails_the_task(seconds):
    task = {"timeout": literal(seconds)}

    execution = an_execution(a_workflow(a_task("work", task=task)))

    assert execution.state.failure.error == "States.Runtime"
    assert "the timeout must be a number" in execution.state.failure.cause


# -- what comes of it ----------------------------------------------------------


def test_an_answer_is_the_result_of_the_task():
    execution = an_execution(a_workflow(a_task("work"))).answer({"size": 3})

    assert execution.state.status is Status.SUCCEEDED
    assert execution.state.output == {"size": 3}
    assert ("TaskSucceeded", "work") in execution.said


def test_an_answer_that_its_format_reads_as_a_failure_fails_the_task():
    execution = an_execution(a_workflow(a_task("work"))).answer("no", status=404)

    assert execution.state.failure.error == "Lambda.ResourceNotFoundException"
    assert ("TaskFailed", "work") in execution.said


def test_a_report_is_the_result_of_a_task_that_waits_for_it():
    execution = an_execution(a_workflow(a_callback_task("ask"))).report("yes")

    assert execution.state.output == "yes"


def test_the_end_of_started_work_is_an_answer_too():
    task = {"mode": model.Mode.SYSTEM}

    execution = an_execution(a_workflow(a_task("sub", task=task))).answer({"n": 2})

    assert execution.state.output == {"n": 2}


@pytest.mark.parametrize("work", [a_task("work"), a_callback_task("work")])
def test_a_failed_attempt_fails_with_its_own_name(work):
    execution = an_execution(a_workflow(work)).fail("Own", "words")

    assert execution.state.failure == Failure(error="Own", cause="words")


def test_a_failure_without_a_name_has_the_name_of_its_kind():
    execution = an_execution(a_workflow(a_task("work"), errors="cloudflow"))

    execution.fail("", kind=Kind.THROTTLED)

    assert execution.state.failure.error == "FC.ResourceThrottled"


@pytest.mark.parametrize(
    ("timer", "error"),
    [
        (Timer.TIMEOUT, "States.Timeout"),
        (Timer.HEARTBEAT, "States.HeartbeatTimeout"),
    ],
)
def test_an_attempt_that_takes_too_long_times_out(timer, error):
    task = {"timeout": literal(100), "heartbeat": literal(10)}
    execution = an_execution(a_workflow(a_callback_task("ask", task=task)))

    execution.fire(timer)

    assert execution.state.status is Status.FAILED
    assert execution.state.failure.error == error
    assert ("TaskTimedOut", "ask") in execution.said


def test_a_language_has_its_own_words_for_a_timeout():
    ask = a_callback_task("ask", task={"timeout": literal(1)})
    execution = an_execution(a_workflow(ask, errors="cloudflow"))

    execution.fire(Timer.TIMEOUT)

    assert execution.state.failure == Failure(
        error="FnF.TaskTimeout", cause="the task did not end in time"
    )
