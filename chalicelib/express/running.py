"""How is one execution driven to its end, or until its time is up?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace

from chalicelib.engine.state import Status
from chalicelib.errors import MillraceError
from chalicelib.express.twins import Baton, Definitions, Heads, Timers, Unwatched
from chalicelib.journal.descriptors import Descriptors
from chalicelib.journal.heads import Head
from chalicelib.journal.lending import Lender
from chalicelib.journal.releases import Releases
from chalicelib.journal.scopes import Journal
from chalicelib.journal.values import Values
from chalicelib.model.arns import Naming
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.orchestrator import Delivery, Orchestrator, World
from chalicelib.ports import (
    Clock,
    Dispatcher,
    Limits,
    Message,
)
from chalicelib.queues.memory import MemoryQueue
from chalicelib.stores.blobs import MemoryBlobs
from chalicelib.tokens import Tokens
from chalicelib.values import Json, compact

#: Calls that one execution makes side by side.
CALLERS = 32
#: Deliveries of a message that fails; there are no dead letters here.
RECEIVES = 5
#: Scopes inside each other that are told of the end, when the time is up.
LEVELS = 4
#: Messages that are handled then: they cancel work, and begin none.
_GOODBYES = frozenset({"carry", "cancel", "cease", "stop"})


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
        self._baton = Baton(express.dispatcher)
        self._queue = MemoryQueue(express.clock)
        self._receives: dict[str, int] = {}
        table, blobs = Timers(self._queue, express.clock), MemoryBlobs()
        values = Values(table, blobs)
        self.archive = Heads(table, values, express.clock, definitions)
        # Nothing is in that table: an execution of this kind is lent nothing.
        releases = Releases(table, express.clock)
        descriptors = Descriptors(table, releases, express.clock)
        self.orchestrator = Orchestrator(
            World(
                journal=Journal(table, values),
                archive=self.archive,
                lender=Lender(descriptors, self.archive),
                table=table,
                queue=Unwatched(self._queue),
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
