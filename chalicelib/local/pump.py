"""Who calls the handlers, when there is no Lambda? Threads, with the real events.

The pump reads ``app.event_sources`` as AWS does and calls ``app.handler_map`` with the
shapes that SQS mappings and schedule rules send.

Rule 1  What succeeded is deleted; what failed comes again, up to the redrive limit.
Rule 2  A queue is asked only when a message in it is due (``agenda``).
Rule 3  A handler that raises is a failed batch, never a dead thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chalicelib.local import event_shapes
from chalicelib.local.agenda import Agenda
from chalicelib.ports import Clock

LOG = logging.getLogger(__name__)

#: A Lambda function as the runtime calls it: event, context.
Handler = Callable[[Any, Any], Any]


class Source(Protocol):
    """Something that has a handler called."""

    name: str
    #: How many tickets one call may use up.
    limit: int

    def serve(self, count: int, ring: Ring) -> None:
        """Call the handler for what ``count`` tickets announced."""
        ...


class Ring(Protocol):
    """Announces work: ``count`` tickets for ``name``, ``delay`` seconds from now."""

    def __call__(self, name: str, delay: float = 0, count: int = 1) -> None:
        """Announce it."""
        ...


def _nobody_counts(_bodies: Sequence[str], _seconds: float) -> None:
    """Take no notice."""


def pause_after(received: int) -> int:
    """Return the seconds until a message that failed ``received`` times comes again.

    In the cloud it is the visibility timeout, a quarter of an hour; nobody wants to
    wait so long at a desk.

    >>> [pause_after(received) for received in (1, 2, 3, 9)]
    [1, 2, 4, 30]
    """
    return int(min(2 ** (received - 1), 30))


@dataclass(kw_only=True)
class QueueSource:
    """A queue with the function that its mapping calls."""

    name: str
    url: str
    sqs: Any
    handler: Handler
    context: Callable[[], Any]
    limit: int = 1
    #: Name of the queue where messages go that failed too often.
    dead_letters: str = ""
    #: Told of each invocation: the bodies of its messages, and the seconds it took.
    on_invoked: Callable[[Sequence[str], float], None] = _nobody_counts
    #: Seconds until a message comes again, by how often it was received.
    pause: Callable[[int], int] = pause_after
    clock: Clock

    def serve(self, count: int, ring: Ring) -> None:
        """See Source."""
        messages = self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=count,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        # SQS moves a message that failed too often while it looks for others.
        if len(messages) < count and self.dead_letters:
            ring(self.dead_letters, count=count - len(messages))
        if messages:
            failed = self._failures(messages)
            self._delete([m for m in messages if m["MessageId"] not in failed])
            self._put_back([m for m in messages if m["MessageId"] in failed], ring)

    def _failures(self, messages: list[Any]) -> frozenset[str]:
        everything = frozenset(message["MessageId"] for message in messages)
        event = event_shapes.sqs_event(self.name, messages)
        began = self.clock.now()
        try:
            return failed_ids(self.handler(event, self.context()), everything)
        except Exception:
            LOG.exception("the handler of %s failed", self.name)
            return everything
        finally:
            bodies = [message["Body"] for message in messages]
            self.on_invoked(bodies, self.clock.now() - began)

    def _delete(self, messages: list[Any]) -> None:
        if messages:
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
            ]
            self.sqs.delete_message_batch(QueueUrl=self.url, Entries=entries)

    def _put_back(self, messages: list[Any], ring: Ring) -> None:
        for message in messages:
            received = int(message["Attributes"]["ApproximateReceiveCount"])
            pause = self.pause(received)
            self.sqs.change_message_visibility(
                QueueUrl=self.url,
                ReceiptHandle=message["ReceiptHandle"],
                VisibilityTimeout=pause,
            )
            ring(self.name, delay=pause)


def failed_ids(answer: Any, everything: frozenset[str]) -> frozenset[str]:
    """Return the ids that a handler reports as failed.

    Lambda, "Reporting batch item failures": an answer without the list is a success;
    an id that is empty or unknown fails the whole batch.
    """
    if not isinstance(answer, Mapping) or not answer.get("batchItemFailures"):
        return frozenset()
    found = frozenset(item["itemIdentifier"] for item in answer["batchItemFailures"])
    return found if found <= everything else everything


@dataclass(kw_only=True)
class ScheduleSource:
    """A schedule rule with the function that it calls."""

    name: str
    handler: Handler
    context: Callable[[], Any]
    clock: Clock
    #: Seconds between two calls.
    period: float = 60.0
    limit: int = 1

    def serve(self, count: int, ring: Ring) -> None:
        """See Source."""
        del count
        now = self.clock.now()
        ring(self.name, delay=self.period - now % self.period)
        try:
            self.handler(event_shapes.schedule_event(self.name, now), self.context())
        except Exception:
            LOG.exception("the handler of %s failed", self.name)


@dataclass(kw_only=True)
class Patrol:
    """Looks at every queue now and then: finds what was sent behind our back."""

    names: Iterable[str]
    name: str = "patrol"
    #: Seconds. A look costs 3 ms, so this is a ten-thousandth of a core.
    period: float = 30.0
    limit: int = 1

    def serve(self, count: int, ring: Ring) -> None:
        """See Source."""
        del count
        for name in self.names:
            ring(name)
        ring(self.name, delay=self.period)


@dataclass
class Pump:
    """Worker threads that serve whatever is due."""

    sources: Iterable[Source]
    clock: Clock
    workers: int = 8
    _agenda: Agenda = field(default_factory=Agenda)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _threads: list[threading.Thread] = field(default_factory=list)
    _idle: int = 0
    _stopping: bool = False

    def __post_init__(self) -> None:
        self._by_name = {source.name: source for source in self.sources}
        self._limits = {source.name: source.limit for source in self.sources}

    def ring(self, name: str, delay: float = 0, count: int = 1) -> None:
        """Announce ``count`` tickets for ``name``; an unknown name is nobody's."""
        if name in self._by_name:
            with self._changed:
                self._agenda.add(name, self.clock.now() + delay, count)
                self._changed.notify(count)

    def serve_next(self) -> bool:
        """Serve one thing that is due; False if there is none."""
        with self._changed:
            taken = self._take()
        if taken is not None:
            self._serve(*taken)
        return taken is not None

    def start(self) -> None:
        """Begin to serve."""
        for number in range(self.workers):
            thread = threading.Thread(
                target=self._work, name=f"pump-{number}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def stop(self, patience: float = 2.0) -> None:
        """Take no more; let what runs finish, at most ``patience`` seconds."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        ends_at = self.clock.now() + patience
        for thread in self._threads:
            thread.join(max(0.0, ends_at - self.clock.now()))

    def _work(self) -> None:
        while (taken := self._await_due()) is not None:
            self._serve(*taken)

    def _await_due(self) -> tuple[Source, int] | None:
        with self._changed:
            self._idle += 1
            try:
                while not self._stopping:
                    if (taken := self._take()) is not None:
                        return taken
                    self._changed.wait(self._pause())
                return None
            finally:
                self._idle -= 1

    def _pause(self) -> float | None:
        due_at = self._agenda.next_at()
        return None if due_at is None else max(0.0, due_at - self.clock.now())

    def _take(self) -> tuple[Source, int] | None:
        taken = self._agenda.take(self.clock.now(), self._limits, hands=self._idle)
        return None if taken is None else (self._by_name[taken[0]], taken[1])

    def _serve(self, source: Source, count: int) -> None:
        try:
            source.serve(count, self.ring)
        except Exception:
            # The queue itself did not answer; look again soon.
            LOG.exception("cannot serve %s", source.name)
            self.ring(source.name, delay=1.0, count=count)
