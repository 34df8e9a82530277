"""What does the history of an execution look like to CloudFlow?

    neutral events, workflow --tell--> events with CloudFlow's types and details

``_KINDS`` is the table. Both languages have the same types. A step is entered and
exited; one with branches or iterations, and one that waits, is started and succeeds in
between; a task is scheduled and started, submitted where its answer comes from outside,
and ends; one whose request was refused was never submitted: TaskSubmitFailed ends it.
``ScheduleEventId`` is the id of the TaskScheduled that a task's event belongs
to, and of the StepEntered for the events of a step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.api.cloudflow.face import moment
from chalicelib.api.stepfunctions.details import failure_of, is_end
from chalicelib.api.stepfunctions.places import Places
from chalicelib.engine.history import Happened
from chalicelib.engine.runs import RunName
from chalicelib.values import Json, compact

Neutral = Mapping[str, Json]
#: Scope, activation, attempt.
Attempt = tuple[str, int, int]
#: Type and details.
Told = tuple[str, dict[str, Json]]

_ENDS = frozenset({"TaskSucceeded", "TaskFailed", "TaskSubmitFailed", "TaskTimedOut"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as CloudFlow tells it."""

    id: int
    type: str
    step: str
    details: Mapping[str, Json]
    #: Seconds since the epoch.
    at: float
    schedule_id: int
    attempt: Attempt

    @property
    def is_end(self) -> bool:
        """Whether it says how an attempt of a task ended."""
        return self.type in _ENDS

    def shown(self, read: Callable[[Json], Json]) -> Json:
        """Return it as GetExecutionHistory shows it; ``read``: its large values."""
        details = {name: read(value) for name, value in self.details.items()}
        return {
            "EventId": self.id,
            "ScheduleEventId": self.schedule_id,
            "Type": self.type,
            "StepName": self.step,
            "EventDetail": compact(details) if details else "",
            "Time": moment(self.at),
        }


def tell(events: Sequence[Neutral], places: Places, execution: str) -> list[Event]:
    """Return the history of ``execution`` as CloudFlow tells it, oldest first."""
    refused = {_attempt(event) for event in events if _is_refusal(event)}
    teller = _Teller(places, execution, refused)
    for event in sorted(events, key=is_end):
        teller.hear(event)
    return teller.told


