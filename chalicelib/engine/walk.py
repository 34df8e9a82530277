"""How does a scope move while one event is applied? The draft of the next state.

A ``Walk`` is the only mutable thing of the engine. It lives inside one call of
``advance``: copied from the state before, changed by the handlers of the table, frozen
into the state after. Nobody outside ever sees it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from functools import partial

from chalicelib.engine.callback_urls import CallbackUrls
from chalicelib.engine.commands import Command
from chalicelib.engine.history import SHOWN, Happened, HistoryEvent
from chalicelib.engine.setting import LOST, Setting
from chalicelib.engine.state import (
    Activation,
    Degrading,
    Edges,
    Failure,
    Origin,
    Phase,
    Ready,
    ScopeState,
    Status,
    Stored,
)
from chalicelib.engine.visit import Visit
from chalicelib.errors import (
    EvaluationFailure,
    LoanNeeded,
    QueryFailure,
    ValueNeeded,
)
from chalicelib.expressions import Facts, View, evaluate
from chalicelib.model.error_names import CAUSES, PREFIXES, TABLES, Kind
from chalicelib.model.workflow import Join, Map, Parallel, Scope, Task
from chalicelib.values import Json

#: Phases before an attempt, which makes its own input.
_TO_COME = (Phase.RETRYING, Phase.DELAYED)
#: Positions in a runtime id such as ``r.3.1-17``.
_INDEX = re.compile(r"-(\d+)")
#: Seconds that a task token lives after its attempt is due (or began, when it has no
#: timeout): long, so that a late answer hears that it is late, not that it is forged.
TOKEN_LIFE = 366 * 86400.0
#: Seconds that a state's own token lives after the start of its execution.
STATE_TOKEN_LIFE = 10 * TOKEN_LIFE


class Walk:
    """The draft of a scope's next state, and what is to be said and done about it."""

    def __init__(
        self, setting: Setting, state: ScopeState, at: float, budget: int
    ) -> None:
        self.setting = setting
        self.at = at
        self.budget = budget
        self.origin: Origin = state.origin
        self.scope: Scope = setting.workflow.scopes[state.origin.scope]
        self.status = state.status
        self.next_id = state.next_id
        self.active: dict[int, Activation] = dict(state.active)
        self.ready: deque[Ready] = deque(state.ready)
        self.done: dict[str, Edges] = dict(state.done)
        self.failed = state.failed
        self.variables: Mapping[str, Json | Stored] = state.variables
        self.transitions = state.transitions
        self.told = state.told
        self.due_at = state.due_at
        self.begun: frozenset[str] = state.begun
        self.degraded: Mapping[str, Degrading] = state.degraded
        self.output: Json | Stored = state.output
        self.failure = state.failure
        self.left: dict[int, Activation] = dict(state.left)
        self.redrives, self.redriven_at = state.redrives, state.redriven_at
        self.commands: list[Command] = []
        self.history: list[HistoryEvent] = []
        #: Set for a child that runs inside its container's own turn.
        self.inline_key = ""
        self._visible: Mapping[str, Json] | None = None

    # -- what it can see ---------------------------------------------------------

    def load(self, slot: Json | Stored) -> Json:
        """Return the value in a slot.

        Raises:
            ValueNeeded: it is stored and was not loaded yet.
            EvaluationFailure: it is lost.
        """
        if type(slot) is not Stored:
            return slot
        try:
            value = self.setting.values[slot.reference]
        except KeyError:
            raise ValueNeeded(slot.reference) from None
        if value is LOST:
            cause = f"a stored value is gone: {slot.reference[:200]}"
            raise EvaluationFailure(self.name_of(Kind.VALUE_LOST), cause)
        return value

    def visible(self) -> Mapping[str, Json]:
        """Return the variables, every one loaded.

        Raises:
            EvaluationFailure: one is lost.
        """
        if self._visible is None:
            if Stored in map(type, self.variables.values()):
                self._visible = {k: self.load(v) for k, v in self.variables.items()}
            else:
                self._visible = self.variables
        return self._visible

    def assign(self, values: Mapping[str, Json]) -> None:
        """Give variables new values."""
        if values:
            self.variables = {**self.variables, **values}
            self._visible = None

    def view(
        self,
        visit: Visit,
        data: Json,
        *,
        result: Json = None,
        error: Json = None,
    ) -> View:
        """Return what an expression of the visited state can see."""
        return View(
            data,
            raw_input=visit.raw_input,
            input=visit.input,
            result=result,
            variables=self.visible(),
            facts=lambda: self.facts(visit),
            error=error,
        )

    def facts(self, visit: Visit) -> Facts:
        """Return the facts around the visited state."""
        origin = self.origin
        urls = CallbackUrls(self.setting.workflow, self.scope, self.key, self._address)
        return Facts(
            execution=origin.execution,
            execution_name=origin.name,
            execution_input=self.load(origin.input),
            started_at=origin.started_at,
            redrives=self.redrives,
            redriven_at=self.redriven_at,
            workflow=origin.workflow,
            version=origin.version,
            naming=self.setting.naming,
            state=visit.state.name,
            entered_at=visit.entered_at,
            event=visit.told,
            retry_count=visit.attempt - 1,
            can_retry=isinstance(visit.state.work, Task | Parallel | Map),
            token=visit.token,
            index=origin.index,
            item=self.load(origin.item),
            indexes=tuple(int(each) for each in _INDEX.findall(self.key)),
            at=self.at,
            salt=self.salt(visit),
            borrow=partial(self._borrow, visit),
            trigger_urls=urls,
        )

    def _borrow(self, visit: Visit, question: Mapping[str, Json]) -> Json:
        # By the attempt and what it asks for, not by the input: that may have changed
        # when the same attempt asks again.
        key = f"{self.salt(visit)}/{visit.state.name}/{question['name']}"
        try:
            return self.setting.values[key]
        except KeyError:
            raise LoanNeeded(key, question) from None

    def _address(self, key: str, scope: str, state: str) -> str:
        # From the start: what is made again, after a crash, must be the same.
        expires_at = self.origin.started_at + STATE_TOKEN_LIFE
        return self.setting.address(key, scope, state, expires_at)

    def salt(self, visit: Visit) -> str:
        """Return what chance is derived from, for this attempt."""
        number, attempt = visit.home[:2] if visit.home else (visit.id, visit.attempt)
        return f"{self.origin.execution}/{self.key}/{number}/{attempt}"

    @property
    def key(self) -> str:
        """The runtime id of the scope."""
        return self.inline_key or self.setting.key

    def name_of(self, kind: Kind) -> str:
        """Return what the author's language calls an error of the platform."""
        return TABLES[self.setting.workflow.errors][kind]

    def failure_of(self, kind: Kind) -> Failure:
        """Return an error of the platform, with the cause the language gives it."""
        cause = CAUSES[self.setting.workflow.errors].get(kind, "")
        return Failure(error=self.name_of(kind), cause=cause)

    def broken(self, visit: Visit, why: EvaluationFailure) -> Failure:
        """Return what a state fails with whose data has no value for it."""
        name = visit.state.name
        prefix = PREFIXES[self.setting.workflow.errors]
        where = prefix.format(state=name, event=visit.told)
        failure = Failure(error=why.error, cause=f"{where}{why.cause}")
        if isinstance(why, QueryFailure):
            self.say(Happened.EVALUATION_FAILED, name, failure=failure, note=why.field)
        return failure

    # -- what it says ------------------------------------------------------------

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

    # -- activations -------------------------------------------------------------

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
