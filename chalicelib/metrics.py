"""What is counted of a stage, and how do the counts reach CloudWatch?

    history that a turn committed --(a table)--> counts --lines--> standard output

The lines are in the embedded metric format: CloudWatch makes metrics of what Lambda
logs, so counting makes no call and costs no time. Names of what happened to executions
and tasks are those that users of Step Functions have on their dashboards; they come
from the committed history, so an event that is told twice, or lost a race, counts once.

    Millrace / Stage                 everything
    Millrace / Stage, Workflow       what can be said of one workflow

Rule 1  A count is made after the commit: a crash in between loses it. These figures
        are for alarms and dashboards; what is exact is the journal.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from threading import Lock

from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.engine.state import Activation
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.model.expressions import Literal
from chalicelib.model.workflow import Scope, Task, Workflow
from chalicelib.values import Json

NAMESPACE = "Millrace"
#: EMF: values of one metric in one line.
MOST_VALUES = 100
#: EMF: metrics in one directive.
MOST_METRICS = 100
MILLISECONDS = "Milliseconds"
COUNT = "Count"

#: What happened to an execution -> what is counted; ends also have their time.
_EXECUTIONS: Mapping[Happened, str] = {
    Happened.EXECUTION_STARTED: "ExecutionsStarted",
    Happened.EXECUTION_SUCCEEDED: "ExecutionsSucceeded",
    Happened.EXECUTION_FAILED: "ExecutionsFailed",
    Happened.EXECUTION_TIMED_OUT: "ExecutionsTimedOut",
    Happened.EXECUTION_ABORTED: "ExecutionsAborted",
    Happened.EXECUTION_REDRIVEN: "ExecutionsRedriven",
}
_NO_ENDS = (Happened.EXECUTION_STARTED, Happened.EXECUTION_REDRIVEN)
#: How a resource begins -> which family of tasks it is; others are integrations.
_FAMILIES: Mapping[str, str] = {
    "lambda:": "LambdaFunctions",
    "activity:": "Activities",
}
_INTEGRATION = "ServiceIntegrations"
#: What happened to a task -> the ends of the names. An activity has started when a
#: worker took its task; anything else when it was handed over.
_TASKS: Mapping[Happened, tuple[str, ...]] = {
    Happened.TASK_SCHEDULED: ("Scheduled", "Started"),
    Happened.TASK_TAKEN: ("Started",),
    Happened.TASK_SUCCEEDED: ("Succeeded",),
    Happened.TASK_FAILED: ("Failed",),
    Happened.TASK_TIMED_OUT: ("TimedOut",),
}
_ENDED = (Happened.TASK_SUCCEEDED, Happened.TASK_FAILED, Happened.TASK_TIMED_OUT)
#: What a silent task fails with, where a format tells silence from slowness.
_SILENCE = frozenset(table[Kind.HEARTBEAT] for table in TABLES.values()) - {
    table[Kind.TIMEOUT] for table in TABLES.values()
}

#: (workflow, or empty for the stage; name; unit)
_Name = tuple[str, str, str]


class Metrics:
    """Counts of one process, until they are written out. For many threads."""

    def __init__(self, stage: str = "dev") -> None:
        self._stage = stage
        self._counts: dict[_Name, float] = defaultdict(float)
        self._values: dict[_Name, list[float]] = defaultdict(list)
        self._lock = Lock()

    def count(self, name: str, amount: float = 1, *, workflow: str = "") -> None:
        """Count ``amount`` of ``name``."""
        with self._lock:
            self._counts[workflow, name, COUNT] += amount

    def time(self, name: str, seconds: float, *, workflow: str = "") -> None:
        """Note how long something took; of very many, the first hundred of a line."""
        with self._lock:
            values = self._values[workflow, name, MILLISECONDS]
            if len(values) < MOST_VALUES:
                values.append(round(max(0.0, seconds) * 1000, 1))

    def committed(
        self,
        workflow: Workflow,
        scope: str,
        started_at: float,
        history: Sequence[HistoryEvent],
        held: Mapping[int, Activation],
    ) -> None:
        """Count what a turn of ``scope`` has committed.

        ``started_at``: the execution's. ``held``: the activations of the record before.
        """
        begun: dict[int, float] = {}
        for event in history:
            if (name := _EXECUTIONS.get(event.kind)) is not None:
                self.count(name, workflow=workflow.name)
                if event.kind not in _NO_ENDS:
                    taken = event.at - started_at
                    self.time("ExecutionTime", taken, workflow=workflow.name)
            elif event.kind in _TASKS:
                family = family_of(workflow.scopes.get(scope), event.state)
                self._count_task(workflow.name, family, event)
                self._time_task(workflow.name, family, event, begun, held)

    def _count_task(self, workflow: str, family: str, event: HistoryEvent) -> None:
        for ending in _TASKS[event.kind]:
            if ending == "Started" and not _has_started(family, event):
                continue
            silent = ending == "TimedOut" and event.error in _SILENCE
            self.count(
                f"{family}{'HeartbeatTimedOut' if silent else ending}",
                workflow=workflow,
            )

    def _time_task(
        self,
        workflow: str,
        family: str,
        event: HistoryEvent,
        begun: dict[int, float],
        held: Mapping[int, Activation],
    ) -> None:
        if event.kind is Happened.TASK_SCHEDULED:
            begun[event.activation] = event.at
        elif event.kind in _ENDED:
            known = held.get(event.activation)
            since = begun.get(event.activation, known.since if known else None)
            if since is not None:
                name = f"{_one(family)}Time"
                self.time(name, event.at - since, workflow=workflow)

    def lines(self, at: float) -> list[str]:
        """Return what was counted since the last call, a JSON text a line."""
        with self._lock:
            found: dict[str, dict[tuple[str, str], Json]] = defaultdict(dict)
            for (workflow, name, unit), amount in self._counts.items():
                found[workflow][name, unit] = amount
            for (workflow, name, unit), values in self._values.items():
                found[workflow][name, unit] = values
            self._counts.clear()
            self._values.clear()
        return [
            json.dumps(self._line(at, workflow, dict(pairs)))
            for workflow, measured in found.items()
            for pairs in _pages(list(measured.items()))
        ]

    def _line(
        self, at: float, workflow: str, measured: Mapping[tuple[str, str], Json]
    ) -> Json:
        dimensions = [["Stage"], ["Stage", "Workflow"]] if workflow else [["Stage"]]
        names = {"Stage": self._stage} | ({"Workflow": workflow} if workflow else {})
        return {
            "_aws": {
                "Timestamp": int(at * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": dimensions,
                        "Metrics": [
                            {"Name": name, "Unit": unit} for name, unit in measured
                        ],
                    }
                ],
            },
            **names,
            **{name: value for (name, _), value in measured.items()},
        }


def family_of(scope: Scope | None, state: str) -> str:
    """Return which family of tasks a state's is."""
    found = scope.states.get(state) if scope else None
    work = found.work if found else None
    if isinstance(work, Task) and isinstance(work.resource, Literal):
        return _family_of(str(work.resource.value))
    return _INTEGRATION


@lru_cache(maxsize=256)
def _family_of(resource: str) -> str:
    found = (each for prefix, each in _FAMILIES.items() if resource.startswith(prefix))
    return next(found, _INTEGRATION)


def _has_started(family: str, event: HistoryEvent) -> bool:
    is_activity = family == "Activities"
    return (event.kind is Happened.TASK_TAKEN) == is_activity


def _one(family: str) -> str:
    """Return the family's name as times have it: one of them.

    >>> _one("LambdaFunctions"), _one("Activities")
    ('LambdaFunction', 'Activity')
    """
    is_ies = family.endswith("ies")
    return family.removesuffix("ies") + "y" if is_ies else family.removesuffix("s")


def _pages(
    measured: list[tuple[tuple[str, str], Json]],
) -> list[list[tuple[tuple[str, str], Json]]]:
    return [
        measured[first : first + MOST_METRICS]
        for first in range(0, len(measured), MOST_METRICS)
    ]
