"""One scope in one invocation: load it, advance it, commit it.

Who loses the fence loads and decides again, with the same events; who loses too often
leaves them in the inbox for the winner (I-7). What is to be done after a commit is
``carrying``'s business, the order of it all is ``running``'s.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.engine import events, owed
from chalicelib.engine.commands import Command
from chalicelib.engine.events import Event
from chalicelib.engine.history import HistoryEvent
from chalicelib.engine.state import ScopeState
from chalicelib.engine.transitions import advance
from chalicelib.engine.walk import LOST, Setting
from chalicelib.errors import StaleRecord, ValueLost, ValueNeeded, WorkflowNotFound
from chalicelib.orchestrator import inbox
from chalicelib.orchestrator.world import World
from chalicelib.ports import Message
from chalicelib.journal.scopes import Draft
from chalicelib.journal.records import Record
from chalicelib.values import Json

#: Lost races after which the events go to the inbox.
RACES = 4
#: Seconds; the longest first wait after a lost race, doubled each time.
RACE_PAUSE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An event on its way into a turn, and what it is known by."""

    cause: str
    event: Event
    #: The message it came in; None for what a call here brought back.
    body: Json = None
    #: Set where it came out of the scope's inbox.
    inbox: str = ""


@dataclass(slots=True)
class Dirt:
    """What happened since the last commit."""

    arrivals: list[Arrival] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    history: list[HistoryEvent] = field(default_factory=list)

    @property
    def has_answer(self) -> bool:
        """Whether a task's answer waits to be committed (rule 1)."""
        return any(
            isinstance(each.event, events.TaskAnswered | events.TaskFailed)
            for each in self.arrivals
        )


class Crowded(Exception):  # noqa: N818 - not an error: the inbox has the events
    """The events of this turn wait in the scope's inbox now."""


class Turn:
    """One scope, in one invocation."""

    def __init__(
        self, world: World, execution: str, scope: str, ends_at: float
    ) -> None:
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
        self.budget = world.limits.transitions_per_turn
        #: The table was asked in this turn.
        self.is_fresh = False
        self._loaded: dict[str, Json] = {}
        self._waiting: tuple[tuple[str, Json], ...] = ()
        #: Records this turn has written.
        self.commits = 0
        self._races = 0

    # -- load --------------------------------------------------------------------

    def load(self) -> None:
        """Look at the table: what the process remembers may be old."""
        found = self.world.journal.load(self.execution, self.scope)
        self.record = found.record
        self.state = found.record.state if found.record else None
        self._waiting = found.inbox
        self.is_fresh = True

    def take_inbox(self) -> None:
        """Apply what waits in the scope's inbox."""
        for cause, body in self._waiting:
            event = inbox.read(self.world, self.execution, body)
            self.apply(Arrival(cause=body["cause"], event=event, inbox=cause))
        self._waiting = ()

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self.world.clock.now()

    def setting(self, event: Event | None = None) -> Setting:
        """Return what the engine knows besides state and event."""
        origin = self.state.origin if self.state else getattr(event, "origin", None)
        limits = self.world.limits
        if origin is None or not origin.workflow:
            raise WorkflowNotFound(f"of {self.execution}")
        return Setting(
            workflow=self.world.archive.workflow(origin.workflow, origin.version),
            key=self.scope,
            mint=self._mint,
            values=self._loaded,
            transitions_per_turn=limits.transitions_per_turn,
            transitions_per_scope=limits.transitions_per_scope,
        )

    def _mint(self, activation: int, attempt: int, expires_at: float) -> str:
        return self.world.tokens.mint(
            self.execution, self.scope, activation, attempt, expires_at
        )

    # -- advance -----------------------------------------------------------------

    def apply(self, arrival: Arrival) -> None:
        """Advance by one event."""
        setting = self.setting(arrival.event)
        while True:
            try:
                transition = advance(
                    setting, self.state, arrival.event, max(self.budget, 1)
                )
                break
            except ValueNeeded as needed:
                self.fetch(needed.reference)
        if transition.state is self.state:
            self._note_unchanged(arrival, transition.commands)
            return
        before = self.state.transitions if self.state else 0
        self.budget -= transition.state.transitions - before
        self.state = transition.state
        self.dirt.arrivals.append(arrival)
        self.dirt.commands.extend(transition.commands)
        self.dirt.history.extend(transition.history)

    def _note_unchanged(
        self, arrival: Arrival, wanted: Sequence[Command]
    ) -> None:
        if wanted:
            self.reminders.extend(wanted)
        else:
            self.late.append(arrival)

    def fetch(self, reference: str) -> None:
        """Load a stored value for the engine."""
        try:
            value = self.world.journal.values.restore(
                self.execution, json.loads(reference)
            )
        except ValueLost:
            value = LOST
        self._loaded[reference] = value

    # -- commit ------------------------------------------------------------------

    def commit(self) -> list[Command]:
        """Write the record of what happened since the last; return its commands.

        Raises:
            Crowded: too many races were lost; the events are in the inbox.
        """
        while self.dirt.arrivals:
            try:
                self._write()
            except StaleRecord:
                self._lose_race()
                continue
            self.commits += 1
            wanted = self.dirt.commands
            settled = [each.inbox for each in self.dirt.arrivals if each.inbox]
            self.dirt = Dirt()
            if settled:
                self.world.journal.settle(self.execution, self.scope, settled)
            return wanted
        return []

    def _write(self) -> None:
        assert self.state is not None  # noqa: S101 - something arrived
        draft = Draft(
            at=self.now,
            causes=tuple(each.cause for each in self.dirt.arrivals),
            tags=tuple(owed.tag(each) for each in self.dirt.commands),
            state=self.state,
            history=self.dirt.history,
        )
        self.record = self.world.journal.commit(
            self.execution, self.scope, self.record, draft
        )

    def _lose_race(self) -> None:
        self._races += 1
        again = [each for each in self.dirt.arrivals if not each.inbox]
        if self._races > RACES:
            left = [(each.cause, each.event, each.body) for each in again]
            inbox.leave(self.world, self.execution, self.scope, left)
            raise Crowded
        pause = RACE_PAUSE * 2**self._races * self.world.chance()
        self.world.clock.sleep(pause)
        self.dirt = Dirt()
        self.load()
        for arrival in again:
            self.apply(arrival)
        self.take_inbox()

    # -- again -------------------------------------------------------------------

    def record_of(self, cause: str) -> Record | None:
        """Return the record that decided an event, or None when none did."""
        for record in self.world.journal.walk_back(self.execution, self.scope):
            if cause in record.causes:
                return record
        return None

    def restored(self, tag: owed.Tag) -> Command | None:
        """Return the command behind a tag, or None when it is settled."""
        assert self.state is not None  # noqa: S101 - the caller has a state
        setting = self.setting()
        while True:
            try:
                return owed.restore(setting, self.state, tag)
            except ValueNeeded as needed:
                self.fetch(needed.reference)

    def send(self, messages: Sequence[Message]) -> None:
        """Send step messages."""
        if messages:
            self.world.queue.send(messages)

