"""When is somebody to be told? By a delayed message, or by an item of the tick.

Up to 15 minutes SQS waits for us. A later time is an item in its minute's bucket; the
minute tick sends it when it is near (``chalicelib.scheduler``).
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer, TimerFired
from chalicelib.orchestrator import steps
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World
from chalicelib.ports import Key, Message
from chalicelib.values import Json, compact, short_hash

#: Seconds of a bucket.
BUCKET = 60


def start(turn: Turn, command: StartTimer) -> list[Message]:
    """Have a ``timer`` step come at the time that the command names."""
    due_at = command.due_at
    what = (command.timer, command.activation, command.attempt, due_at)
    found = message(turn.execution, turn.scope, *what)
    delay = steps.whole_delay(due_at - turn.now)
    return later(turn.world, replace(found, delay=delay), due_at)


def message(
    execution: str,
    scope: str,
    timer: Timer,
    activation: int,
    attempt: int,
    due_at: float,
) -> Message:
    """Return what is sent when a timer is due, without a delay."""
    facts: dict[str, Json] = {"k": timer.value, "a": activation, "n": attempt}
    facts["d"] = due_at
    return steps.step("timer", execution, scope, **facts)


def later(world: World, message: Message, due_at: float) -> list[Message]:
    """Return what to send now, so that ``message`` comes at ``due_at``."""
    if due_at - world.clock.now() <= steps.LONGEST_DELAY:
        return [message]
    partition, place = key(message, due_at)
    body = compact(message.body)
    world.table.put({"pk": partition, "sk": place, "due_at": due_at, "body": body})
    return []


def key(message: Message, due_at: float) -> Key:
    """Return where a message waits that is to come at ``due_at``."""
    return bucket(due_at), f"{due_at:017.6f}#{short_hash(compact(message.body))}"


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
