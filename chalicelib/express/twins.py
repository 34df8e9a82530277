"""What stands for table, queue, archive and dispatcher while one request lasts?"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Mapping, Sequence
from typing import Protocol

from chalicelib.journal.archive import Archive
from chalicelib.journal.values import Values
from chalicelib.model.workflow import Workflow
from chalicelib.ports import Call, Clock, Dispatcher, Item, Message, Outcome, Table
from chalicelib.queues.memory import MemoryQueue
from chalicelib.stores.memory import MemoryTable
from chalicelib.values import Json


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


class Baton:
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


class Timers(MemoryTable):
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


class Unwatched:
    """A queue without watchdogs, and without notices."""

    def __init__(self, queue: MemoryQueue) -> None:
        self._queue = queue

    def send(self, messages: Sequence[Message]) -> None:
        """See ``ports.Queue``."""
        self._queue.send(
            [each for each in messages if each.body["do"] not in _FOR_OTHERS]
        )


class Heads(Archive):
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
