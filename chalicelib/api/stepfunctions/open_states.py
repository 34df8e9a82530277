"""What is open in a history that is told, and how is it told when it breaks off?

Rule 1  Who fails, or is left, leaves its children behind: they are told as aborted.
Rule 2  What they say later nobody hears.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.api.stepfunctions.attempts import Attempt, Attempts
from chalicelib.api.stepfunctions.places import Places
from chalicelib.api.stepfunctions.shown import Event, Shown, Told
from chalicelib.model.workflow import Map, Parallel, State, Task, Wait

#: The kinds of state that AWS tells of as aborted; the others are never waited for.
_ABORTED = (Task, Wait, Map, Parallel)


class Open:
    """The states and attempts that go on, and the scopes that nobody waits for."""

    def __init__(self, places: Places, shown: Shown) -> None:
        self._places = places
        self._shown = shown
        #: Scopes whose containers did not wait for them.
        self.aborted: set[str] = set()
        #: Scope -> name of the state that it is in.
        self.entered: dict[str, str] = {}
        self.attempts = Attempts()

    def abortion(self, event: Event) -> Iterator[Told]:
        """Tell that nobody waits for a scope any more."""
        scope = event["scope"]
        name = self.entered.pop(scope, "")
        self.abort_children(event, self.attempts.end((scope, name)))
        state = self._places.state(scope, name)
        if state is not None and isinstance(state.work, _ABORTED):
            yield f"{type_of(state)}StateAborted", "", {}
        yield from self.iteration(scope, "Aborted")

    def abort_children(self, event: Event, attempt: Attempt | None) -> None:
        """Show that those end whose container does not wait for them."""
        for scope in attempt.children if attempt else ():
            self.aborted.add(scope)
            child = {**event, "scope": scope}
            for told in self.abortion(child):
                self._shown.add(child, told)

    def was_aborted(self, scope: str) -> bool:
        """Whether nobody waits for a scope, or for one that it lies in."""
        while self.aborted and "-" in scope:
            if scope in self.aborted:
                return True
            scope = self._places.above(scope)
        return False

    def iteration(self, scope: str, ended: str) -> Iterator[Told]:
        """Tell what has become of a scope, if it is an iteration."""
        found = self._places.iteration(scope)
        if found is not None:
            name, index = found
            details = {"name": name, "index": index}
            yield f"MapIteration{ended}", f"mapIteration{ended}", details

    def broken_off(self, event: Event) -> Iterator[Told]:
        """Say which container the failure of a scope breaks off."""
        scope = event["scope"]
        name = self.entered.pop(scope, "")
        attempt = self.attempts.end((scope, name))
        state = self._places.state(scope, name)
        self.abort_children(event, attempt)
        # AWS: an attempt whose own rules cannot be read is not told as failed.
        if state is not None and attempt is not None and attempt.has_failed:
            yield f"{type_of(state)}StateFailed", "", {}


def type_of(state: State) -> str:
    """Return how AWS calls the kind of a state."""
    return type(state.work).__name__
