"""When is somebody to be told? By a delayed message, or by an item of the tick.

Up to 15 minutes SQS waits for us. A later time is an item in its minute's bucket; the
minute tick sends it when it is near (``chalicelib.scheduler``).
"""

from __future__ import annotations

from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer, TimerFired
from chalicelib.orchestrator import steps
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World
from chalicelib.ports import Message
from chalicelib.values import compact, short_hash

#: Seconds of a bucket.
BUCKET = 60


def start(turn: Turn, command: StartTimer) -> list[Message]:
    """Have a ``timer`` step come at the time that the command names."""
    message = steps.step(
        "timer",
        turn.execution,
        turn.scope,
        delay=command.due_at - turn.now,
        k=command.timer.value,
        a=command.activation,
        n=command.attempt,
        d=command.due_at,
    )
    return later(turn.world, message, command.due_at)


def later(world: World, message: Message, due_at: float) -> list[Message]:
    """Return what to send now, so that ``message`` comes at ``due_at``."""
    if due_at - world.clock.now() <= steps.LONGEST_DELAY:
        return [message]
    text = compact(message.body)
    world.table.put(
        {
            "pk": bucket(due_at),
            "sk": f"{due_at:017.6f}#{short_hash(text)}",
            "due_at": due_at,
            "body": text,
        }
    )
    return []


def bucket(due_at: float) -> str:
    """Return the partition of the timers of a minute.

    >>> bucket(59.9), bucket(60.0)
    ('timer#0', 'timer#1')
    """
    return f"timer#{int(due_at // BUCKET)}"


def fired(found: Step, at: float) -> TimerFired:
    """Return the event that a ``timer`` step tells of."""
    return TimerFired(
        at=at,
        timer=Timer(found.body["k"]),
        activation=found.body["a"],
        attempt=found.body["n"],
    )
