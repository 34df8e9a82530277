"""What does the engine know of a scope besides its state, and who brings it?

The workflow, what tokens and addresses are made of, budgets; and the values that it
asked for because only their names were in the state.
"""

from __future__ import annotations

import json

from chalicelib.engine.setting import LOST, Setting
from chalicelib.engine.state import Origin
from chalicelib.errors import LoanNeeded, ValueLost, ValueNeeded
from chalicelib.model.workflow import Scope
from chalicelib.orchestrator import invitations, loans
from chalicelib.orchestrator.invitations import Invitation
from chalicelib.orchestrator.names import task_name
from chalicelib.orchestrator.world import World
from chalicelib.values import Json


class Surroundings:
    """What is around one scope, for one turn."""

    def __init__(self, world: World, execution: str, scope: str) -> None:
        self._world = world
        self._execution = execution
        self._scope = scope
        self._loaded: dict[str, Json] = {}
        self._setting: Setting | None = None

    def setting(self, origin: Origin) -> Setting:
        """Return what the engine knows besides state and event.

        Raises:
            WorkflowNotFound: it was removed.
        """
        if self._setting is None:
            limits = self._world.limits
            self._setting = Setting(
                workflow=self._world.archive.workflow(origin.workflow, origin.version),
                key=self._scope,
                mint=self._mint,
                address=self._address,
                values=self._loaded,
                naming=self._world.naming,
                transitions_per_turn=limits.transitions_per_turn,
                transitions_per_scope=limits.transitions_per_scope,
                state_bytes=limits.state_bytes,
                step_bytes=limits.step_bytes,
            )
        return self._setting

    def model(self, origin: Origin) -> Scope:
        """Return the scope as its workflow has it; raises what ``setting`` raises."""
        return self.setting(origin).workflow.scopes[origin.scope]

    def fetch(self, needed: ValueNeeded) -> None:
        """Load a stored value for the engine, or look up what a task is lent."""
        reference = needed.reference
        if isinstance(needed, LoanNeeded):
            place = (self._execution, self._scope)
            self._loaded[reference] = loans.borrow(self._world, *place, needed)
            return
        try:
            value = self._world.journal.values.restore(
                self._execution, json.loads(reference)
            )
        except ValueLost:
            value = LOST
        self._loaded[reference] = value

    def _mint(self, activation: int, attempt: int, expires_at: float) -> str:
        return self._world.tokens.mint(
            self._execution, self._scope, activation, attempt, expires_at
        )

    def _address(self, key: str, scope: str, state: str, expires_at: float) -> str:
        tokens = self._world.tokens
        token = tokens.mint(self._execution, key, state, 1, expires_at)
        invitation = Invitation(
            token=token, execution=self._execution, task=task_name(scope, key, state)
        )
        return invitations.url(self._world.callback_base, "rillflow", invitation)
