"""What has become of every task of an execution? Its history, told as Rill Flow would.

    history events --read--> Story: by scope, by task: status, times, input, output

A container's groups are the scopes that it started last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.engine.history import Happened, Skip
from chalicelib.model.descriptors import resource_name
from chalicelib.values import Json

TOP = "r"
#: Rill Flow knows by this text which skips spread.
UNREACHED = "skip due to dependent tasks return or degrade"

Event = Mapping[str, Json]


class TaskStatus(StrEnum):
    """How a task, or a group of tasks, is; Rill Flow's words."""

    NOT_STARTED = "NOT_STARTED"
    READY = "READY"
    RUNNING = "RUNNING"
    SUCCEED = "SUCCEED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


@dataclass(slots=True, kw_only=True)
class Told:
    """What is told of one task of one scope."""

    status: TaskStatus = TaskStatus.NOT_STARTED
    input: Json = None
    output: Json = None
    code: str = ""
    message: str = ""
    #: [began at, ended at or None] of every attempt; seconds since the epoch.
    times: list[list[float | None]] = field(default_factory=list)
    #: The runtime ids of its groups begin so; empty for none.
    groups: str = ""
    #: How many groups it has.
    count: int = 0
    #: What its last request went to, in Rill Flow's words.
    resource: str = ""
    #: Activation and attempt of its last request that is answered later; 0 for none.
    asked: tuple[int, int] = (0, 0)

    def begin(self, at: float) -> None:
        """Note that an attempt began."""
        self.times.append([at, None])

    def end(self, at: float) -> None:
        """Note that the last attempt ended, unless it has."""
        if self.times and self.times[-1][1] is None:
            self.times[-1][1] = at


@dataclass(slots=True, kw_only=True)
class Group:
    """What is told of one scope."""

    status: TaskStatus = TaskStatus.RUNNING
    input: Json = None
    output: Json = None
    tasks: dict[str, Told] = field(default_factory=lambda: defaultdict(Told))


@dataclass(slots=True, kw_only=True)
class Story:
    """What is told of an execution."""

    groups: dict[str, Group] = field(default_factory=lambda: defaultdict(Group))

    def group(self, scope: str) -> Group:
        """Return what is told of a scope; nothing where it has not begun."""
        return self.groups[scope] if scope in self.groups else Group()

    def inside(self, told: Told) -> dict[int, str]:
        """Return the scopes of a container's groups, by their position."""
        if not told.groups:
            return {}
        found = {}
        for scope in self.groups:
            container, _, index = scope.rpartition("-")
            if container.rpartition(".")[0] == told.groups:
                found[int(index)] = scope
        return found


def read(events: Iterable[Event]) -> Story:
    """Return what the history events of an execution tell."""
    story = Story()
    for event in events:
        kind = Happened(event["type"])
        group = story.groups[event["scope"]]
        if kind in _OF_TASKS:
            _OF_TASKS[kind](group.tasks[event["state"]], event)
        elif kind in _OF_GROUPS:
            _OF_GROUPS[kind](group, event)
    return story


# -- groups ----------------------------------------------------------------------


def _group_began(group: Group, event: Event) -> None:
    group.status, group.input = TaskStatus.RUNNING, event["input"]


def _group_redriven(group: Group, event: Event) -> None:
    group.status, group.output = TaskStatus.RUNNING, None


def _group_succeeded(group: Group, event: Event) -> None:
    group.status, group.output = TaskStatus.SUCCEED, event["output"]


def _group_failed(group: Group, event: Event) -> None:
    group.status = TaskStatus.FAILED


# -- tasks -----------------------------------------------------------------------


def _entered(told: Told, event: Event) -> None:
    told.status, told.input = TaskStatus.RUNNING, event["input"]
    told.output, told.code, told.message = None, "", ""
    told.groups, told.count, told.asked = "", 0, (0, 0)
    told.begin(event["timestamp"])


def _scheduled(told: Told, event: Event) -> None:
    told.status = TaskStatus.RUNNING
    told.resource = resource_name(event.get("resource", ""), event["parameters"])
    if event.get("attempt", 1) > 1:
        told.begin(event["timestamp"])


def _submitted(told: Told, event: Event) -> None:
    told.asked = (event["activation"], event["attempt"])


def _answered(told: Told, event: Event) -> None:
    told.output = event["output"]
    told.end(event["timestamp"])


def _broke(told: Told, event: Event) -> None:
    _blame(told, event)
    told.output = event.get("output")
    told.end(event["timestamp"])


def _waits(told: Told, event: Event) -> None:
    told.status = TaskStatus.READY


def _started_groups(told: Told, event: Event) -> None:
    told.groups = f"{event['scope']}.{event['activation']}"
    told.count = event["children"]


def _reset(told: Told, event: Event) -> None:
    """It is done anew; what its attempts took is remembered."""
    told.status, told.input, told.output = TaskStatus.NOT_STARTED, None, None
    told.code = told.message = told.groups = ""
    told.count, told.asked = 0, (0, 0)
    told.end(event["timestamp"])


def _redriven(told: Told, event: Event) -> None:
    told.status = TaskStatus.RUNNING
    told.code = told.message = ""
    told.begin(event["timestamp"])


def _exited(told: Told, event: Event) -> None:
    told.status = TaskStatus.SUCCEED
    told.code = told.message = ""
    if told.output is None:
        told.output = event["output"]
    told.end(event["timestamp"])


def _failed(told: Told, event: Event) -> None:
    told.status = TaskStatus.FAILED
    _blame(told, event)
    told.end(event["timestamp"])


def _skipped(told: Told, event: Event) -> None:
    told.status = TaskStatus.SKIPPED
    _blame(told, event)
    if event.get("reason") == Skip.UNREACHED:
        told.message = UNREACHED
    told.end(event["timestamp"])


def _blame(told: Told, event: Event) -> None:
    told.code = event.get("error", "")
    told.message = event.get("cause", "") or told.code


_OF_GROUPS: Mapping[Happened, Callable[[Group, Event], None]] = {
    Happened.EXECUTION_STARTED: _group_began,
    Happened.EXECUTION_SUCCEEDED: _group_succeeded,
    Happened.EXECUTION_FAILED: _group_failed,
    Happened.EXECUTION_TIMED_OUT: _group_failed,
    Happened.EXECUTION_ABORTED: _group_failed,
    Happened.SCOPE_STARTED: _group_began,
    Happened.EXECUTION_REDRIVEN: _group_redriven,
    Happened.SCOPE_REDRIVEN: _group_redriven,
    Happened.SCOPE_SUCCEEDED: _group_succeeded,
    Happened.SCOPE_FAILED: _group_failed,
    Happened.SCOPE_ABORTED: _group_failed,
}
_OF_TASKS: Mapping[Happened, Callable[[Told, Event], None]] = {
    Happened.STATE_ENTERED: _entered,
    Happened.STATE_EXITED: _exited,
    Happened.STATE_FAILED: _failed,
    Happened.STATE_SKIPPED: _skipped,
    Happened.STATE_DELAYED: _waits,
    Happened.STATE_RESET: _reset,
    Happened.STATE_REDRIVEN: _redriven,
    Happened.TASK_WOKEN: _answered,
    Happened.TASK_SCHEDULED: _scheduled,
    Happened.TASK_SUBMITTED: _submitted,
    Happened.TASK_SUCCEEDED: _answered,
    Happened.TASK_FAILED: _broke,
    Happened.TASK_TIMED_OUT: _broke,
    Happened.RETRY_SCHEDULED: _waits,
    Happened.CHILDREN_STARTED: _started_groups,
}
