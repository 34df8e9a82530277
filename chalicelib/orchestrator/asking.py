"""The API's side: start, stop, report. Commit first, then enqueue (I-4).

A client that repeats its request repeats the enqueueing, never the event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.engine.state import RunLimits, Status
from chalicelib.journal.archive import Head
from chalicelib.model import codec
from chalicelib.model.workflow import Notice
from chalicelib.orchestrator import (
    beginnings,
    changing,
    early,
    endings,
    halting,
    outbox,
    redos,
    redriving,
    reporting,
    starting,
    stopping,
    sweeping,
    undelivered,
    waking,
    watching,
)
from chalicelib.orchestrator.undelivered import Undelivered
from chalicelib.orchestrator.world import World
from chalicelib.tokens import Claims, Report
from chalicelib.values import Json, digest, short_hash


class Asking:
    """What the API asks of the orchestrator."""

    def __init__(self, world: World) -> None:
        self.world = world

    # -- start -------------------------------------------------------------------

    def start(
        self,
        workflow: str,
        input: Json,
        *,
        name: str = "",
        version: str = "",
        trace: str = "",
        parent: str = "",
        depth: int = 0,
        caller: Json = None,
        notices: Sequence[Notice] | None = None,
    ) -> Head:
        """Begin an execution; the same name and input again is the same execution.

        ``caller``: as an ``Origin`` has it.
        ``notices``: who is told of its end, in place of those of the workflow.

        Raises:
            WorkflowNotFound: nothing of that name (or version) is published.
            InputRefused: the input breaks the workflow's schema, or the workflow
                cannot be started.
            PayloadTooLarge: the input is larger than the stage takes.
            ExecutionExists: the name was used with another input.
        """
        version = version or self.world.archive.current(workflow)
        starting.require_input(self.world, workflow, version, input)
        name = name or self.world.new_name()
        head = Head(
            execution=f"{workflow}:{name}",
            workflow=workflow,
            version=version,
            name=name,
            started_at=self.world.clock.now(),
            input=input,
            trace=trace,
            parent=parent,
            depth=depth,
            caller=caller,
            input_digest=short_hash(digest(input)),
            notices=None if notices is None else codec.encode(tuple(notices)),
        )
        # First the watchdog, then the HEAD, then the first message: whatever of it
        # gets lost, somebody looks.
        self.world.queue.send([watching.first_look(self.world, head.execution)])
        head = starting.begin(self.world, head)
        if head.status is Status.RUNNING:
            told = outbox.first_word(self.world, head)
            self.world.queue.send([beginnings.message(self.world, head), *told])
        else:  # a repeated start of what has ended: say so again to who waits for it
            self.world.queue.send(endings.tell_parent(self.world, head))
        return head

    # -- stop --------------------------------------------------------------------

    def stop(self, execution: str, *, error: str = "", cause: str = "") -> Head:
        """End an execution from outside; one that has ended stays as it is.

        Raises:
            ExecutionNotFound: there is none of that id.
        """
        head = self.world.archive.head(execution)
        if head.status is not Status.RUNNING:
            return head
        stopping.end(self.world, head, Status.ABORTED, error, cause)
        return self.world.archive.head(execution)

    def complete(self, execution: str, status: Status) -> bool:
        """End an execution as if it had come to this; False where it has ended.

        Raises:
            ExecutionNotFound: there is none of that id.
        """
        head = self.world.archive.head(execution)
        if head.status is not Status.RUNNING:
            return False
        is_good = status is Status.SUCCEEDED
        why = ("", "") if is_good else ("completed", "ended from outside")
        stopping.end(self.world, head, status, *why)
        return True

    def end_from_outside(
        self, head: Head, status: Status, error: str, cause: str
    ) -> None:
        """See ``stopping.end``."""
        stopping.end(self.world, head, status, error, cause)

    def withdraw(self, workflow: str, cause: str) -> None:
        """Take a workflow off the lists, and have its executions stopped."""
        halting.withdraw(self.world, workflow, cause)

    # -- delete ------------------------------------------------------------------

    def delete(self, execution: str) -> None:
        """Have an execution that has ended be seen by nobody, and removed.

        Raises:
            ExecutionNotFound: there is none of that id.
            ExecutionRunning: it has not ended.
        """
        sweeping.delete(self.world, execution)

    def begin_sweep(self) -> None:
        """Have the executions removed that were kept for as long as they were to be."""
        self.world.queue.send([sweeping.first()])

    # -- notices -----------------------------------------------------------------

    def undelivered(self, execution: str) -> list[Undelivered]:
        """Return the notices of an execution that were given up.

        Raises:
            ExecutionNotFound: there is none of that id.
        """
        return undelivered.of(self.world, execution)

    def send_again(self, execution: str, notice: str) -> Undelivered:
        """Have a notice that was given up be sent once more.

        Raises:
            ExecutionNotFound: there is none of that id.
            NoticeNotFound: no such notice was given up, or nobody is there to be told.
        """
        return undelivered.send_again(self.world, execution, notice)

    # -- redrive -----------------------------------------------------------------

    def redrive(self, execution: str, *, token: str = "") -> Head:
        """Have an execution that ended badly go on from where it failed.

        ``token``: the same again within 15 minutes is the same redrive.

        Raises:
            ExecutionNotFound: there is none of that id.
            NotRedrivable: it runs, has succeeded, or is too old.
            Unavailable: too many others are at it.
        """
        return redriving.redrive(self.world, execution, token)

    def redo(
        self,
        execution: str,
        tasks: Sequence[str],
        context: Mapping[str, Json],
        *,
        token: str = "",
    ) -> Head:
        """Do tasks of a DAG, and all behind them, anew; none: all without success.

        ``tasks``: names that it does not have are passed over. ``token``: the same
        again within 15 minutes is the same redo.

        Raises:
            ExecutionNotFound: there is none of that id.
            InputRefused: it is no DAG.
            Unavailable: too many others are at it.
        """
        return redriving.redo(self.world, execution, tasks, context, token)

    def redo_many(
        self,
        workflow: str,
        *,
        statuses: Sequence[Status],
        tasks: Sequence[str] = (),
        code: str = "",
        until: float,
        count: int,
        pace: int,
    ) -> None:
        """Have executions of a DAG redone that began until then, newest first.

        ``code``: of those that failed with it; empty: whatever they failed with.
        ``count``: at most so many; ``pace``: so many in a second.
        """
        what = {"statuses": statuses, "tasks": tasks, "code": code}
        how = {"until": until, "count": count, "pace": pace}
        message = redos.first(self.world, workflow, **what, **how)  # type: ignore[arg-type]
        self.world.queue.send([message])

    # -- report ------------------------------------------------------------------

    def report(self, claims: Claims, report: Report) -> str:
        """Take a worker's report; ``accepted``, or ``replayed`` when known before.

        Raises:
            TokenDecided: the attempt has another outcome.
            TokenGone: the attempt is over: timed out, stopped or superseded.
            Unavailable: a heartbeat met a crowd.
        """
        take = early.report if claims.state else reporting.report
        return take(self.world, claims, report)

    # -- what people say ---------------------------------------------------------

    def wake_up(self, execution: str, task: str, data: Json = None) -> str:
        """Wake a Gate; see ``waking.wake_up``."""
        return waking.wake_up(self.world, execution, task, data)

    def degrade(
        self, execution: str, task: str, *, current: bool, following: bool
    ) -> None:
        """Leave out a task, or what is behind it; see ``waking.degrade``."""
        what = {"current": current, "following": following}
        waking.degrade(self.world, execution, task, **what)

    # -- runs --------------------------------------------------------------------

    def change_run(
        self, execution: str, place: tuple[str, int, int], limits: RunLimits
    ) -> bool:
        """Change the limits of a Map's run; False where it does not go on there.

        ``place``: runtime id of the Map's scope, its activation, its attempt.

        Raises:
            Unavailable: the scope is crowded.
        """
        return changing.change(self.world, execution, place, limits)
