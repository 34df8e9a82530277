"""What is wrong with a stage, and what helps? What the watchdog cannot see, or not yet.

    dead-letters  messages that failed each time, and nobody has taken
    schedules     were due long ago
    timers        lie in a minute that the tick has passed
    resources     what a workflow names, and there is none of: functions, queues …
    executions    run without progress, or a child of theirs does (``diagnosis``)

Rule 1  It reads lists that there are, a page at a time, newest first. A page has an end
        in number and in time, and says where the next one begins: whoever goes on until
        there is none has looked at everything, however large the stage is.
Rule 2  To mend is to ask for what should have come anyway: each deed may be done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from chalicelib.engine.state import Status
from chalicelib.errors import InputRefused, MillraceError
from chalicelib.frozen import dataclass
from chalicelib.journal.archive import Head
from chalicelib.journal.heads import listed_at
from chalicelib.model.expressions import Literal
from chalicelib.model.workflow import Task, Workflow
from chalicelib.orchestrator import (
    beginnings,
    diagnosis,
    schedules,
    steps,
    timers,
    watching,
)
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World

#: Things that one page looks at, where nobody says.
LOOKED_AT = 1000
#: Executions that are read from the list at a time.
PAGE = 100
#: Minutes behind the tick in which timers are looked for, where nobody says.
BEHIND = 60
#: Seconds that one page may take: the answer to a request has 29.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be looked at, and whether it is mended."""

    mends: bool = False
    #: Where the page before has ended; empty: at the beginning.
    after: str = ""
    #: Things that are looked at, at most.
    limit: int = LOOKED_AT
    #: Minutes behind the tick in which timers are looked for.
    behind: int = BEHIND


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was found."""

    findings: tuple[Finding, ...]
    #: How many things were looked at.
    looked_at: int
    #: Where to go on; empty: that was all.
    next: str


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

    def look(self, wanted: Wanted) -> Page:
        """Return a page of what is wrong.

        Raises:
            InputRefused: no page ends where this one is to begin.
        """
        ends_at = self.world.clock.now() + TIME
        found: list[Finding] = []
        looked_at, following = 0, ""
        for place, finding in self._each(wanted):
            looked_at += 1
            if finding is not None:
                found.append(finding)
            if looked_at >= wanted.limit or self.world.clock.now() > ends_at:
                following = place
                break
        return Page(findings=tuple(found), looked_at=looked_at, next=following)

    def _each(self, wanted: Wanted) -> Looks:
        """Yield everything there is behind a place."""
        name, _, place = wanted.after.partition("/")
        if name and name not in _PARTS:
            known = ", ".join(_PARTS)
            raise InputRefused(f"it begins with one of {known}", path="after")
        parts = list(_PARTS)
        for part in parts[parts.index(name) if name else 0 :]:
            after = place if part == name else ""
            for where, finding in _PARTS[part](self, wanted, after):
                yield f"{part}/{where}", finding


#: What is looked at, one by one: its place, and what is wrong with it, if anything is.
Looks = Iterator[tuple[str, Finding | None]]


def _letters(checkup: Checkup, wanted: Wanted, after: str) -> Looks:
    if after or checkup.dead_letters is None:
        return
    many = checkup.dead_letters.length()
    if not many:
        yield "all", None
        return
    sent = checkup.dead_letters.send_back() if wanted.mends else 0
    yield (
        "all",
        Finding(
            kind="dead letters",
            subject="the dead-letter queue",
            says=f"{many} messages that failed each time were taken by nobody",
            way_out="the log of on_dead_letter says why; --redrive has them tried "
            "again",
            is_mended=sent > 0,
        ),
    )


def _schedules(checkup: Checkup, wanted: Wanted, after: str) -> Looks:
    for planned, due_at in schedules.forgotten(checkup.world):
        place = f"{planned.schedule.workflow}#{planned.schedule.name}"
        if place <= after:
            continue
        if wanted.mends:
            checkup.world.queue.send([schedules.due(planned, due_at)])
        finding = Finding(
            kind="schedule",
            subject=f"{planned.schedule.workflow} {planned.schedule.name}",
            says=f"was due {_ago(checkup, due_at)} ago",
            way_out="it is woken within the hour; --redrive wakes it now",
            is_mended=wanted.mends,
        )
        yield place, finding


def _timers(checkup: Checkup, wanted: Wanted, after: str) -> Looks:
    cursor = checkup.world.table.get(_CURSOR)
    if cursor is None:
        return
    last = cursor["minute"] - 1
    first = int(after) + 1 if after.isdigit() else cursor["minute"] - wanted.behind
    for minute in range(first, last):
        items = checkup.world.table.query(timers.bucket(minute * timers.BUCKET))
        if not items:
            yield str(minute), None
            continue
        if wanted.mends:
            checkup.wake(minute)
        finding = Finding(
            kind="timers",
            subject=f"minute {minute}",
            says=f"{len(items)} timers lie where the tick has passed",
            way_out="the watchdog asks for them again; --redrive sends them now",
            is_mended=wanted.mends,
        )
        yield str(minute), finding


def _resources(checkup: Checkup, _wanted: Wanted, after: str) -> Looks:
    archive = checkup.world.archive
    first, _, behind = after.partition("/")
    for published in archive.definitions():
        name = published.name
        if name < first:
            continue
        for resource in sorted(_named(archive.workflow(name, published.version))):
            if (name, resource) > (first, behind):
                yield f"{name}/{resource}", _resource(checkup, name, resource)


def _resource(checkup: Checkup, workflow: str, resource: str) -> Finding | None:
    if checkup.has(resource) is not False:
        return None
    return Finding(
        kind="resource",
        subject=workflow,
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
        # What is called in another role is not for the stage to look at.
        if isinstance(work, Task)
        and isinstance(work.resource, Literal)
        and work.role is None
    }


def _executions(checkup: Checkup, wanted: Wanted, after: str) -> Looks:
    first, _, behind = after.partition("/")
    for name in checkup.world.archive.names():
        if name < first:
            continue
        before: str | None = behind if name == first else ""
        while before is not None:
            heads, following = checkup.world.archive.heads(
                name, limit=PAGE, after=before
            )
            for head in heads:
                finding = _execution(checkup, head, wanted.mends)
                yield f"{name}/{listed_at(head)}", finding
            before = following


def _execution(checkup: Checkup, head: Head, mends: bool) -> Finding | None:
    world = checkup.world
    is_new = world.clock.now() < head.started_at + watching.OVERDUE
    if head.status is not Status.RUNNING or is_new:
        return None
    turn = Turn(world, head.execution, beginnings.TOP, world.clock.now() + TIME)
    try:
        turn.load()
        says = diagnosis.why_stuck(turn)
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


#: In the order in which they are looked at; a place begins with one of these.
_PARTS: Mapping[str, Callable[[Checkup, Wanted, str], Looks]] = {
    "dead-letters": _letters,
    "schedules": _schedules,
    "timers": _timers,
    "resources": _resources,
    "executions": _executions,
}
