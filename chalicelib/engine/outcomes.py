"""What came of the work of a task, and does its state see it as a success?

answered    the answer to a request      reported, regretted, skipped    by a worker
broke       it failed on the way, or its time was over
"""

from __future__ import annotations

from chalicelib.engine import jobs
from chalicelib.engine.events import Answer, TaskFailed, TaskNotCancelled
from chalicelib.engine.history import Happened
from chalicelib.engine.readings import read_answer
from chalicelib.engine.state import Activation, Failure
from chalicelib.engine.subexecutions import read_failure
from chalicelib.engine.tasks import task_of
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import arguments, fail, finish, skip
from chalicelib.engine.walk import Walk
from chalicelib.expressions import holds
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.model.workflow import Task
from chalicelib.values import Json


def answered(walk: Walk, activation: Activation, answer: Answer) -> None:
    """The work answered: read it as the format does, and decide."""
    visit = _taken_up(walk, activation)
    work = task_of(visit)
    names = TABLES[walk.setting.workflow.errors]
    result = read_answer(work.reading, answer, names, walk.setting.naming)
    if work.success or work.failure:
        _judge(walk, visit, result.output, result.failure)
    elif result.failure is not None:
        failed(walk, visit, result.failure, result.output)
    elif work.job is not None:
        jobs.watch(walk, visit, activation, arguments(walk, visit), result.output)
    else:
        succeeded(walk, visit, result.output)


def reported(walk: Walk, activation: Activation, output: Json) -> None:
    """A worker reported success for the task token."""
    visit = _taken_up(walk, activation)
    _judge(walk, visit, output, None)


def regretted(
    walk: Walk, activation: Activation, failure: Failure, output: Json
) -> None:
    """A worker reported failure; the task's own conditions may see it otherwise."""
    _judge(walk, _taken_up(walk, activation), output, failure)


def skipped(walk: Walk, activation: Activation, output: Json) -> None:
    """A worker reported that the task is to be left out."""
    visit = _taken_up(walk, activation)
    _say_succeeded(walk, visit, output)
    skip(walk, visit, output)


def renamed(
    walk: Walk, held: Activation, event: TaskFailed, failure: Failure
) -> Failure:
    """Let the task's reading rename how the work ended, once there was work."""
    work = walk.scope.states[held.state].work
    if not isinstance(work, Task) or event.kind not in (Kind.FUNCTION, Kind.ABORTED):
        return failure
    return read_failure(work.reading, failure, event.facts, walk.setting.naming)


def broke(
    walk: Walk, activation: Activation, failure: Failure, output: Json = None
) -> None:
    """The attempt failed: by report, on the way, or by a timer."""
    failed(walk, _taken_up(walk, activation), failure, output)


def say_it_goes_on(walk: Walk, event: TaskNotCancelled, _: Activation) -> None:
    """Its work could not be stopped; that changes nothing, and is worth showing."""
    walk.say(
        Happened.TASK_NOT_CANCELLED,
        event.state,
        failure=Failure(error="", cause=event.cause),
        note=event.resource,
        activation=event.activation,
        attempt=event.attempt,
    )


def _taken_up(walk: Walk, activation: Activation) -> Visit:
    del walk.active[activation.id]
    return walk.taken_up(activation)


def _judge(walk: Walk, visit: Visit, output: Json, failure: Failure | None) -> None:
    """Let the task's own conditions overrule the answer's word, if it has any."""
    work = task_of(visit)
    conditions = work.success or work.failure
    if conditions and output is not None:
        view = walk.view(visit, output, result=output)
        all_hold = all(holds(condition, view) for condition in conditions)
        is_failure = all_hold != bool(work.success)
        failure = (failure or _not_as_wanted(walk, visit)) if is_failure else None
    if failure is None:
        succeeded(walk, visit, output)
    else:
        failed(walk, visit, failure, output)


def _not_as_wanted(walk: Walk, visit: Visit) -> Failure:
    cause = f"the answer does not meet the conditions of {visit.state.name!r}"
    return Failure(error=walk.name_of(Kind.FUNCTION), cause=cause)


def succeeded(walk: Walk, visit: Visit, output: Json) -> None:
    """Say that the task succeeded, and go on."""
    _say_succeeded(walk, visit, output)
    finish(walk, visit, output)


def _say_succeeded(walk: Walk, visit: Visit, output: Json) -> None:
    walk.say(
        Happened.TASK_SUCCEEDED,
        visit.state.name,
        output,
        activation=visit.id,
        attempt=visit.attempt,
    )


def failed(walk: Walk, visit: Visit, failure: Failure, output: Json) -> None:
    """Say that the attempt failed, and recover if the author says how."""
    work = visit.state.work
    is_shown = isinstance(work, Task) and work.shows_failures
    timeouts = (walk.name_of(Kind.TIMEOUT), walk.name_of(Kind.HEARTBEAT))
    is_timeout = failure.error in timeouts
    walk.say(
        Happened.TASK_TIMED_OUT if is_timeout else Happened.TASK_FAILED,
        visit.state.name,
        output if is_shown else None,
        failure=failure,
        activation=visit.id,
        attempt=visit.attempt,
    )
    fail(walk, visit, failure, output)
