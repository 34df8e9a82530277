"""What becomes of a worker's report? One row for each thing it may find.

the attempt is open                   accepted: it decides the outcome
decided by the same report            replayed: its commands are enqueued again
decided by another report             TokenDecided
over: timed out, stopped, superseded  TokenGone

A heartbeat, and word that a worker took the task, are no outcome: where the attempt is
over, or another worker has it, they are TokenGone.

In a crowd a report waits in the inbox, and its worker for what becomes of it.
"""

from __future__ import annotations

from typing import Any

from chalicelib.engine import events
from chalicelib.engine.events import Event
from chalicelib.engine.state import Phase
from chalicelib.errors import TokenDecided, TokenGone, Unavailable
from chalicelib.model.error_names import Kind
from chalicelib.orchestrator import inbox, requests
from chalicelib.orchestrator.dirt import Arrival, Crowded
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World
from chalicelib.tokens import Claims, Failed, Heartbeat, Report, Succeeded, Taken
from chalicelib.values import digest

#: Seconds in which whoever committed a record is busy carrying it out: the same report
#: again has that looked at afterwards, for it would call the same functions again.
UNDER_WAY = 30.0
#: Seconds over which reports that may come all at once are spread: the later ones see
#: by the inbox that there is a crowd, and need not lose a race to find out.
STAGGER = 0.2
#: Seconds between two looks at what became of a report in the inbox, and their number.
LOOK = 1.5
LOOKS = 6


def report(world: World, claims: Claims, said: Report) -> str:
    """Take a worker's report; ``accepted``, or ``replayed`` when known before.

    Raises:
        TokenDecided: the attempt has another outcome.
        TokenGone: the attempt is over: timed out, stopped or superseded.
        Unavailable: what is no outcome met a crowd.
    """
    told = arrival(claims, said, world.clock.now())
    turn = requests.turn_of(world, claims.execution, claims.scope)
    if turn.state is None:
        turn.load()
    if turn.state is None:
        raise TokenGone("its execution is not known")
    if turn.may_crowd:
        world.clock.sleep(STAGGER * world.chance())
        turn.load()
    try:
        if _must_wait(turn, told):
            turn.leave([told])
            return _when_decided(turn, told)
        turn.take([told])
        requests.commit(turn)
    except Crowded:
        return _when_decided(turn, told)
    return _settled(turn, told) if turn.late else "accepted"


def _must_wait(turn: Turn, arrival: Arrival) -> bool:
    """Whether there is a crowd, or an answer for this very attempt, in the inbox."""
    if _is_sign(arrival):
        return False
    mine = inbox.slot(arrival.cause)
    return bool(turn.waiting) and (
        turn.may_crowd or any(place == mine for place, _ in turn.waiting)
    )


def _settled(turn: Turn, arrival: Arrival, *, is_told: bool = False) -> str:
    """Say what became of an attempt that is not open any more.

    ``is_told``: who decided it carries it out.
    """
    if _is_sign(arrival):  # no outcome, so none that another one contradicts
        raise TokenGone("it was answered, timed out, was stopped, or is tried again")
    mine = inbox.slot(arrival.cause)
    for record in turn.world.journal.walk_back(turn.execution, turn.scope):
        for cause in record.causes:
            if cause == arrival.cause and is_told:
                return "accepted"
            if cause == arrival.cause:
                age = turn.now - record.at
                requests.carry(turn, record.seq, delay=max(0.0, UNDER_WAY - age))
                return "replayed"
            if cause.startswith("report ") and inbox.slot(cause) == mine:
                raise TokenDecided
    raise TokenGone("it timed out, was stopped, or a newer attempt is under way")


def _when_decided(turn: Turn, arrival: Arrival) -> str:
    """Wait for whoever drains the inbox; say what became of the attempt."""
    if _is_sign(arrival):
        raise Unavailable("a turn of its own for a worker's sign of life")
    for _ in range(LOOKS):
        turn.world.clock.sleep(LOOK)
        turn.load()
        if not _is_open(turn, arrival):
            return _settled(turn, arrival, is_told=True)
    return "accepted"  # it waits there, and nobody has said anything else so far


def _is_open(turn: Turn, arrival: Arrival) -> bool:
    event: Any = arrival.event
    held = turn.state.active.get(event.activation) if turn.state else None
    return (
        held is not None
        and held.attempt == event.attempt
        and held.phase is Phase.WAITING
    )


def arrival(claims: Claims, said: Report, now: float) -> Arrival:
    """Return a report as an event, and what it is known by."""
    about = f"{claims.activation} {claims.attempt}"
    event = _event(claims, said, now)
    match said:
        case Heartbeat() | Taken():
            return Arrival(cause=f"beat {about} {now}", event=event)
        case Succeeded():
            word = "skipped" if said.is_skipped else "succeeded"
            what = digest([word, said.output])
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
        case Taken():
            return events.TaskTaken(
                at=now, activation=activation, attempt=attempt, worker=said.worker
            )
        case Succeeded():
            return events.TaskSucceeded(
                at=now,
                activation=activation,
                attempt=attempt,
                output=said.output,
                is_skipped=said.is_skipped,
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


def _is_sign(arrival: Arrival) -> bool:
    """Whether it is no outcome."""
    return isinstance(arrival.event, events.HeartbeatReceived | events.TaskTaken)
