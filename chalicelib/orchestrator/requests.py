"""How does an API request move a scope? It commits first, then enqueues (I-4).

A request makes no calls of its own: what its record asks for is carried out by message.
"""

from __future__ import annotations

from chalicelib.orchestrator import steps
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World

#: Seconds that an API request may take.
REQUEST_TIME = 25.0


def turn_of(world: World, execution: str, scope: str) -> Turn:
    """Return the turn of a request."""
    turn = Turn(world, execution, scope, world.clock.now() + REQUEST_TIME)
    turn.takes_inbox = False  # who drains it has the time to
    return turn


def commit(turn: Turn) -> None:
    """Commit what was applied, and have its commands carried out by message.

    Raises:
        Crowded: too many races were lost.
    """
    if turn.commit() and turn.record is not None:
        carry(turn, turn.record.seq)


def carry(turn: Turn, seq: int, *, delay: float = 0) -> None:
    """Have the commands of a record carried out, ``delay`` seconds from now."""
    turn.send([steps.step("carry", turn.execution, turn.scope, delay, q=seq)])
