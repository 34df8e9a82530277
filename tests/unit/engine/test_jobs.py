"""Work that a request only begins, and that is looked at until it has ended."""

from dataclasses import replace

import pytest

from chalicelib.engine import owed
from chalicelib.engine.commands import CallTask, CancelTask, StartTimer
from chalicelib.engine.events import Answer, TaskAnswered, Timer
from chalicelib.engine.setting import LOST
from chalicelib.engine.state import Phase, Status, Step, Stored
from chalicelib.model import workflow as model
from chalicelib.model.error_names import Kind
from tests.builders import (
    EVERYTHING,
    T0,
    a_pass,
    a_task,
    a_workflow,
    an_execution,
    an_object,
    literal,
    path,
)

JOB = model.Job(
    look="aws:look",
    request=an_object(of=path("$.answer.id")),
    status=path("$.is"),
    succeeded=("DONE",),
    failed=("BROKEN",),
    stop="aws:stop",
    stop_request=an_object(of=path("$.answer.id"), by=path("$.request.who")),
)


def begun(job=JOB, answer=None, task=None, **facts):
    work = {"job": job, **(task or {})}
    flow = a_workflow(a_task("work", "next", task=work, **facts), a_pass("next"))
    answer = {"id": "j-1"} if answer is None else answer
    return answered(an_execution(flow, {"who": "Ada"}), answer)


def answered(execution, payload):
    """At the very moment of the request."""
    about = execution.about(at=execution.held.since)
    return execution.tell(TaskAnswered(answer=Answer(payload=payload), **about))


def looked(execution, status="GOING", **facts):
    return answered(execution.fire(Timer.WAIT), {"is": status, **facts})


def test_a_job_that_began_is_looked_at_two_seconds_later():
    execution = begun()

    assert (execution.held.phase, execution.held.step) == (Phase.SLEEPING, Step.LOOK)
    assert execution.commands == (
        StartTimer(timer=Timer.WAIT, due_at=T0 + 2, activation=1, attempt=1),
    )
    assert ("TaskSubmitted", "work") in execution.said


def test_a_look_asks_for_the_job_that_began():
    execution = begun().fire(Timer.WAIT)

    (call,) = execution.asked(CallTask)
    assert (call.resource, call.payload) == ("aws:look", {"of": "j-1"})
    assert execution.held.phase is Phase.CALLED
    kept = owed.tag(call)
    assert owed.restore(execution.setting, execution.state, kept) == call


def test_pauses_grow_with_the_time_that_a_job_takes():
    execution, due = begun(), []

    for _ in range(8):
        looked(execution)
        due.append(execution.held.due_at - T0)

    assert due == [4, 8, 16, 32, 64, 124, 184, 244]


def test_the_last_answer_is_the_result_of_a_job():
    execution = looked(looked(begun()), "DONE", n=1)

    assert execution.state.output == {"is": "DONE", "n": 1}


def test_a_part_of_the_last_answer_may_be_the_result():
    job = model.Job(
        look="aws:look",
        request=literal({}),
        status=path("$.is"),
        succeeded=("DONE",),
        failed=(),
        result=path("$.n"),
    )

    assert looked(begun(job), "DONE", n=1).state.output == 1


def test_a_job_that_failed_is_the_cause():
    execution = looked(begun(), "BROKEN")

    assert execution.state.failure.error == "States.TaskFailed"
    assert execution.state.failure.cause == '{"is":"BROKEN"}'


@pytest.mark.parametrize(
    ("codes", "status"),
    [([0, 0], Status.SUCCEEDED), ([0, 1], Status.FAILED), (None, Status.FAILED)],
)
def test_a_job_that_ended_may_have_codes_that_say_it_failed(codes, status):
    job = model.Job(
        look="aws:look",
        request=literal({}),
        status=path("$.is"),
        succeeded=("DONE",),
        failed=(),
        codes=path("$.codes"),
    )
    given = {} if codes is None else {"codes": codes}

    assert looked(begun(job), "DONE", **given).state.status is status


