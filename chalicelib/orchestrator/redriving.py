"""How does an execution that ended go on? By request, with the fence as the judge.

    watchdog --> record of the top scope --> HEAD --> "carry"

Rule 1  The record decides: of two redrives one wins, and the other finds it running.
Rule 2  The HEAD runs again before anything else does, so that no end comes before it.
Rule 3  Who crashed in between is finished by whoever asks next, or by the watchdog.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from chalicelib.engine import events, redriving
from chalicelib.engine.events import Event
from chalicelib.engine.state import ScopeState, Status
from chalicelib.errors import InputRefused, NotRedrivable, Unavailable
from chalicelib.journal.archive import Head
from chalicelib.journal.heads import why_not_redrivable
from chalicelib.journal.records import Record
from chalicelib.model.workflow import Join, Scope
from chalicelib.orchestrator import requests, watching
from chalicelib.orchestrator.beginnings import TOP
from chalicelib.orchestrator.dirt import Arrival, Crowded
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World
from chalicelib.values import Json, short_hash

#: Seconds for which a client token is remembered (AWS, RedriveExecution).
REMEMBERED = 900.0
#: How often a redo decides anew, when the execution ends or is redriven meanwhile.
TRIES = 5
#: What an iteration's name ends with: ``Each_3-Polish`` is a task of ``Each``.
_ITERATION = re.compile(r"_\d+$")
#: What the causes of such records begin with; a number and the token's mark follow.
_BEGINS = ("redrive", "redo")


def redrive(world: World, execution: str, token: str) -> Head:
    """See ``Asking.redrive``."""
    turn, head = _look(world, execution)
    if head.redrives and _is_repeated(turn, token):
        return head
    if reason := why_not_redrivable(head, world.clock.now()):
        raise NotRedrivable(execution, reason)
    state = turn.state
    if state is None or not _has_way_on(turn, state):
        reason = "Execution was started before the launch of RedriveExecution"
        raise NotRedrivable(execution, reason)
    event = events.ScopeRedriven(
        at=turn.now, number=head.redrives + 1, input=state.origin.input
    )
    if _revive(turn, head, event, event.number, token):
        return watching.finish_redrive(turn, head)
    turn, head = _look(world, execution)
    if _is_repeated(turn, token):
        return head
    raise NotRedrivable(execution, f"Execution is {head.status} and cannot be redriven")


def _look(world: World, execution: str) -> tuple[Turn, Head]:
    """Return an execution as it is, its last redrive finished."""
    head = world.archive.head(execution)
    turn = requests.turn_of(world, execution, TOP)
    turn.load()
    return turn, watching.finish_redrive(turn, head)


def _is_repeated(turn: Turn, token: str) -> bool:
    """Whether this was asked for not long ago; it is then carried out again."""
    if not token or turn.state is None:
        return False
    for record in turn.world.journal.walk_back(turn.execution, turn.scope):
        if record.at < turn.now - REMEMBERED:
            return False
        if _is_marked(record, short_hash(token)):
            requests.carry(turn, record.seq)
            return True
    return False


def _is_marked(record: Record, mark: str) -> bool:
    causes = (cause.split(" ") for cause in record.causes)
    return any(each[0] in _BEGINS and each[2:] == [mark] for each in causes)


def _has_way_on(turn: Turn, state: ScopeState) -> bool:
    """Whether what failed is known: journals of earlier releases did not keep it."""
    is_any = _scope(turn, state).join is Join.ANY
    return bool(state.left or state.ready or not (is_any and state.transitions))


def _scope(turn: Turn, state: ScopeState) -> Scope:
    origin = state.origin
    workflow = turn.world.archive.workflow(origin.workflow, origin.version)
    return workflow.scopes[origin.scope]


def _revive(turn: Turn, head: Head, event: Event, number: int, token: str) -> bool:
    """Commit that the top scope runs again; False where somebody else was first."""
    look = watching.first_look(turn.world, head.execution, number)
    turn.send([look])
    _commit(turn, f"redrive {number} {short_hash(token) if token else ''}", event)
    return not turn.late


def _commit(turn: Turn, cause: str, event: Event) -> None:
    try:
        turn.take([Arrival(cause=cause, event=event)])
        turn.commit()
    except Crowded:
        raise Unavailable(f"a turn of its own for {cause!r}") from None


# -- redo --------------------------------------------------------------------------


def redo(
    world: World,
    execution: str,
    tasks: Sequence[str],
    context: Mapping[str, Json],
    token: str,
) -> Head:
    """See ``Asking.redo``."""
    own = token or world.new_name()
    for _ in range(TRIES):
        turn, head = _look(world, execution)
        if turn.state is None:
            return head  # it has not begun, so there is nothing to do anew
        if turn.state.is_ended and head.status is Status.RUNNING:
            watching.end_again(turn)
            continue
        if _is_repeated(turn, token):
            return head
        event = _reset(turn, turn.state, tasks, context)
        if not event.states:
            return head
        if _is_reset(turn, head, event, own):
            return world.archive.head(execution)
    raise Unavailable(f"a turn of its own for a redo of {execution!r}")


def _reset(
    turn: Turn, state: ScopeState, tasks: Sequence[str], context: Mapping[str, Json]
) -> events.ScopeReset:
    scope = _scope(turn, state)
    if scope.join is not Join.ALL:
        raise InputRefused("redo is for DAGs; redrive this execution", path="tasks")
    named = {each if each in scope.states else top_level(each) for each in tasks}
    known = named & set(scope.states)
    return events.ScopeReset(
        at=turn.now,
        number=state.redrives + state.is_ended,
        states=redriving.undone(state, scope, known) if known or not named else (),
        context=context,
    )


def top_level(name: str) -> str:
    """Return the task of the DAG that a task is, or is inside of.

    >>> top_level("Each_3-Inner_0-Polish"), top_level("Split")
    ('Each', 'Split')
    """
    first, inside, _ = name.partition("-")
    return _ITERATION.sub("", first) if inside else first


def _is_reset(turn: Turn, head: Head, event: events.ScopeReset, token: str) -> bool:
    """Commit a reset, and have it carried out; False where all has changed since."""
    if event.number > head.redrives:
        if not _revive(turn, head, event, event.number, token):
            return False
        watching.finish_redrive(turn, head)
        return True
    _commit(turn, f"redo {event.number} {short_hash(token)}", event)
    if turn.late or turn.record is None:
        return False
    requests.carry(turn, turn.record.seq)
    return True
