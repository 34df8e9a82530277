"""What does an execution look like to Rill Flow's clients? The answer of get.json."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from chalicelib.api.rillflow import groups
from chalicelib.api.rillflow.progress import Part, percent
from chalicelib.api.rillflow.story import TOP, Group, Story, TaskStatus, Told
from chalicelib.engine.state import Status
from chalicelib.expressions.invoke_message import invoke_message
from chalicelib.journal.heads import Head
from chalicelib.model import descriptors
from chalicelib.model.workflow import (
    Map,
    Mode,
    Parallel,
    Scope,
    State,
    Workflow,
    child_scopes,
)
from chalicelib.values import Json

_DAG_STATUS = {
    Status.RUNNING: "RUNNING",
    Status.SUCCEEDED: "SUCCEED",
    Status.FAILED: "FAILED",
    Status.TIMED_OUT: "FAILED",
    Status.ABORTED: "FAILED",
}


@dataclass(frozen=True, kw_only=True)
class View:
    """One execution; what it takes long to know is asked for when it is shown."""

    head: Head
    workflow: Workflow
    #: Reads the story, and the context.
    tell: Callable[[], Story]
    recall: Callable[[], Json]
    #: The DAG as it was written, its mappings in their long form; {} for none.
    dag: Mapping[str, Json]
    #: Seconds since the epoch: now.
    at: float
    #: Who started whom, outermost first: what ``Head.caller`` says of each.
    callers: Sequence[Sequence[str]] = ()

    @cached_property
    def story(self) -> Story:
        """What happened."""
        return self.tell()

    @cached_property
    def context(self) -> Json:
        """The variables of the top group as they are now."""
        return self.recall()

    @cached_property
    def definitions(self) -> Mapping[str, Mapping[str, Json]]:
        """Every task of the DAG as it was written, by its name."""
        return {str(task.get("name")): task for task in walk_tasks(self.dag)}

    # -- the whole -----------------------------------------------------------------

    def whole(self, *, is_brief: bool = False) -> Json:
        """Return ``ret`` of get.json."""
        business, _, feature = descriptors.service_id(self.head.workflow).partition(":")
        found = {
            "execution_id": descriptors.execution_id(
                self.head.workflow, self.head.name
            ),
            "workspace": business,
            "dag_name": feature,
            "version": self.dag.get("version"),
            "type": "flow",
            "input_schema": self.dag.get("inputSchema"),
            "dag_status": _DAG_STATUS[self.head.status],
            "dag_invoke_msg": self._message(),
            "process": self.progress(),
            "context": self.context,
            "invoke_summary": {},
        }
        if not is_brief:
            found["tasks"] = self.tasks(self.story.group(TOP), self.workflow.scope)
        return without_nulls(found)

    def _message(self) -> Json:
        times: dict[str, Json] = {"start_time": millis(self.head.started_at)}
        if self.head.stopped_at is not None:
            times["end_time"] = millis(self.head.stopped_at)
        blamed = self._first_failed()
        return without_nulls(
            {
                "dag_execution_routes": self._routes() or None,
                "code": (blamed.code if blamed else self.head.error) or None,
                "msg": (blamed.message if blamed else "")
                or self.head.cause
                or self.head.error
                or None,
                "invoke_time_infos": [times],
            }
        )

    def _routes(self) -> list[Json]:
        return [
            {
                "index": index,
                "execution_id": _named(execution),
                "task_info_name": task,
                "execution_type": "flow_sync" if mode == Mode.SYSTEM else "flow_async",
            }
            for index, (execution, task, mode) in enumerate(self.callers, 1)
        ]

    def _first_failed(self) -> Told | None:
        """Return the first failed task, where it is why the execution has failed."""
        if self.head.status is not Status.FAILED:
            return None
        top = self.story.group(TOP).tasks
        for name in self.workflow.scope.states:
            if name in top and top[name].status is TaskStatus.FAILED:
                return top[name]
        return None

    # -- tasks ---------------------------------------------------------------------

    def tasks(self, group: Group, model: Scope, prefix: str = "") -> dict[str, Json]:
        """Return the tasks of one scope; ``prefix`` is before their names."""
        return {
            prefix + name: self.task(prefix + name, state, group)
            for name, state in model.states.items()
        }

    def task(self, name: str, state: State, group: Group) -> Json:
        """Return one task."""
        told = group.tasks.get(state.name) or _untold(group)
        found: dict[str, Json] = {
            "name": name,
            "status": _shown(told.status),
            "contains_sub": bool(child_scopes(state)),
            "next": list(state.next),
            "invoke_msg": _invoked(told, self.definitions.get(state.name) or {}),
            "task": self.definitions.get(state.name),
        }
        if child_scopes(state):
            found["sub_group_index_to_status"] = {
                str(index): each.value for index, each in self._groups(state, told)
            }
        if isinstance(state.work, Map):
            definition = self.definitions.get(state.name, {})
            found |= groups.facts(definition, told.input, told.count)
        return without_nulls(found)

    # -- groups --------------------------------------------------------------------

    def groups(self, state: State, told: Told) -> dict[int, str]:
        """Return the scopes of a container's groups, by Rill Flow's number of each."""
        scopes = self.story.inside(told)
        if isinstance(state.work, Map):
            return scopes
        numbers = {
            name: number
            for number, inner in enumerate(child_scopes(state))
            for name in inner.states
        }
        found = {}
        for index, scope in scopes.items():
            names = iter(self.story.group(scope).tasks)
            found[numbers.get(next(names, ""), index)] = scope
        return found

    def group(self, state: State, told: Told, index: int) -> Group:
        """Return one group of a container; one without tasks where it has not begun."""
        scope = self.groups(state, told).get(index)
        if scope is not None:
            return self.story.group(scope)
        is_passed_by = isinstance(state.work, Parallel) and bool(told.groups)
        return Group(
            status=TaskStatus.SKIPPED if is_passed_by else TaskStatus.NOT_STARTED
        )

    def _groups(self, state: State, told: Told) -> Iterator[tuple[int, TaskStatus]]:
        if not told.groups:
            return
        is_map = isinstance(state.work, Map)
        for index in range(told.count if is_map else len(child_scopes(state))):
            yield index, self.group(state, told, index).status

    # -- progress ------------------------------------------------------------------

    def progress(self) -> int:
        """Return the share of what is done, in percent; an ended DAG is done."""
        if self.head.status is not Status.RUNNING:
            return 100
        top = self.story.group(TOP).tasks
        return percent(
            Part(
                definition=self.definitions.get(name, {}),
                told=top.get(name, Told()),
                groups=[each for _, each in self._groups(state, top.get(name, Told()))],
                at=self.at,
                execution=self.head.execution,
            )
            for name, state in self.workflow.scope.states.items()
        )


def _named(execution: str) -> str:
    workflow, _, name = execution.rpartition(":")
    return descriptors.execution_id(workflow, name)


def _shown(status: TaskStatus) -> str:
    """Return a task's status as get.json spells it."""
    return "SUCCEEDED" if status is TaskStatus.SUCCEED else status.value


