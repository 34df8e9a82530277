"""What does the service ask the orchestrator for? A protocol, as ``collaborators``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from chalicelib.api.collaborators import Head
from chalicelib.engine.state import RunLimits, Status
from chalicelib.model.workflow import Notice
from chalicelib.tokens import Claims, Report
from chalicelib.values import Json


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
