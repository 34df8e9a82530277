"""One scope in one invocation: load it, advance it, commit it.

Who loses the fence loads and decides again, with the same events; who loses too often,
or in a scope where many may race, leaves what only this invocation knows in the inbox
(I-7). What is to be done after a commit is ``carrying``'s business, the order of it all
is ``running``'s.

Rule 1  What a process remembers of a scope may be old. It is good enough to advance on,
        for the fence would refuse the record; not to find that an event is late.
Rule 2  Each record names the messages that its turn was for. A redelivery finds by them
        what an earlier delivery decided, however far that one had come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.engine import events, owed
from chalicelib.engine.commands import Command
from chalicelib.engine.events import Event
from chalicelib.engine.history import HistoryEvent
from chalicelib.engine.setting import Setting
from chalicelib.engine.state import Origin, ScopeState
from chalicelib.engine.transitions import advance
from chalicelib.errors import StaleRecord, ValueNeeded, WorkflowNotFound
from chalicelib.journal import keys
from chalicelib.journal.records import Draft, Record
from chalicelib.orchestrator import counting, inbox
from chalicelib.orchestrator.dirt import Arrival, Crowded, Dirt
from chalicelib.orchestrator.surroundings import Surroundings
from chalicelib.orchestrator.world import World
from chalicelib.ports import Message
from chalicelib.values import Json

#: Lost races after which the events go to the inbox ...
RACES = 4
#: ... in a scope that waits for no more than so many things: more of them may come at
#: once, and each race that is lost costs as much as the one that is won.
FEW = 8
#: Seconds; the longest first wait after a lost race, doubled each time.
RACE_PAUSE = 0.05


class Turn:
    """One scope, in one invocation."""

    def __init__(
        self,
        world: World,
        execution: str,
        scope: str,
        ends_at: float,
        about: tuple[str, ...] = (),
    ) -> None:
        """``about``: the causes of the messages that the turn is for (rule 2)."""
        self.world = world
        self.execution = execution
        self.scope = scope
        self.ends_at = ends_at
        self.record: Record | None = world.journal.remembered(execution, scope)
        self.state: ScopeState | None = self.record.state if self.record else None
        self.dirt = Dirt()
        #: Events that changed nothing.
        self.late: list[Arrival] = []
        #: Commands that need no record: timers to be asked for again.
        self.reminders: list[Command] = []
        #: The table was asked in this turn.
        self.is_fresh = False
        self.about = about
        self._budget = world.limits.transitions_per_turn
        #: What waits in the inbox, as the table had it: (slot, body).
        self.waiting: tuple[tuple[str, Json], ...] = ()
        #: Whether this turn applies it.
        self.takes_inbox = True
        self._has_taken = False
        self._around = Surroundings(world, execution, scope)
        self._races = 0

    # -- load --------------------------------------------------------------------

    def load(self) -> None:
        """Look at the table: what the process remembers may be old."""
        self._has_taken = False
        found = self.world.journal.load(self.execution, self.scope)
        self.record = found.record
        self.state = found.record.state if found.record else None
        self.waiting = found.inbox
        self.is_fresh = True

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self.world.clock.now()

    def _setting(self, event: Event | None = None) -> Setting:
        origin = self.state.origin if self.state else getattr(event, "origin", None)
        if origin is None:
            raise WorkflowNotFound(f"of {self.execution}")
        return self._around.setting(origin)

    # -- advance -----------------------------------------------------------------

    def take(self, arrivals: Sequence[Arrival]) -> None:
        """Apply the first events of a turn, after those that wait in the inbox."""
        self._apply_all(arrivals)
        if self.late and not self.is_fresh:  # rule 1
            self.late.clear()
            self.reminders.clear()
            self.load()
            self._begin_anew(arrivals)

    def _begin_anew(self, arrivals: Sequence[Arrival]) -> None:
        self.dirt = Dirt()
        self._budget = self.world.limits.transitions_per_turn
        self._apply_all(arrivals)

    def _apply_all(self, arrivals: Sequence[Arrival]) -> None:
        if self.takes_inbox and not self._has_taken:
            self._has_taken = True
            for slot, body in self.waiting:
                event = inbox.read(self.world, self.execution, body)
                self.apply(Arrival(cause=body["cause"], event=event, inbox=slot))
        for arrival in arrivals:
            self.apply(arrival)

    def apply(self, arrival: Arrival) -> None:
        """Advance by one event."""
        event = self._grounded(arrival.event)
        setting = self._setting(event)
        while True:
            try:
                transition = advance(setting, self.state, event, max(self._budget, 1))
                break
            except ValueNeeded as needed:
                self._around.fetch(needed)
        if transition.state is self.state:
            self._note_unchanged(arrival, transition.commands)
            return
        before = self.state.transitions if self.state else 0
        self._budget -= transition.state.transitions - before
        self.state = transition.state
        self.dirt.arrivals.append(arrival)
        self.dirt.commands.extend(transition.commands)
        self.dirt.history.extend(transition.history)

    def _note_unchanged(self, arrival: Arrival, wanted: Sequence[Command]) -> None:
        if wanted:
            self.reminders.extend(wanted)
        elif not arrival.inbox:
            self.late.append(arrival)

    def _grounded(self, event: Event) -> Event:
        """Give a stop that comes before the start the facts that it lacks."""
        if self.state is not None or not isinstance(event, events.ScopeStopped):
            return event
        head = self.world.archive.head(self.execution)
        origin = Origin(
            execution=self.execution,
            workflow=head.workflow,
            version=head.version,
            name=head.name,
            started_at=head.started_at,
            index=keys.parent(self.scope)[3] if "-" in self.scope else None,
        )
        return replace(event, origin=origin)

    # -- commit ------------------------------------------------------------------

    def commit(self) -> list[Command]:
        """Write the record of what happened since the last; return its commands.

        Raises:
            Crowded: too many races were lost.
        """
        while self.dirt.arrivals:
            assert self.state is not None  # noqa: S101 - something arrived
            draft = self._draft(
                [each.cause for each in self.dirt.arrivals],
                self.dirt.due(self.state),
                self.dirt.history,
            )
            if self._write(draft):
                wanted, self.dirt = self.dirt.due(self.state), Dirt()
                return wanted
            self._decide_again()
        return []

    def _draft(
        self,
        causes: Sequence[str],
        wanted: Sequence[Command] = (),
        history: Sequence[HistoryEvent] = (),
    ) -> Draft:
        assert self.state is not None  # noqa: S101 - something is known of the scope
        return Draft(
            at=self.now,
            causes=tuple(dict.fromkeys([*causes, *self.about])),
            tags=tuple(owed.tag(each) for each in wanted),
            state=self.state,
            history=history,
        )

    def _write(self, draft: Draft) -> bool:
        """Write the next record; when that was lost, load what others wrote."""
        before = self.record
        seq = before.seq + 1 if before else 1
        try:
            self.record = self.world.journal.commit(
                self.execution, self.scope, before, draft
            )
        except StaleRecord:
            self._races += 1
            self.world.metrics.count("ConflictsLost")
            pause = RACE_PAUSE * 2**self._races * self.world.chance()
            self.world.clock.sleep(pause)
            self.load()
            if not self._is_written(seq, draft):
                return False
        counting.committed(self.world, before, draft)
        return True

    def _is_written(self, seq: int, draft: Draft) -> bool:
        """Whether the record that was in the way is ours: only its answer was lost."""
        record = self.record
        if record is None or record.seq != seq:
            record = self.world.journal.said(self.execution, self.scope, seq)
        if record is None:
            return False
        return record.at == draft.at and record.causes == draft.causes

    def _decide_again(self) -> None:
        """Apply the same events to what others have written."""
        again = [each for each in self.dirt.arrivals if not each.inbox]
        if self._races > (0 if self.may_crowd else RACES):
            self.leave(again)
            raise Crowded({each.cause for each in again})
        self._begin_anew(again)

    @property
    def may_crowd(self) -> bool:
        """Whether so much is waited for that it may come all at once."""
        return self.state is not None and len(self.state.active) > FEW

    @property
    def may_be_woken(self) -> bool:
        """Whether people may change its variables at any time."""
        if self.state is None:
            return False
        return self._around.model(self.state.origin).has_gates

    def leave(self, arrivals: Sequence[Arrival]) -> None:
        """Leave in the inbox what only this turn knows."""
        inbox.leave(self.world, self.execution, self.scope, arrivals)

    def note(self, cause: str) -> None:
        """Write down that something was done that is no event, while that matters."""
        while self.state is not None and not self.state.is_ended:
            if self._write(self._draft([cause])) or self._races > RACES:
                return

    def restored(self, tag: owed.Tag) -> Command | None:
        """Return the command behind a tag, or None when it is settled.

        Raises:
            EvaluationFailure: a value that it needs is lost.
        """
        if self.state is None:
            return None
        setting = self._setting()
        while True:
            try:
                return owed.restore(setting, self.state, tag)
            except ValueNeeded as needed:
                self._around.fetch(needed)

    def send(self, messages: Sequence[Message]) -> None:
        """Send step messages."""
        if messages:
            self.world.queue.send(messages)
