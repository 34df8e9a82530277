"""What is counted of deliveries and turns? Handed to ``metrics``, which names it."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.journal.records import Draft, Record
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.world import World

#: Messages that are never sent with a delay.
_AT_ONCE = frozenset(
    {"start", "carry", "spawn", "cancel", "ended", "resume", "joined", "lost"}
)


def committed(world: World, before: Record | None, draft: Draft) -> None:
    """Count what a record tells of, now that it is written."""
    if not draft.history:
        return
    origin = draft.state.origin
    held = before.state.active if before and before.state else {}
    world.metrics.committed(
        world.archive.workflow(origin.workflow, origin.version),
        origin.scope,
        origin.started_at,
        draft.history,
        held,
    )


def waited(world: World, members: Iterable[tuple[Step, float]]) -> None:
    """Count how long messages waited; ``members``: each with when it was sent."""
    now = world.clock.now()
    for found, sent_at in members:
        if found.do in _AT_ONCE and sent_at:
            world.metrics.time("StepAge", now - sent_at)


def mended(world: World, execution: str) -> None:
    """Count an execution for which the watchdog had to do something."""
    world.metrics.count("ExecutionsMended", workflow=execution.rpartition(":")[0])
