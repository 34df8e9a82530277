"""Which activation is an event about, in which phase is it, and is a timer on time?"""

from __future__ import annotations

from chalicelib.engine import events
from chalicelib.engine.events import Event, Timer
from chalicelib.engine.state import Activation, Phase, ScopeState

#: Seconds; a timer that fired this much before its time is on time.
SLACK = 0.001


def addressed(state: ScopeState | None, event: Event) -> Activation:
    """Return the activation the event is about, in the phase it is in now.

    For an event that concerns all of a scope, and for one that comes too late for its
    attempt, an activation 0 stands in that is in no state.
    """
    if state is None:
        return _phase(Phase.NEW)
    if isinstance(event, events.TaskWoken) and not state.is_ended:
        return _woken(state, event)
    number = getattr(event, "activation", 0)
    if not number:
        return _phase(Phase.ENDED if state.is_ended else Phase.RUNNING)
    activation = state.active.get(number)
    if activation is None or activation.attempt != getattr(event, "attempt", 0):
        return _phase(Phase.GONE)
    if isinstance(event, events.TimerFired):
        return _timed(activation, event)
    return activation


_PHASES: dict[Phase, Activation] = {
    phase: Activation(id=0, state="", phase=phase, input=None, entered_at=0.0)
    for phase in Phase
}


def _phase(phase: Phase) -> Activation:
    return _PHASES[phase]


#: The phases of a Gate in which its own activation is woken.
_WAKEFUL = (Phase.GATED, Phase.DELAYED)
#: The phases in which a timer means something; in any other it is late.
_TIMER_OF = {
    Timer.DELAY: (Phase.DELAYED,),
    Timer.WAIT: (Phase.SLEEPING,),
    Timer.RETRY: (Phase.RETRYING,),
    Timer.TIMEOUT: (Phase.WAITING, Phase.GATED, Phase.JOINING),
    Timer.HEARTBEAT: (Phase.WAITING,),
}


def _timed(activation: Activation, event: events.TimerFired) -> Activation:
    is_meant = activation.phase in _TIMER_OF.get(event.timer, ())
    return activation if is_meant else _phase(Phase.GONE)


def _woken(state: ScopeState, event: events.TaskWoken) -> Activation:
    """Return the activation of the state that was woken, if it can hear that.

    For any other state of a scope that runs, it is woken too early, or too late.
    """
    for activation in state.active.values():
        if activation.state == event.state and activation.phase in _WAKEFUL:
            return activation
    return _phase(Phase.RUNNING)


def due_at(
    state: ScopeState | None, activation: Activation, event: events.TimerFired
) -> float:
    """Return when the time that the timer is for comes, as it is known now."""
    found = activation.due_at
    if event.timer is Timer.EXECUTION:
        found = state.due_at if state is not None and not state.is_ended else None
    elif event.timer is Timer.HEARTBEAT:
        found = activation.silent_at
    return event.at if found is None else found


def is_early(
    state: ScopeState | None, activation: Activation, event: events.TimerFired
) -> bool:
    """Whether the timer fired before its time, or its time has moved."""
    return event.at + SLACK < due_at(state, activation, event)
