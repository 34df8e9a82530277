"""Which runs of Maps does a history tell of, and what became of their children?

    neutral events, workflow --runs_of--> runs, each with the children that have begun

The iterations of a distributed Map count as executions of their own. The journal keeps
them as scopes of the one that they belong to, so all that is known of them is in its
history; ``child_story`` cuts one out, and tells it as that of an execution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.api.stepfunctions.places import TOP, Places
from chalicelib.engine.history import Happened
from chalicelib.engine.runs import RunName
from chalicelib.engine.state import Status
from chalicelib.model.workflow import Map, OnFailure, Workflow
from chalicelib.values import Json

Event = Mapping[str, Json]

_TOLERANCES = ("toleratedFailureCount", "toleratedFailurePercentage")
#: The limits that count something: in a definition they may be written as 5.0.
_WHOLE = ("maxConcurrency", "toleratedFailureCount")


@dataclass(slots=True, kw_only=True)
class Child:
    """An iteration that counts as an execution."""

    scope: str
    #: Items in it: more than one where they come in batches.
    items: int
    started_at: float
    input: Json
    status: Status = Status.RUNNING
    stopped_at: float | None = None
    output: Json = None
    error: str = ""
    cause: str = ""
    redrives: int = 0
    redriven_at: float | None = None
    #: Its run was redriven, and it was not taken up so far.
    is_awaited: bool = False

    @property
    def index(self) -> int:
        """Its position in the run."""
        return int(self.scope.rpartition("-")[2])


@dataclass(slots=True, kw_only=True)
class Run:
    """One attempt of a distributed Map."""

    name: RunName
    state: str
    work: Map
    started_at: float
    #: By the names that Step Functions has for them.
    limits: dict[str, Json]
    #: The child that the Map itself is in: its label and its scope. None: the top.
    within: tuple[str, str] | None
    status: Status = Status.RUNNING
    stopped_at: float | None = None
    #: Activation of its iterations; 0 until they begin.
    activation: int = 0
    #: Children and items, those that have not begun included.
    total: int = 0
    items: int = 0
    has_written: bool = False
    #: Somebody changed its limits.
    is_changed: bool = False
    redrives: int = 0
    redriven_at: float | None = None
    #: Activation that its iterations have since it was redriven.
    again: int = 0
    #: By scope, in the order they began.
    children: dict[str, Child] = field(default_factory=dict)

    @property
    def container(self) -> str:
        """What the scopes of its children begin with; empty until they begin."""
        if not self.activation:
            return ""
        return f"{self.name.scope}.{self.activation}.{self.name.attempt}"

    @property
    def is_flawless(self) -> bool:
        """Whether it is known without them that all children have succeeded."""
        is_strict = self.work.failure is OnFailure.ABORT and not self.is_changed
        is_so = is_strict and not any(map(self.limits.get, _TOLERANCES))
        return is_so and self.status is Status.SUCCEEDED

    @property
    def place(self) -> tuple[str, int, int]:
        """Scope, activation and attempt of the Map as it is now."""
        name = self.name
        if self.again:
            return name.scope, self.again, 1
        return name.scope, self.activation or name.activation, name.attempt


def runs_of(events: Iterable[Event], workflow: Workflow, execution: str) -> list[Run]:
    """Return the runs of an execution, in the order they began."""
    reader = _Reader(workflow, execution)
    for event in events:
        reader.read(event)
    return reader.runs


_ENDS: Mapping[Happened, Status] = {
    Happened.SCOPE_SUCCEEDED: Status.SUCCEEDED,
    Happened.SCOPE_FAILED: Status.FAILED,
    Happened.SCOPE_ABORTED: Status.ABORTED,
    Happened.EXECUTION_SUCCEEDED: Status.SUCCEEDED,
    Happened.EXECUTION_FAILED: Status.FAILED,
    Happened.EXECUTION_TIMED_OUT: Status.ABORTED,
    Happened.EXECUTION_ABORTED: Status.ABORTED,
}
#: What ends the run of a state, however it came to that.
_RUN_ENDS: Mapping[Happened, Status] = {
    Happened.RUN_SUCCEEDED: Status.SUCCEEDED,
    Happened.RUN_FAILED: Status.FAILED,
    Happened.RETRY_SCHEDULED: Status.FAILED,
    Happened.STATE_EXITED: Status.FAILED,
}


class _Reader:
    """Goes through a history once."""

    def __init__(self, workflow: Workflow, execution: str) -> None:
        self.runs: list[Run] = []
        self._execution = execution
        self._places = Places(workflow)
        #: (scope, state) -> the run that goes on there.
        self._open: dict[tuple[str, str], Run] = {}
        #: What the scopes of children begin with -> their run.
        self._containers: dict[str, Run] = {}
        #: Scope -> the event that its last children were begun by.
        self._begun: dict[str, Event] = {}

    def read(self, event: Event) -> None:
        """Take note of an event."""
        self._places.see(event)
        kind = Happened(event["type"])
        run = self._open.get((event["scope"], event.get("state", "")))
        if kind in _BEGINNINGS:
            _BEGINNINGS[kind](self, event)
        elif run is not None and kind in _RUN_ENDS:
            self._ended(run, _RUN_ENDS[kind], event["timestamp"])
        elif run is not None:
            self._went_on(run, kind, event)
        elif kind is Happened.CHILDREN_STARTED:
            self._begun[event["scope"]] = event
        elif kind is Happened.SCOPE_STARTED:
            self._child_started(event)
        elif kind in _ENDS:
            self._scope_ended(event, _ENDS[kind])

    def _started(self, event: Event) -> None:
        scope, name = event["scope"], event["state"]
        state = self._places.state(scope, name)
        if state is None or not isinstance(state.work, Map):
            return
        run = Run(
            name=RunName(
                execution=self._execution,
                scope=scope,
                activation=event["activation"],
                attempt=event.get("attempt", 1),
            ),
            state=name,
            work=state.work,
            started_at=event["timestamp"],
            limits=_limits(event),
            within=self._places.apart(scope),
        )
        # Without a reader the event of its children comes before it.
        before = self._begun.pop(scope, None)
        self.runs.append(run)
        self._open[scope, name] = run
        if before is not None and before["activation"] == event["activation"]:
            self._children_started(run, before)

    def _redriven(self, event: Event) -> None:
        key = (event["scope"], event["state"])
        found = [each for each in self.runs if (each.name.scope, each.state) == key]
        for run in found[-1:]:
            run.status, run.stopped_at = Status.RUNNING, None
            run.again = event["activation"]
            run.redrives, run.redriven_at = run.redrives + 1, event["timestamp"]
            self._open[key] = run
            for child in run.children.values():
                child.is_awaited = child.status is not Status.SUCCEEDED

    def _child(self, scope: str) -> Child | None:
        around = self._containers.get(scope.rpartition("-")[0])
        return around.children.get(scope) if around is not None else None

    def _child_redriven(self, event: Event) -> None:
        child = self._child(event["scope"])
        if child is not None:
            child.status, child.stopped_at = Status.RUNNING, None
            child.error, child.cause, child.is_awaited = "", "", False
            child.redrives, child.redriven_at = child.redrives + 1, event["timestamp"]

    def _went_on(self, run: Run, kind: Happened, event: Event) -> None:
        if kind is Happened.CHILDREN_STARTED:
            self._children_started(run, event)
        elif kind is Happened.RUN_CHANGED:
            run.limits, run.is_changed = run.limits | _limits(event), True
        elif kind is Happened.ERRAND_ENDED and run.activation:
            run.has_written = True

    def _children_started(self, run: Run, event: Event) -> None:
        run.activation = event["activation"]
        run.total = event["children"]
        run.items = int(event.get("items") or run.total)
        self._containers[run.container] = run

    def _child_started(self, event: Event) -> None:
        scope = event["scope"]
        run = self._containers.get(scope.rpartition("-")[0])
        if run is not None:
            given = event["input"]
            run.children[scope] = Child(
                scope=scope,
                items=_items_in(given) if run.work.batcher is not None else 1,
                started_at=event["timestamp"],
                input=given,
            )

    def _scope_ended(self, event: Event, status: Status) -> None:
        scope, at = event["scope"], event["timestamp"]
        for run in list(self._open.values()):
            if f"{run.name.scope}.".startswith(f"{scope}."):
                self._ended(run, status, at)
        child = self._child(scope)
        if child is not None and child.status in (Status.RUNNING, Status.ABORTED):
            child.status, child.stopped_at, child.is_awaited = status, at, False
            child.output = event.get("output")
            child.error, child.cause = event.get("error", ""), event.get("cause", "")

    def _ended(self, run: Run, status: Status, at: float) -> None:
        run.status, run.stopped_at = status, at
        del self._open[run.name.scope, run.state]
        for child in run.children.values():  # they are stopped, and will say so
            child.is_awaited = False
            if child.status is Status.RUNNING:
                child.status, child.stopped_at = Status.ABORTED, at


def _limits(event: Event) -> dict[str, Json]:
    given = dict(event["limits"] or {})
    return given | {name: int(given[name]) for name in _WHOLE if given.get(name)}


def _items_in(batch: Json) -> int:
    """Return how many items are in a batch; 1 where its input was not read."""
    return len(batch["Items"]) if isinstance(batch, dict) and "Items" in batch else 1


_BEGINNINGS: Mapping[Happened, Callable[[_Reader, Event], None]] = {
    Happened.RUN_STARTED: _Reader._started,
    Happened.RUN_REDRIVEN: _Reader._redriven,
    Happened.SCOPE_REDRIVEN: _Reader._child_redriven,
}

_AS_EXECUTION: Mapping[str, str] = {
    Happened.SCOPE_STARTED: Happened.EXECUTION_STARTED,
    Happened.SCOPE_SUCCEEDED: Happened.EXECUTION_SUCCEEDED,
    Happened.SCOPE_FAILED: Happened.EXECUTION_FAILED,
    Happened.SCOPE_ABORTED: Happened.EXECUTION_ABORTED,
}


def child_story(events: Sequence[Event], scope: str) -> Iterator[Event]:
    """Yield the events of a child as those of an execution of its own."""
    for event in events:
        if event["scope"] == scope:
            kind = _AS_EXECUTION.get(event["type"], event["type"])
            yield {**event, "scope": TOP, "type": kind}
        elif event["scope"].startswith(f"{scope}."):
            yield {**event, "scope": TOP + event["scope"][len(scope) :]}


def child_workflow(workflow: Workflow, run: Run) -> Workflow:
    """Return what the children of a run run, as a workflow of its own."""
    return replace(workflow, scope=run.work.scope)
