"""How is work stopped that nobody waits for, and what is said where it cannot be?"""

from __future__ import annotations

from chalicelib.engine import commands, events
from chalicelib.engine.commands import CallTask
from chalicelib.model.workflow import Mode
from chalicelib.orchestrator import again
from chalicelib.orchestrator.dirt import Arrival
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import log

GOES_ON = "its resource has no way to stop it, or it was over already"


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
    )
