"""A schedule is due: what is started, and who comes back next time?

    message "due" --read--> Planned --decide--> starts, the next message, the progress

Rule 1  Start, then ask to be woken again, then keep the progress: a crash anywhere has
        the message come again, and each of the three may be done twice.
Rule 2  A message about what is decided already does nothing; so there is one chain of
        messages for each schedule, however often one is delivered.
Rule 3  A message of an earlier revision does nothing: what changed the schedule sent
        one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Protocol

from chalicelib.engine.state import Status
from chalicelib.errors import (
    ExecutionExists,
    ExecutionNotFound,
    InputRefused,
    PayloadTooLarge,
    ScheduleNotFound,
    StaleRecord,
    WorkflowNotFound,
)
from chalicelib.journal.archive import Head
from chalicelib.journal.schedules import Planned, Schedules
from chalicelib.orchestrator import steps, timers
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.world import World, log
from chalicelib.ports import Message
from chalicelib.schedules.firing import BATCH, decide
from chalicelib.schedules.schedule import LONGEST_CATCH_UP, Overlap, Schedule
from chalicelib.values import Json

#: What the messages of schedules have in the place of a scope.
PLACE = "@"
#: Seconds after which a message that failed every time comes again.
PATIENCE = 300
#: Seconds past its time after which a schedule counts as forgotten.
OVERDUE = 600.0
#: Error of an execution that gave way to the next one.
REPLACED = "Millrace.Replaced"


class Starter(Protocol):
    """Starts and stops executions: the orchestrator."""

    world: World

    def start(
        self,
        workflow: str,
        input: Json,
        *,
        name: str = "",
        version: str = "",
        parent: str = "",
    ) -> Head:
        """Begin an execution; the same name and input again is the same one."""
        ...

    def stop(self, execution: str, *, error: str = "", cause: str = "") -> Head:
        """End an execution; an ended one stays as it is."""
        ...


def handle(starter: Starter, found: Sequence[Step]) -> None:
    """Do what the messages of one schedule ask for."""
    for step in found:
        _DOERS[step.do](starter, step)


def due(planned: Planned, due_at: float) -> Message:
    """Return the message that says that ``planned`` is due, without a delay."""
    schedule = planned.schedule
    return steps.step(
        "due",
        _address(schedule),
        PLACE,
        w=schedule.workflow,
        p=schedule.name,
        r=planned.revision,
        d=due_at,
    )


def backfill(schedule: Schedule, after: float, until: float) -> Message:
    """Return the message that starts what was due in ``(after, until]``."""
    return steps.step(
        "backfill",
        _address(schedule),
        PLACE,
        w=schedule.workflow,
        p=schedule.name,
        d=after,
        to=until,
    )


def _address(schedule: Schedule) -> str:
    """Return what a schedule's messages have in the place of an execution."""
    return f"schedule#{schedule.workflow}#{schedule.name}"


def anew(found: Step) -> Message:
    """Return a message that failed every time, to be tried once more."""
    return Message(body=dict(found.body), delay=PATIENCE)


def arm(world: World, planned: Planned, at: float | None) -> None:
    """Have ``planned`` looked at again at ``at``; None: it is never due again."""
    if at is None:
        return
    now = world.clock.now()
    message = replace(due(planned, at), delay=steps.whole_delay(at - now))
    sent = timers.later(world, message, at)
    if sent:
        world.queue.send(sent)


def wake_forgotten(world: World) -> int:
    """Look at the schedules that should have been due long ago; return how many.

    Their message was lost: it outlived the time that a queue keeps one, for instance.
    """
    many = 0
    for planned, at in forgotten(world):
        schedule = planned.schedule
        log.warning("schedule %s of %s was forgotten", schedule.name, schedule.workflow)
        world.queue.send([due(planned, at)])
        world.metrics.count("SchedulesForgotten", workflow=schedule.workflow)
        many += 1
    return many


def forgotten(world: World) -> Iterator[tuple[Planned, float]]:
    """Yield the schedules that should have been due long ago, and when."""
    now = world.clock.now()
    for planned in Schedules(world.table).list():
        schedule, progress = planned.schedule, planned.progress
        at = schedule.next_after(progress.done_until, anchor=progress.created_at)
        if schedule.is_paused or at is None or now < schedule.begins_at(at) + OVERDUE:
            continue
        yield planned, at


