"""What is read of an execution, to tell of one run, one child, or a page of them?

Rule 1  A run is told by the scopes that lead to its Map; its children are not read.
Rule 2  A child is told by its first record and its last; many of a hundred are read
        together.
Rule 3  Large values are read of what is shown, and of children that are batches: how
        many items are in one is in its input.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.api.stepfunctions.places import TOP, Places
from chalicelib.api.stepfunctions.runs import Child, Run, runs_of
from chalicelib.engine.history import Happened
from chalicelib.engine.runs import RunName
from chalicelib.engine.state import Stored
from chalicelib.journal import keys
from chalicelib.journal.archive import Archive
from chalicelib.journal.keys import LEAF
from chalicelib.journal.parts import WHOLE, Part
from chalicelib.model.workflow import (
    Map,
    Scope,
    State,
    Workflow,
    child_scopes,
    walk_scopes,
)
from chalicelib.values import Json

Event = dict[str, Json]

#: Children of a hundred up to which each is looked for by itself.
FEW = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """Reads of one execution what is asked for."""

    archive: Archive
    workflow: Workflow
    execution: str

    def run(self, name: RunName) -> Run | None:
        """Return a run, without its children; None where it has not begun."""
        found = self._runs(Part(scopes=_path(name.scope), shows=_nothing))
        return next((each for each in found if each.name == name), None)

    def runs_in(self, within: str) -> list[Run]:
        """Return the runs of an execution, or of the child ``within``; as they began.

        Those of its branches and inline iterations are among them.
        """
        runs = self._runs(self._part(within, with_rest=False, shows=_nothing))
        return [run for run in runs if _around(run.within) == within]

    def child(self, scope: str, *, with_data: bool = False) -> tuple[Run, Child] | None:
        """Return a child, with its run; None where it has not begun."""
        part = Part(
            scopes=_path(scope)[:-1],
            ends=(scope,),
            shows=lambda each: with_data and each == scope,
        )
        for run in self._runs(part):
            if scope in run.children:
                return run, run.children[scope]
        return None

    def children(
        self, run: Run, numbers: Sequence[int], *, with_data: bool = False
    ) -> list[Child]:
        """Return those of some children that have begun, in the order asked for."""
        if not run.container:
            return []
        among = Counter(number // LEAF for number in numbers)
        leaves = {leaf for leaf, count in among.items() if count > FEW}
        wanted = [f"{run.container}-{number}" for number in numbers]
        alone = [f"{run.container}-{n}" for n in numbers if n // LEAF not in leaves]
        is_read = with_data or run.work.batcher is not None
        shown = frozenset(wanted if is_read else ())
        path = _path(run.name.scope)
        part = Part(
            scopes=path,
            ends=tuple(alone),
            leaves=tuple((run.container, leaf) for leaf in sorted(leaves)),
            shows=shown.__contains__,
        )
        found = self._found(run, part).children
        return [found[each] for each in wanted if each in found]

    def counted(self, run: Run) -> Run:
        """Return a run with what its counts need: all children that have begun.

        None of them where the run says it: it has succeeded, and tolerated nothing.
        """
        if not run.container or run.is_flawless:
            return run
        prefix = f"{run.container}-" if run.work.batcher is not None else "none"
        part = Part(
            scopes=_path(run.name.scope),
            crowds=((run.container, run.total),),
            shows=lambda scope: scope.startswith(prefix),
        )
        return self._found(run, part)

    def story(self) -> list[Event]:
        """Return what happened, but for what the children of runs tell themselves.

        Large values are left as references, see ``filled``.
        """
        part = WHOLE
        if _leads_to_run(self.workflow.scope):
            part = self._part(TOP, with_rest=True, shows=_everything)
        return self.archive.history(self.execution, replace(part, is_outline=True))

    def story_of(self, child: str) -> list[Event]:
        """Return what happened in a child, and what led to it; likewise."""
        part = Part(
            scopes=_path(child)[:-1],
            trees=(child,),
            is_outline=True,
        )
        return self.archive.history(self.execution, part)

    def filled(self, events: Iterable[Event], wanted: Container[int]) -> list[Event]:
        """Return the events of a story, with the large values of those wanted."""
        return [
            _mapped(event, self.value if event["id"] in wanted else _none)
            for event in events
        ]

    def value(self, slot: Json | Stored) -> Json:
        """Return a value of a story."""
        return self.archive.told(self.execution, slot)

    def _runs(self, part: Part) -> list[Run]:
        events = self.archive.history(self.execution, part)
        return runs_of(events, self.workflow, self.execution)

    def _found(self, run: Run, part: Part) -> Run:
        return next(each for each in self._runs(part) if each.name == run.name)

    def _part(
        self, within: str, *, with_rest: bool, shows: Callable[[str], bool]
    ) -> Part:
        """Return what leads to runs; ``with_rest``: and what else is below ``within``.

        Which children there are is known from the scope around them: it is read, and
        then those that may have runs of their own, as deep as there are any.
        """
        part = Part(scopes=_path(within), shows=_nothing)
        while True:
            events = self.archive.history(self.execution, part)
            scopes, crowds = dict.fromkeys(part.scopes), {}
            for container, count, leads in self._containers(events, within):
                if leads:
                    scopes |= {f"{container}-{each}": None for each in range(count)}
                elif with_rest:
                    crowds[container] = count
            if len(scopes) == len(part.scopes):
                whole = tuple(crowds.items())
                return replace(part, groups=whole, shows=shows)
            part = replace(part, scopes=tuple(scopes))

    def _containers(
        self, events: Iterable[Event], within: str
    ) -> Iterator[tuple[str, int, bool]]:
        """Yield those that are no runs: what their children are named by, how many.

        And whether there may be runs below.
        """
        places = Places(self.workflow)
        for event in events:
            places.see(event)
            scope = event["scope"]
            is_begun = event["type"] == Happened.CHILDREN_STARTED
            if not is_begun or _around(places.apart(scope)) != within:
                continue
            state = places.state(scope, event["state"])
            if state is None or _is_run(state):
                continue
            number, attempt = event["activation"], event.get("attempt", 1)
            leads = any(map(_leads_to_run, child_scopes(state)))
            yield f"{scope}.{number}.{attempt}", event["children"], leads


def _none(_slot: Json | Stored) -> Json:
    return None


def _mapped(event: Event, read: Callable[[Json | Stored], Json]) -> Event:
    """Return an event with what ``read`` makes of its large values."""

    def shown(value: Json) -> Json:
        return read(value) if type(value) is Stored else value

    told = {name: shown(value) for name, value in event.items()}
    if "assigned" in told:
        each = told["assigned"].items()
        told["assigned"] = {name: shown(value) for name, value in each}
    return told


def _nothing(_scope: str) -> bool:
    return False


def _everything(_scope: str) -> bool:
    return True


def _around(child: tuple[str, str] | None) -> str:
    """Return the scope of a child that is an execution; the top, where it is none."""
    return TOP if child is None else child[1]


def _path(scope: str) -> tuple[str, ...]:
    """Return the scopes that lead to a scope, the top first, and itself.

    >>> _path("r.3.1-17.1.1-0")
    ('r', 'r.3.1-17', 'r.3.1-17.1.1-0')
    """
    above = _path(keys.parent(scope)[0]) if "-" in scope else ()
    return (*above, scope)


def _is_run(state: State) -> bool:
    return isinstance(state.work, Map) and bool(state.work.label)


def _leads_to_run(scope: Scope) -> bool:
    """Whether a state in a scope, or below it, is one whose children are executions."""
    return any(
        _is_run(state) for each in walk_scopes(scope) for state in each.states.values()
    )
