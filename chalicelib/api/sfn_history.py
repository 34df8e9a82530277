"""What does the history of an execution look like to Step Functions?

    neutral events, workflow --translate--> events with AWS's types, ids and details

``_KINDS`` is the table: for each of our kinds, the function that says it in AWS's
words; one event may be none there, or several. Ids count what is shown, and
``previousEventId`` follows the scope: an iteration's first event comes from the start
of its Map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.api import sfn_tasks_told as tasks_told
from chalicelib.api.sfn_details import evaluation_of, failure_of, is_end, run_started
from chalicelib.api.sfn_places import Places
from chalicelib.engine.history import Happened
from chalicelib.model.workflow import Map, Parallel, State, Task
from chalicelib.values import Json, compact

#: (type, the name of its details without "EventDetails", the details)
Told = tuple[str, str, dict[str, Json]]
Event = Mapping[str, Json]

_QUERY_ERROR = "States.QueryEvaluationError"
_CONTAINERS = (Map, Parallel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the history does not say itself."""

    region: str
    role: str
    #: ARN of the state machine; its Maps' runs have theirs from it.
    machine: str = ""
    #: Whether inputs and outputs are shown.
    with_data: bool = True
    #: Of the release and alias that it was started by, as far as there are any.
    started_by: Mapping[str, str] = field(default_factory=dict)


def translate(
    events: Sequence[Event], places: Places, setting: Setting
) -> list[dict[str, Json]]:
    """Return the history as GetExecutionHistory shows it, oldest first."""
    teller = _Teller(places, setting)
    for event in sorted(events, key=is_end):
        for told in teller.tell(event):
            teller.add(event, told)
    return teller.shown


