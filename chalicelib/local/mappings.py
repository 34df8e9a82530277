"""Which handler is called for what? The app's own answer, as AWS would read it.

Chalice keeps the queues and schedules that handlers were registered for in
``app.event_sources``; each becomes a source of the pump.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from chalicelib.errors import MillraceError
from chalicelib.local import account
from chalicelib.local.pump import (
    Patrol,
    QueueSource,
    ScheduleSource,
    Source,
    pause_after,
)
from chalicelib.orchestrator import steps
from chalicelib.ports import Clock
from chalicelib.settings import QueueNames

#: Megabytes of a function that handles messages.
MEMORY = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Mappings:
    """What calls the handlers of ``app``."""

    app: Any
    sqs: Any
    clock: Clock
    #: Seconds until a failed message comes again, by how often it was received.
    pause: Callable[[int], int] = pause_after

    def sources(self) -> list[Source]:
        """Return a source for each queue and schedule, and the patrol."""
        found = list(self._sources())
        queues = [each.name for each in found if isinstance(each, QueueSource)]
        return [*found, Patrol(names=queues)]

    def clocks(self) -> list[str]:
        """Return the sources that go on by themselves, once they were rung."""
        from chalice.app import SQSEventConfig

        events = self.app.event_sources
        rules = [each.name for each in events if not isinstance(each, SQSEventConfig)]
        return [*rules, Patrol.name]

    def _sources(self) -> Iterator[Source]:
        from chalice.app import SQSEventConfig

        for event in self.app.event_sources:
            if isinstance(event, SQSEventConfig):
                yield self._queue(event)
            else:
                yield ScheduleSource(
                    name=event.name,
                    handler=self.app.handler_map[event.name],
                    context=partial(_context, event.name),
                    clock=self.clock,
                )

    def _queue(self, event: Any) -> QueueSource:
        names = QueueNames.of(os.environ)
        return QueueSource(
            name=event.queue,
            url=self.sqs.get_queue_url(QueueName=event.queue)["QueueUrl"],
            sqs=self.sqs,
            handler=self.app.handler_map[event.name],
            context=partial(_context, event.name),
            limit=event.batch_size,
            dead_letters=names.dead_letters if event.queue == names.steps else "",
            on_invoked=_count_invocation,
            pause=self.pause,
            clock=self.clock,
        )


def _count_invocation(bodies: Sequence[str], seconds: float) -> None:
    """Let the meter count what Lambda would bill: a request, and time by message."""
    from chalicelib import bootstrap

    meter, share = bootstrap.meter(), seconds * 1000 / len(bodies)
    for number, body in enumerate(bodies):
        count = meter.worked if number else meter.invoked
        count(_execution_of(body), share, memory=MEMORY)


def _execution_of(body: str) -> str:
    try:
        return steps.read(body).execution
    except MillraceError:
        return ""


def _context(function: str) -> Any:
    from chalice.local import LambdaContext

    return LambdaContext(function, MEMORY, max_runtime_ms=account.INVOCATION * 1000)