class _Teller:
    """Goes through a history once, and remembers what is open."""

    def __init__(
        self, places: Places, execution: str, refused: Collection[Attempt]
    ) -> None:
        self._execution = execution
        self.told: list[Event] = []
        self._places = places
        self._refused = refused
        #: Attempt of a task -> its TaskScheduled.
        self._scheduled: dict[Attempt, int] = {}
        #: Scope and step -> its StepEntered.
        self._entered: dict[tuple[str, str], int] = {}
        #: Scope -> the step that it is in, until that is exited or told as failed.
        self._open: dict[str, str] = {}

    def hear(self, event: Neutral) -> None:
        """Tell an event, in as many of CloudFlow's as it is."""
        self._places.see(event)
        if self._places.is_apart(event["scope"]):  # another execution tells of it
            return
        say = _KINDS.get(Happened(event["type"]))
        for kind, details in say(self, event) if say else ():
            self._add(event, kind, details)

    def _add(self, event: Neutral, kind: str, details: Mapping[str, Json]) -> None:
        number = len(self.told) + 1
        scope, step = event["scope"], event.get("state", "")
        if kind.startswith(("Branch", "Iteration")):
            scope, step = self._places.container(scope)
        if kind == "StepEntered":
            self._entered[scope, step] = number
            self._open[scope] = step
        if kind == "TaskScheduled":
            self._scheduled[_attempt(event)] = number
        self.told.append(
            Event(
                id=number,
                type=kind,
                step=step,
                details=details,
                at=event["timestamp"],
                schedule_id=self._schedule_id(event, kind, (scope, step)),
                attempt=_attempt(event),
            )
        )

    def _schedule_id(self, event: Neutral, kind: str, place: tuple[str, str]) -> int:
        if kind.startswith("Execution"):
            return 0
        if kind.startswith("Task"):
            return self._scheduled.get(_attempt(event), 0)
        return self._entered.get(place, 0)

    # -- executions, branches and iterations ----------------------------------------

    def _execution_started(self, event: Neutral) -> Iterator[Told]:
        yield "ExecutionStarted", {"input": event["input"]}

    def _execution_succeeded(self, event: Neutral) -> Iterator[Told]:
        yield "ExecutionSucceeded", {"output": event["output"]}

    def _execution_failed(self, event: Neutral) -> Iterator[Told]:
        self._fail_open(event)
        yield "ExecutionFailed", failure_of(event)

    def _execution_timed_out(self, event: Neutral) -> Iterator[Told]:
        yield "ExecutionTimedOut", failure_of(event)

    def _execution_stopped(self, event: Neutral) -> Iterator[Told]:
        yield "ExecutionStopped", failure_of(event)

    def _scope_started(self, event: Neutral) -> Iterator[Told]:
        found = self._places.iteration(event["scope"])
        details: dict[str, Json] = {"input": event["input"]}
        if found is None:
            yield "BranchEntered", details
        else:
            yield "IterationEntered", {**details, "index": found[1]}

    def _scope_failed(self, event: Neutral) -> Iterator[Told]:
        self._fail_open(event)
        yield from self._scope_ended(event)

    def _scope_ended(self, event: Neutral) -> Iterator[Told]:
        found = self._places.iteration(event["scope"])
        kind = "BranchExited" if found is None else "IterationExited"
        output = {"output": event["output"]} if "output" in event else {}
        yield kind, {**output, **failure_of(event)}

    # -- steps ---------------------------------------------------------------------

    def _entered_step(self, event: Neutral) -> Iterator[Told]:
        yield "StepEntered", {"input": event["input"]}

    def _exited_step(self, event: Neutral) -> Iterator[Told]:
        self._open.pop(event["scope"], None)
        yield "StepExited", {"output": event["output"]}

    def _failed_step(self, event: Neutral) -> Iterator[Told]:
        if self._open.pop(event["scope"], None) is not None:
            yield "StepFailed", failure_of(event)

    def _fail_open(self, event: Neutral) -> None:
        """Tell that the step failed which a scope was in when it failed."""
        step = self._open.pop(event["scope"], None)
        if step is not None:
            self._add({**event, "state": step}, "StepFailed", failure_of(event))

    def _began(self, event: Neutral) -> Iterator[Told]:
        yield "StepStarted", {}

    def _joined(self, event: Neutral) -> Iterator[Told]:
        yield "StepSucceeded", {}

    def _run_started(self, event: Neutral) -> Iterator[Told]:
        run = RunName(
            execution=self._execution,
            scope=event["scope"],
            activation=event["activation"],
            attempt=event.get("attempt", 1),
        )
        yield "MapRunStarted", {"output": {"MapRunName": run.text}}

    # -- tasks ---------------------------------------------------------------------

    def _scheduled_task(self, event: Neutral) -> Iterator[Told]:
        details = {
            "resource": event.get("resource", ""),
            "input": event.get("parameters"),
        }
        yield "TaskScheduled", details
        yield "TaskStarted", {}

    def _submitted_task(self, event: Neutral) -> Iterator[Told]:
        if _attempt(event) not in self._refused:
            yield "TaskSubmitted", {}

    def _succeeded_task(self, event: Neutral) -> Iterator[Told]:
        yield "TaskSucceeded", {"output": event["output"]}

    def _failed_task(self, event: Neutral) -> Iterator[Told]:
        kind = "TaskSubmitFailed" if _is_refusal(event) else "TaskFailed"
        yield kind, failure_of(event)

    def _timed_out_task(self, event: Neutral) -> Iterator[Told]:
        yield "TaskTimedOut", failure_of(event)


def _is_refusal(event: Neutral) -> bool:
    return event.get("during") == "request"


def _attempt(event: Neutral) -> Attempt:
    return event["scope"], event.get("activation", 0), event.get("attempt", 0)


#: What is not here is nothing to CloudFlow.
_KINDS: Mapping[Happened, Callable[[_Teller, Neutral], Iterator[Told]]] = {
    Happened.EXECUTION_STARTED: _Teller._execution_started,
    Happened.EXECUTION_SUCCEEDED: _Teller._execution_succeeded,
    Happened.EXECUTION_FAILED: _Teller._execution_failed,
    Happened.EXECUTION_TIMED_OUT: _Teller._execution_timed_out,
    Happened.EXECUTION_ABORTED: _Teller._execution_stopped,
    Happened.SCOPE_STARTED: _Teller._scope_started,
    Happened.SCOPE_SUCCEEDED: _Teller._scope_ended,
    Happened.SCOPE_FAILED: _Teller._scope_failed,
    Happened.SCOPE_ABORTED: _Teller._scope_ended,
    Happened.STATE_ENTERED: _Teller._entered_step,
    Happened.STATE_EXITED: _Teller._exited_step,
    Happened.STATE_FAILED: _Teller._failed_step,
    Happened.EVALUATION_FAILED: _Teller._failed_step,
    Happened.TASK_SCHEDULED: _Teller._scheduled_task,
    Happened.TASK_SUBMITTED: _Teller._submitted_task,
    Happened.TASK_SUCCEEDED: _Teller._succeeded_task,
    Happened.TASK_FAILED: _Teller._failed_task,
    Happened.TASK_TIMED_OUT: _Teller._timed_out_task,
    Happened.WAIT_STARTED: _Teller._began,
    Happened.CHILDREN_STARTED: _Teller._began,
    Happened.CHILDREN_JOINED: _Teller._joined,
    Happened.RUN_STARTED: _Teller._run_started,
}
