"""What does the service need of those it asks? Protocols, met without being named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from chalicelib.engine.state import RunLimits, Status
from chalicelib.journal.schedules import Planned
from chalicelib.model.workflow import Notice, Workflow
from chalicelib.prices import Bill
from chalicelib.schedules.schedule import Schedule
from chalicelib.tokens import Claims, Report
from chalicelib.values import Json


class Head(Protocol):
    """An execution from the outside."""

    @property
    def execution(self) -> str: ...  # noqa: D102 - the fields speak for themselves
    @property
    def workflow(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def status(self) -> Status: ...  # noqa: D102
    @property
    def started_at(self) -> float: ...  # noqa: D102
    @property
    def stopped_at(self) -> float | None: ...  # noqa: D102
    @property
    def redrives(self) -> int: ...  # noqa: D102
    @property
    def redriven_at(self) -> float | None: ...  # noqa: D102
    @property
    def input(self) -> Json: ...  # noqa: D102
    @property
    def output(self) -> Json: ...  # noqa: D102
    @property
    def error(self) -> str: ...  # noqa: D102
    @property
    def cause(self) -> str: ...  # noqa: D102


class Published(Protocol):
    """A version of a workflow."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> str: ...  # noqa: D102
    @property
    def format(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def published_at(self) -> float: ...  # noqa: D102


class Finding(Protocol):
    """One thing that is wrong; see ``orchestrator.checkup``."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def subject(self) -> str: ...  # noqa: D102
    @property
    def says(self) -> str: ...  # noqa: D102
    @property
    def way_out(self) -> str: ...  # noqa: D102
    @property
    def is_mended(self) -> bool: ...  # noqa: D102


class Orchestrator(Protocol):
    """Moves executions."""

    def start(
        self,
        workflow: str,
        input: Json,
        *,
        name: str = "",
        version: str = "",
        trace: str = "",
        parent: str = "",
        notices: Sequence[Notice] | None = None,
    ) -> Head:
        """Begin an execution, or return the one of that name and input.

        ``parent``: the task token that its end answers.

        Raises:
            WorkflowNotFound: nothing of that name, or version, is published.
            InputRefused: the input breaks the workflow's schema.
            ExecutionExists: the name was used with another input.
            PayloadTooLarge: the input is larger than the stage takes.
        """
        ...

    def stop(self, execution: str, *, error: str = "", cause: str = "") -> Head:
        """End an execution from outside; an ended one stays as it is.

        Raises:
            ExecutionNotFound: there is none of that id.
        """
        ...

    def delete(self, execution: str) -> None:
        """Delete an execution that has ended.

        Raises:
            ExecutionNotFound: there is none of that id.
            ExecutionRunning: it has not ended.
        """
        ...

    def redrive(self, execution: str, *, token: str = "") -> Head:
        """Have an execution that ended badly go on from where it failed.

        Raises:
            ExecutionNotFound: there is none of that id.
            NotRedrivable: it runs, has succeeded, or is too old.
        """
        ...

    def redo(
        self, execution: str, tasks: Sequence[str], context: Mapping[str, Json]
    ) -> Head:
        """Do tasks of a DAG, and all behind them, anew; none: all without success.

        Raises:
            ExecutionNotFound: there is none of that id.
            InputRefused: it is no DAG.
        """
        ...

    def redo_many(
        self,
        workflow: str,
        *,
        statuses: Sequence[Status],
        tasks: Sequence[str] = (),
        code: str = "",
        until: float,
        count: int,
        pace: int,
    ) -> None:
        """Have executions of a DAG redone that began until then, newest first.

        ``code``: of those that failed with it; empty: whatever they failed with.
        ``count``: at most so many; ``pace``: so many in a second.
        """
        ...

    def change_run(
        self, execution: str, place: tuple[str, int, int], limits: RunLimits
    ) -> bool:
        """Change the limits of a Map's run; False where it does not go on there."""

    def complete(self, execution: str, status: Status) -> bool:
        """End an execution as if it had come to this; False where it has ended.

        Raises:
            ExecutionNotFound: there is none of that id.
        """
        ...

    def report(self, claims: Claims, report: Report) -> str:
        """Take a worker's report; ``accepted``, or ``replayed`` when known before.

        Raises:
            TokenDecided: the attempt has another outcome.
            TokenGone: the attempt is over.
        """
        ...

    def wake_up(self, execution: str, task: str, data: Json = None) -> str:
        """Wake a Gate; ``accepted``, or ``replayed`` when the same was said before.

        Raises:
            ExecutionNotFound: there is no such execution.
            TaskNotFound: there is no such task, or its group does not exist yet.
            InputRefused: the task does not wait to be woken.
            TaskEnded: it is over, or the execution is; nothing changed.
            Unavailable: its group waits for its turn.
        """
        ...

    def degrade(
        self, execution: str, task: str, *, current: bool, following: bool
    ) -> None:
        """Leave out a task, or what is behind it; or take that back.

        Raises:
            ExecutionNotFound: there is no such execution.
            TaskNotFound: there is no such task, or its group does not exist yet.
            TaskEnded: the execution is over, or the task's group is.
            Unavailable: its group waits for its turn.
        """
        ...


class Journal(Protocol):
    """Remembers executions and definitions."""

    def head(self, execution: str) -> Head:
        """Return an execution.

        Raises:
            ExecutionNotFound: there is none of that id.
        """
        ...

    def heads(
        self,
        workflow: str,
        *,
        status: Status | None = None,
        redriven: bool | None = None,
        limit: int,
        after: str | None = None,
    ) -> tuple[list[Any], str | None]:
        """Return a page of a workflow's executions and the key of the next."""
        ...

    def history(self, execution: str) -> list[dict[str, Json]]:
        """Return what happened in an execution, oldest first."""
        ...

    def publish(self, workflow: Workflow, text: str) -> str:
        """Keep a definition; return its version."""
        ...

    def definition(self, name: str, version: str = "") -> Published:
        """Return a version of a workflow, by default the newest.

        Raises:
            WorkflowNotFound: there is none.
        """
        ...

    def definitions(self) -> list[Any]:
        """Return the newest version of every workflow."""
        ...


class Meter(Protocol):
    """Counts what executions use."""

    def bill(self, execution: str) -> Bill:
        """Return what an execution has used so far."""
        ...


class Compile(Protocol):
    """Makes a workflow of a text."""

    def __call__(self, source: str, /, *, format: str | None, name: str) -> Workflow:
        """Compile; no ``format``: recognised; ``name``: where the text has none.

        Raises:
            DefinitionRefused: with every problem of the text.
        """
        ...


class Planning(Protocol):
    """Keeps schedules; see ``orchestrator.planning`` for what each verb raises."""

    def get(self, workflow: str, name: str) -> Planned:
        """Return a schedule."""
        ...

    def list(self, workflow: str = "") -> list[Planned]:
        """Return the schedules of a workflow, or all of them."""
        ...

    def create(self, schedule: Schedule) -> Planned:
        """Begin a schedule; the same one again is the same one."""
        ...

    def change(self, schedule: Schedule, *, revision: int | None = None) -> Planned:
        """Have ``schedule`` in the place of the one of its name."""
        ...

    def pause(self, workflow: str, name: str, *, is_paused: bool) -> Planned:
        """Hold a schedule, or have it go on from now."""
        ...

    def remove(self, workflow: str, name: str) -> None:
        """End a schedule."""
        ...

    def backfill(self, workflow: str, name: str, begin: float, end: float) -> None:
        """Start what was due in a range."""
        ...

    def apply(self, workflow: str, wanted: Iterable[Schedule]) -> None:
        """Have exactly ``wanted`` as what the workflow's file says."""
        ...
