"""A stage in memory: the real orchestrator on twins of everything outside.

    stage = Stage(functions={"greet": greet})
    stage.publish(definition, name="hello")
    head = stage.run("hello", {"name": "Ada"})

Deliveries, timers, callbacks and crashes are deeds of a ``Loop``; a ``Weather`` says
what goes wrong on the way (``faults``), by default nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.dispatchers.workflow import WorkflowDispatcher
from chalicelib.engine.state import Status
from chalicelib.errors import MillraceError, TokenDecided, TokenGone
from chalicelib.formats import compile_definition
from chalicelib.meter import (
    Meter,
    MeteredBlobs,
    MeteredDispatcher,
    MeteredQueue,
    MeteredTable,
)
from chalicelib.orchestrator import Delivery, Orchestrator, World
from chalicelib.orchestrator.timers import BUCKET
from chalicelib.ports import Blobs, Dispatcher, Limits, Message, Queue, Table
from chalicelib.scheduler import AHEAD, CURSOR, Scheduler
from chalicelib.simulation.faults import CALM, Crash, Weather
from chalicelib.simulation.functions import Function, FunctionDispatcher
from chalicelib.simulation.loop import Loop
from chalicelib.journal.archive import Archive, Head
from chalicelib.stores.blobs import MemoryBlobs
from chalicelib.journal.scopes import Journal
from chalicelib.stores.memory import MemoryTable
from chalicelib.journal.values import Values
from chalicelib.tokens import Report, Tokens
from chalicelib.values import Json, compact

#: Seconds until an undeleted message comes again.
INVISIBLE = 60.0
#: Deliveries of a message before it goes to the dead letters.
RECEIVES = 5
#: Seconds that an invocation may last.
INVOCATION = 900.0
#: Deeds after which a run is given up: an endless loop of an author's.
MOST_DEEDS = 200_000


class Stage:
    """See the top of the module."""

    def __init__(
        self,
        functions: Mapping[str, Function] | None = None,
        *,
        weather: Weather = CALM,
        limits: Limits | None = None,
        dispatcher: Callable[[Stage], Dispatcher] | None = None,
    ) -> None:
        self.loop = Loop()
        self.weather = weather
        self.meter = Meter()
        self.limits = limits or Limits()
        self.tokens = Tokens("simulation", {"k1": b"0" * 32}, "k1")
        self.functions = dict(functions or {})
        self.plain_table = MemoryTable()
        self.plain_blobs = MemoryBlobs()
        self._names = 0
        self._messages = 0
        #: Seconds since the epoch -> a tick is planned for then.
        self._ticks: set[float] = set()
        #: Messages that failed each time they were delivered.
        self.dead: list[str] = []
        self.dispatcher = (
            dispatcher(self)
            if dispatcher
            else FunctionDispatcher(
                self.functions,
                self.loop.clock,
                self._answer_later,
                WorkflowDispatcher(
                    self._start, self._stop, self.loop.clock, limits=self.limits
                ),
            )
        )
        self.orchestrator = self._new_process()

    # -- a process ---------------------------------------------------------------

    def _new_process(self) -> Orchestrator:
        """Return an orchestrator that remembers nothing: a cold start."""
        weather, meter = self.weather, self.meter
        table: Table = weather.table(MeteredTable(_Timers(self), meter), self.loop)
        blobs: Blobs = weather.blobs(MeteredBlobs(self.plain_blobs, meter), self.loop)
        queue: Queue = weather.queue(
            MeteredQueue(_Outbox(self), meter, _execution_of), self.loop
        )
        dispatcher: Dispatcher = weather.dispatcher(
            MeteredDispatcher(self.dispatcher, meter), self.loop
        )
        values = Values(table, blobs)
        self.archive = Archive(table, values, self.loop.clock)
        self.scheduler = Scheduler(table, queue, self.loop.clock)
        world = World(
            journal=Journal(table, values),
            archive=self.archive,
            table=table,
            queue=queue,
            dispatcher=dispatcher,
            clock=self.loop.clock,
            tokens=self.tokens,
            new_name=self._new_name,
            chance=weather.chance,
            callback_url=lambda token: f"https://stage.example/v1/tasks/{token}",
            limits=self.limits,
        )
        return Orchestrator(world)

    def _new_name(self) -> str:
        self._names += 1
        return f"run-{self._names}"

    # -- what users do -----------------------------------------------------------

    def publish(
        self, definition: Any, *, name: str = "workflow", format: str | None = None
    ) -> str:
        """Publish a definition; return the workflow's name.

        Raises:
            DefinitionRefused: with every problem of the text.
        """
        workflow = compile_definition(definition, format=format, name=name)
        text = definition if isinstance(definition, str) else compact(definition)
        with self.weather.paused():
            self.archive.publish(workflow, text)
        return workflow.name

    def start(self, workflow: str, value: Json = None, *, name: str = "") -> str:
        """Start an execution as a client does, who repeats what failed; return its id."""
        name = name or self._new_name()
        self._insist(lambda: self.orchestrator.start(workflow, value, name=name))
        return f"{workflow}:{name}"

    def run(self, workflow: str, value: Json = None, *, name: str = "") -> Head:
        """Start an execution and let everything happen until it has ended."""
        execution = self.start(workflow, value, name=name)
        self.settle(execution)
        return self.head(execution)

    def settle(self, execution: str = "") -> None:
        """Let things happen until the execution has ended, or nothing can move it."""
        for _ in range(MOST_DEEDS):
            if execution and self._has_ended(execution):
                return
            if not self.loop.wanted or not self.loop.step():
                return

    def _has_ended(self, execution: str) -> bool:
        item = self.plain_table.get((execution, "HEAD"))
        return item is not None and item["status"] != Status.RUNNING.value

    def head(self, execution: str) -> Head:
        """Return an execution."""
        with self.weather.paused():
            return self.archive.head(execution)

    def history(self, execution: str) -> list[dict[str, Json]]:
        """Return what happened in an execution."""
        with self.weather.paused():
            return self.archive.history(execution)

    def stop(self, execution: str, *, error: str = "", cause: str = "") -> None:
        """Stop an execution as a client does, who repeats what failed."""
        self._insist(
            lambda: self.orchestrator.stop(execution, error=error, cause=cause)
        )

    def report(self, token: str, report: Report) -> str:
        """Report for a task token as a worker does, who repeats what failed."""
        claims = self.tokens.verify(token, self.loop.now)
        return str(self._insist(lambda: self.orchestrator.report(claims, report)))

    def later(self, seconds: float, deed: Callable[[], None]) -> None:
        """Have something done after some virtual time."""
        self._want(self.loop.now + seconds, deed)

    def _insist(self, ask: Callable[[], Any]) -> Any:
        """Ask again, as a client does, when the answer was a fault."""
        while True:
            try:
                return ask()
            except (Crash, MillraceError) as fault:
                if not isinstance(fault, self.weather.FAULTS):
                    raise
                self.orchestrator = self._new_process()
                self.loop.pause(1.0)

    def _start(self, workflow: str, input: Json, **facts: Any) -> str:
        name, _, version = workflow.partition(":")
        parent = facts.pop("parent_token")
        head = self.orchestrator.start(
            name, input, version=version, parent=parent, **facts
        )
        return head.execution

    def _stop(self, workflow: str, name: str, cause: str) -> None:
        self.orchestrator.stop(f"{workflow}:{name}", cause=cause)

    def _answer_later(self, token: str, report: Report, seconds: float) -> None:
        """Have a worker report, at least once."""
        for delay in self.weather.deliveries(seconds):
            self._want(self.loop.now + delay, lambda: self._answer(token, report))

    def _answer(self, token: str, report: Report) -> None:
        try:
            self.report(token, report)
        except (TokenGone, TokenDecided):
            pass  # the worker learns that it is late

    # -- what AWS does -----------------------------------------------------------

    def _want(self, time: float, deed: Callable[[], None]) -> None:
        """Plan a deed for which a run goes on."""
        self.loop.wanted += 1

        def counted() -> None:
            try:
                deed()
            finally:
                self.loop.wanted -= 1

        self.loop.at(time, counted, order=self.weather.order())

    def accept(self, message: Message) -> None:
        """Take a message into the step queue."""
        body = compact(message.body)
        for delay in self.weather.deliveries(message.delay):
            self._messages += 1
            self._deliver_at(self.loop.now + delay, f"m{self._messages}", body, 1)

    def _deliver_at(self, time: float, number: str, body: str, receives: int) -> None:
        def deed() -> None:
            self._deliver(number, body, receives)

        if '"do":"watch"' in body:  # the watchdog alone keeps nothing going
            self.loop.at(time, deed, order=self.weather.order())
        else:
            self._want(time, deed)

    def _deliver(self, number: str, body: str, receives: int) -> None:
        delivery = Delivery(id=number, body=body, receives=receives)
        now = self.loop.now
        self.meter.count(_execution_of_text(body), "invocations")
        try:
            failed = self.orchestrator.handle([delivery], now + INVOCATION)
        except Crash:
            self.orchestrator = self._new_process()
            failed = [number]
        if not failed:
            return
        if receives < RECEIVES:
            at = max(self.loop.now, now + INVISIBLE)
            self._deliver_at(at, number, body, receives + 1)
            return
        self.dead.append(body)
        self._insist(lambda: self.orchestrator.bury([delivery]))

    def timer_kept(self, due_at: float) -> None:
        """See to it that the minute tick finds a timer."""
        tick_at = max(self.loop.now, due_at // BUCKET * BUCKET - AHEAD)
        if tick_at not in self._ticks:
            self._ticks.add(tick_at)
            self._want(tick_at, self._tick)

    def _tick(self) -> None:
        """Tick; the ticks before, which found nothing, are taken as done."""
        self._ticks.discard(self.loop.now)
        pk, sk = CURSOR
        seen = int((self.loop.now - BUCKET + AHEAD) // BUCKET)
        item = self.plain_table.get(CURSOR)
        if item is None or item["minute"] < seen:
            self.plain_table.put({"pk": pk, "sk": sk, "minute": seen, "at": 0})
        try:
            self.scheduler.tick()
        except self.weather.FAULTS:
            self.orchestrator = self._new_process()
            self._want(self.loop.now + BUCKET, self._tick)


class _Timers(MemoryTable):
    """The table of a stage, which hears of timers."""

    def __init__(self, stage: Stage) -> None:
        self.__dict__ = stage.plain_table.__dict__
        self._stage = stage

    def put(
        self,
        item: dict[str, Json],
        *,
        unless_exists: bool = False,
        where: Mapping[str, Json] | None = None,
    ) -> None:
        """See ``ports.Table``."""
        super().put(item, unless_exists=unless_exists, where=where)
        if item["pk"].startswith("timer#"):
            self._stage.timer_kept(item["due_at"])


class _Outbox:
    """See ``ports.Queue``: the way into the stage's step queue."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def send(self, messages: Any) -> None:
        """See ``ports.Queue``."""
        for message in messages:
            self._stage.accept(message)


def _execution_of(body: Json) -> str:
    return str(body.get("x", ""))


def _execution_of_text(body: str) -> str:
    start = body.find('"x":"')
    return body[start + 5 : body.find('"', start + 5)] if start >= 0 else ""
