"""May an execution begin, and is it a new one?"""

from __future__ import annotations

from chalicelib.engine.state import Status
from chalicelib.errors import (
    ExecutionExists,
    ExecutionNotFound,
    InputRefused,
    PayloadTooLarge,
    StaleRecord,
    TokenRefused,
)
from chalicelib.journal.heads import Head
from chalicelib.model.schema import check_input
from chalicelib.orchestrator.world import World
from chalicelib.ports import STARTED_BY
from chalicelib.values import Json, size


def require_input(world: World, workflow: str, version: str, value: Json) -> None:
    """Pass if a version of a workflow may begin with an input.

    Raises:
        WorkflowNotFound: there is no such version.
        InputRefused: it breaks the workflow's schema, or the workflow cannot be
            started.
        PayloadTooLarge: it is larger than the stage takes.
    """
    limit = world.limits.input_bytes
    if (length := size(value)) > limit:
        raise PayloadTooLarge("the input", length, limit)
    compiled = world.archive.workflow(workflow, version)
    if not compiled.is_startable:
        reason = f"{workflow} keeps resources for others; it cannot be started"
        raise InputRefused(reason, path="workflow")
    found = [
        (path or "input", problem)
        for path, problem in check_input(compiled.input_schema, value)
    ]
    if found:
        (first, problem), *others = found
        more = (f"{path}: {each}" for path, each in others)
        raise InputRefused("; ".join([problem, *more]), path=first)


def begin(world: World, head: Head) -> Head:
    """Write the HEAD; return it, or that of the same execution if there was one.

    Raises:
        ExecutionExists: the name was used for another one.
    """
    try:
        return world.archive.begin(head)
    except StaleRecord:
        known = _known(world, head)
    if known.input_digest != head.input_digest:
        raise ExecutionExists(head.execution)
    if head.parent and not _answers_same(world, known, head):
        # Its end is told to another task: this one would wait for ever. Or it has
        # ended, and its name is used up.
        raise ExecutionExists(head.execution)
    return known


def _known(world: World, head: Head) -> Head:
    """Return the execution that has the name already, unless it is hidden."""
    try:
        known = world.archive.head(head.execution)
    except ExecutionNotFound:  # removed: its name is free in a day
        raise ExecutionExists(head.execution, is_gone=True) from None
    until = known.kept_until
    if until is not None and until <= head.started_at and not head.parent:
        raise ExecutionExists(head.execution, is_gone=True)
    return known


def _answers_same(world: World, known: Head, head: Head) -> bool:
    """Whether both are of one attempt; its tokens differ when keys rotate.

    One that runs is also the right one for whoever does not wait for its end.
    """
    if head.parent.startswith(STARTED_BY):
        return known.parent == head.parent or known.status is Status.RUNNING
    now, tokens = world.clock.now(), world.tokens
    try:
        return tokens.verify(known.parent, now) == tokens.verify(head.parent, now)
    except TokenRefused:
        return False
