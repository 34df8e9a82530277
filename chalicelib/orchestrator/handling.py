"""The handlers' side: deliveries of the step queue, and of the dead-letter queue.

Deliveries of one scope are applied in one turn (I-7). Each group stands for itself: one
that fails is delivered again, the others are done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.engine import events
from chalicelib.engine.commands import CallTask, Command, StartChildren
from chalicelib.engine.owed import Tag
from chalicelib.engine.state import Status
from chalicelib.errors import ExecutionNotFound, MillraceError, MessageRefused
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.orchestrator import arrivals, crowds, running, steps, watching
from chalicelib.orchestrator.asking import Asking
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.turn import Arrival, Crowded, Turn
from chalicelib.orchestrator.world import World, log


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message as the queue handed it over."""

    id: str
    body: str
    receipt: str = ""
    #: Seconds since the epoch.
    sent_at: float = 0.0
    receives: int = 1


#: Messages that can be handled without knowing the scope.
_STATELESS = frozenset({"start", "cancel", "watch", "drain"})
#: (execution, scope), and the deliveries about it.
Group = tuple[tuple[str, str], list[tuple[Delivery, Step]]]


class Orchestrator(Asking):
    """Moves executions; see the package."""

    def __init__(self, world: World) -> None:
        super().__init__(world)

    def handle(self, deliveries: Sequence[Delivery], ends_at: float) -> list[str]:
        """Handle a batch; return the ids of those to be delivered again.

        ``ends_at``: when the invocation will be cut off, in epoch seconds.
        """
        failed: list[str] = []
        for (execution, scope), members in self._groups(deliveries, failed):
            try:
                self._handle_group(execution, scope, members, ends_at)
            except Exception:
                log.exception("%s %s: a turn failed", execution, scope)
                self.world.journal.forget(execution, scope)
                failed.extend(delivery.id for delivery, _ in members)
        return failed

    def _groups(
        self, deliveries: Sequence[Delivery], failed: list[str]
    ) -> list[Group]:
        groups: dict[tuple[str, str], list[tuple[Delivery, Step]]] = {}
        for delivery in deliveries:
            try:
                found = steps.read(delivery.body)
            except MessageRefused as refused:
                self._bury_unread(delivery, refused)
                continue
            except MillraceError as error:
                log.warning("%s is left for later: %s", delivery.id, error)
                failed.append(delivery.id)
                continue
            key = (found.execution, found.scope)
            groups.setdefault(key, []).append((delivery, found))
        return list(groups.items())

    def _handle_group(
        self,
        execution: str,
        scope: str,
        members: Sequence[tuple[Delivery, Step]],
        ends_at: float,
    ) -> None:
        turn = Turn(self.world, execution, scope, ends_at)
        told = [
            arrivals.read(self.world, found)
            for _, found in members
            if found.do in arrivals.READERS
        ]
        is_suspect = any(delivery.receives > 1 for delivery, _ in members)
        needs_state = any(found.do not in _STATELESS for _, found in members)
        if is_suspect or (needs_state and turn.state is None):
            turn.load()
        try:
            running.run(turn, told)
            for _, found in members:
                if found.do in _CHORES:
                    _CHORES[found.do](turn, found)
        except Crowded:
            log.info("%s %s: crowded, left in the inbox", execution, scope)

    # -- dead letters ------------------------------------------------------------

    def bury(self, deliveries: Sequence[Delivery]) -> None:
        """Fail the executions of messages that failed every time they came."""
        for delivery in deliveries:
            try:
                found = steps.read(delivery.body)
            except MillraceError as refused:
                self._bury_unread(delivery, refused)
                continue
            self._bury(delivery, found)

    def _bury_unread(self, delivery: Delivery, refused: MillraceError) -> None:
        log.error("message %s is dropped: %s", delivery.id, refused)

    def _bury(self, delivery: Delivery, found: Step) -> None:
        try:
            head = self.world.archive.head(found.execution)
        except ExecutionNotFound:
            log.error("message %s is of no execution: %s", delivery.id, found)
            return
        cause = (
            f"the message {found.do!r} of scope {found.scope!r} failed each of the "
            f"{delivery.receives} times it was delivered; the log has the reasons"
        )
        log.error("%s is failed: %s", found.execution, cause)
        self.end_from_outside(
            head, Status.FAILED, TABLES["asl"][Kind.POISON], cause
        )


# -- messages that are chores, not events -----------------------------------------


def _call(turn: Turn, found: Step) -> None:
    """Make the request of one attempt here."""
    command = _restored(turn, ["call", found.body["a"], found.body["n"]])
    if not isinstance(command, CallTask):
        turn.late.append(_answer_again(turn, found))
        running.run(turn, [])
        return
    running.make(turn, command)


def _answer_again(turn: Turn, found: Step) -> Arrival:
    """Stand for the answer that was committed before, so that it is carried out."""
    activation, attempt = found.body["a"], found.body["n"]
    event = events.TaskBegun(at=turn.now, activation=activation, attempt=attempt)
    return Arrival(cause=f"answer {activation} {attempt}", event=event)


def _restored(turn: Turn, tag: Tag) -> Command | None:
    command = turn.restored(tag) if turn.state is not None else None
    if command is None and not turn.is_fresh:
        turn.load()
        command = turn.restored(tag) if turn.state is not None else None
    return command


def _carry(turn: Turn, found: Step) -> None:
    """Carry out the commands of a record that the API committed."""
    seq = found.body["q"]
    if turn.record is None or turn.record.seq < seq:
        turn.load()
    if turn.record is not None and turn.record.seq == seq:
        running.carry_out_again(turn, turn.record.tags)
        return
    for record in turn.world.journal.walk_back(turn.execution, turn.scope):
        if record.seq == seq:
            running.carry_out_again(turn, record.tags)
            return


def _spawn(turn: Turn, found: Step) -> None:
    """Begin a range of children."""
    command = _restored(turn, ["children", found.body["a"], found.body["n"]])
    if isinstance(command, StartChildren):
        turn.send(list(crowds.begin(turn, command, _range(found))))


def _cancel(turn: Turn, found: Step) -> None:
    """Stop a range of children."""
    above = crowds.container(turn.scope, found.body["a"], found.body["n"])
    turn.send(list(crowds.stops(turn.execution, above, _range(found))))


def _range(found: Step) -> range:
    return range(found.body["i"], found.body["to"])


def _drain(turn: Turn, found: Step) -> None:
    """Apply what waits in the inbox."""
    turn.load()
    running.run(turn, [])


def _watch(turn: Turn, found: Step) -> None:
    watching.watch(turn, found)


_CHORES: dict[str, Callable[[Turn, Step], None]] = {
    "call": _call,
    "carry": _carry,
    "spawn": _spawn,
    "cancel": _cancel,
    "drain": _drain,
    "watch": _watch,
}
