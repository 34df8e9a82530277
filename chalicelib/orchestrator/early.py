"""What becomes of an answer to a state that may not have begun?

A state's own token (``Claims.state``) answers the first attempt of that state.

Rule 1  Before anything else the answer is kept beside the scope, under the state's
        name, if none is there: so one answer is accepted, whatever races.
Rule 2  If the state has begun, its attempt is answered, as with the attempt's token.
        A state that waits to be woken is woken, as often as that is asked.
        One that is done anew is answered like an attempt: its record decides.
Rule 3  If not, who begins it looks for the answer after its request was made. Either
        that look comes after the answer was kept, or the scope, which is loaded again
        after that, shows that the state has begun.
"""

from __future__ import annotations

import json
from dataclasses import replace

from chalicelib.engine.commands import CallTask
from chalicelib.errors import StaleRecord, TokenDecided, TokenGone
from chalicelib.journal import keys
from chalicelib.model.workflow import Gate
from chalicelib.orchestrator import inbox, reporting, requests, waking
from chalicelib.orchestrator.dirt import Arrival
from chalicelib.orchestrator.names import task_name
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World
from chalicelib.ports import Key
from chalicelib.tokens import Claims, Failed, Heartbeat, Report, Succeeded
from chalicelib.values import Json


def report(world: World, claims: Claims, said: Report) -> str:
    """Take the answer to a state; ``accepted``, or ``replayed`` when known before.

    Raises:
        TokenDecided: the state was answered otherwise.
        TokenGone: it was passed over, its first attempt is over, or the scope is.
        TaskEnded: it waited to be woken, and does not any more.
        ExecutionNotFound: its execution is not there any more.
        Unavailable: a heartbeat met a crowd.
    """
    turn = requests.turn_of(world, claims.execution, claims.scope)
    turn.load()
    if isinstance(said, Succeeded | Failed) and (task := _gate(world, turn, claims)):
        return waking.wake_up(world, claims.execution, task, said.output)
    activation = _activation(turn, claims.state)
    if not activation and (isinstance(said, Heartbeat) or not _may_begin(turn, claims)):
        raise TokenGone("its task has not begun, or was passed over")
    # A redo has given it another activation, which has no answer yet.
    is_anew = _has_begun_before(turn, claims.state, activation)
    is_first = is_anew or isinstance(said, Heartbeat) or _keep(world, claims, said)
    if not activation:  # rule 3
        turn.load()
        activation = _activation(turn, claims.state)
    if activation:
        begun = replace(claims, activation=activation, state="")
        return reporting.report(world, begun, said)
    return "accepted" if is_first else "replayed"


def _gate(world: World, turn: Turn, claims: Claims) -> str:
    """Return the runtime name of a state that waits to be woken; else nothing."""
    if turn.state is None:
        head = world.archive.head(claims.execution)
        workflow = world.archive.workflow(head.workflow, head.version)
        place = "0"
    else:
        origin = turn.state.origin
        workflow = world.archive.workflow(origin.workflow, origin.version)
        place = origin.scope
    gates = (
        scope.id
        for scope in workflow.scopes.values()
        if claims.state in scope.states
        and isinstance(scope.states[claims.state].work, Gate)
    )
    if not any(scope == place for scope in gates):
        return ""
    return task_name(place, claims.scope, claims.state)


def answer(turn: Turn, call: CallTask) -> Arrival | None:
    """Return the answer that was kept for the attempt that ``call`` has begun."""
    if not call.is_addressed or call.attempt > 1:
        return None
    place = _place(turn.execution, turn.scope, call.state)
    item = turn.world.table.get(place)
    if item is None:
        return None
    if _has_begun_before(turn, call.state, call.activation):
        return None
    body = {**json.loads(item["body"]), "a": call.activation}
    event = inbox.read(turn.world, turn.execution, body)
    cause = f"report {call.activation} {call.attempt} {item['what']}"
    return Arrival(cause=cause, event=event)


def _activation(turn: Turn, state: str) -> int:
    """Return the activation of a state; 0 where it has not begun."""
    if turn.state is None:
        return 0
    for held in turn.state.active.values():
        if held.state == state:
            return held.id
    for record in turn.world.journal.walk_back(turn.execution, turn.scope):
        for event in record.history:
            if event.state == state and event.activation:
                return event.activation
    return 0


def _has_begun_before(turn: Turn, state: str, activation: int) -> bool:
    """Whether a redo had the state done anew, so that this is not its first time."""
    if not activation:
        return False
    return any(
        event.state == state and 0 < event.activation < activation
        for record in turn.world.journal.walk_back(turn.execution, turn.scope)
        for event in record.history
    )


def _may_begin(turn: Turn, claims: Claims) -> bool:
    state = turn.state
    # The first call of a scope is made before its first record; it has the token.
    return state is None or not (state.is_ended or claims.state in state.done)


def _keep(world: World, claims: Claims, said: Report) -> bool:
    """Keep an answer (rule 1); return whether it is new."""
    arrival = reporting.arrival(claims, said, world.clock.now())
    what = arrival.cause.rpartition(" ")[2]
    pk, sk = place = _place(claims.execution, claims.scope, claims.state)
    body: Json = inbox.write(world, claims.execution, arrival.event)
    item = {"pk": pk, "sk": sk, "what": what, "body": json.dumps(body)}
    try:
        world.table.put(item, unless_exists=True)
    except StaleRecord:
        known = world.table.get(place)
        if known is None or known["what"] != what:
            raise TokenDecided from None
        return False
    return True


def _place(execution: str, scope: str, state: str) -> Key:
    return keys.partition(execution, scope), keys.early(scope, state)
