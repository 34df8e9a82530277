"""What does the history of an execution look like to Step Functions?

    neutral events, workflow --translate--> events with AWS's types, ids and details

``_KINDS`` is the table: for each of our kinds, the function that says it in AWS's
words; one event may be none there, or several. Ids count what is shown, and
``previousEventId`` follows the scope: an iteration's first event comes from the start
of its Map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from chalicelib.api.stepfunctions import tasks_told
from chalicelib.api.stepfunctions.details import (
    Setting,
    assigned_by,
    detail,
    evaluation_of,
    failure_of,
    in_order,
    run_arn,
)
from chalicelib.api.stepfunctions.open_states import Open, type_of
from chalicelib.api.stepfunctions.places import Places
from chalicelib.api.stepfunctions.shown import Event, Shown, Told
from chalicelib.engine.history import Happened
from chalicelib.model.workflow import Map, Parallel, State, Task
from chalicelib.values import Json


def translate(
    events: Sequence[Event], places: Places, setting: Setting
) -> list[dict[str, Json]]:
    """Return the history as GetExecutionHistory shows it, oldest first."""
    return _told(events, places, setting).events


def sources(events: Sequence[Event], places: Places, setting: Setting) -> list[int]:
    """Return, for each event as it is shown, the id of the one that it tells."""
    return _told(events, places, replace(setting, with_data=False)).sources


def _told(events: Sequence[Event], places: Places, setting: Setting) -> Shown:
    teller = _Teller(places, setting)
    for event in in_order(events):
        for told in teller.tell(event):
            teller.shown.add(event, told)
    return teller.shown


class _Teller:
    """Goes through a history once, and remembers what is open."""

    def __init__(self, places: Places, setting: Setting) -> None:
        self.shown = Shown(places)
        self._places = places
        self.setting = setting
        self._open = Open(places, self.shown)
        #: Container -> details of its run, and how often that was redriven.
        self._runs: dict[tuple[str, str], dict[str, Json]] = {}

    def tell(self, event: Event) -> Iterator[Told]:
        """Yield what AWS shows for an event."""
        self._places.see(event)
        scope = event["scope"]
        if self._places.is_apart(scope):  # AWS: another history tells of it
            return
        if self._open.was_aborted(scope):  # it heard of it later
            return
        yield from _KINDS[Happened(event["type"])](self, event)

    def state(self, event: Event) -> State | None:
        """Return the state that an event is about."""
        return self._places.state(event["scope"], event.get("state", ""))

    def data(self, name: str, value: Json) -> dict[str, Json]:
        """Return an input or an output, with what AWS says beside it."""
        return detail(name, value, self.setting.with_data)

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
        yield from self._open.broken_off(event)
        yield "ExecutionFailed", "executionFailed", failure_of(event)

    def _execution_timed_out(self, event: Event) -> Iterator[Told]:
        yield "ExecutionTimedOut", "executionTimedOut", failure_of(event)

    def _execution_aborted(self, event: Event) -> Iterator[Told]:
        yield "ExecutionAborted", "executionAborted", failure_of(event)

    def _execution_redriven(self, event: Event) -> Iterator[Told]:
        self._open.aborted.clear()
        details = {"redriveCount": event["redrives"]}
        yield "ExecutionRedriven", "executionRedriven", details

    def _scope_started(self, event: Event) -> Iterator[Told]:
        scope = event["scope"]
        self._open.attempts.child_began(self._places.container(scope), scope)
        yield from self._open.iteration(scope, "Started")

    def _scope_redriven(self, event: Event) -> Iterator[Told]:
        scope = event["scope"]
        self._open.attempts.child_began(self._places.container(scope), scope)
        yield from ()

    def _scope_succeeded(self, event: Event) -> Iterator[Told]:
        scope = event["scope"]
        self._open.attempts.child_ended(self._places.container(scope), scope)
        yield from self._open.iteration(scope, "Succeeded")

    def _scope_failed(self, event: Event) -> Iterator[Told]:
        scope = event["scope"]
        container = self._places.container(scope)
        state = self._places.state(scope, self._open.entered.get(scope, ""))
        yield from self._open.broken_off(event)
        is_branch = self._places.iteration(scope) is None
        if is_branch and state is not None and isinstance(state.work, Task):
            yield "TaskStateAborted", "", {}  # as the branch of a Parallel is
        yield from self._open.iteration(scope, "Failed")
        self._open.attempts.child_ended(container, scope)
        self._open.attempts.fail(container)

    def _scope_aborted(self, event: Event) -> Iterator[Told]:
        scope = event["scope"]
        self._open.attempts.child_ended(self._places.container(scope), scope)
        yield from self._open.abortion(event)

    def _evaluation_failed(self, event: Event) -> Iterator[Told]:
        yield "EvaluationFailed", "evaluationFailed", evaluation_of(event)
        state = self.state(event)
        if state is not None and isinstance(state.work, Map | Parallel):
            key = (event["scope"], event["state"])
            self._open.attempts.begin(key)
            self._open.attempts.fail(key)

    # -- states --------------------------------------------------------------------

    def _entered_state(self, event: Event) -> Iterator[Told]:
        state = self.state(event)
        self._open.entered[event["scope"]] = event["state"]
        if state is not None:
            details = {"name": event["state"], **self.data("input", event["input"])}
            yield f"{type_of(state)}StateEntered", "stateEntered", details

    def _redriven_state(self, event: Event) -> Iterator[Told]:
        self._open.entered[event["scope"]] = event["state"]
        yield from ()

    def _exited_state(self, event: Event) -> Iterator[Told]:
        state = self.state(event)
        key = (event["scope"], event["state"])
        self._open.entered.pop(event["scope"], None)
        if state is None:
            return
        attempt = self._open.attempts.end(key)
        if attempt is not None:
            self._open.abort_children(event, attempt)
            ended = "Succeeded" if attempt.is_done(state) else "Failed"
            yield f"{type_of(state)}State{ended}", "", {}
        details = {
            "name": event["state"],
            **self.data("output", event["output"]),
            **assigned_by(event, self.setting.with_data),
        }
        yield f"{type_of(state)}StateExited", "stateExited", details

    def _retried(self, event: Event) -> Iterator[Told]:
        attempt = self._open.attempts.end((event["scope"], event["state"]))
        self._open.abort_children(event, attempt)
        yield from ()

    def _children_started(self, event: Event) -> Iterator[Told]:
        state = self.state(event)
        key = (event["scope"], event["state"])
        if not self._open.attempts.begin(key):
            return  # Its items have been read; that it began is told.
        if state is not None and isinstance(state.work, Map):
            length = {"length": event["children"]}
            yield "MapStateStarted", "mapStateStarted", length
        elif state is not None:
            yield "ParallelStateStarted", "", {}

    def _children_joined(self, event: Event) -> Iterator[Told]:
        self._open.attempts.join((event["scope"], event["state"]))
        yield from ()

    def _children_redriven(self, event: Event) -> Iterator[Told]:
        self._open.attempts.begin((event["scope"], event["state"]))
        yield from ()

    def _run_redriven(self, event: Event) -> Iterator[Told]:
        run = self._runs[event["scope"], event["state"]]
        run["redriveCount"] += 1
        yield "MapRunRedriven", "mapRunRedriven", dict(run)

    def _run_started(self, event: Event) -> Iterator[Told]:
        key = (event["scope"], event["state"])
        if self._open.attempts.begin(key):
            yield "MapStateStarted", "mapStateStarted", {"length": 0}
        state = self.state(event)
        label = state.work.label if state and isinstance(state.work, Map) else ""
        details = {"mapRunArn": run_arn(event, self.setting.execution, label)}
        self._runs[key] = {**details, "redriveCount": 0}
        yield "MapRunStarted", "mapRunStarted", details

    def _run_succeeded(self, _event: Event) -> Iterator[Told]:
        yield "MapRunSucceeded", "", {}

    def _run_failed(self, event: Event) -> Iterator[Told]:
        key = (event["scope"], event["state"])
        self._open.attempts.join(key, is_joined=False)
        self._open.attempts.fail(key)
        yield "MapRunFailed", "mapRunFailed", failure_of(event)

    def _task(self, event: Event) -> Iterator[Told]:
        state = self.state(event)
        if state is not None and isinstance(state.work, Task):
            yield from tasks_told.tell(
                event, state.work, self.setting.region, self.setting.with_data
            )

    def _nothing(self, _event: Event) -> Iterator[Told]:
        yield from ()


_KINDS: Mapping[Happened, Callable[[_Teller, Event], Iterator[Told]]] = {
    Happened.EXECUTION_STARTED: _Teller._execution_started,
    Happened.EXECUTION_SUCCEEDED: _Teller._execution_succeeded,
    Happened.EXECUTION_FAILED: _Teller._execution_failed,
    Happened.EXECUTION_TIMED_OUT: _Teller._execution_timed_out,
    Happened.EXECUTION_ABORTED: _Teller._execution_aborted,
    Happened.EXECUTION_REDRIVEN: _Teller._execution_redriven,
    Happened.SCOPE_STARTED: _Teller._scope_started,
    Happened.SCOPE_SUCCEEDED: _Teller._scope_succeeded,
    Happened.SCOPE_FAILED: _Teller._scope_failed,
    Happened.SCOPE_ABORTED: _Teller._scope_aborted,
    Happened.SCOPE_REDRIVEN: _Teller._scope_redriven,
    Happened.STATE_ENTERED: _Teller._entered_state,
    Happened.STATE_EXITED: _Teller._exited_state,
    Happened.STATE_FAILED: _Teller._nothing,
    Happened.STATE_SKIPPED: _Teller._nothing,
    Happened.STATE_REDRIVEN: _Teller._redriven_state,
    Happened.EVALUATION_FAILED: _Teller._evaluation_failed,
    Happened.STATE_DELAYED: _Teller._nothing,
    Happened.STATE_DEGRADED: _Teller._nothing,
    Happened.STATE_RESET: _Teller._nothing,
    Happened.TASK_SCHEDULED: _Teller._task,
    Happened.TASK_SUBMITTED: _Teller._task,
    Happened.TASK_TAKEN: _Teller._task,
    Happened.TASK_SUCCEEDED: _Teller._task,
    Happened.TASK_FAILED: _Teller._task,
    Happened.TASK_TIMED_OUT: _Teller._task,
    Happened.TASK_HEARTBEAT: _Teller._nothing,
    Happened.TASK_NOT_CANCELLED: _Teller._nothing,
    Happened.TASK_WOKEN: _Teller._nothing,
    Happened.RETRY_SCHEDULED: _Teller._retried,
    Happened.WAIT_STARTED: _Teller._nothing,
    Happened.CHILDREN_STARTED: _Teller._children_started,
    Happened.CHILDREN_JOINED: _Teller._children_joined,
    Happened.CHILDREN_REDRIVEN: _Teller._children_redriven,
    Happened.RUN_STARTED: _Teller._run_started,
    Happened.RUN_CHANGED: _Teller._nothing,
    Happened.RUN_SUCCEEDED: _Teller._run_succeeded,
    Happened.RUN_FAILED: _Teller._run_failed,
    Happened.RUN_REDRIVEN: _Teller._run_redriven,
    Happened.ERRAND_STARTED: _Teller._nothing,
    Happened.ERRAND_ENDED: _Teller._nothing,
}