def test_a_request_that_began_nothing_fails_with_its_answer():
    execution = begun(answer={"why": "full"})

    assert execution.state.failure.cause == '{"why":"full"}'


@pytest.mark.parametrize("answer", [{"other": 1}, "no object"])
def test_a_look_that_cannot_be_read_is_no_end(answer):
    execution = begun().fire(Timer.WAIT).answer(answer)

    assert execution.held.phase is Phase.SLEEPING


def test_a_look_that_is_refused_is_no_end():
    execution = begun().fire(Timer.WAIT).answer({"is": "DONE"}, status=500)

    assert execution.held.phase is Phase.SLEEPING


def test_a_look_that_failed_in_passing_is_made_again():
    execution = begun().fire(Timer.WAIT).fail("Busy", kind=Kind.THROTTLED)

    assert execution.held.phase is Phase.SLEEPING


def test_a_look_that_will_never_be_allowed_fails_the_task():
    execution = begun().fire(Timer.WAIT).fail("Denied", kind=Kind.FORBIDDEN)

    assert execution.state.failure.error == "Denied"


def test_a_late_answer_to_a_look_changes_nothing():
    execution = begun()
    before = execution.state

    answered(execution, {"is": "DONE"})

    assert execution.state is before


def test_a_job_is_stopped_when_its_task_is_out_of_time():
    execution = looked(begun(task={"timeout": literal(3)}))
    assert execution.held.due_at == T0 + 3

    execution.fire(Timer.WAIT)

    assert execution.state.failure.error == "States.Timeout"
    (stop,) = execution.asked(CancelTask)
    assert (stop.resource, stop.payload) == ("aws:stop", {"of": "j-1", "by": "Ada"})
    kept = owed.tag(stop)
    assert owed.restore(execution.setting, execution.state, kept) == stop
    assert ("TaskTimedOut", "work") in execution.said


def test_a_stopped_execution_stops_its_job():
    (stop,) = begun().stop().asked(CancelTask)

    assert stop.resource == "aws:stop"


def test_a_job_that_nothing_stops_is_left_alone():
    job = model.Job(
        look="aws:look",
        request=literal({}),
        status=path("$.is"),
        succeeded=("DONE",),
        failed=(),
    )

    assert begun(job).stop().asked(CancelTask) == []


def test_a_retry_begins_a_job_anew():
    retry = (model.Retrier(errors=EVERYTHING),)
    execution = looked(begun(retry=retry), "BROKEN").fire(Timer.RETRY)

    (call,) = execution.asked(CallTask)
    assert (call.resource, call.attempt) == ("lambda:work", 2)


def test_a_job_of_which_nothing_is_known_any_more_is_not_stopped():
    execution = begun()
    lost = replace(execution.held, items=Stored(reference="gone"))
    execution.state = replace(execution.state, active={1: lost})
    execution.setting = replace(execution.setting, values={"gone": LOST})

    assert execution.stop().asked(CancelTask) == []


@pytest.mark.parametrize(
    ("error", "ends_as", "output"),
    [
        ("Eks.NotThere", Status.SUCCEEDED, {"id": "j-1", "n": 1}),
        ("Eks.Denied", Status.FAILED, None),
    ],
)
def test_a_look_may_find_that_a_job_is_gone(error, ends_as, output):
    execution = begun(replace(JOB, gone="NotThere"), answer={"id": "j-1", "n": 1})
    execution.fire(Timer.WAIT).fail(error, kind=Kind.NOT_FOUND)

    assert execution.state.status is ends_as
    assert execution.state.output == output


def test_a_job_is_begun_looked_at_and_stopped_in_one_role():
    execution = begun(task={"role": path("$.who")})

    (look,) = execution.fire(Timer.WAIT).asked()
    (stop,) = execution.stop().asked(CancelTask)

    assert (look.part, look.role, stop.role) == ("look", "Ada", "Ada")
    kept = owed.tag(stop)
    assert kept[-1] == "Ada"
    assert owed.restore(execution.setting, execution.state, kept) == stop
