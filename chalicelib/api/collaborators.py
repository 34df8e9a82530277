"""What does the service need of those it asks? Protocols, met without being named.

What it asks the orchestrator for is in ``orchestrating``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from chalicelib.engine.state import Status
from chalicelib.journal.schedules import Planned
from chalicelib.model.workflow import Workflow
from chalicelib.prices import Bill
from chalicelib.schedules.schedule import Schedule
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

    def __call__(
        self,
        source: str,
        /,
        *,
        format: str | None,
        name: str,
        environment: Mapping[str, str] | None = None,
    ) -> Workflow:
        """Compile; no ``format``: recognised; ``name``: where the text has none.

        ``environment``: variables of a flow of CloudFlow, besides its own.

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
