"""What does a scope owe the world? A command by its tag, as long as it is still due.

A record keeps only the tag of a command: what it is for. The command itself follows
from the state, so a redelivered message, a callback's follow-up and the watchdog can
all ask for it again, and get nothing once it is settled (I-4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from chalicelib.engine import calls, containers, crowds, errands, jobs
from chalicelib.engine.commands import (
    CallTask,
    CancelChildren,
    CancelTask,
    Command,
    EndScope,
    ResumeTurn,
    StartChildren,
    StartTimer,
)
from chalicelib.engine.events import Timer
from chalicelib.engine.setting import Setting
from chalicelib.engine.state import Activation, Home, Phase, ScopeState, Step
from chalicelib.engine.visit import Visit
from chalicelib.engine.walk import Walk
from chalicelib.model.workflow import Parallel
from chalicelib.values import Json

#: A short JSON list: the kind, then what it is for.
Tag: TypeAlias = list[Json]


def tag(command: Command) -> Tag:
    """Return what a record keeps of ``command``."""
    match command:
        case CallTask():
            return ["call", command.activation, command.attempt]
        case StartTimer():
            what = [command.timer.value, command.due_at]
            return ["timer", command.activation, command.attempt, *what]
        case StartChildren():
            home = command.home or ()
            return ["children", command.activation, command.attempt, *home]
        case CancelChildren():
            what = [command.activation, command.attempt, command.children]
            return ["cancel children", *what, *(command.home or ())]
        case CancelTask():
            what = [command.resource, command.name, command.payload, command.state]
            role = [command.role] if command.role else []
            return ["cancel task", command.activation, command.attempt, *what, *role]
        case EndScope():
            return ["end"]
        case _:  # ResumeTurn, the last kind of command
            return ["resume"]


def restore(setting: Setting, state: ScopeState, kept: Tag) -> Command | None:
    """Return the command behind a tag, or None when it is settled by now.

    Raises:
        ValueNeeded: a stored value must be loaded first.
        EvaluationFailure: a stored value is lost.
    """
    return _RESTORE[kept[0]](setting, state, kept)


def everything(state: ScopeState) -> Iterator[Tag]:
    """Yield the tags of all that a scope waits for; of an ended one, its end."""
    if state.is_ended:
        yield ["end"]
        return
    if state.ready:
        yield ["resume"]
    for held in state.active.values():
        if held.phase is Phase.CALLED:
            yield ["call", held.id, held.attempt]
        elif held.phase is Phase.JOINING:
            yield ["children", held.id, held.attempt]
        yield from _timers(held)
    if state.due_at is not None:
        yield ["timer", 0, 0, Timer.EXECUTION.value, state.due_at]


def _timers(held: Activation) -> Iterator[Tag]:
    timers = {
        Phase.DELAYED: ((Timer.DELAY, held.due_at),),
        Phase.GATED: ((Timer.TIMEOUT, held.due_at),),
        Phase.JOINING: ((Timer.TIMEOUT, held.due_at),),
        Phase.SLEEPING: ((Timer.WAIT, held.due_at),),
        Phase.RETRYING: ((Timer.RETRY, held.due_at),),
        Phase.WAITING: (
            (Timer.TIMEOUT, held.due_at),
            (Timer.HEARTBEAT, held.silent_at),
        ),
    }
    for timer, due_at in timers.get(held.phase, ()):
        if due_at is not None:
            yield ["timer", held.id, held.attempt, timer.value, due_at]


def _held(state: ScopeState, kept: Tag, *phases: Phase) -> Activation | None:
    held = state.active.get(kept[1])
    if held is None or held.attempt != kept[2] or held.phase not in phases:
        return None
    return held


def _visit(setting: Setting, state: ScopeState, held: Activation) -> tuple[Walk, Visit]:
    walk = Walk(setting, state, held.since, 0)
    return walk, walk.taken_up(held)


def _call(setting: Setting, state: ScopeState, kept: Tag) -> Command | None:
    held = _held(state, kept, Phase.CALLED, Phase.WAITING)
    if held is None:
        return None
    walk, visit = _visit(setting, state, held)
    if held.step is Step.LOOK:
        return jobs.plan(walk, visit)
    if held.step:
        return errands.plan(walk, visit, held.step)
    return calls.plan(walk, visit, held.due_at)[0]


def _children(setting: Setting, state: ScopeState, kept: Tag) -> Command | None:
    held = _held(state, kept, Phase.JOINING)
    if held is None:
        return None
    walk, visit = _visit(setting, state, held)
    is_parallel = isinstance(visit.state.work, Parallel)
    crowd = (crowds.parallel_crowd if is_parallel else crowds.map_crowd)(walk, visit)
    return containers.start_command(walk, visit, crowd)


def _timer(_: Setting, state: ScopeState, kept: Tag) -> Command | None:
    if state.is_ended or (kept[1] and kept[1] not in state.active):
        return None
    return StartTimer(
        timer=Timer(kept[3]), due_at=kept[4], activation=kept[1], attempt=kept[2]
    )


def _cancel_children(_: Setting, state: ScopeState, kept: Tag) -> Command | None:
    return CancelChildren(
        activation=kept[1],
        attempt=kept[2],
        children=kept[3],
        home=Home(*kept[4:]) if kept[4:] else None,
    )


def _cancel_task(_: Setting, state: ScopeState, kept: Tag) -> Command | None:
    return CancelTask(
        activation=kept[1],
        attempt=kept[2],
        resource=kept[3],
        name=kept[4],
        payload=kept[5] if len(kept) > 5 else None,
        state=kept[6] if len(kept) > 6 else "",
        role=kept[7] if len(kept) > 7 else "",
    )


def _end(_: Setting, state: ScopeState, kept: Tag) -> Command | None:
    if not state.is_ended:
        return None
    return EndScope(status=state.status, output=state.output, failure=state.failure)


def _resume(_: Setting, state: ScopeState, kept: Tag) -> Command | None:
    if not state.ready or state.is_ended:
        return None
    return ResumeTurn(transitions=state.transitions)


_RESTORE: dict[str, Callable[[Setting, ScopeState, Tag], Command | None]] = {
    "call": _call,
    "children": _children,
    "timer": _timer,
    "cancel children": _cancel_children,
    "cancel task": _cancel_task,
    "end": _end,
    "resume": _resume,
}
