"""How is work waited for that a request only begins, and that tells nobody of its end?

    begin --> CALLED --answer--> SLEEPING --timer--> CALLED (a look) --answer--> ...
                                     ^                                    |
                                     +------------- not ended ------------+

Nobody polls: between looks the job is a timer, and a look is a request of a turn of its
own, written down with its answer. The pauses grow with the time that the job has taken,
from two seconds to a minute. An answer that comes twice says nothing new, and one that
cannot be read is no end, so neither needs a number.
"""

from __future__ import annotations

from chalicelib.engine.calls import role_of
from chalicelib.engine.cancelling import cancel
from chalicelib.engine.commands import CallTask, StartTimer
from chalicelib.engine.events import Answer, Timer
from chalicelib.engine.history import Happened
from chalicelib.engine.readings import read_answer
from chalicelib.engine.state import Activation, Failure, Phase, Step
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import fail, finish
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import evaluate
from chalicelib.expressions.scope import View
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.model.expressions import Expression
from chalicelib.model.workflow import Job, Task
from chalicelib.values import Json, compact

#: Seconds between two looks, at least and at most.
SHORTEST, LONGEST = 2.0, 60.0
#: Failures of a look that say nothing of the job: it is looked at again.
_PASSING = frozenset({Kind.THROTTLED, Kind.SERVICE, Kind.UNREACHABLE, Kind.TIMEOUT})


def watch(walk: Walk, visit: Visit, held: Activation, asked: Json, said: Json) -> None:
    """The job has begun: ``asked`` was requested, and ``said`` is the answer.

    Who began it looks at it, and stops it: in the same role.
    """
    job, role = _job(visit), role_of(walk, visit)
    told = {"request": asked, "answer": said}
    try:
        look, stop = _of(job.request, told), _of(job.stop_request, told)
    except EvaluationFailure:  # what began has no name, so nothing began
        error = walk.name_of(Kind.FUNCTION)
        _ended(walk, visit, Failure(error=error, cause=compact(said)), None)
        return
    walk.say(
        Happened.TASK_SUBMITTED,
        visit.state.name,
        said,
        activation=visit.id,
        attempt=visit.attempt,
    )
    visit.items = {"at": walk.at, "until": held.due_at, "look": look, "stop": stop}
    if job.gone:
        visit.items["said"] = said
    if role:
        visit.items["role"] = role
    _sleep(walk, visit)


def _of(expression: Expression | None, told: Json) -> Json:
    return None if expression is None else evaluate(expression, View(told))


def _job(visit: Visit) -> Job:
    work = visit.state.work
    assert isinstance(work, Task)  # noqa: S101 - only tasks have jobs
    assert work.job is not None  # noqa: S101 - or nothing had been watched
    return work.job


def _sleep(walk: Walk, visit: Visit) -> None:
    """Wait for the next look, or for the end of the attempt's time."""
    known = _known(walk, visit)
    due_at = walk.at + min(max(walk.at - known["at"], SHORTEST), LONGEST)
    if known["until"] is not None:
        due_at = min(due_at, known["until"])
    walk.hold(visit, Phase.SLEEPING, due_at=due_at, step=Step.LOOK, items=visit.items)
    walk.commands.append(
        StartTimer(
            timer=Timer.WAIT,
            due_at=due_at,
            activation=visit.id,
            attempt=visit.attempt,
        )
    )


def _known(walk: Walk, visit: Visit) -> dict[str, Json]:
    known: dict[str, Json] = walk.load(visit.items)
    return known


def look(walk: Walk, activation: Activation) -> None:
    """The pause is over: ask how the job is, unless its time is up."""
    visit = _taken_up(walk, activation)
    until = _known(walk, visit)["until"]
    if until is not None and walk.at >= until:
        cancel(walk, activation)
        _ended(walk, visit, walk.failure_of(Kind.TIMEOUT), None)
        return
    walk.hold(visit, Phase.CALLED, step=Step.LOOK, items=visit.items)
    walk.commands.append(plan(walk, visit))


def plan(walk: Walk, visit: Visit) -> CallTask:
    """Return the call of a look: the same for the same visit."""
    known = _known(walk, visit)
    return CallTask(
        activation=visit.id,
        attempt=visit.attempt,
        resource=_job(visit).look,
        payload=known["look"],
        part="look",
        role=known.get("role", ""),
        state=visit.state.name,
    )


def seen(walk: Walk, activation: Activation, answer: Answer) -> None:
    """A look was answered: the job has ended, or is looked at again."""
    visit = _taken_up(walk, activation)
    job = _job(visit)
    found = read_answer("payload", answer, TABLES[walk.setting.workflow.errors])
    status = None if found.failure else _reached(job.status, found.output)
    if status not in job.succeeded + job.failed:
        _sleep(walk, visit)
        return
    result = _result(job, found.output)
    if status in job.succeeded and _is_well(job, found.output):
        _ended(walk, visit, None, result)
    else:
        failure = Failure(error=walk.name_of(Kind.FUNCTION), cause=compact(result))
        _ended(walk, visit, failure, None)


def _reached(expression: Expression, value: Json) -> Json:
    """Return what a path leads to; None where it leads nowhere."""
    try:
        return evaluate(expression, View(value))
    except EvaluationFailure:
        return None


def _is_well(job: Job, described: Json) -> bool:
    """Whether nothing in a job that has ended says that it failed."""
    if job.codes is None:
        return True
    codes = _reached(job.codes, described)
    return isinstance(codes, list) and all(code == 0 for code in codes)


def _result(job: Job, described: Json) -> Json:
    return described if job.result is None else _reached(job.result, described)


def broke(walk: Walk, activation: Activation, kind: Kind, failure: Failure) -> None:
    """A look failed on its way: the job's failure only where that will not pass."""
    visit = _taken_up(walk, activation)
    gone = _job(visit).gone
    if gone and failure.error.rpartition(".")[2] == gone:
        _ended(walk, visit, None, _known(walk, visit)["said"])
    elif kind in _PASSING:
        _sleep(walk, visit)
    else:
        _ended(walk, visit, failure, None)


def _taken_up(walk: Walk, activation: Activation) -> Visit:
    del walk.active[activation.id]
    return walk.taken_up(activation)


def _ended(walk: Walk, visit: Visit, failure: Failure | None, output: Json) -> None:
    kind = Happened.TASK_SUCCEEDED
    if failure is not None:
        is_timeout = failure.error == walk.name_of(Kind.TIMEOUT)
        kind = Happened.TASK_TIMED_OUT if is_timeout else Happened.TASK_FAILED
    walk.say(
        kind,
        visit.state.name,
        output,
        failure=failure,
        activation=visit.id,
        attempt=visit.attempt,
    )
    if failure is None:
        finish(walk, visit, output)
    else:
        fail(walk, visit, failure)
