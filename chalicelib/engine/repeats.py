"""Has an event that its phase would accept done its work already?

Such an event changes nothing: the very same state follows it (I-6).
"""

from __future__ import annotations

from typing import Any

from chalicelib.engine import events
from chalicelib.engine.events import Event
from chalicelib.engine.setting import Setting
from chalicelib.engine.state import Activation, Degrading, Phase, ScopeState
from chalicelib.model.workflow import Gate, Scope

#: Phases of a Gate that has not begun.
_EARLY = (Phase.RUNNING, Phase.DELAYED)
#: What comes too late once a later redrive is known.
_REDRIVES = (events.ScopeRedriven, events.ScopeReset, events.ScopeStopped)


def is_repeated(
    setting: Setting, state: ScopeState | None, activation: Activation, event: Event
) -> bool:
    """Whether there is nothing left for the event to do."""
    if isinstance(event, events.TurnResumed):
        return state is None or not (
            state.ready and state.transitions == event.transitions
        )
    if isinstance(event, events.TaskWoken) and activation.phase in _EARLY:
        return not _brings_something(setting, state, event)
    if isinstance(event, events.TaskDegraded) and state is not None:
        wanted = Degrading(current=event.current, followers=event.followers)
        return state.degraded.get(event.state) == wanted
    if isinstance(event, _REDRIVES) and state is not None:
        return _is_outdated(state, event)
    if isinstance(event, events.TaskTaken):
        return activation.taken
    return isinstance(event, events.TaskBegun) and activation.begun


def _is_outdated(state: ScopeState, event: Any) -> bool:
    """Whether the scope knows of a redrive that this comes too late for."""
    if isinstance(event, events.ScopeStopped):
        return event.redrives is not None and event.redrives < state.redrives
    is_known = event.number <= state.redrives
    if isinstance(event, events.ScopeReset) and not state.is_ended:
        return not event.states
    return bool(is_known)


def _brings_something(
    setting: Setting, state: ScopeState | None, event: events.TaskWoken
) -> bool:
    """Whether there is a value, and the Gate that it is for is still to open."""
    if event.output is None or state is None:
        return False
    scope = setting.workflow.scopes[state.origin.scope]
    is_gate = isinstance(scope.states[event.state].work, Gate)
    return is_gate and is_to_come(scope, state, event.state)


def is_to_come(scope: Scope, state: ScopeState, name: str) -> bool:
    """Whether a state of a join-ALL scope may still begin, or has a delay.

    One that is not active, though all before it is done, has failed.
    """
    if any(ready.state == name for ready in state.ready):
        return True
    if any(held.state == name for held in state.active.values()):
        return True
    if name in state.done or name in state.begun:
        return False
    return not all(before in state.done for before in scope.sources[name])
