"""A stage in memory: the real orchestrator on twins of everything outside.

    stage = Stage(functions={"greet": greet})
    stage.publish(definition, name="hello")
    head = stage.run("hello", {"name": "Ada"})

Deliveries, timers, callbacks and crashes are deeds of a ``Loop``; a ``Weather`` says
what goes wrong on the way, by default nothing. ``Stage(weather=Storm(17))`` is a stage
of several processes in which anything may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from chalicelib.dispatchers.workflow import WorkflowDispatcher
from chalicelib.engine.state import Status
from chalicelib.formats import compile_definition
from chalicelib.journal.archive import Head
from chalicelib.meter import (
    Meter,
    MeteredBlobs,
    MeteredDispatcher,
    MeteredQueue,
    MeteredTable,
)
from chalicelib.model.workflow import Workflow
from chalicelib.orchestrator import Delivery, Orchestrator
from chalicelib.orchestrator.planning import Planning
from chalicelib.orchestrator.steps import execution_of
from chalicelib.ports import Dispatcher, Limits
from chalicelib.simulation import processes
from chalicelib.simulation.clients import Clients
from chalicelib.simulation.faults import Crash, Weather
from chalicelib.simulation.functions import Function, FunctionDispatcher
from chalicelib.simulation.loop import Loop
from chalicelib.simulation.mailbox import Mailbox
from chalicelib.simulation.objects import MemoryObjects, ObjectDispatcher, Objects
from chalicelib.simulation.processes import Outside, Process
from chalicelib.simulation.ticks import Ticks
from chalicelib.simulation.workers import Workers
from chalicelib.stores.blobs import MemoryBlobs
from chalicelib.stores.memory import MemoryTable
from chalicelib.tokens import Tokens
from chalicelib.values import Json, compact

#: Seconds that an invocation may last.
INVOCATION = 900.0


class Stage(Clients):
    """See the top of the module."""

    def __init__(
        self,
        functions: Mapping[str, Function] | None = None,
        *,
        weather: Weather | None = None,
        limits: Limits | None = None,
        dispatcher: Callable[[Stage], Dispatcher] | None = None,
        objects: Objects | None = None,
    ) -> None:
        """``dispatcher``: makes what stands in for the one that calls ``functions``.

        ``objects``: those of S3, by bucket and key.
        """
        self.loop = Loop()
        self.weather = weather or Weather()
        self.meter = Meter()
        self.limits = limits or Limits()
        self.tokens = Tokens("simulation", {"k1": b"0" * 32}, "k1")
        self.functions = dict(functions or {})
        self.objects = MemoryObjects(objects)
        self.plain_table = MemoryTable()
        self.plain_blobs = MemoryBlobs()
        self.mailbox = Mailbox(self.loop, self.weather, self._handle, self._bury)
        self.ticks = Ticks(self.loop, self.plain_table, self._tick)
        self.workers = Workers(self.loop, self.weather, self._report)
        #: Deeds after which a run is given up: an endless loop of an author's.
        self.most_deeds = 200_000
        #: Invocations that lasted longer than they may.
        self.overtime: list[float] = []
        self._names = 0
        self.dispatcher = dispatcher(self) if dispatcher else self._own_dispatcher()
        self._processes = [self._process() for _ in range(self.weather.processes)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the threads of the stage end."""
        self.loop.close()

    # -- its processes -----------------------------------------------------------

    def _own_dispatcher(self) -> Dispatcher:
        clock = self.loop.clock
        workflows = WorkflowDispatcher(
            self._start, self._stop, clock, limits=self.limits
        )
        objects = ObjectDispatcher(self.objects, clock, self.limits)
        return FunctionDispatcher(
            self.functions,
            clock,
            self.workers.report_later,
            workflows,
            objects,
            self.limits,
            self.mailbox.post,
        )

    def _process(self) -> Process:
        meter = self.meter
        outside = Outside(
            table=MeteredTable(self.ticks, meter),
            blobs=MeteredBlobs(self.plain_blobs, meter),
            queue=MeteredQueue(self.mailbox, meter, _execution_of),
            dispatcher=MeteredDispatcher(self.dispatcher, meter),
        )
        return processes.process(
            processes.in_weather(outside, self.weather, self.loop),
            self.loop,
            self.tokens,
            self.limits,
            new_name=self._new_name,
            chance=self.weather.chance,
        )

    def _new_name(self) -> str:
        self._names += 1
        return f"run-{self._names}"

    def _in_process(self, ask: Callable[[Process], Any]) -> Any:
        """Have one of the processes do something; a crash takes it away."""
        number = self.weather.pick(len(self._processes))
        process = self._processes[number]
        try:
            return ask(process)
        except Crash:
            if self._processes[number] is process:
                self._processes[number] = self._process()
            raise

    @property
    def orchestrator(self) -> Orchestrator:
        """The orchestrator of one of the processes."""
        return self._processes[0].orchestrator

    @property
    def planning(self) -> Planning:
        """What is asked about schedules, of one of the processes."""
        return self._processes[0].planning

    # -- what users do -----------------------------------------------------------

    def publish(
        self, definition: Any, *, name: str = "workflow", format: str | None = None
    ) -> str:
        """Publish a definition, or a compiled workflow; return the workflow's name.

        Raises:
            DefinitionRefused: with every problem of the text.
        """
        workflow, text = definition, name
        if not isinstance(definition, Workflow):
            workflow = compile_definition(definition, format=format, name=name)
            is_text = isinstance(definition, str)
            text = definition if is_text else compact(definition)
        with self.weather.paused():
            self._processes[0].archive.publish(workflow, text)
            self._processes[0].planning.apply(workflow.name, workflow.schedules)
        return str(workflow.name)

    def run(self, workflow: str, value: Json = None, *, name: str = "") -> Head:
        """Start an execution and let everything happen until it has ended."""
        execution = self.start(workflow, value, name=name)
        self.settle(execution)
        return self.head(execution)

    def settle(self, execution: str = "") -> None:
        """Let things happen until the execution has ended, or nothing can move it.

        Without an execution: until nothing is left to happen.
        """

        def is_over() -> bool:
            if execution and self._has_ended(execution):
                return True
            return not self.loop.wanted

        self.loop.run(is_over, self.most_deeds)

    def _has_ended(self, execution: str) -> bool:
        item = self.plain_table.get((execution, "HEAD"))
        return item is not None and item["status"] != Status.RUNNING.value

    def head(self, execution: str) -> Head:
        """Return an execution."""
        with self.weather.paused():
            return self._processes[0].archive.head(execution)

    def history(self, execution: str) -> list[dict[str, Json]]:
        """Return what happened in an execution."""
        with self.weather.paused():
            return self._processes[0].archive.history(execution)

    def later(self, seconds: float, deed: Callable[[], None]) -> None:
        """Have something done after some virtual time."""
        self.loop.want(self.loop.now + seconds, deed, order=self.weather.order())

    # -- what functions do -------------------------------------------------------

    def _start(self, workflow: str, input: Json, **facts: Any) -> str:
        name, _, named = workflow.partition(":")
        parent = facts.pop("parent_token")
        made = self.orchestrator
        version = made.world.lender.version(name, named, input)
        # No releases here: what nobody knows is the newest.
        version = "" if version == named else version
        head = made.start(name, input, version=version, parent=parent, **facts)
        return head.execution

    def _stop(self, workflow: str, name: str, cause: str) -> None:
        self.orchestrator.stop(f"{workflow.partition(':')[0]}:{name}", cause=cause)

    # -- what AWS does -----------------------------------------------------------

    def _handle(self, deliveries: Sequence[Delivery]) -> list[str]:
        began_at = self.loop.now
        self.meter.count(execution_of(deliveries[0].body), "invocations")
        try:
            failed: list[str] = self._in_process(
                lambda here: here.orchestrator.handle(deliveries, began_at + INVOCATION)
            )
        except Crash:
            return [each.id for each in deliveries]
        if self.loop.now > began_at + INVOCATION:
            self.overtime.append(self.loop.now - began_at)
        return failed

    def _bury(self, deliveries: Sequence[Delivery]) -> None:
        self._insist(lambda here: here.orchestrator.bury(deliveries))

    def _tick(self) -> None:
        self._insist(lambda here: here.scheduler.tick())


def _execution_of(body: Json) -> str:
    return str(body["x"])
