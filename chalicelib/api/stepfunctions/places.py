"""Which state of the definition is a history event about?

A history names scopes by their runtime ids, such as ``r.3.1-17``; which Map or Parallel
that id belongs to is known from the event that started its children.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.engine.history import Happened
from chalicelib.journal import keys
from chalicelib.model.workflow import Map, Parallel, Scope, State, Workflow
from chalicelib.values import Json

#: Runtime id of the top level.
TOP = "r"


class Places:
    """Finds scopes and states of one execution's workflow."""

    def __init__(self, workflow: Workflow) -> None:
        self._scopes: dict[str, Scope | None] = {TOP: workflow.scope}
        #: (scope, activation) -> name of the container.
        self._containers: dict[tuple[str, int], str] = {}

    def see(self, event: Mapping[str, Json]) -> None:
        """Take note of an event; all of them, in order."""
        if event["type"] == Happened.CHILDREN_STARTED:
            key = (event["scope"], event["activation"])
            self._containers[key] = event["state"]

    def state(self, scope: str, name: str) -> State | None:
        """Return a state by the runtime id of its scope, or None if it is unknown."""
        found = self._scope(scope)
        return None if found is None else found.states.get(name)

    def above(self, scope: str) -> str:
        """Return the runtime id of the scope around a child."""
        return keys.parent(scope)[0]

    def container(self, scope: str) -> tuple[str, str]:
        """Return the scope and the name of the state that a child belongs to."""
        parent, activation, _, _ = keys.parent(scope)
        return parent, self._containers.get((parent, activation), "")

    def iteration(self, scope: str) -> tuple[str, int] | None:
        """Return the Map and the index of an iteration; None for a branch."""
        name = self.container(scope)[1]
        state = self.state(*self.container(scope))
        if state is None or not isinstance(state.work, Map):
            return None
        return name, keys.parent(scope)[3]

    def is_apart(self, scope: str) -> bool:
        """Whether a scope is inside an iteration that counts as an execution."""
        return self.apart(scope) is not None

    def apart(self, scope: str) -> tuple[str, str] | None:
        """Return the iteration around a scope that counts as an execution.

        Its label and its runtime id; None where there is none.
        """
        while "-" in scope:
            state = self.state(*self.container(scope))
            if state is not None and isinstance(state.work, Map) and state.work.label:
                return state.work.label, scope
            scope = self.above(scope)
        return None

    def _scope(self, scope: str) -> Scope | None:
        if scope not in self._scopes:
            self._scopes[scope] = self._child(scope)
        return self._scopes[scope]

    def _child(self, scope: str) -> Scope | None:
        if "-" not in scope:
            return None
        state = self.state(*self.container(scope))
        index = keys.parent(scope)[3]
        match state and state.work:
            case Map(scope=each):
                return each
            case Parallel(branches=branches) if index < len(branches):
                return branches[index].scope
        return None
