"""How are the limits of a Map's run changed while it goes on?

The container's scope takes note of it; then a message has its slots follow. What a
child was told when it began does not change any more.
"""

from __future__ import annotations

from chalicelib.engine.events import RunChanged
from chalicelib.engine.state import RunLimits
from chalicelib.errors import Unavailable
from chalicelib.orchestrator import requests, steps
from chalicelib.orchestrator.dirt import Arrival, Crowded
from chalicelib.orchestrator.world import World


def change(
    world: World, execution: str, place: tuple[str, int, int], limits: RunLimits
) -> bool:
    """Change the limits of a run; False where it does not go on there.

    ``place``: runtime id of the scope, activation, attempt.

    Raises:
        Unavailable: the scope is crowded.
    """
    scope, activation, attempt = place
    turn = requests.turn_of(world, execution, scope)
    turn.load()
    if turn.state is None:
        return False
    now = world.clock.now()
    event = RunChanged(at=now, activation=activation, attempt=attempt, limits=limits)
    try:
        turn.take([Arrival(cause=f"change {activation} {now}", event=event)])
        requests.commit(turn)
    except Crowded:
        raise Unavailable("a turn of its own for a change") from None
    if turn.late or turn.record is None:
        return False
    facts = {"a": activation, "n": attempt, "q": turn.record.seq}
    if limits.concurrency is not None:
        facts["limit"] = int(limits.concurrency)
    turn.send([steps.step("resize", execution, scope, **facts)])
    return True
