"""How does a scope move while one event is applied? The draft of the next state.

A ``Walk`` is the only mutable thing of the engine. It lives inside one call of
``advance``: copied from the state before, changed by the handlers of the table, frozen
into the state after. Nobody outside ever sees it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from chalicelib.engine.commands import Command
from chalicelib.engine.history import SHOWN, Happened, HistoryEvent
from chalicelib.engine.setting import Setting
from chalicelib.engine.sight import Sight
from chalicelib.engine.state import (
    Activation,
    Degrading,
    Edges,
    Failure,
    Phase,
    Ready,
    ScopeState,
    Status,
    Stored,
)
from chalicelib.engine.visit import Visit
from chalicelib.errors import EvaluationFailure, QueryFailure
from chalicelib.expressions import evaluate
from chalicelib.model.error_names import PREFIXES
from chalicelib.model.workflow import Join
from chalicelib.values import Json

#: Phases before an attempt, which makes its own input.
_TO_COME = (Phase.RETRYING, Phase.DELAYED)


class Walk(Sight):
    """The draft of a scope's next state, and what is to be said and done about it."""

    def __init__(
        self, setting: Setting, state: ScopeState, at: float, budget: int
    ) -> None:
        super().__init__(setting, state, at)
        self.budget = budget
        self.status = state.status
        self.next_id = state.next_id
        self.active: dict[int, Activation] = dict(state.active)
        self.ready: deque[Ready] = deque(state.ready)
        self.done: dict[str, Edges] = dict(state.done)
        self.transitions, self.told = state.transitions, state.told
        #: What ``weights`` has weighed, by its id: the value itself, so that the id
        #: stays its own; its characters; and its depth.
        self.weighed: dict[int, tuple[Json, int, int]] = {}
        self.due_at = state.due_at
        self.begun: frozenset[str] = state.begun
        self.degraded: Mapping[str, Degrading] = state.degraded
        self.output: Json | Stored = state.output
        self.failed, self.failure = state.failed, state.failure
        self.left: dict[int, Activation] = dict(state.left)
        self.commands: list[Command] = []
        self.history: list[HistoryEvent] = []

    # -- what it says ------------------------------------------------------------

    def broken(self, visit: Visit, why: EvaluationFailure) -> Failure:
        """Return what a state fails with whose data has no value for it."""
        name = visit.state.name
        prefix = PREFIXES[self.setting.workflow.errors]
        where = prefix.format(state=name, event=visit.told)
        failure = Failure(error=why.error, cause=f"{where}{why.cause}")
        if isinstance(why, QueryFailure):
            self.say(Happened.EVALUATION_FAILED, name, failure=failure, note=why.field)
        return failure

    def say(
        self,
        kind: Happened,
        state: str = "",
        value: Json = None,
        *,
        failure: Failure | None = None,
        note: str = "",
        activation: int = 0,
        attempt: int = 0,
        beside: Mapping[str, Json] | None = None,
    ) -> None:
        """Add a history event."""
        self.told += SHOWN.get(kind, 1)
        self.history.append(
            HistoryEvent(
                kind,
                self.at,
                state,
                self.inline_key,
                value,
                failure.error if failure else "",
                failure.cause if failure else "",
                note,
                activation,
                attempt,
                beside,
            )
        )

    # -- variables and activations -----------------------------------------------

    def assign(self, values: Mapping[str, Json]) -> None:
        """Give variables new values."""
        if values:
            self.variables = {**self.variables, **values}
            self._visible = None

    def hold(self, visit: Visit, phase: Phase, **facts: object) -> None:
        """Keep the visit open, waiting for what ``phase`` says."""
        self.active[visit.id] = Activation(
            id=visit.id,
            state=visit.state.name,
            phase=phase,
            input=self._kept_input(visit, phase),
            entered_at=visit.entered_at,
            attempt=visit.attempt,
            retries=visit.retries,
            since=self.at,
            told=visit.told,
            limits=visit.limits,
            **facts,  # type: ignore[arg-type]
        )

    def _kept_input(self, visit: Visit, phase: Phase) -> Json | Stored:
        """Return what ``taken_up`` needs to give the visit the same input again.

        Join ALL: variables change while the visit is open, so its input is kept as it
        was made of them; an attempt that is still to come makes its own.
        """
        is_made = self.scope.join is Join.ALL and phase not in _TO_COME
        return visit.input if is_made else visit.slot

    def new_visit(self, ready: Ready) -> Visit:
        """Open a visit to a state; it has received nothing yet."""
        state = self.scope.states[ready.state]
        visit = Visit(state, ready.input, self.next_id, self.at)
        visit.told = self.told + 1
        self.next_id += 1
        return visit

    def degrading(self, name: str) -> Degrading:
        """Return what is left out at a state now."""
        state = self.scope.states[name]
        return self.degraded.get(name) or Degrading(
            current=state.bypassed, followers=state.cuts_followers
        )

    def reopen(self, activation: Activation) -> Visit:
        """Return the visit that an activation had kept open, without its data."""
        state = self.scope.states[activation.state]
        visit = Visit(state, activation.input, activation.id, activation.entered_at)
        visit.attempt = activation.attempt
        visit.retries, visit.items = activation.retries, activation.items
        visit.told, visit.home = activation.told, activation.home
        visit.held = activation
        visit.limits = activation.limits
        return visit

    def taken_up(self, activation: Activation) -> Visit:
        """Return the visit that an activation had kept open, with its input.

        Raises:
            EvaluationFailure: the input is lost.
        """
        visit = self.reopen(activation)
        visit.receive(self.load(activation.input))
        program = visit.state.input
        if program is None or self.scope.join is Join.ALL:
            visit.input = visit.raw_input
        else:
            visit.input = evaluate(program, self.view(visit, visit.raw_input))
        return visit

    # -- the end -----------------------------------------------------------------

    def frozen(self) -> ScopeState:
        """Return the state after."""
        return ScopeState(
            origin=self.origin,
            status=self.status,
            next_id=self.next_id,
            active=self.active,
            ready=tuple(self.ready),
            done=self.done,
            failed=self.failed,
            variables=self.variables,
            transitions=self.transitions,
            told=self.told,
            due_at=self.due_at,
            begun=self.begun,
            degraded=self.degraded,
            output=self.output,
            failure=self.failure,
            left=self.left,
            redrives=self.redrives,
            redriven_at=self.redriven_at,
        )

    @property
    def is_running(self) -> bool:
        """Whether the scope can still move."""
        return self.status is Status.RUNNING
