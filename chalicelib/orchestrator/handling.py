"""The handlers' side: deliveries of the step queue; ``dead_letters`` has the others.

Deliveries of one scope are applied in one turn (I-7). Each group stands for itself: one
that fails is delivered again, the others are done.

Rule 1  A message that was delivered before may have been decided and left half done:
        what it decided is carried out again before anything else.
Rule 2  One that comes for the first time and is late has nothing to repeat: whoever
        decided it has a message of its own that comes again.
Rule 3  A message that nobody can read fails its execution at once: reading it again
        cannot help.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from chalicelib import logs
from chalicelib.engine import events
from chalicelib.engine.state import Origin
from chalicelib.errors import (
    ExecutionNotFound,
    MessageRefused,
)
from chalicelib.journal import keeping
from chalicelib.orchestrator import (
    arrivals,
    chores,
    counting,
    dead_letters,
    destinations,
    halting,
    redos,
    running,
    schedules,
    sweeping,
)
from chalicelib.orchestrator.asking import Asking
from chalicelib.orchestrator.deliveries import Delivery, step_of
from chalicelib.orchestrator.dirt import Arrival, Crowded
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import log
from chalicelib.tokens import Claims
from chalicelib.traces import of_execution
from chalicelib.values import Json

#: Seconds by which the clocks of queue and handlers may differ.
SKEW = 300.0


#: A delivery and what it says.
Member = tuple[Delivery, Step]


class Orchestrator(Asking):
    """Moves executions; see the package."""

    def tell_end(self, claims: Claims, record: Mapping[str, Json]) -> None:
        """Have the record of an asynchronous function's end handled, by message."""
        self.world.queue.send([destinations.message(claims, record)])

    def handle(self, deliveries: Sequence[Delivery], ends_at: float) -> list[str]:
        """Handle a batch; return the ids of those to be delivered again.

        ``ends_at``: when the invocation will be cut off, in epoch seconds.
        """
        failed: list[str] = []
        began_at = self.world.clock.now()
        for (execution, scope), members in self._groups(deliveries, failed).items():
            with logs.about(execution=execution, scope=scope):
                try:
                    self._take_turn(execution, scope, members, (began_at, ends_at))
                except Exception:
                    log.exception("%s %s: a turn failed", execution, scope)
                    self.world.journal.forget(execution, scope)
                    failed.extend(delivery.id for delivery, _ in members)
        return failed

    def _take_turn(
        self,
        execution: str,
        scope: str,
        members: Sequence[Member],
        lasts: tuple[float, float],
    ) -> None:
        metrics, begins_at = self.world.metrics, self.world.clock.now()
        firsts = [each for each in members if each[0].receives == 1]
        counting.waited(self.world, [(found, d.sent_at) for d, found in firsts])
        if scope in _OF_NO_SCOPE:
            _OF_NO_SCOPE[scope](self, [found for _, found in members], lasts[1])
        else:
            self._handle_group(execution, scope, members, lasts)
        metrics.time("TurnTime", self.world.clock.now() - begins_at)

    def _groups(
        self, deliveries: Sequence[Delivery], failed: list[str]
    ) -> dict[tuple[str, str], list[Member]]:
        """Return the deliveries that can be read, by the scope they are about."""
        groups: dict[tuple[str, str], list[Member]] = {}
        for delivery in deliveries:
            try:
                found = self._read(delivery)
            except Exception as error:
                log.warning("%s is left for later: %s", delivery.id, error)
                failed.append(delivery.id)
                continue
            if found is not None:
                key = (found.execution, found.scope)
                groups.setdefault(key, []).append((delivery, found))
        return groups

    def _read(self, delivery: Delivery) -> Step | None:
        try:
            return step_of(self.world, delivery)
        except MessageRefused as refused:
            dead_letters.drop(self.world, delivery, str(refused))
            return None

    def _handle_group(
        self,
        execution: str,
        scope: str,
        members: Sequence[Member],
        lasts: tuple[float, float],
    ) -> None:
        began_at, ends_at = lasts
        about = tuple(dict.fromkeys(found.cause for _, found in members))
        turn = Turn(self.world, execution, scope, ends_at, about)
        kinds = {found.do for _, found in members}
        suspects = [each for each in members if _was_here(*each)]
        told: list[Arrival] | None = None
        try:
            if _must_load(turn, kinds, suspects):
                turn.load()
            if "drain" in kinds:
                chores.step_aside(turn)
            if suspects:
                running.repeat(turn, min(_since(*each) for each in suspects))
            told = self._told(turn, members)
            if turn.state is not None:
                logs.note(trace=_trace(turn.state.origin))
            running.run(turn, told)
            for _, found in members:
                if found.do in chores.CHORES:
                    chores.CHORES[found.do](turn, found, began_at)
        except Crowded as crowd:
            log.info("%s %s: crowded, comes again later", execution, scope)
            is_all = told is None or crowd.is_midway
            turn.send([f.again() for _, f in members if is_all or _is_left(f, crowd)])

    def _told(self, turn: Turn, members: Sequence[Member]) -> list[Arrival]:
        """Return the events that messages tell of, without those that cannot be."""
        told = []
        for delivery, found in members:
            if found.do not in arrivals.READERS:
                continue
            try:
                arrival = arrivals.read(self.world, found)
            except MessageRefused as refused:
                dead_letters.drop(self.world, delivery, str(refused))
                continue
            if arrival is None:
                continue
            if turn.state is None and not self._may_begin(delivery, found, arrival):
                log.warning("%s is about nothing that is known", found)
                continue
            told.append(arrival)
        return told

    def _may_begin(self, delivery: Delivery, found: Step, arrival: Arrival) -> bool:
        """Whether an event can be the first of its scope.

        One that comes late, or again, may be of an execution that was removed since.
        """
        if not isinstance(arrival.event, _FIRST):
            return False
        age = self.world.clock.now() - delivery.sent_at if delivery.sent_at else 0.0
        if not _was_here(delivery, found) and age < keeping.GRACE:
            return True
        try:
            self.world.archive.head(found.execution)
        except ExecutionNotFound:
            return False
        return True

    def bury(self, deliveries: Sequence[Delivery]) -> None:
        """See ``dead_letters.bury``."""
        dead_letters.bury(self.world, deliveries)


