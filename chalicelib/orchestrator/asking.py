"""The API's side: start, stop, report. Commit first, then enqueue (I-4).

A client that repeats its request repeats the enqueueing, never the event.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.engine import events
from chalicelib.engine.events import Event
from chalicelib.engine.state import Status
from chalicelib.errors import (
    ExecutionExists,
    InputRefused,
    PayloadTooLarge,
    StaleRecord,
    TokenDecided,
    TokenGone,
)
from chalicelib.model.error_names import Kind
from chalicelib.model.schema import check_input
from chalicelib.orchestrator import beginnings, inbox, steps, watching
from chalicelib.orchestrator.turn import Arrival, Crowded, Turn
from chalicelib.orchestrator.world import World
from chalicelib.ports import Message
from chalicelib.journal.archive import Head
from chalicelib.tokens import Claims, Failed, Heartbeat, Report, Succeeded
from chalicelib.values import Json, digest, short_hash, size

#: Seconds that an API request may take; its turns make no calls.
REQUEST_TIME = 25.0


class Asking:
    """What the API asks of the orchestrator."""

    def __init__(self, world: World) -> None:
        self.world = world

    # -- start -------------------------------------------------------------------

    def start(
        self,
        workflow: str,
        input: Json,  # noqa: A002 - the field's own word
        *,
        name: str = "",
        version: str = "",
        trace: str = "",
        parent: str = "",
        depth: int = 0,
    ) -> Head:
        """Begin an execution; the same name and input again is the same execution.

        Raises:
            WorkflowNotFound: nothing of that name (or version) is published.
            InputRefused: the input breaks the workflow's schema.
            PayloadTooLarge: the input is larger than the stage takes.
            ExecutionExists: the name was used with another input.
        """
        version = version or self.world.archive.current(workflow)
        self._check_input(workflow, version, input)
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
            input_digest=short_hash(digest(input)),
        )
        # First the watchdog, then the HEAD, then the first message: whatever of it
        # gets lost, somebody looks.
        self.world.queue.send([watching.first_look(self.world, head.execution)])
        head = self._begin(head)
        if head.status is Status.RUNNING:
            self.world.queue.send([beginnings.message(self.world, head)])
        return head

    def _check_input(self, workflow: str, version: str, value: Json) -> None:
        limit = self.world.limits.input_bytes
        if (length := size(value)) > limit:
            raise PayloadTooLarge("the input", length, limit)
        schema = self.world.archive.workflow(workflow, version).input_schema
        if schema is not None:
            for path, problem in check_input(schema, value):
                raise InputRefused(problem, path=path or "/")

    def _begin(self, head: Head) -> Head:
        try:
            return self.world.archive.begin(head)
        except StaleRecord:
            known = self.world.archive.head(head.execution)
        if known.input_digest != head.input_digest:
            raise ExecutionExists(head.execution)
        return known

    # -- stop --------------------------------------------------------------------

    def stop(self, execution: str, *, error: str = "", cause: str = "") -> Head:
        """End an execution from outside; one that has ended stays as it is.

        Raises:
            ExecutionNotFound: there is none of that id.
        """
        head = self.world.archive.head(execution)
        if head.status is not Status.RUNNING:
            return head
        self.end_from_outside(head, Status.ABORTED, error, cause)
        return self.world.archive.head(execution)

    def end_from_outside(
        self, head: Head, status: Status, error: str, cause: str
    ) -> None:
        """End the top scope with ``status``; its end is carried out by message."""
        now = self.world.clock.now()
        event = events.ScopeStopped(at=now, error=error, cause=cause, status=status)
        turn = self._turn(head.execution, beginnings.TOP)
        turn.load()
        if turn.state is None:
            # It never began: bring the beginning and the end into one record.
            found = steps.read(beginnings.message(self.world, head).body)
            turn.apply(Arrival(cause="start", event=steps.started(found, now)))
            turn.dirt.commands.clear()
        turn.apply(Arrival(cause="stop", event=event))
        self._commit_and_tell(turn)
        if turn.state is not None and turn.state.is_ended:
            ended = replace(
                head,
                status=turn.state.status,
                stopped_at=now,
                error=turn.state.failure.error if turn.state.failure else "",
                cause=turn.state.failure.cause if turn.state.failure else "",
                output=self.world.journal.restore(head.execution, turn.state.output),
            )
            self.world.archive.end(ended)

    def _turn(self, execution: str, scope: str) -> Turn:
        return Turn(
            self.world, execution, scope, self.world.clock.now() + REQUEST_TIME
        )

    def _commit_and_tell(self, turn: Turn) -> None:
        """Commit what was applied, and have its commands carried out by message."""
        turn.commit()
        if turn.record is not None:
            self.world.queue.send([_carry_message(turn)])

    # -- report ------------------------------------------------------------------

    def report(self, claims: Claims, report: Report) -> str:
        """Take a worker's report; ``accepted``, or ``replayed`` when known before.

        Raises:
            TokenDecided: the attempt has another outcome.
            TokenGone: the attempt is over: timed out, stopped or superseded.
        """
        arrival = _arrival(claims, report, self.world.clock.now())
        turn = self._turn(claims.execution, claims.scope)
        if turn.state is None:
            turn.load()
        if turn.state is None:
            raise TokenGone("its execution is not known")
        turn.apply(arrival)
        try:
            if turn.late and not turn.is_fresh:
                turn.late.clear()
                turn.load()
                turn.apply(arrival)
            if not turn.late:
                self._commit_and_tell(turn)
        except Crowded:
            return self._waiting(claims, arrival)
        if turn.late or turn.commits == 0:
            return self._settled(turn, arrival)
        return "accepted"

    def _settled(self, turn: Turn, arrival: Arrival) -> str:
        """Say what became of an attempt that is not open any more."""
        mine = inbox.slot(arrival.cause)
        for record in turn.world.journal.walk_back(turn.execution, turn.scope):
            for cause in record.causes:
                if cause == arrival.cause and not _is_beat(arrival.event):
                    self.world.queue.send([_carry_message(turn, record.seq)])
                    return "replayed"
                if cause.startswith("report ") and inbox.slot(cause) == mine:
                    raise TokenDecided
        raise TokenGone("it timed out, was stopped, or a newer attempt is under way")

    def _waiting(self, claims: Claims, arrival: Arrival) -> str:
        """Compare with the answer that waits in the inbox: ours, or another's."""
        found = self.world.journal.load(claims.execution, claims.scope)
        for place, body in found.inbox:
            if place == inbox.slot(arrival.cause) and body["cause"] != arrival.cause:
                raise TokenDecided
        return "accepted"