class _Teller:
    """Goes through a history once, and remembers what is open."""

    def __init__(self, places: Places, setting: Setting) -> None:
        self.shown: list[dict[str, Json]] = []
        self._places = places
        self.setting = setting
        #: Scope -> id of the last event shown of it.
        self._last: dict[str, int] = {}
        #: Scope -> name of the state that it is in.
        self._entered: dict[str, str] = {}
        #: (scope, container) -> children that failed; while the attempt goes on.
        self._open: dict[tuple[str, str], int] = {}
        #: Scopes whose task has said why it failed.
        self._reported: set[str] = set()
        #: Containers whose children have all been waited for.
        self._joined: set[tuple[str, str]] = set()

    def tell(self, event: Event) -> Iterator[Told]:
        """Yield what AWS shows for an event."""
        self._places.see(event)
        if self._places.is_apart(event["scope"]):  # AWS: another history tells of it
            return
        yield from _KINDS[Happened(event["type"])](self, event)

    def add(self, event: Event, told: Told) -> None:
        """Show one event."""
        kind, name, details = told
        scope = event["scope"]
        number = len(self.shown) + 1
        entry: dict[str, Json] = {
            "timestamp": event["timestamp"],
            "type": kind,
            "id": number,
            "previousEventId": self._previous(scope, number),
        }
        if name:
            entry[f"{name}EventDetails"] = details
        self.shown.append(entry)
        self._last[scope] = number

    def _previous(self, scope: str, number: int) -> int:
        if number == 2:  # AWS: the first state comes from nothing, too.
            return 0
        while scope not in self._last and "-" in scope:
            scope = self._places.above(scope)
        return self._last.get(scope, 0)

    def state(self, event: Event) -> State | None:
        """Return the state that an event is about."""
        return self._places.state(event["scope"], event.get("state", ""))

    def data(self, name: str, value: Json) -> dict[str, Json]:
        """Return an input or an output, with what AWS says beside it."""
        details = {f"{name}Details": {"truncated": False}}
        return {name: compact(value), **details} if self.setting.with_data else details

    # -- executions and scopes ----------------------------------------------------

    def _execution_started(self, event: Event) -> Iterator[Told]:
        details = {
            **self.data("input", event["input"]),
            "roleArn": self.setting.role,
            **self.setting.started_by,
        }
        yield "ExecutionStarted", "executionStarted", details

    def _execution_succeeded(self, event: Event) -> Iterator[Told]:
        details = self.data("output", event["output"])
        yield "ExecutionSucceeded", "executionSucceeded", details

    def _execution_failed(self, event: Event) -> Iterator[Told]:
        yield from self._broken_off(event)
        yield "ExecutionFailed", "executionFailed", failure_of(event)

    def _execution_timed_out(self, event: Event) -> Iterator[Told]:
        yield "ExecutionTimedOut", "executionTimedOut", failure_of(event)

    def _execution_aborted(self, event: Event) -> Iterator[Told]:
        yield "ExecutionAborted", "executionAborted", failure_of(event)

    def _scope_started(self, event: Event) -> Iterator[Told]:
        yield from self._iteration(event, "Started")

    def _scope_succeeded(self, event: Event) -> Iterator[Told]:
        yield from self._iteration(event, "Succeeded")

    def _scope_failed(self, event: Event) -> Iterator[Told]:
        yield from self._broken_off(event)
        yield from self._iteration(event, "Failed")
        self._count_failure(event["scope"])

    def _scope_aborted(self, event: Event) -> Iterator[Told]:
        scope = event["scope"]
        state = self._places.state(scope, self._entered.pop(scope, ""))
        if state is not None:
            yield f"{_type_of(state)}StateAborted", "", {}
        yield from self._iteration(event, "Aborted")

    def _iteration(self, event: Event, ended: str) -> Iterator[Told]:
        found = self._places.iteration(event["scope"])
        if found is not None:
            name, index = found
            details = {"name": name, "index": index}
            yield f"MapIteration{ended}", f"mapIteration{ended}", details

    def _count_failure(self, scope: str) -> None:
        container = self._places.container(scope)
        if container in self._open:
            self._open[container] += 1

    def _broken_off(self, event: Event) -> Iterator[Told]:
        """Say what the failure of a scope breaks off: a container, or an evaluation."""
        scope = event["scope"]
        name = self._entered.pop(scope, "")
        state = self._places.state(scope, name)
        if state is None:
            return
        is_open = self._open.pop((scope, name), None) is not None
        is_evaluation = not is_open and event.get("error") == _QUERY_ERROR
        if is_evaluation and scope not in self._reported:
            yield "EvaluationFailed", "evaluationFailed", evaluation_of(event, name)
        if is_open or (is_evaluation and isinstance(state.work, _CONTAINERS)):
            yield f"{_type_of(state)}StateFailed", "", {}

    # -- states --------------------------------------------------------------------

    def _entered_state(self, event: Event) -> Iterator[Told]:
        state = self.state(event)
        self._entered[event["scope"]] = event["state"]
        self._reported.discard(event["scope"])
        if state is not None:
            details = {"name": event["state"], **self.data("input", event["input"])}
            yield f"{_type_of(state)}StateEntered", "stateEntered", details

    def _exited_state(self, event: Event) -> Iterator[Told]:
        state = self.state(event)
        key = (event["scope"], event["state"])
        self._entered.pop(event["scope"], None)
        if state is None:
            return
        if key in self._open:
            ended = "Succeeded" if self._is_done(key, state) else "Failed"
            yield f"{_type_of(state)}State{ended}", "", {}
            del self._open[key]
        details = {"name": event["state"], **self.data("output", event["output"])}
        yield f"{_type_of(state)}StateExited", "stateExited", details

    def _is_done(self, key: tuple[str, str], state: State) -> bool:
        """Whether a container succeeded; otherwise a catcher led out of it."""
        if key not in self._joined:
            return False
        if not self._open[key] or not isinstance(state.work, Map):
            return not self._open[key]
        work = state.work
        return bool(work.tolerated_count or work.tolerated_percentage)

    def _retried(self, event: Event) -> Iterator[Told]:
        self._open.pop((event["scope"], event["state"]), None)
        yield from ()

    def _children_started(self, event: Event) -> Iterator[Told]:
        state = self.state(event)
        key = (event["scope"], event["state"])
        is_run = key in self._open  # Its items have been read; that it began is told.
        self._open[key] = 0
        self._joined.discard(key)
        if is_run:
            return
        if state is not None and isinstance(state.work, Map):
            length = {"length": event["children"]}
            yield "MapStateStarted", "mapStateStarted", length
        elif state is not None:
            yield "ParallelStateStarted", "", {}

    def _children_joined(self, event: Event) -> Iterator[Told]:
        self._joined.add((event["scope"], event["state"]))
        yield from ()

    def _run_started(self, event: Event) -> Iterator[Told]:
        key = (event["scope"], event["state"])
        if key not in self._open:
            self._open[key] = 0
            yield "MapStateStarted", "mapStateStarted", {"length": 0}
        state = self.state(event)
        label = state.work.label if state and isinstance(state.work, Map) else ""
        details = run_started(event, self.setting.machine, label)
        yield "MapRunStarted", "mapRunStarted", details

    def _run_succeeded(self, _event: Event) -> Iterator[Told]:
        yield "MapRunSucceeded", "", {}

    def _run_failed(self, event: Event) -> Iterator[Told]:
        self._joined.discard((event["scope"], event["state"]))
        yield "MapRunFailed", "mapRunFailed", failure_of(event)

    def _task(self, event: Event) -> Iterator[Told]:
        state = self.state(event)
        if event["type"] in (Happened.TASK_FAILED, Happened.TASK_TIMED_OUT):
            self._reported.add(event["scope"])
        if state is not None and isinstance(state.work, Task):
            yield from tasks_told.tell(
                event, state.work, self.setting.region, self.setting.with_data
            )

    def _nothing(self, _event: Event) -> Iterator[Told]:
        yield from ()


