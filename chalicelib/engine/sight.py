"""What can be seen from where a scope is, by its expressions and by the engine?

Nothing here changes the scope; what does is in ``walk``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from chalicelib.engine.callback_urls import CallbackUrls
from chalicelib.engine.setting import LOST, Setting
from chalicelib.engine.state import Failure, Origin, ScopeState, Stored
from chalicelib.engine.visit import Visit
from chalicelib.errors import EvaluationFailure, LoanNeeded, ValueNeeded
from chalicelib.expressions import Facts, View
from chalicelib.model.error_names import CAUSES, TABLES, Kind
from chalicelib.model.workflow import Map, Parallel, Scope, Task
from chalicelib.values import Json

#: Positions in a runtime id such as ``r.3.1-17``.
_INDEX = re.compile(r"-(\d+)")
#: Seconds that a task token lives after its attempt is due (or began, when it has no
#: timeout): long, so that a late answer hears that it is late, not that it is forged.
TOKEN_LIFE = 366 * 86400.0
#: Seconds that a state's own token lives after the start of its execution.
STATE_TOKEN_LIFE = 10 * TOKEN_LIFE


class Sight:
    """A scope at a moment of its draft: what is there to be seen."""

    def __init__(self, setting: Setting, state: ScopeState, at: float) -> None:
        self.setting = setting
        self.at = at
        self.origin: Origin = state.origin
        self.scope: Scope = setting.workflow.scopes[state.origin.scope]
        self.variables: Mapping[str, Json | Stored] = state.variables
        self.redrives, self.redriven_at = state.redrives, state.redriven_at
        #: Set for a child that runs inside its container's own turn.
        self.inline_key = ""
        self._visible: Mapping[str, Json] | None = None

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
