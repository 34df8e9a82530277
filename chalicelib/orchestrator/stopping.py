"""How is an execution ended from outside?

Its top scope is told, like of anything else that happens. Whoever stops it sees it
stopped at once; what else its end asks for is carried out by message.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.engine import events
from chalicelib.engine.state import Status
from chalicelib.journal.heads import Head
from chalicelib.orchestrator import beginnings, requests, steps
from chalicelib.orchestrator.dirt import Arrival, Crowded
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World
from chalicelib.ports import Message
from chalicelib.values import Json


def end(world: World, head: Head, status: Status, error: str, cause: str) -> None:
    """End the top scope with ``status``; its end is carried out by message."""
    now = world.clock.now()
    event = events.ScopeStopped(
        at=now, error=error, cause=cause, status=status, redrives=head.redrives
    )
    turn = requests.turn_of(world, head.execution, beginnings.TOP)
    turn.load()
    begun = []
    if turn.state is None:
        # It never began: bring the beginning and the end into one record.
        found = steps.read(beginnings.message(world, head).body)
        begun = [Arrival(cause="start", event=steps.started(found, now))]
    try:
        turn.take([*begun, Arrival(cause="stop", event=event)])
        requests.commit(turn)
    except Crowded:
        turn.send([_message(head, event)])
        return
    if turn.state is not None and turn.state.is_ended:
        _write_end(turn, head)


def _write_end(turn: Turn, head: Head) -> None:
    """Write the HEAD here, so that who stopped it sees it stopped."""
    assert turn.state is not None  # noqa: S101 - it has ended
    assert turn.record is not None  # noqa: S101 - as a record says
    if turn.late:  # it had ended before: maybe only half of that was carried out
        requests.carry(turn, turn.record.seq)
    failure = turn.state.failure
    ended = replace(
        head,
        status=turn.state.status,
        stopped_at=turn.record.at,
        error=failure.error if failure else "",
        cause=failure.cause if failure else "",
        output=turn.state.output,
    )
    turn.world.archive.end(ended)


def _message(head: Head, event: events.ScopeStopped) -> Message:
    """Return the message that stops an execution which is too crowded to be stopped."""
    facts: dict[str, Json] = {"e": event.error, "c": event.cause, "g": head.redrives}
    facts["st"] = event.status.value
    return steps.step("stop", head.execution, beginnings.TOP, steps.CALM, **facts)