def _due(starter: Starter, found: Step) -> None:
    planned = _kept(starter.world, found.body["w"], found.body["p"])
    if planned is not None and planned.revision == found.body["r"]:
        _fire(starter, planned, found.body["d"])


def _ended(starter: Starter, found: Step) -> None:
    """Start what waits for the end that ``found`` tells of."""
    _, workflow, name = found.execution.split("#")
    planned = _kept(starter.world, workflow, name)
    if planned is not None and planned.progress.buffered is not None:
        _fire(starter, planned, planned.progress.done_until)


def _kept(world: World, workflow: str, name: str) -> Planned | None:
    try:
        return Schedules(world.table).get(workflow, name)
    except ScheduleNotFound:
        return None


def _fire(starter: Starter, planned: Planned, due_at: float) -> None:
    if planned.schedule.is_paused:
        return
    world, before = starter.world, planned.progress
    decision = decide(
        planned.schedule,
        before,
        world.clock.now(),
        is_running=_is_running(world, planned),
    )
    if decision.progress == before and due_at <= before.done_until:
        return
    if decision.cancels and before.last:
        _give_way(starter, planned)
    failed = [_start(starter, planned.schedule, each) for each in decision.starts]
    arm(world, planned, decision.next_at)
    error = next(filter(None, failed), "") if failed else planned.error
    try:
        Schedules(world.table).advance(planned, decision.progress, error)
    except StaleRecord:
        log.info("schedule %s was changed while it was due", planned.schedule.name)


def _is_running(world: World, planned: Planned) -> bool:
    if planned.schedule.overlap is Overlap.ALLOW or not planned.progress.last:
        return False
    execution = f"{planned.schedule.workflow}:{planned.progress.last}"
    try:
        return world.archive.head(execution).status is Status.RUNNING
    except ExecutionNotFound:
        return False


def _give_way(starter: Starter, planned: Planned) -> None:
    execution = f"{planned.schedule.workflow}:{planned.progress.last}"
    cause = f"the schedule {planned.schedule.name!r} is due again"
    try:
        starter.stop(execution, error=REPLACED, cause=cause)
    except ExecutionNotFound:
        log.info("%s is gone; nothing is to be stopped", execution)


def _start(starter: Starter, schedule: Schedule, due_at: float) -> str:
    """Start the execution for ``due_at``; return what was wrong, or nothing."""
    workflow, given = schedule.workflow, schedule.filled_input(due_at)
    lender = starter.world.lender
    try:
        starter.start(
            workflow,
            given,
            name=schedule.execution_name(due_at),
            version=lender.version(workflow, schedule.version, given),
            parent=_who_waits(starter.world, schedule, due_at),
        )
    except ExecutionExists:
        # Started before the input was changed: this due time has had its execution.
        return ""
    except (WorkflowNotFound, InputRefused, PayloadTooLarge) as error:
        log.warning("schedule %s started nothing: %s", schedule.name, error)
        return str(error)
    return ""


def _who_waits(world: World, schedule: Schedule, due_at: float) -> str:
    """Return the token that has the end of an execution told to its schedule.

    The same for the same due time: a repeated start is the same start.
    """
    if schedule.overlap is not Overlap.BUFFER_ONE:
        return ""
    return world.tokens.mint(_address(schedule), PLACE, 0, 0, due_at + LONGEST_CATCH_UP)


def _fill_back(starter: Starter, found: Step) -> None:
    """Start some of a past range; the rest by a message of its own."""
    planned = _kept(starter.world, found.body["w"], found.body["p"])
    if planned is None:
        return
    after, until = found.body["d"], found.body["to"]
    dues = planned.schedule.occurrences(
        after, until, anchor=planned.progress.created_at
    )
    started = list(islice(dues, BATCH))
    for each in started:
        _start(starter, planned.schedule, each)
    if len(started) == BATCH:
        rest = backfill(planned.schedule, started[-1], until)
        starter.world.queue.send([rest])


_DOERS: Mapping[str, Callable[[Starter, Step], None]] = {
    "due": _due,
    "backfill": _fill_back,
    "ended": _ended,
}
