"""A scope has ended: who is told?

A child tells its container (``joining``). The top level writes its HEAD; where the
execution is the work of a task, the task's scope is told to look at that HEAD; and
whoever asked to be told is told by the ``outbox``.
"""

from __future__ import annotations

from typing import Any

from chalicelib.engine import events
from chalicelib.engine.commands import EndScope
from chalicelib.engine.events import Answer
from chalicelib.engine.state import Status
from chalicelib.errors import TokenRefused
from chalicelib.journal.archive import Head
from chalicelib.model.error_names import Kind
from chalicelib.orchestrator import joining, outbox, steps
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World, log
from chalicelib.ports import STARTED_BY, Message


def end(turn: Turn, command: EndScope) -> list[Message]:
    """Tell whoever waits for this scope."""
    assert turn.state is not None  # noqa: S101 - it has just ended
    if turn.state.origin.index is not None:
        return joining.child_ended(turn, command)
    origin = turn.state.origin
    head = Head(
        execution=turn.execution,
        workflow=origin.workflow,
        version=origin.version,
        name=origin.name,
        status=command.status,
        started_at=origin.started_at,
        stopped_at=turn.record.at if turn.record else turn.now,
        input=origin.input,
        output=command.output,
        error=command.failure.error if command.failure else "",
        cause=command.failure.cause if command.failure else "",
        trace=origin.trace,
        parent=origin.parent,
        depth=origin.depth,
        input_digest=origin.input_digest,
        redrives=turn.state.redrives,
        redriven_at=turn.state.redriven_at,
        notices=origin.notices,
        caller=origin.caller,
    )
    turn.world.archive.end(head)
    return [*tell_parent(turn.world, head), *outbox.first_tries(turn.world, head)]


def tell_parent(world: World, head: Head) -> list[Message]:
    """Return the message for the task that had started this execution, if one had."""
    if not head.parent or head.parent.startswith(STARTED_BY):
        return []
    try:
        claims = world.tokens.verify(head.parent, world.clock.now())
    except TokenRefused:
        log.warning("%s ended after its parent's patience", head.execution)
        return []
    return [
        steps.step(
            "ended",
            claims.execution,
            claims.scope,
            a=claims.activation,
            n=claims.attempt,
            child=head.execution,
        )
    ]


def ended(world: World, found: Step, at: float) -> events.Event | None:
    """Return what the end of a sub-workflow is to the task that started it.

    None where it was redriven since: its next end will be told as well.
    """
    head = world.archive.head(found.body["child"])
    if head.status is Status.RUNNING:
        return None
    facts: dict[str, Any] = {
        "at": at,
        "activation": found.body["a"],
        "attempt": found.body["n"],
    }
    if head.status is not Status.SUCCEEDED:
        return events.TaskFailed(
            error=head.error,
            cause=head.cause,
            kind=Kind.ABORTED if head.status is Status.ABORTED else Kind.FUNCTION,
            output=head.output,
            facts=_facts(head),
            **facts,
        )
    answer = Answer(payload=head.output, facts=_facts(head))
    return events.TaskAnswered(answer=answer, **facts)


def _facts(head: Head) -> dict[str, Any]:
    return {
        "execution": head.execution,
        "workflow": head.workflow,
        "name": head.name,
        "status": head.status.value,
        "input": head.input,
        "started_at": head.started_at,
        "stopped_at": head.stopped_at,
    }
