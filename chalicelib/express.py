"""How does an execution run within one request? The orchestrator, on twins in memory.

    request --run--> start -> queue in memory -> handle … -> ended, or out of time

Nothing is kept: journal, values and messages live as long as the request. What leaves
the process is what tasks ask for, through the stage's own dispatcher; calls of one
execution are made side by side.

Rule 1  One message is handled at a time; whoever calls the outside lets go meanwhile
        (``_Baton``). The twins in memory are for one thread.
Rule 2  When the time is up, the execution is stopped as TIMED_OUT. Calls under way
        end by their own time limit, and nobody waits for them.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from chalicelib.engine.state import Status
from chalicelib.errors import MillraceError
from chalicelib.journal.archive import Archive
from chalicelib.journal.descriptors import Descriptors
from chalicelib.journal.heads import Head
from chalicelib.journal.lending import Lender
from chalicelib.journal.releases import Releases
from chalicelib.journal.scopes import Journal
from chalicelib.journal.values import Values
from chalicelib.model.arns import Naming
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.model.workflow import Workflow
from chalicelib.orchestrator import Delivery, Orchestrator, World
from chalicelib.ports import (
    Call,
    Clock,
    Dispatcher,
    Item,
    Limits,
    Message,
    Outcome,
    Table,
)
from chalicelib.queues.memory import MemoryQueue
from chalicelib.stores.blobs import MemoryBlobs
from chalicelib.stores.memory import MemoryTable
from chalicelib.tokens import Tokens
from chalicelib.values import Json, compact

#: Calls that one execution makes side by side.
CALLERS = 32
#: Deliveries of a message that fails; there are no dead letters here.
RECEIVES = 5
#: Scopes inside each other that are told of the end, when the time is up.
LEVELS = 4
#: Messages that are handled then: they cancel work, and begin none.
_GOODBYES = frozenset({"carry", "cancel", "stop"})


class Definitions(Protocol):
    """Where compiled workflows are found."""

    def workflow(self, name: str, version: str) -> Workflow:
        """Return a compiled version.

        Raises:
            WorkflowNotFound: there is none.
        """
        ...

    def current(self, name: str) -> str:
        """Return the version that new executions run.

        Raises:
            WorkflowNotFound: there is none.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An execution that is over, with its history."""

    head: Head
    history: list[dict[str, Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Express:
    """Runs executions within a request."""

    dispatcher: Dispatcher
    clock: Clock
    tokens: Tokens
    new_name: Callable[[], str]
    chance: Callable[[], float]
    limits: Limits
    naming: Naming = field(default_factory=lambda: Naming(is_express=True))

    def run(
        self,
        definitions: Definitions,
        workflow: str,
        value: Json,
        *,
        name: str = "",
        version: str = "",
        trace: str = "",
        seconds: float,
    ) -> Ended:
        """Run an execution to its end, or for ``seconds``.

        Raises:
            WorkflowNotFound: nothing of that name, or version, is there.
            InputRefused: the input breaks the workflow's schema.
            PayloadTooLarge: the input is larger than the stage takes.
        """
        run = _Run(self, definitions, self.clock.now() + seconds)
        head = run.orchestrator.start(
            workflow, value, name=name, version=version, trace=trace
        )
        run.drive(head.execution)
        return Ended(
            head=run.archive.head(head.execution),
            history=run.archive.history(head.execution),
        )


class _Run:
    """One execution with a world of its own."""

    def __init__(
        self, express: Express, definitions: Definitions, ends_at: float
    ) -> None:
        self._clock = express.clock
        self._ends_at = ends_at
        self._baton = _Baton(express.dispatcher)
        self._queue = MemoryQueue(express.clock)
        self._receives: dict[str, int] = {}
        table, blobs = _Timers(self._queue, express.clock), MemoryBlobs()
        values = Values(table, blobs)
        self.archive = _Heads(table, values, express.clock, definitions)
        # Nothing is in that table: an execution of this kind is lent nothing.
        releases = Releases(table, express.clock)
        descriptors = Descriptors(table, releases, express.clock)
        self.orchestrator = Orchestrator(
            World(
                journal=Journal(table, values),
                archive=self.archive,
                lender=Lender(descriptors, self.archive),
                table=table,
                queue=_Unwatched(self._queue),
                dispatcher=self._baton,
                clock=express.clock,
                tokens=express.tokens,
                new_name=express.new_name,
                chance=express.chance,
                naming=express.naming,
                limits=replace(express.limits, turn_reserve=0.0),
            )
        )

    def drive(self, execution: str) -> None:
        """Handle messages until the execution has ended or the time is up."""
        pool = ThreadPoolExecutor(CALLERS, thread_name_prefix="express")
        busy: set[Future[None]] = set()
        try:
            while not self._has_ended(execution) and self._left() > 0:
                busy |= {pool.submit(self._handle, each) for each in self._due()}
                if not busy and self._queue.next_at is None:
                    break  # It waits for somebody who cannot know of it.
                busy = self._await(busy)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        with self._baton:
            self._stop(execution)
        for _ in range(LEVELS):
            for message in self._due():
                if message.body["do"] in _GOODBYES:
                    self._handle(message)

    def _due(self) -> Sequence[Message]:
        with self._baton:
            return self._queue.receive(self._clock.now(), CALLERS)

    def _await(self, busy: set[Future[None]]) -> set[Future[None]]:
        """Wait until a handler is done, a message is due, or the time is up."""
        until = min(self._ends_at, self._queue.next_at or self._ends_at)
        pause = max(0.0, until - self._clock.now())
        if not busy:
            self._clock.sleep(pause)
            return set()
        done, rest = wait(busy, timeout=pause, return_when=FIRST_COMPLETED)
        for each in done:
            each.result()
        return rest

    def _left(self) -> float:
        return self._ends_at - self._clock.now()

    def _handle(self, message: Message) -> None:
        with self._baton:
            body = compact(message.body)
            delivery = Delivery(id="", body=body, receives=self._received(body))
            failed = self.orchestrator.handle([delivery], self._ends_at)
            if failed and delivery.receives < RECEIVES:
                self._queue.send([replace(message, delay=1)])

    def _received(self, body: str) -> int:
        self._receives[body] = self._receives.get(body, 0) + 1
        return self._receives[body]

    def _has_ended(self, execution: str) -> bool:
        with self._baton:
            return self.archive.head(execution).status is not Status.RUNNING

    def _stop(self, execution: str) -> None:
        head = self.archive.head(execution)
        if head.status is not Status.RUNNING:
            return
        cause = "the execution did not end within the time of one request"
        name = TABLES["asl"][Kind.EXECUTION_TIMEOUT]
        with suppress(MillraceError):
            self.orchestrator.end_from_outside(head, Status.TIMED_OUT, name, cause)


class _Baton:
    """A dispatcher whose callers hold a baton, and lay it down while they wait."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_raised: object) -> None:
        self._lock.release()

    def dispatch(self, call: Call) -> Outcome:
        """See ``ports.Dispatcher``."""
        self._lock.release()
        try:
            return self._dispatcher.dispatch(call)
        finally:
            self._lock.acquire()

    def cancel(self, call: Call) -> bool:
        """See ``ports.Dispatcher``."""
        return self._dispatcher.cancel(call)


