"""What do people say to a running execution, besides how its tasks ended?

    wake up     a Gate asks its conditions again; what was brought too early stays
    degrade     a task, or what is behind it, is left out from now on

Both are committed first, then enqueued (I-4); a crowd finds them in the inbox.
"""

from __future__ import annotations

from typing import Any

from chalicelib.engine import events
from chalicelib.engine.repeats import is_to_come
from chalicelib.errors import InputRefused, TaskEnded
from chalicelib.model.workflow import Gate
from chalicelib.orchestrator import requests
from chalicelib.orchestrator.dirt import Arrival, Crowded
from chalicelib.orchestrator.places import Place, locate
from chalicelib.orchestrator.world import World
from chalicelib.values import Json, digest

#: Seconds in which somebody who got no answer says the same again.
PATIENCE = 900.0


def wake_up(world: World, execution: str, task: str, data: Json) -> str:
    """Wake a Gate; ``accepted``, or ``replayed`` when the same was said before.

    Raises:
        ExecutionNotFound: there is no such execution.
        TaskNotFound: there is no such task, or its group does not exist yet.
        InputRefused: the task does not wait to be woken.
        TaskEnded: it is over, or the execution is; nothing changed.
        Unavailable: its group waits for its turn.
    """
    place = locate(world, execution, task)
    if not isinstance(place.state.work, Gate):
        raise InputRefused(f"{task!r} is no suspense task", path="task_name")
    name = place.state.name
    event = events.TaskWoken(at=world.clock.now(), state=name, output=data)
    arrival = Arrival(cause=f"wake {name} {digest(data)[:12]}", event=event)
    if _tell(place, arrival):
        return "accepted"
    return _known(place, arrival, task)


def _tell(place: Place, arrival: Arrival) -> bool:
    """Apply and commit; False where it changed nothing."""
    turn = place.turn
    begun = [] if place.beginning is None else [place.beginning]
    known = turn.record
    try:
        turn.take([*begun, arrival])
        requests.commit(turn)
    except Crowded:  # it waits in the inbox
        return True
    has_changed = arrival not in turn.late
    if has_changed and known is not None:
        _carry_again(place, arrival.cause, known.seq)
    return has_changed


def _carry_again(place: Place, cause: str, until: int) -> bool:
    """Have carried out what the same words did before, if their answer was lost."""
    turn = place.turn
    since = turn.world.clock.now() - PATIENCE
    is_known = False
    for record in turn.world.journal.walk_back(turn.execution, turn.scope):
        if record.at < since:
            break
        if record.seq <= until and cause in record.causes:
            is_known = True
            requests.carry(turn, record.seq)
    return is_known


def _known(place: Place, arrival: Arrival, task: str) -> str:
    """Say why a waking changed nothing; what it did before is carried out again."""
    state: Any = place.turn.state
    assert place.turn.record is not None  # noqa: S101 - the scope had begun
    if _carry_again(place, arrival.cause, place.turn.record.seq):
        return "replayed"
    if not state.is_ended and is_to_come(place.scope, state, place.state.name):
        return "accepted"  # nothing was brought, and nobody waits yet
    raise TaskEnded(place.turn.execution, task)


def degrade(
    world: World, execution: str, task: str, *, current: bool, following: bool
) -> None:
    """Leave out a task, or what is behind it; or take that back.

    Raises:
        ExecutionNotFound: there is no such execution.
        TaskNotFound: there is no such task, or its group does not exist yet.
        TaskEnded: the execution is over, or the task's group is.
        Unavailable: its group waits for its turn.
    """
    place = locate(world, execution, task)
    name = place.state.name
    event = events.TaskDegraded(
        at=world.clock.now(), state=name, current=current, followers=following
    )
    cause = f"degrade {name} {int(current)}{int(following)}"
    if _tell(place, Arrival(cause=cause, event=event)):
        return
    state, record = place.turn.state, place.turn.record
    if record is not None and _carry_again(place, cause, record.seq):
        return
    if state is None or state.is_ended:
        raise TaskEnded(execution, task)
