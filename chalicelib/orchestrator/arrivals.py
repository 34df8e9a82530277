"""Which event is a message? A row for each kind that tells a scope something."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.engine import events
from chalicelib.engine.events import Event
from chalicelib.engine.state import Failure, Status
from chalicelib.errors import MessageRefused, Unavailable, ValueLost
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.orchestrator import endings, steps, timers
from chalicelib.orchestrator.crowds import container
from chalicelib.orchestrator.dirt import Arrival
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.world import World
from chalicelib.values import Json

Reader = Callable[[World, Step, float], Event | None]


def read(world: World, found: Step) -> Arrival | None:
    """Return the event that a message tells of; None for one that is not so any more.

    Raises:
        MessageRefused: a fact of it is missing or of the wrong kind.
    """
    at = world.clock.now()
    try:
        event = READERS[found.do](world, found, at)
    except (KeyError, TypeError, ValueError) as error:
        raise MessageRefused(f"{found.do} without {error}") from None
    if event is None:
        return None
    return Arrival(cause=found.cause, event=event, body=found.body)


def _start(_: World, found: Step, at: float) -> Event:
    return steps.started(found, at)


def _redrive(_: World, found: Step, at: float) -> Event:
    return steps.redriven(found, at)


def _timer(_: World, found: Step, at: float) -> Event:
    return timers.fired(found, at)


def _resume(_: World, found: Step, at: float) -> Event:
    return events.TurnResumed(at=at, transitions=found.body["n"])


def _joined(world: World, found: Step, at: float) -> Event:
    activation, attempt = found.body["a"], found.body["n"]
    above = container(found.scope, activation, attempt, steps.home_of(found))
    ends = world.journal.outcomes(found.execution, above, found.body["of"])
    has_all = len(ends) == found.body["of"]
    if not has_all or any(each.status is Status.RUNNING for each in ends.values()):
        raise Unavailable(f"the last record of a child of {above}")
    failures = {index: each.failure for index, each in ends.items() if each.failure}
    outputs: list[Json] = []
    for index, each in sorted(ends.items()):
        try:
            outputs.append(world.journal.restore(found.execution, each.output))
        except ValueLost as lost:  # the child's work is gone: the author may catch it
            outputs.append(None)
            error = TABLES["asl"][Kind.VALUE_LOST]
            failures.setdefault(index, Failure(error=error, cause=str(lost)))
    return events.ChildrenJoined(
        at=at,
        activation=activation,
        attempt=attempt,
        outputs=outputs,
        failures=failures,
        told=sum(each.told for each in ends.values()),
    )


def _lost(_: World, found: Step, at: float) -> Event:
    return events.ChildFailed(
        at=at,
        activation=found.body["a"],
        attempt=found.body["n"],
        index=found.body["i"],
        failure=Failure(error=found.body["e"], cause=found.body["c"]),
        failed=found.body.get("f", 0),
    )


def _stop(_: World, found: Step, at: float) -> Event:
    return events.ScopeStopped(
        at=at,
        error=found.body.get("e", ""),
        cause=found.body.get("c", ""),
        status=Status(found.body.get("st", Status.ABORTED.value)),
        redrives=found.body.get("g", 0),
    )


def _ended(world: World, found: Step, at: float) -> Event | None:
    return endings.ended(world, found, at)


READERS: dict[str, Reader] = {
    "start": _start,
    "redrive": _redrive,
    "timer": _timer,
    "resume": _resume,
    "joined": _joined,
    "lost": _lost,
    "stop": _stop,
    "ended": _ended,
}
