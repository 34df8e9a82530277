"""What do those ask of a stage in memory who use it? Each repeats what failed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.errors import MillraceError
from chalicelib.schedules.schedule import Schedule
from chalicelib.simulation.faults import Crash, Weather
from chalicelib.simulation.loop import Loop
from chalicelib.simulation.processes import Process
from chalicelib.simulation.workers import Workers
from chalicelib.tokens import Report, Tokens
from chalicelib.values import Json


class Clients(ABC):
    """The clients, operators and workers of a stage."""

    loop: Loop
    weather: Weather
    tokens: Tokens
    workers: Workers

    @abstractmethod
    def _in_process(self, ask: Callable[[Process], Any]) -> Any:
        """Have one of the processes do something; a crash takes it away."""

    @abstractmethod
    def _new_name(self) -> str:
        """Return a name that nothing has."""

    def start(self, workflow: str, value: Json = None, *, name: str = "") -> str:
        """Start an execution as a client does, who repeats what failed.

        Returns:
            The execution's id.
        """
        name = name or self._new_name()
        self._insist(lambda here: here.orchestrator.start(workflow, value, name=name))
        return f"{workflow}:{name}"

    def schedule(self, schedule: Schedule) -> None:
        """Begin a schedule as a client does, who repeats what failed."""
        self._insist(lambda here: here.planning.create(schedule))

    def stop(self, execution: str, *, error: str = "", cause: str = "") -> None:
        """Stop an execution as a client does, who repeats what failed."""
        self._insist(
            lambda here: here.orchestrator.stop(execution, error=error, cause=cause)
        )

    def redrive(self, execution: str, *, token: str = "") -> None:
        """Redrive an execution as a client does, who repeats what failed."""
        token = token or self._new_name()
        self._insist(lambda here: here.orchestrator.redrive(execution, token=token))

    def redo(
        self,
        execution: str,
        tasks: Sequence[str] = (),
        context: Mapping[str, Json] | None = None,
    ) -> None:
        """Have tasks of a DAG done anew, as a client does, who repeats what failed."""
        self._insist(
            lambda here: here.orchestrator.redo(execution, tasks, context or {})
        )

    def wake_up(self, execution: str, task: str, data: Json = None) -> str:
        """Wake a task as a client does, who repeats what failed.

        Raises:
            TaskNotFound: there is no such task, or its group does not exist yet.
            TaskEnded: it is over.
        """
        return str(
            self._insist(lambda here: here.orchestrator.wake_up(execution, task, data))
        )

    def degrade(
        self, execution: str, task: str, *, current: bool, following: bool
    ) -> None:
        """Degrade a task as a client does, who repeats what failed.

        Raises:
            TaskNotFound: there is no such task, or its group does not exist yet.
            TaskEnded: it is over.
        """
        what = {"current": current, "following": following}
        self._insist(lambda here: here.orchestrator.degrade(execution, task, **what))

    def report(self, token: str, report: Report) -> str:
        """Report for a task token as a worker does, who repeats what failed.

        Raises:
            TokenRefused: not a token of this stage.
            TokenDecided: the attempt has another outcome.
            TokenGone: the attempt is over.
        """
        return self.workers.report(token, report)

    def _report(self, token: str, report: Report) -> str:
        claims = self.tokens.verify(token, self.loop.now)
        return str(self._insist(lambda here: here.orchestrator.report(claims, report)))

    def _insist(self, ask: Callable[[Process], Any]) -> Any:
        """Ask again, as a client does, when the answer was a fault."""
        while True:
            try:
                return self._in_process(ask)
            except (Crash, MillraceError) as fault:
                if not isinstance(fault, self.weather.FAULTS):
                    raise
                self.loop.pause(1.0)
