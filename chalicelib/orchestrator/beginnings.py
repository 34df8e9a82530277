"""Which message begins an execution? The same for the same HEAD."""

from __future__ import annotations

from chalicelib.engine.state import Origin
from chalicelib.journal.archive import Head
from chalicelib.orchestrator import steps
from chalicelib.orchestrator.world import World
from chalicelib.ports import Message

#: Runtime id of the top scope.
TOP = "r"


def message(world: World, head: Head) -> Message:
    """Return the message that begins an execution."""
    origin = Origin(
        execution=head.execution,
        workflow=head.workflow,
        version=head.version,
        name=head.name,
        started_at=head.started_at,
        input=head.input,
        trace=head.trace,
        depth=head.depth,
        parent=head.parent,
        input_digest=head.input_digest,
        notices=head.notices,
    )
    return steps.start(world.journal.values, TOP, origin, head.input, {})
