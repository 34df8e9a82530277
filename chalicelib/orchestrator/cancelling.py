"""How is work stopped that nobody waits for, and what is said where it cannot be?

CloudFlow, "Wait for system callback": the executions that a flow contains are stopped
first, and then its asynchronous tasks. Within a scope the engine sees to that; branches
and iterations are stopped by messages of their own, so those that have a function to
stop leave it to a message that comes after the others.
"""

from __future__ import annotations

from typing import Any

from chalicelib.engine import commands, events
from chalicelib.engine.cancelling import WORKFLOW
from chalicelib.engine.commands import CallTask
from chalicelib.engine.owed import tag
from chalicelib.model.workflow import Mode
from chalicelib.orchestrator import again, steps
from chalicelib.orchestrator.beginnings import TOP
from chalicelib.orchestrator.dirt import Arrival
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import log
from chalicelib.ports import Message

#: Seconds in which the siblings' executions are told to stop.
AFTER_EXECUTIONS = 2.0
GOES_ON = "its resource has no way to stop it, or it was over already"


def later(turn: Turn, command: commands.CancelTask) -> Message | None:
    """Return the message that has work stopped later; None: it is to be stopped now."""
    is_function = command.payload is None and not command.resource.startswith(WORKFLOW)
    if turn.scope == TOP or not is_function:
        return None
    facts: dict[str, Any] = {"a": command.activation, "n": command.attempt}
    return steps.step(
        "cease", turn.execution, turn.scope, AFTER_EXECUTIONS, **facts, of=tag(command)
    )


def say_it_goes_on(turn: Turn, command: commands.CancelTask, why: str) -> None:
    """Write down, once, that work goes on for which nobody waits."""
    log.warning("%s: %s was not stopped: %s", turn.execution, command.resource, why)
    name = f"unstopped {command.activation} {command.attempt}"
    if again.record_of(turn, name) is None:
        event = events.TaskNotCancelled(
            at=turn.now,
            activation=command.activation,
            attempt=command.attempt,
            state=command.state,
            resource=command.resource,
            cause=why,
        )
        turn.apply(Arrival(cause=name, event=event))


def stopping(command: commands.CancelTask) -> CallTask:
    """Return the call of the work that is to be stopped."""
    payload = command.payload
    if command.name:
        payload = {"input": None, "name": command.name}
    return CallTask(
        activation=command.activation,
        attempt=command.attempt,
        resource=command.resource,
        payload=payload,
        mode=Mode.SYSTEM,
        part="stop" if command.payload is not None else "",
        state=command.state,
        role=command.role,
    )
