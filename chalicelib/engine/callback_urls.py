"""Where can a task be answered that may not have begun? ``$.tasks.X.trigger_url``.

A name means the nearest task of that name: in the scope itself, else in those around
it. Only tasks that wait for an answer, or to be woken, have a URL. Most expressions
never ask, so it is made when one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from chalicelib.model.workflow import Gate, Mode, Scope, Task, Workflow, child_scopes

#: (runtime id of the scope, id in the model, state, expires at) -> URL
Address = Callable[[str, str, str, float], str]


class CallbackUrls(Mapping[str, str]):
    """URLs by the name of the task, as one scope sees them."""

    def __init__(
        self,
        workflow: Workflow,
        scope: Scope,
        key: str,
        address: Callable[[str, str, str], str],
    ) -> None:
        """``key``: the scope's runtime id; ``address``: (key, scope id, state)."""
        self._workflow = workflow
        self._scope = scope
        self._key = key
        self._address = address

    def __getitem__(self, name: str) -> str:
        for key, scope in self._around():
            if name in scope.states:
                if not _waits(scope, name):
                    break
                return self._address(key, scope.id, name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        seen: set[str] = set()
        for _, scope in self._around():
            for name in scope.states:
                if name not in seen and _waits(scope, name):
                    yield name
                seen.add(name)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _around(self) -> Iterator[tuple[str, Scope]]:
        """Yield the scope and those around it, innermost first."""
        above = _containers(self._workflow)
        key, scope = self._key, self._scope
        yield key, scope
        while scope.id in above:
            scope = above[scope.id]
            key = key.rpartition("-")[0].rsplit(".", 2)[0]
            yield key, scope


def _waits(scope: Scope, name: str) -> bool:
    work = scope.states[name].work
    return isinstance(work, Gate) or (
        isinstance(work, Task) and work.mode is Mode.CALLBACK
    )


def _containers(workflow: Workflow) -> dict[str, Scope]:
    """Return the scope around each scope, by the inner one's id."""
    return {
        inner.id: scope
        for scope in workflow.scopes.values()
        for state in scope.states.values()
        for inner in child_scopes(state)
    }
