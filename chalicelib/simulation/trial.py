"""Does a workflow end alike in any weather?

    trial = Trial(definition, {"name": "Ada"}, functions={"greet": greet})
    print(trial.storms(range(100)))       # a hundred seeds
    print(trial.every_fault())            # each fault at each I/O, one at a time
    trial.run(Storm(17)).violations       # one of them again

A run in calm weather says how it must end. Functions must give the same answer each
time they get the same event, and no more than one failure may be on its way at a time:
otherwise the weather may decide which of two right outcomes comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from chalicelib.engine.state import Status
from chalicelib.journal.archive import Head
from chalicelib.model.expressions import Literal
from chalicelib.model.workflow import Task, Workflow, walk_scopes
from chalicelib.ports import Limits
from chalicelib.simulation.faults import (
    STORM,
    Chances,
    Fault,
    Plan,
    Storm,
    Weather,
    possible,
)
from chalicelib.simulation.functions import Function
from chalicelib.simulation.invariants import Look
from chalicelib.simulation.objects import Objects
from chalicelib.simulation.stage import Stage
from chalicelib.values import Json, canonical

NAME = "trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run, and what was wrong with it."""

    weather: Weather
    head: Head
    violations: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(f"{self.weather}: {each}" for each in self.violations)


@dataclass(slots=True)
class Report:
    """What many runs have shown."""

    runs: int = 0
    #: I/Os done in all of them.
    deeds: int = 0
    #: Faults by place: ``table.put: crash before`` …
    faults: Counter[str] = field(default_factory=Counter)
    #: Runs in which something was wrong.
    failed: list[Run] = field(default_factory=list)

    def add(self, run: Run) -> None:
        """Count a run."""
        self.runs += 1
        self.deeds += len(run.weather.places)
        self.faults += run.weather.faults
        if run.violations:
            self.failed.append(run)

    def __add__(self, other: Report) -> Report:
        return Report(
            self.runs + other.runs,
            self.deeds + other.deeds,
            self.faults + other.faults,
            self.failed + other.failed,
        )

    def __str__(self) -> str:
        lines = [f"{self.runs} runs, {self.deeds} I/Os, {self.faults.total()} faults"]
        lines += [f"  {times:6}  {what}" for what, times in sorted(self.faults.items())]
        wrong = "none" if not self.failed else str(len(self.failed))
        return "\n".join([*lines, f"violations: {wrong}", *map(str, self.failed)])


class Trial:
    """One workflow with its input and functions, to be run in any weather."""

    def __init__(
        self,
        definition: Any,
        input: Json = None,
        *,
        format: str | None = None,
        functions: Mapping[str, Function] | None = None,
        workflows: Mapping[str, Any] | None = None,
        objects: Objects | None = None,
        limits: Limits | None = None,
        meddle: Callable[[Stage, str], None] | None = None,
        mend: Callable[[Stage, str], None] | None = None,
        has_one_end: bool = True,
    ) -> None:
        """``definition``: text, value, or a compiled workflow.

        ``workflows``: others by name, that it starts. ``objects``: those of S3 that it
        reads. ``meddle`` gets the stage and the
        execution's id once it is started, and may plan deeds of users. ``mend`` gets
        them once it has ended, and may have it go on. Without ``has_one_end`` only the
        invariants are held against it.
        """
        self._definition = definition
        self._input = input
        self._format = format
        self._functions = functions
        self._workflows = dict(workflows or {})
        self._objects = objects
        self._limits = limits
        self._meddle, self._mend = meddle, mend
        self._has_one_end = has_one_end

    @cached_property
    def calm(self) -> Run:
        """The run in which nothing goes wrong."""
        return self._run(Plan({}))

    def run(self, weather: Weather) -> Run:
        """Run it in a weather; what differs from the calm run is wrong."""
        run = self._run(weather)
        if not self._has_one_end:
            return run
        wrong = [f"outcome: {each}" for each in _differences(self.calm.head, run.head)]
        return replace(run, violations=(*wrong, *run.violations))

    def storms(self, seeds: Iterable[int], chances: Chances = STORM) -> Report:
        """Run it once for each seed."""
        return self.report(Storm(seed, chances) for seed in seeds)

    def every_fault(self, kinds: Callable[[str], list[Fault]] = possible) -> Report:
        """Run it once for each I/O of the calm run and each fault possible there."""
        return self.report(self._plans(kinds))

    def report(self, weathers: Iterable[Weather]) -> Report:
        """Run it once in each weather."""
        report = Report()
        for weather in weathers:
            report.add(self.run(weather))
        return report

    def _plans(self, kinds: Callable[[str], list[Fault]]) -> Iterator[Plan]:
        for number, place in enumerate(self.calm.weather.places):
            for fault in kinds(place):
                yield Plan({number: fault})

    def _run(self, weather: Weather) -> Run:
        facts: dict[str, Any] = {"limits": self._limits, "objects": self._objects}
        with Stage(self._functions, weather=weather, **facts) as stage:
            for name, text in self._workflows.items():
                stage.publish(text, name=name)
            workflow = stage.publish(self._definition, format=self._format)
            execution = stage.start(workflow, self._input, name=NAME)
            if self._meddle is not None:
                self._meddle(stage, execution)
            stage.settle(execution)
            if self._mend is not None:
                self._mend(stage, execution)
                stage.settle(execution)
            head = stage.head(execution)
            stage.settle()  # whatever comes late changes nothing
            wrong = Look(stage, execution, self._once).violations()
            wrong += [f"ended: {each}" for each in _late(stage, head)]
            return Run(weather=weather, head=head, violations=tuple(wrong))

    @cached_property
    def _once(self) -> frozenset[str]:
        known = isinstance(self._definition, Workflow)
        return frozenset(_at_most_once(self._definition) if known else ())


def _late(stage: Stage, head: Head) -> list[str]:
    if head.status is Status.RUNNING:
        return ["it never did"]
    return _differences(head, stage.head(head.execution))


def _differences(expected: Head, found: Head) -> list[str]:
    return [
        f"{what} is {canonical(is_now)[:300]}, should be {canonical(should)[:300]}"
        for what in ("status", "output", "error", "cause")
        if (is_now := getattr(found, what)) != (should := getattr(expected, what))
    ]


def _at_most_once(workflow: Workflow) -> Iterator[str]:
    """Yield the resources whose tasks are all at most once."""
    careful: dict[bool, set[str]] = {True: set(), False: set()}
    for scope in walk_scopes(workflow.scope):
        for state in scope.states.values():
            work = state.work
            if isinstance(work, Task) and isinstance(work.resource, Literal):
                careful[work.at_most_once].add(work.resource.value)
    yield from careful[True] - careful[False]
