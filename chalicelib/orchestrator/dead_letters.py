"""What becomes of messages that failed every time they came?

Their executions fail, with a cause that says why; or they are sent once more, where
what they are about may be well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalicelib.engine.state import Status
from chalicelib.errors import (
    ExecutionNotFound,
    MessageRefused,
    MillraceError,
    Unavailable,
)
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.orchestrator import (
    halting,
    redos,
    schedules,
    steps,
    stopping,
    watching,
)
from chalicelib.orchestrator.deliveries import Delivery, step_of
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.world import World, log
from chalicelib.ports import Message

#: Messages that are not to be lost: what they are about may be well.
_ANEW: dict[str, Callable[[World, Step], Message]] = {
    "watch": lambda world, found: watching.first_look(world, found.execution),
    "due": lambda _, found: schedules.anew(found),
    "backfill": lambda _, found: schedules.anew(found),
    "redo": lambda _, found: redos.anew(found),
    "halt": lambda _, found: halting.anew(found),
}


def bury(world: World, deliveries: Sequence[Delivery]) -> None:
    """Fail the executions of messages that failed every time they came.

    Raises:
        Unavailable: some could not be buried; all of them may come again.
    """
    left = []
    for delivery in deliveries:
        try:
            _bury(world, delivery)
        except MillraceError as error:
            log.warning("%s is buried later: %s", delivery.id, error)
            left.append(delivery.id)
    if left:
        raise Unavailable(f"what {left} need")


def _bury(world: World, delivery: Delivery) -> None:
    try:
        found = step_of(world, delivery)
    except MessageRefused as refused:
        drop(world, delivery, str(refused))
        return
    if found is None:
        return
    if found.do in _ANEW:
        world.queue.send([_ANEW[found.do](world, found)])
        return
    cause = (
        f"the message {found.do!r} of scope {found.scope!r} failed each of the "
        f"{delivery.receives} times it was delivered; the log has the reasons"
    )
    drop(world, delivery, cause, found.execution)


def drop(world: World, delivery: Delivery, cause: str, execution: str = "") -> None:
    """Fail the execution of a message, if there is one and it runs."""
    execution = execution or steps.execution_of(delivery.body)
    log.error("message %s of %r is dropped: %s", delivery.id, execution, cause)
    world.metrics.count("DeadLetters")
    if not execution:
        return
    try:
        head = world.archive.head(execution)
    except ExecutionNotFound:
        return
    if head.status is Status.RUNNING:
        error = TABLES["asl"][Kind.POISON]
        stopping.end(world, head, Status.FAILED, error, cause)