#: Who handles messages about more than a scope, by what they have in the place of one;
#: with the time at which the invocation ends.
_OF_NO_SCOPE: Mapping[str, Callable[[Orchestrator, Sequence[Step], float], None]] = {
    schedules.PLACE: lambda here, found, _: schedules.handle(here, found),
    redos.PLACE: lambda here, found, _: redos.handle(here, found),
    sweeping.PLACE: lambda here, found, at: sweeping.handle(here.world, found, at),
    halting.PLACE: lambda here, found, at: halting.handle(here.world, found, at),
}
#: Events that a scope of which nothing is recorded can take.
_FIRST = (events.ScopeStarted, events.ScopeStopped, events.ScopeRedriven)


def _trace(origin: Origin) -> str:
    return of_execution(origin.trace, origin.execution, origin.started_at)


def _is_left(found: Step, crowd: Crowded) -> bool:
    """Whether a message of a crowded turn is not done: its event, or its chore."""
    return found.do not in arrivals.READERS or found.cause in crowd.causes


def _must_load(turn: Turn, kinds: set[str], suspects: Sequence[Member]) -> bool:
    """Whether what the process remembers of the scope, if anything, is not enough."""
    if suspects or kinds & chores.FRESH:
        return True
    return turn.state is None and bool(kinds - chores.STATELESS)


def _was_here(delivery: Delivery, found: Step) -> bool:
    return delivery.receives > 1 or found.is_again


def _since(delivery: Delivery, found: Step) -> float:
    """Return when the message was sent at the latest; a substitute does not know."""
    return 0.0 if found.is_again else delivery.sent_at - SKEW
