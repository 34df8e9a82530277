"""THE TABLE: what may happen to a scope, and what each event then does.

``advance`` looks up (phase, event). The phase is that of the activation the event
names (GONE when there is none, or a newer attempt), or of the scope for an event that
concerns all of it. Late and duplicate events are rows that change nothing (I-6); what
is no row is a bug, and raises.

A scope reads no clock and no randomness: the same state and event give the same
state, commands and history, always.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.engine import (
    containers,
    errands,
    events,
    gates,
    jobs,
    redriving,
    states,
    tasks,
    visits,
)
from chalicelib.engine.addressing import addressed, due_at, is_early
from chalicelib.engine.beginning import start
from chalicelib.engine.cancelling import cancel
from chalicelib.engine.commands import Command, StartTimer
from chalicelib.engine.events import Event, Timer
from chalicelib.engine.flow import end_completed, end_failed
from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.engine.repeats import is_repeated
from chalicelib.engine.setting import Setting
from chalicelib.engine.state import (
    Activation,
    Degrading,
    Failure,
    Origin,
    Phase,
    ScopeState,
    Status,
    Step,
)
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure, TransitionError
from chalicelib.frozen import dataclass
from chalicelib.model.error_names import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """What follows from a state and an event."""

    state: ScopeState
    commands: tuple[Command, ...] = ()
    history: tuple[HistoryEvent, ...] = ()


Handler = Callable[[Walk, Any, Activation], None]

_NEW = ScopeState(
    origin=Origin(execution="", workflow="", version="", name="", started_at=0.0)
)


def advance(
    setting: Setting, state: ScopeState | None, event: Event, budget: int | None = None
) -> Transition:
    """Return the state that follows ``event``, what to do, and what to show.

    ``state`` is None for a scope of which nothing is recorded. A row that changes
    nothing gives the very same state back. ``budget``: pure transitions left in the
    turn.

    Raises:
        TransitionError: no row has this phase and event.
        ValueNeeded: a stored value must be loaded first; then ask again.
    """
    activation = addressed(state, event)
    handler = TRANSITIONS.get((activation.phase, type(event)))
    if handler is None:
        raise TransitionError(activation.phase, type(event).__name__)
    if isinstance(event, events.TimerFired) and is_early(state, activation, event):
        return _remind(state, activation, event)
    if handler is _ignore or is_repeated(setting, state, activation, event):
        assert state is not None  # noqa: S101 - a new scope ignores nothing
        return Transition(state=state)
    budget = setting.transitions_per_turn if budget is None else budget
    walk = Walk(setting, _before(state, event), event.at, budget)
    try:
        handler(walk, event, activation)
    except EvaluationFailure as failure:
        _break_off(walk, activation, failure)
    states.run(walk)
    return Transition(
        state=walk.frozen(),
        commands=tuple(walk.commands),
        history=tuple(walk.history),
    )


def _break_off(walk: Walk, activation: Activation, broken: EvaluationFailure) -> None:
    """What the row needs has no value: the state fails, or the scope where none is."""
    if not activation.id:
        end_failed(walk, Failure(error=broken.error, cause=broken.cause))
        return
    walk.active.pop(activation.id, None)
    visit = walk.reopen(activation)
    visits.fail(walk, visit, walk.broken(visit, broken))


def _before(state: ScopeState | None, event: Event) -> ScopeState:
    if state is not None:
        return state
    origin = getattr(event, "origin", None) or _NEW.origin
    return ScopeState(origin=origin, told=origin.told)


# -- the rows --------------------------------------------------------------------


def _start(walk: Walk, event: events.ScopeStarted, _: Activation) -> None:
    start(walk, event.input, event.variables)


def _begin(walk: Walk, event: events.TaskBegun, activation: Activation) -> None:
    """Remember that the request is made before it is: it will not be made again."""
    walk.active[activation.id] = replace(activation, begun=True)


def _answered(walk: Walk, event: events.TaskAnswered, activation: Activation) -> None:
    if activation.step is Step.LOOK:
        jobs.seen(walk, activation, event.answer)
    elif activation.step:
        containers.returned(walk, activation, event.answer, states.run)
    else:
        tasks.answered(walk, activation, event.answer)


def _reported(walk: Walk, event: events.TaskSucceeded, activation: Activation) -> None:
    if event.is_skipped:
        tasks.skipped(walk, activation, event.output)
    else:
        tasks.reported(walk, activation, event.output)


def _broke(walk: Walk, event: events.TaskFailed, activation: Activation) -> None:
    named = walk.failure_of(event.kind)
    failure = Failure(
        error=event.error or named.error, cause=event.cause or named.cause
    )
    if activation.step is Step.LOOK:
        jobs.broke(walk, activation, event.kind, failure)
    elif activation.step:
        errands.broke(walk, activation, event.kind, failure)
    else:
        tasks.ended_badly(walk, activation, event, failure)


def _beat(walk: Walk, event: events.HeartbeatReceived, activation: Activation) -> None:
    tasks.beat(walk, activation)


def _take(walk: Walk, event: events.TaskTaken, activation: Activation) -> None:
    tasks.taken(walk, activation, event.worker)


def _wake(walk: Walk, event: events.TimerFired, activation: Activation) -> None:
    """The Wait is over, or the pause before the next look at a job."""
    if activation.step is Step.LOOK:
        jobs.look(walk, activation)
        return
    del walk.active[activation.id]
    visit = walk.taken_up(activation)
    visits.finish(walk, visit, visit.input)


def _retry(walk: Walk, event: events.TimerFired, activation: Activation) -> None:
    """The interval is over: try again."""
    del walk.active[activation.id]
    states.again(walk, activation)


def _begin_late(walk: Walk, event: events.TimerFired, activation: Activation) -> None:
    """The delay is over."""
    del walk.active[activation.id]
    states.after_delay(walk, activation)


def _woken(walk: Walk, event: events.TaskWoken, activation: Activation) -> None:
    gates.woken(walk, activation, event.output)


def _woken_early(walk: Walk, event: events.TaskWoken, _: Activation) -> None:
    gates.woken_early(walk, event.state, event.output)


def _close(walk: Walk, event: events.TimerFired, activation: Activation) -> None:
    """A Gate was not opened in time."""
    gates.timed_out(walk, activation)


def _abandon(walk: Walk, event: events.TimerFired, activation: Activation) -> None:
    """The children took too long."""
    cancel(walk, activation)
    containers.timed_out(walk, activation)


def _degrade(walk: Walk, event: events.TaskDegraded, _: Activation) -> None:
    """From now on; what is past stays as it was."""
    wanted = Degrading(current=event.current, followers=event.followers)
    walk.degraded = {**walk.degraded, event.state: wanted}
    # A turn that lost the race to this may have made a call: its number is not used
    # again for what is entered instead.
    walk.next_id += walk.setting.transitions_per_turn
    value = {"current": event.current, "followings": event.followers}
    walk.say(Happened.STATE_DEGRADED, event.state, value)


def _time_out(walk: Walk, event: events.TimerFired, activation: Activation) -> None:
    """The attempt took too long, or was silent for too long."""
    is_silence = event.timer is Timer.HEARTBEAT
    kind = Kind.HEARTBEAT if is_silence else Kind.TIMEOUT
    tasks.broke(walk, activation, walk.failure_of(kind))


def _expire(walk: Walk, event: events.TimerFired, _: Activation) -> None:
    """The whole execution took too long."""
    end_failed(walk, walk.failure_of(Kind.EXECUTION_TIMEOUT), Status.TIMED_OUT)


def _join(walk: Walk, event: events.ChildrenJoined, activation: Activation) -> None:
    containers.joined(walk, activation, event)


def _lose_child(walk: Walk, event: events.ChildFailed, activation: Activation) -> None:
    if containers.tolerates(walk, activation, event.failed):
        return  # somebody has raised the tolerance since the children began
    cancel(walk, activation)
    containers.child_failed(walk, activation, event.failure)


def _change(walk: Walk, event: events.RunChanged, activation: Activation) -> None:
    errands.run_changed(walk, activation, event.limits)


def _stop(walk: Walk, event: events.ScopeStopped, _: Activation) -> None:
    if event.status is Status.SUCCEEDED:
        end_completed(walk)
        return
    failure = Failure(error=event.error, cause=event.cause)
    end_failed(walk, failure, event.status)


def _bury(walk: Walk, event: events.ScopeStopped, _: Activation) -> None:
    """Stopped before it began: leave a record that keeps it from beginning."""
    walk.status = event.status
    walk.failure = Failure(error=event.error, cause=event.cause)
    walk.redrives = event.redrives or 0


def _begin_redriven(walk: Walk, event: events.ScopeRedriven, _: Activation) -> None:
    redriving.begin(walk, event)


def _adopt(walk: Walk, event: events.ScopeRedriven, _: Activation) -> None:
    redriving.adopt(walk, event)


def _redrive(walk: Walk, event: events.ScopeRedriven, _: Activation) -> None:
    """Ended stays ended, but for this: somebody says that it shall go on."""
    redriving.take_up(walk, event)


def _reset(walk: Walk, event: events.ScopeReset, _: Activation) -> None:
    redriving.reset(walk, event)


def _resume(walk: Walk, event: events.TurnResumed, _: Activation) -> None:
    """Nothing happened; what is ready goes on."""


def _remind(
    state: ScopeState | None, activation: Activation, event: events.TimerFired
) -> Transition:
    """The timer fired early, or its time has moved: ask for it again."""
    assert state is not None  # noqa: S101 - what is early is awaited
    timer = StartTimer(
        timer=event.timer,
        due_at=due_at(state, activation, event),
        activation=event.activation,
        attempt=event.attempt,
    )
    return Transition(state=state, commands=(timer,))


def _ignore(walk: Walk, event: Event, activation: Activation) -> None:
    """Late or a duplicate: it was decided before."""


TRANSITIONS: dict[tuple[Phase, type[Event]], Handler] = {
    (Phase.NEW, events.ScopeStarted): _start,
    (Phase.NEW, events.ScopeStopped): _bury,
    (Phase.RUNNING, events.ScopeStopped): _stop,
    (Phase.NEW, events.ScopeRedriven): _begin_redriven,
    (Phase.RUNNING, events.ScopeRedriven): _adopt,
    (Phase.ENDED, events.ScopeRedriven): _redrive,
    (Phase.RUNNING, events.ScopeReset): _reset,
    (Phase.ENDED, events.ScopeReset): _reset,
    (Phase.RUNNING, events.TurnResumed): _resume,
    (Phase.RUNNING, events.TimerFired): _expire,
    (Phase.CALLED, events.TaskBegun): _begin,
    (Phase.WAITING, events.TaskBegun): _begin,
    (Phase.CALLED, events.TaskAnswered): _answered,
    (Phase.CALLED, events.TaskFailed): _broke,
    (Phase.WAITING, events.TaskAnswered): _answered,
    (Phase.WAITING, events.TaskSucceeded): _reported,
    (Phase.WAITING, events.TaskFailed): _broke,
    (Phase.WAITING, events.TaskTaken): _take,
    (Phase.WAITING, events.HeartbeatReceived): _beat,
    (Phase.WAITING, events.TimerFired): _time_out,
    (Phase.SLEEPING, events.TimerFired): _wake,
    (Phase.DELAYED, events.TimerFired): _begin_late,
    # A waking has no number of its own, and its words may mean something new: who said
    # them first may have brought what they add to. So the same event counts twice here;
    # who delivers it knows by its cause that it is the same (``orchestrator/waking``).
    (Phase.DELAYED, events.TaskWoken): _woken_early,
    (Phase.RUNNING, events.TaskWoken): _woken_early,
    (Phase.RUNNING, events.TaskDegraded): _degrade,
    (Phase.GATED, events.TaskWoken): _woken,
    (Phase.GATED, events.TimerFired): _close,
    (Phase.RETRYING, events.TimerFired): _retry,
    (Phase.JOINING, events.ChildrenJoined): _join,
    (Phase.JOINING, events.ChildFailed): _lose_child,
    (Phase.CALLED, events.RunChanged): _change,
    (Phase.JOINING, events.RunChanged): _change,
    # What could not be stopped is told of when its scope has gone on, or is over.
    (Phase.GONE, events.TaskNotCancelled): tasks.say_it_goes_on,
    (Phase.RETRYING, events.TaskNotCancelled): tasks.say_it_goes_on,
    (Phase.JOINING, events.TimerFired): _abandon,
    # A queue may bring again what it brought before ...
    (Phase.RUNNING, events.ScopeStarted): _ignore,
    # ... an attempt that failed and waits for its retry may be answered again, and one
    # that is to begin later by whoever sees that it has begun ...
    **{
        (phase, event): _ignore
        for phase in (Phase.RETRYING, Phase.DELAYED)
        for event in (
            events.TaskBegun,
            events.TaskAnswered,
            events.TaskSucceeded,
            events.TaskFailed,
            events.TaskTaken,
            events.HeartbeatReceived,
            events.ChildrenJoined,
            events.ChildFailed,
            events.RunChanged,
        )
    },
    # ... a job may be begun, or looked at, by two deliveries ...
    **{
        (Phase.SLEEPING, event): _ignore
        for event in (events.TaskBegun, events.TaskAnswered, events.TaskFailed)
    },
    # ... and whatever was under way may arrive when all is decided.
    **{
        (Phase.GONE, event): _ignore
        for event in (
            events.TaskBegun,
            events.TaskAnswered,
            events.TaskSucceeded,
            events.TaskFailed,
            events.TaskTaken,
            events.HeartbeatReceived,
            events.TimerFired,
            events.ChildrenJoined,
            events.ChildFailed,
            events.RunChanged,
        )
    },
    **{
        (Phase.ENDED, event): _ignore
        for event in (
            events.ScopeStarted,
            events.ScopeStopped,
            events.TurnResumed,
            events.TimerFired,
            events.TaskWoken,
            events.TaskDegraded,
        )
    },
}
