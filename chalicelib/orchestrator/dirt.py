"""What has a turn found out, and not written down yet?"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from chalicelib.engine import commands, events
from chalicelib.engine.commands import Command
from chalicelib.engine.events import Event
from chalicelib.engine.history import HistoryEvent
from chalicelib.engine.state import Phase, ScopeState
from chalicelib.values import Json

#: What a task's work is known to have come to.
ANSWERS = (events.TaskAnswered, events.TaskSucceeded, events.TaskFailed)
#: What people said to a running execution.
ORDERS = (events.TaskWoken, events.TaskDegraded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An event on its way into a turn, and what it is known by."""

    cause: str
    event: Event
    #: The message it came in; None for what exists only in this invocation.
    body: Json = None
    #: Set where it came out of the scope's inbox.
    inbox: str = ""


class Crowded(Exception):
    """Too many races were lost; what only this turn knew is in the scope's inbox."""

    def __init__(self, causes: Collection[str]) -> None:
        """``causes``: of the events that are not committed."""
        super().__init__("too many races were lost")
        self.causes = causes
        #: Commands of the turn's last record may not be carried out yet.
        self.is_midway = False


@dataclass(slots=True)
class Dirt:
    """What happened since the last commit."""

    arrivals: list[Arrival] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    history: list[HistoryEvent] = field(default_factory=list)

    def due(self, state: ScopeState) -> list[Command]:
        """Return the commands that a later event has not settled."""
        return [each for each in self.commands if _is_due(state, each)]


def _is_due(state: ScopeState, command: Command) -> bool:
    row = _DUE.get(type(command))
    return row is None or row(state, command)


def _is_held(state: ScopeState, command: Any, *phases: Phase) -> bool:
    held = state.active.get(command.activation)
    if held is None or held.attempt != command.attempt:
        return False
    return not phases or held.phase in phases


_DUE: dict[type[Any], Callable[[ScopeState, Any], bool]] = {
    commands.CallTask: lambda state, call: _is_held(
        state, call, Phase.CALLED, Phase.WAITING
    ),
    commands.StartChildren: lambda state, crowd: _is_held(state, crowd, Phase.JOINING),
    commands.StartTimer: lambda state, timer: (
        _is_held(state, timer) if timer.activation else not state.is_ended
    ),
    commands.ResumeTurn: lambda state, resume: (
        bool(state.ready)
        and not state.is_ended
        and state.transitions == resume.transitions
    ),
}
