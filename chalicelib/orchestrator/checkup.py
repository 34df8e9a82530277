"""What is wrong with a stage, and what helps? What the watchdog cannot see, or not yet.

    executions    run without progress: never begun, end untold, something overdue
    timers        lie in a minute that the tick has passed
    schedules     were due long ago
    dead letters  messages that failed each time, and nobody has taken
    resources     what a workflow names, and there is none of: functions, queues …

Rule 1  It reads lists that there are, newest first and so many of each: a checkup of a
        stage with millions of executions costs what one with a thousand does. What it
        did not come to is said.
Rule 2  To mend is to ask for what should have come anyway: each deed may be done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from chalicelib.engine.state import Status
from chalicelib.errors import MillraceError
from chalicelib.frozen import dataclass
from chalicelib.journal.archive import Head
from chalicelib.model.expressions import Literal
from chalicelib.model.workflow import Task, Workflow
from chalicelib.orchestrator import beginnings, schedules, steps, timers, watching
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World

#: Executions of each workflow that are looked at, newest first.
LOOKED_AT = 1000
#: Minutes behind the tick in which timers are looked for.
BEHIND = 60
#: Seconds that one checkup may take: the answer to a request has 29.
TIME = 20.0
_CURSOR = ("tick", "cursor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong."""

    kind: str
    #: Which execution, schedule, queue or workflow.
    subject: str
    says: str
    way_out: str
    #: It was asked for again just now.
    is_mended: bool = False


class DeadLetters(Protocol):
    """The queue of messages that failed each time."""

    def length(self) -> int:
        """Return how many there are, about."""
        ...

    def send_back(self) -> int:
        """Have some of them tried again; return how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """Looks through a stage."""

    world: World
    #: Sends the timers of a minute.
    wake: Callable[[int], int]
    #: Whether there is what a resource names; None: nobody can tell.
    has: Callable[[str], bool | None]
    dead_letters: DeadLetters | None = None

    def look(self, *, mends: bool = False) -> tuple[list[Finding], bool]:
        """Return what is wrong, and whether everything was looked at."""
        ends_at = self.world.clock.now() + TIME
        found: list[Finding] = []
        for part in (_letters, _schedules, _timers, _resources, _executions):
            for finding in part(self, mends):
                if finding is not None:
                    found.append(finding)
                if self.world.clock.now() > ends_at:
                    return found, False
        return found, True


#: None: something was looked at, and is well.
Findings = Iterator[Finding | None]


def _letters(checkup: Checkup, mends: bool) -> Findings:
    if checkup.dead_letters is None or not (many := checkup.dead_letters.length()):
        return
    sent = checkup.dead_letters.send_back() if mends else 0
    yield Finding(
        kind="dead letters",
        subject="the dead-letter queue",
        says=f"{many} messages that failed each time were taken by nobody",
        way_out="the log of on_dead_letter says why; --redrive has them tried again",
        is_mended=sent > 0,
    )


def _schedules(checkup: Checkup, mends: bool) -> Findings:
    for planned, due_at in schedules.forgotten(checkup.world):
        if mends:
            checkup.world.queue.send([schedules.due(planned, due_at)])
        yield Finding(
            kind="schedule",
            subject=f"{planned.schedule.workflow} {planned.schedule.name}",
            says=f"was due {_ago(checkup, due_at)} ago",
            way_out="it is woken within the hour; --redrive wakes it now",
            is_mended=mends,
        )


def _timers(checkup: Checkup, mends: bool) -> Findings:
    cursor = checkup.world.table.get(_CURSOR)
    if cursor is None:
        return
    for minute in range(cursor["minute"] - BEHIND, cursor["minute"] - 1):
        items = checkup.world.table.query(timers.bucket(minute * timers.BUCKET))
        if not items:
            yield None
            continue
        if mends:
            checkup.wake(minute)
        yield Finding(
            kind="timers",
            subject=f"minute {minute}",
            says=f"{len(items)} timers lie where the tick has passed",
            way_out="the watchdog asks for them again; --redrive sends them now",
            is_mended=mends,
        )


def _resources(checkup: Checkup, _: bool) -> Findings:
    archive = checkup.world.archive
    for published in archive.definitions():
        workflow = archive.workflow(published.name, published.version)
        for resource in sorted(_named(workflow)):
            if checkup.has(resource) is not False:
                yield None
                continue
            yield Finding(
                kind="resource",
                subject=workflow.name,
                says=f"names {resource}, and there is none",
                way_out="deploy it, or publish the workflow with another name for it",
            )


def _named(workflow: Workflow) -> set[str]:
    """Return the resources that a workflow names outright."""
    works = (
        state.work
        for scope in workflow.scopes.values()
        for state in scope.states.values()
    )
    return {
        str(work.resource.value)
        for work in works
        if isinstance(work, Task) and isinstance(work.resource, Literal)
    }


def _executions(checkup: Checkup, mends: bool) -> Findings:
    for name in checkup.world.archive.names():
        heads, _ = checkup.world.archive.heads(name, limit=LOOKED_AT)
        for head in heads:
            yield _execution(checkup, head, mends)


def _execution(checkup: Checkup, head: Head, mends: bool) -> Finding | None:
    world = checkup.world
    is_new = world.clock.now() < head.started_at + watching.OVERDUE
    if head.status is not Status.RUNNING or is_new:
        return None
    turn = Turn(world, head.execution, beginnings.TOP, world.clock.now() + TIME)
    try:
        turn.load()
        says = watching.why_stuck(turn)
    except MillraceError as error:
        says = f"cannot be read: {error}"
    if not says:
        return None
    if mends:
        look = steps.step("watch", head.execution, beginnings.TOP, after=0.0, once=1)
        world.queue.send([look])
    return Finding(
        kind="execution",
        subject=head.execution,
        says=says,
        way_out="the watchdog mends it at its next look; --redrive has it look now",
        is_mended=mends,
    )


def _ago(checkup: Checkup, at: float) -> str:
    return f"{(checkup.world.clock.now() - at) / 60:.0f} minutes"