def _type_of(state: State) -> str:
    return type(state.work).__name__


_KINDS: Mapping[Happened, Callable[[_Teller, Event], Iterator[Told]]] = {
    Happened.EXECUTION_STARTED: _Teller._execution_started,
    Happened.EXECUTION_SUCCEEDED: _Teller._execution_succeeded,
    Happened.EXECUTION_FAILED: _Teller._execution_failed,
    Happened.EXECUTION_TIMED_OUT: _Teller._execution_timed_out,
    Happened.EXECUTION_ABORTED: _Teller._execution_aborted,
    Happened.SCOPE_STARTED: _Teller._scope_started,
    Happened.SCOPE_SUCCEEDED: _Teller._scope_succeeded,
    Happened.SCOPE_FAILED: _Teller._scope_failed,
    Happened.SCOPE_ABORTED: _Teller._scope_aborted,
    Happened.STATE_ENTERED: _Teller._entered_state,
    Happened.STATE_EXITED: _Teller._exited_state,
    Happened.STATE_FAILED: _Teller._nothing,
    Happened.STATE_SKIPPED: _Teller._nothing,
    Happened.STATE_DELAYED: _Teller._nothing,
    Happened.STATE_DEGRADED: _Teller._nothing,
    Happened.TASK_SCHEDULED: _Teller._task,
    Happened.TASK_SUBMITTED: _Teller._task,
    Happened.TASK_SUCCEEDED: _Teller._task,
    Happened.TASK_FAILED: _Teller._task,
    Happened.TASK_TIMED_OUT: _Teller._task,
    Happened.TASK_HEARTBEAT: _Teller._nothing,
    Happened.TASK_WOKEN: _Teller._nothing,
    Happened.RETRY_SCHEDULED: _Teller._retried,
    Happened.WAIT_STARTED: _Teller._nothing,
    Happened.CHILDREN_STARTED: _Teller._children_started,
    Happened.CHILDREN_JOINED: _Teller._children_joined,
    Happened.RUN_STARTED: _Teller._run_started,
    Happened.RUN_SUCCEEDED: _Teller._run_succeeded,
    Happened.RUN_FAILED: _Teller._run_failed,
    Happened.ERRAND_STARTED: _Teller._nothing,
    Happened.ERRAND_ENDED: _Teller._nothing,
}
