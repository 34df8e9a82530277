import pytest

from chalicelib.engine import events
from chalicelib.engine.commands import CallTask, StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.state import Failure, Phase, Status
from chalicelib.model import workflow as model
from chalicelib.model.error_names import Kind
from chalicelib.model.expressions import Compare
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
    assert execution.history[-1].value == {
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
            Failure(error="States.TaskFailed", cause='{"Cause":"words","Error":"Own"}'),
            id="Step Functions",
        ),
        pytest.param("fnf_output", Failure(error="Own", cause="words"), id="CloudFlow"),
    ],
)
def test_a_failed_sub_workflow_has_the_words_of_its_language(reading, failure):
    task = {"mode": model.Mode.SYSTEM, "reading": reading}

    execution = an_execution(a_workflow(a_task("sub", task=task))).fail("Own", "words")

    assert execution.state.failure == failure
