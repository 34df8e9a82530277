"""What becomes of a worker's report? One row for each thing it may find.

the attempt is open                   accepted: it decides the outcome
decided by the same report            replayed: its commands are enqueued again
decided by another report             TokenDecided
over: timed out, stopped, superseded  TokenGone
a crowd of others is being served     accepted: it waits in the inbox
"""

from __future__ import annotations

from chalicelib.engine import events
from chalicelib.engine.events import Event
from chalicelib.errors import TokenDecided, TokenGone, Unavailable
from chalicelib.model.error_names import Kind
from chalicelib.orchestrator import inbox, requests
from chalicelib.orchestrator.dirt import Arrival
from chalicelib.orchestrator.turn import Crowded, Turn
from chalicelib.orchestrator.world import World
from chalicelib.tokens import Claims, Failed, Heartbeat, Report, Succeeded
from chalicelib.values import digest


def report(world: World, claims: Claims, said: Report) -> str:
    """Take a worker's report; ``accepted``, or ``replayed`` when known before.

    Raises:
        TokenDecided: the attempt has another outcome.
        TokenGone: the attempt is over: timed out, stopped or superseded.
        Unavailable: a heartbeat met a crowd.
    """
    arrival = _arrival(claims, said, world.clock.now())
    turn = requests.turn_of(world, claims.execution, claims.scope)
    if turn.state is None:
        turn.load()
    if turn.state is None:
        raise TokenGone("its execution is not known")
    try:
        turn.take([arrival])
        requests.commit(turn)
    except Crowded:
        return _waiting(turn, arrival)
    return _settled(turn, arrival) if turn.late else "accepted"


def _settled(turn: Turn, arrival: Arrival) -> str:
    """Say what became of an attempt that is not open any more."""
    if _is_beat(arrival):  # no outcome, so none that another one contradicts
        raise TokenGone("it was answered, timed out, was stopped, or is tried again")
    mine = inbox.slot(arrival.cause)
    for record in turn.world.journal.walk_back(turn.execution, turn.scope):
        for cause in record.causes:
            if cause == arrival.cause:
                requests.carry(turn, record.seq)
                return "replayed"
            if cause.startswith("report ") and inbox.slot(cause) == mine:
                raise TokenDecided
    raise TokenGone("it timed out, was stopped, or a newer attempt is under way")


def _waiting(turn: Turn, arrival: Arrival) -> str:
    """Compare with the answer that waits in the inbox: ours, or another's."""
    if _is_beat(arrival):
        raise Unavailable("a turn of its own for a heartbeat")
    for place, body in turn.world.journal.load(turn.execution, turn.scope).inbox:
        if place == inbox.slot(arrival.cause):
            if body["cause"] != arrival.cause:
                raise TokenDecided
            return "accepted"
    return _settled(turn, arrival)  # the winner has taken it out by now


def _arrival(claims: Claims, said: Report, now: float) -> Arrival:
    about = f"{claims.activation} {claims.attempt}"
    event = _event(claims, said, now)
    match said:
        case Heartbeat():
            return Arrival(cause=f"beat {about} {now}", event=event)
        case Succeeded():
            what = digest(["succeeded", said.output])
        case Failed():
            what = digest(["failed", said.error, said.cause, said.output])
    return Arrival(cause=f"report {about} {what[:12]}", event=event)


def _event(claims: Claims, said: Report, now: float) -> Event:
    activation, attempt = claims.activation, claims.attempt
    match said:
        case Heartbeat():
            return events.HeartbeatReceived(
                at=now, activation=activation, attempt=attempt
            )
        case Succeeded():
            return events.TaskSucceeded(
                at=now, activation=activation, attempt=attempt, output=said.output
            )
        case Failed():
            return events.TaskFailed(
                at=now,
                activation=activation,
                attempt=attempt,
                error=said.error,
                cause=said.cause,
                kind=Kind.FUNCTION,
                output=said.output,
            )


def _is_beat(arrival: Arrival) -> bool:
    return isinstance(arrival.event, events.HeartbeatReceived)
