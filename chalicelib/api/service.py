"""What can be asked of a stage? The verbs that every face translates to.

Thin on purpose: a verb checks what the caller sent, asks a collaborator, and returns
what it got.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from chalicelib.api import tracing
from chalicelib.api.keyring import AccessKeys
from chalicelib.api.names import (
    LONGEST_CAUSE,
    require_error,
    require_name,
    require_workflow_name,
)
from chalicelib.errors import (
    DefinitionRefused,
    ExecutionNotFound,
    PayloadTooLarge,
    Problem,
)
from chalicelib.model.workflow import Notice, Workflow
from chalicelib.ports import Clock, Limits
from chalicelib.prices import Bill
from chalicelib.pulse import Health
from chalicelib.tokens import Claims, Tokens
from chalicelib.values import Json, size

# Named, not made: what a request does not ask for need not be loaded.
if TYPE_CHECKING:
    from chalicelib.journal.archive import Archive, Published
    from chalicelib.journal.heads import Head
    from chalicelib.meter import Meter
    from chalicelib.orchestrator import Orchestrator
    from chalicelib.orchestrator.checkup import Page, Wanted
    from chalicelib.orchestrator.planning import Planning
    from chalicelib.orchestrator.undelivered import Undelivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An execution that was asked for."""

    head: Head
    #: False when the name and the input were those of an earlier one.
    is_new: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The verbs of one stage."""

    orchestrator: Orchestrator
    journal: Archive
    meter: Meter
    compile: Compile
    tokens: Tokens
    keys: AccessKeys
    clock: Clock
    planning: Planning
    #: What is wrong, by pages.
    checkup: Callable[[Wanted], Page]
    #: How the parts of the stage are.
    pulse: Callable[[], Mapping[str, Health]] = dict
    limits: Limits = field(default_factory=Limits)
    stage: str = "dev"
    #: What the stage's address has behind its host: ``/api``.
    base_path: str = ""

    def publish(
        self,
        text: str,
        *,
        format: str = "",
        name: str = "",
        may_publish: Callable[[str], None] = lambda _name: None,
    ) -> Published:
        """Compile a definition and keep it; ``may_publish`` judges its name first.

        Raises:
            DefinitionRefused: the text has problems; nothing was published.
        """
        workflow = self.compile(text, format=format or None, name=name)
        require_workflow_name(workflow.name)
        may_publish(workflow.name)
        return self.keep(workflow, text)

    def keep(self, workflow: Workflow, text: str) -> Published:
        """Publish a definition that was compiled, and have its schedules as it says."""
        version = self.journal.publish(workflow, text)
        self.planning.apply(workflow.name, workflow.schedules)
        return self.journal.definition(workflow.name, version)

    def validate(self, text: str, *, format: str = "", name: str = "") -> list[Problem]:
        """Return everything that is wrong with a definition."""
        try:
            self.compile(text, format=format or None, name=name)
        except DefinitionRefused as refused:
            return list(refused.problems)
        return []

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
    ) -> Started:
        """Start an execution; the same name and input again is the same one.

        ``parent``: the task token that its end answers.
        ``trace``: the request's, where it is empty.
        ``notices``: who is told of its end, in place of those of the workflow.

        Raises:
            InputRefused: the name, or the input, cannot be accepted.
            WorkflowNotFound: nothing of that name, or version, is published.
            ExecutionExists: the name was used with another input.
            PayloadTooLarge: the input is larger than the stage takes.
        """
        if name:
            require_name(name)
        is_new = not (name and self._exists(f"{workflow}:{name}"))
        head = self.orchestrator.start(
            workflow,
            input,
            name=name,
            version=version,
            trace=trace or tracing.current(),
            parent=parent,
            notices=notices,
        )
        return Started(head=head, is_new=is_new)

    def _exists(self, execution: str) -> bool:
        try:
            self.journal.head(execution)
        except ExecutionNotFound:
            return False
        return True

    def stop(self, execution: str, *, error: str = "", cause: str = "") -> Head:
        """Stop an execution; one that has ended stays as it is.

        Raises:
            ExecutionNotFound: there is none of that id.
            InputRefused: the error's name is too long.
        """
        require_error(error)
        return self.orchestrator.stop(
            execution, error=error, cause=cause[:LONGEST_CAUSE]
        )

    def redrive(self, execution: str, *, token: str = "") -> Head:
        """Have an execution that ended badly go on from where it failed.

        ``token``: the same again within 15 minutes is the same redrive.

        Raises:
            ExecutionNotFound: there is none of that id.
            NotRedrivable: it runs, has succeeded, or is too old.
        """
        return self.orchestrator.redrive(execution, token=token)

    def redo(
        self,
        execution: str,
        tasks: Sequence[str] = (),
        context: Mapping[str, Json] | None = None,
    ) -> Head:
        """Do tasks of a DAG, and all behind them, anew; ``context`` is merged before.

        ``tasks``: by name, or by the name of one inside of them, others are passed
        over; none: every task that began and did not succeed.

        Raises:
            ExecutionNotFound: there is none of that id.
            InputRefused: it is no DAG.
        """
        return self.orchestrator.redo(execution, tasks, context or {})

    def wake_up(self, execution: str, task: str, data: Json = None) -> str:
        """Wake a Gate, by its runtime name; ``accepted`` or ``replayed``.

        Raises:
            ExecutionNotFound: there is no such execution.
            TaskNotFound: there is no such task, or its group does not exist yet.
            InputRefused: the task does not wait to be woken.
            TaskEnded: it is over, or the execution is; nothing changed.
            PayloadTooLarge: the data is larger than an answer may be.
        """
        if (length := size(data)) > self.limits.answer_bytes:
            raise PayloadTooLarge("the data", length, self.limits.answer_bytes)
        return self.orchestrator.wake_up(execution, task, data)

    def degrade(
        self, execution: str, task: str, *, current: bool, following: bool
    ) -> None:
        """Leave out a task, or what is behind it; or take that back.

        Raises:
            ExecutionNotFound: there is no such execution.
            TaskNotFound: there is no such task, or its group does not exist yet.
            TaskEnded: the execution is over, or the task's group is.
        """
        what = {"current": current, "following": following}
        self.orchestrator.degrade(execution, task, **what)

    def delete(self, execution: str) -> None:
        """Delete an execution that has ended, with all that is kept of it.

        Raises:
            ExecutionNotFound: there is none of that id.
            ExecutionRunning: it has not ended.
        """
        self.journal.head(execution)
        self.orchestrator.delete(execution)

    def history(self, execution: str, *, after: int = 0) -> list[dict[str, Json]]:
        """Return what happened in an execution behind event ``after``.

        Raises:
            ExecutionNotFound: there is none of that id.
        """
        self.journal.head(execution)
        events = self.journal.history(execution)
        return [event for event in events if event["id"] > after]

    def notices(self, execution: str) -> list[Undelivered]:
        """Return the notices of an execution that were given up.

        Raises:
            ExecutionNotFound: there is none of that id.
        """
        return self.orchestrator.undelivered(execution)

    def send_again(self, execution: str, notice: str) -> Undelivered:
        """Have a notice that was given up be sent once more.

        Raises:
            ExecutionNotFound: there is none of that id.
            NoticeNotFound: no such notice was given up, or nobody is there to be told.
        """
        return self.orchestrator.send_again(execution, notice)

    def cost(self, execution: str) -> Bill:
        """Return what an execution has used so far.

        Raises:
            ExecutionNotFound: there is none of that id.
        """
        self.journal.head(execution)
        return self.meter.bill(execution)

    def claims(self, token: str) -> Claims:
        """Return what a task token entitles to. Reads nothing.

        Raises:
            TokenRefused: forged, cut, of another stage, or expired.
        """
        return self.tokens.verify(token, self.clock.now())