def _invoked(told: Told, definition: Mapping[str, Json]) -> Json:
    is_chosen = str(definition.get("resourceName", "")).strip().startswith("ab://")
    return without_nulls(
        {
            "code": told.code or None,
            "msg": told.message or None,
            **invoke_message(told.output),
            "input": told.input,
            "output": told.output,
            "ext": {"calculated_resource_name": told.resource}
            if is_chosen and told.resource
            else None,
            "invoke_time_infos": [_interval(each) for each in told.times] or None,
        }
    )


def _untold(group: Group) -> Told:
    """Return how a task is that nothing is told of: what was passed by is skipped."""
    is_passed_by = group.status is TaskStatus.SKIPPED
    return Told(status=TaskStatus.SKIPPED if is_passed_by else TaskStatus.NOT_STARTED)


def walk_tasks(dag: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """Yield every task of a DAG, of all levels."""
    tasks: Sequence[Json] = dag.get("tasks") or ()
    for task in tasks:
        yield task
        yield from walk_tasks(task)
        for choice in task.get("choices") or ():
            yield from walk_tasks(choice)


def _interval(times: Sequence[float | None]) -> Json:
    began, ended = times
    found: dict[str, Json] = {"start_time": millis(began or 0.0)}
    if ended is not None:
        found["end_time"] = millis(ended)
    return found


def millis(at: float) -> int:
    """Return a time in milliseconds since the epoch."""
    return round(at * 1000)


def without_nulls(found: Mapping[str, Json]) -> dict[str, Json]:
    """Return an object without the members that are null."""
    return {name: value for name, value in found.items() if value is not None}