class _Timers(MemoryTable):
    """A table without a minute tick: long timers are messages as well."""

    def __init__(self, queue: MemoryQueue, clock: Clock) -> None:
        super().__init__()
        self._queue = queue
        self._clock = clock

    def put(
        self,
        item: Item,
        *,
        unless_exists: bool = False,
        where: Mapping[str, Json] | None = None,
    ) -> None:
        """See ``ports.Table``."""
        super().put(item, unless_exists=unless_exists, where=where)
        if item["pk"].startswith("timer#"):
            left = math.ceil(item["due_at"] - self._clock.now())
            self._queue.send([Message(body=json.loads(item["body"]), delay=left)])


#: Messages about an execution for others: who asked for it waits for it.
_FOR_OTHERS = frozenset({"watch", "notify"})


class _Unwatched:
    """A queue without watchdogs, and without notices."""

    def __init__(self, queue: MemoryQueue) -> None:
        self._queue = queue

    def send(self, messages: Sequence[Message]) -> None:
        """See ``ports.Queue``."""
        self._queue.send(
            [each for each in messages if each.body["do"] not in _FOR_OTHERS]
        )


class _Heads(Archive):
    """Executions in memory, of workflows that are kept elsewhere."""

    def __init__(
        self, table: Table, values: Values, clock: Clock, definitions: Definitions
    ) -> None:
        super().__init__(table, values, clock)
        self._definitions = definitions

    def workflow(self, name: str, version: str) -> Workflow:
        """See ``Definitions``."""
        return self._definitions.workflow(name, version)

    def current(self, name: str) -> str:
        """See ``Definitions``."""
        return self._definitions.current(name)
