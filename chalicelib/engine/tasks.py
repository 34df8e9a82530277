"""The state that has work done elsewhere: asking for it. See ``outcomes``."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.engine.commands import CallTask, StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.history import Happened
from chalicelib.engine.sight import TOKEN_LIFE
from chalicelib.engine.state import Activation, Phase
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import arguments
from chalicelib.engine.waits import seconds
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import evaluate
from chalicelib.expressions.scope import View
from chalicelib.model.error_names import Kind
from chalicelib.model.expressions import Expression, Literal
from chalicelib.model.workflow import Mode, Task
from chalicelib.values import Json, compact

_ANSWERED_LATER = frozenset({Mode.CALLBACK, Mode.SYSTEM})


def begin(walk: Walk, visit: Visit) -> None:
    """Ask for the work of a task, and hold the visit until it is done."""
    call, silence = plan(walk, visit, None)
    phase = Phase.WAITING if call.mode in _ANSWERED_LATER else Phase.CALLED
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
        beside=_computed(visit.state.work, timeout=call.timeout, heartbeat=silence),
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


def _computed(work: object, **limits: float | None) -> dict[str, Json] | None:
    """Return the limits of an attempt that the definition does not show as numbers."""
    found = {
        name: seconds
        for name, seconds in limits.items()
        if seconds is not None and not isinstance(getattr(work, name), Literal)
    }
    return found or None


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


def plan(
    walk: Walk, visit: Visit, due_at: float | None
) -> tuple[CallTask, float | None]:
    """Return the call of an attempt, and the seconds it may be silent for.

    The same visit gives the same call, so a redelivery can ask for it again;
    ``due_at`` is when the attempt times out, where that is known already.

    Raises:
        EvaluationFailure: an expression of the task has no value.
    """
    work = task_of(visit)
    view = walk.view(visit, visit.input)
    _require_room(walk, work)
    timeout = _duration(walk, work.timeout, view, "the timeout")
    if work.mode in _ANSWERED_LATER:
        if due_at is None and timeout is not None:
            due_at = walk.at + timeout
        expires_at = (due_at or visit.entered_at) + TOKEN_LIFE
        visit.token = walk.setting.mint(visit.id, visit.attempt, expires_at)
    call = CallTask(
        activation=visit.id,
        attempt=visit.attempt,
        resource=_resource(walk, work, view),
        payload=arguments(walk, visit),
        mode=work.mode,
        timeout=timeout,
        token=visit.token,
        at_most_once=work.at_most_once,
        state=visit.state.name,
        answers_at=work.answers_at,
        is_addressed=work.is_addressed,
    )
    return call, _duration(walk, work.heartbeat, view, "the heartbeat")


def task_of(visit: Visit) -> Task:
    """Return the work of a visited state that has its work done elsewhere."""
    work = visit.state.work
    assert isinstance(work, Task)  # noqa: S101 - the table's promise to the type checker
    return work


def _require_room(walk: Walk, work: Task) -> None:
    """Pass if there may be one more level of executions below this one."""
    if work.levels and walk.origin.depth + 1 >= work.levels:
        cause = f"executions start each other on {work.levels} levels at most"
        raise EvaluationFailure(walk.name_of(Kind.DEPTH), cause)


def _resource(walk: Walk, work: Task, view: View) -> str:
    resource = evaluate(work.resource, view)
    if isinstance(resource, str) and resource:
        return resource
    cause = f"the resource of a task must be a text, not {compact(resource)}"
    raise EvaluationFailure(walk.name_of(Kind.RUNTIME), cause)


def _duration(
    walk: Walk, expression: Expression | None, view: View, what: str
) -> float | None:
    if expression is None:
        return None
    value = evaluate(expression, view)
    if value is None:
        return None
    return seconds(value, walk.name_of(Kind.RUNTIME), what)


def without(payload: Json, token: str) -> Json:
    """Return ``payload`` with the task token masked: history keeps no secrets.

    >>> without({"a": ["t1.x", 1]}, "t1.x")
    {'a': ['<task token>', 1]}
    """
    if not token:
        return payload
    if isinstance(payload, str):
        return payload.replace(token, "<task token>")
    if isinstance(payload, list):
        return [without(each, token) for each in payload]
    if isinstance(payload, dict):
        return {key: without(each, token) for key, each in payload.items()}
    return payload


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
