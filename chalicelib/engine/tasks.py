"""The state that has work done elsewhere: asking for it, and what comes of it."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.engine import jobs
from chalicelib.engine.calls import ANSWERED_LATER, beside, plan, task_of
from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Answer, TaskFailed, TaskNotCancelled, Timer
from chalicelib.engine.history import Happened
from chalicelib.engine.masks import without
from chalicelib.engine.readings import read_answer, read_error
from chalicelib.engine.state import Activation, Failure, Phase
from chalicelib.engine.subexecutions import read_failure
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import arguments, fail, finish, skip
from chalicelib.engine.walk import Walk
from chalicelib.expressions import holds
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.model.workflow import Task
from chalicelib.values import Json


def begin(walk: Walk, visit: Visit) -> None:
    """Ask for the work of a task, and hold the visit until it is done."""
    call, silence = plan(walk, visit, None)
    phase = Phase.WAITING if call.mode in ANSWERED_LATER else Phase.CALLED
    due_at = None if call.timeout is None else walk.at + call.timeout
    is_fetched = task_of(visit).fetched
    # AWS, "HeartbeatSeconds": for activities it counts from when a worker has it.
    silent_at = None if silence is None or is_fetched else walk.at + silence
    walk.hold(visit, phase, due_at=due_at, silent_at=silent_at)
    walk.say(
        Happened.TASK_SCHEDULED,
        visit.state.name,
        without(call.payload, call.token),
        note=call.resource,
        activation=visit.id,
        attempt=visit.attempt,
        beside=beside(visit, call, silence),
    )
    walk.commands.append(call)
    if phase is Phase.WAITING:
        walk.say(
            Happened.TASK_SUBMITTED,
            visit.state.name,
            activation=visit.id,
            attempt=visit.attempt,
        )
        walk.told -= is_fetched  # Step Functions shows no such event of an activity
        _start_timers(walk, walk.active[visit.id])


def _start_timers(walk: Walk, held: Activation) -> None:
    for timer, due_at in (
        (Timer.TIMEOUT, held.due_at),
        (Timer.HEARTBEAT, held.silent_at),
    ):
        if due_at is not None:
            walk.commands.append(_timer(held, timer, due_at))


def _timer(held: Activation, timer: Timer, due_at: float) -> StartTimer:
    return StartTimer(
        timer=timer, due_at=due_at, activation=held.id, attempt=held.attempt
    )


def taken(walk: Walk, activation: Activation, worker: str) -> None:
    """A worker has the task; from now on its silence counts."""
    held = replace(activation, taken=True, silent_at=_silent_at(walk, activation))
    walk.active[activation.id] = held
    walk.say(
        Happened.TASK_TAKEN,
        activation.state,
        note=worker,
        activation=activation.id,
        attempt=activation.attempt,
    )
    if held.silent_at is not None:
        walk.commands.append(_timer(held, Timer.HEARTBEAT, held.silent_at))


def beat(walk: Walk, activation: Activation) -> None:
    """Move the moment at which silence is failure."""
    silent_at = _silent_at(walk, activation)
    walk.active[activation.id] = replace(activation, silent_at=silent_at)
    walk.say(
        Happened.TASK_HEARTBEAT,
        activation.state,
        activation=activation.id,
        attempt=activation.attempt,
    )


def _silent_at(walk: Walk, activation: Activation) -> float | None:
    visit = walk.taken_up(activation)
    _, silence = plan(walk, visit, activation.due_at)
    return None if silence is None else walk.at + silence


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
    failure = read_error(work.reading, failure, TABLES[walk.setting.workflow.errors])
    return read_failure(work.reading, failure, event.facts, walk.setting.naming)


def ended_badly(
    walk: Walk, held: Activation, event: TaskFailed, failure: Failure
) -> None:
    """The attempt failed, as its worker reports or as its request found."""
    failure = renamed(walk, held, event, failure)
    if held.phase is Phase.WAITING and event.kind is Kind.FUNCTION:
        regretted(walk, held, failure, event.output)
    else:
        during = "request" if event.is_refusal else ""
        failed(walk, _taken_up(walk, held), failure, event.output, during)


def broke(walk: Walk, activation: Activation, failure: Failure) -> None:
    """The attempt failed by a timer."""
    failed(walk, _taken_up(walk, activation), failure, None)


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


def failed(
    walk: Walk, visit: Visit, failure: Failure, output: Json, during: str = ""
) -> None:
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
        note=during,
        activation=visit.id,
        attempt=visit.attempt,
    )
    fail(walk, visit, failure, output)