def _arrival(claims: Claims, report: Report, now: float) -> Arrival:
    attempt = f"{claims.activation} {claims.attempt}"
    event: Event
    match report:
        case Heartbeat():
            event = events.HeartbeatReceived(
                at=now, activation=claims.activation, attempt=claims.attempt
            )
            return Arrival(cause=f"beat {attempt} {now}", event=event)
        case Succeeded():
            event = events.TaskSucceeded(
                at=now,
                activation=claims.activation,
                attempt=claims.attempt,
                output=report.output,
            )
            what = digest(["succeeded", report.output])
        case Failed():
            event = events.TaskFailed(
                at=now,
                activation=claims.activation,
                attempt=claims.attempt,
                error=report.error,
                cause=report.cause,
                kind=Kind.FUNCTION,
                output=report.output,
            )
            what = digest(["failed", report.error, report.cause, report.output])
    return Arrival(cause=f"report {attempt} {what[:12]}", event=event)


def _is_beat(event: Event) -> bool:
    return isinstance(event, events.HeartbeatReceived)


def _carry_message(turn: Turn, seq: int | None = None) -> Message:
    assert turn.record is not None  # noqa: S101 - something is committed
    number = turn.record.seq if seq is None else seq
    return steps.step("carry", turn.execution, turn.scope, q=number)
