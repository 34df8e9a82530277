"""What did it cost? Units counted where they are used, by real size; never estimated.

The wrappers stand around the outside seams, do what they wrap, and count it for the
execution it was done for:

    MeteredTable, MeteredBlobs, MeteredQueue, MeteredDispatcher  -->  Meter  -->  Bill

A call that fails is counted like one that succeeds: a lost fence is paid for too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from threading import Lock

from chalicelib.errors import StaleRecord
from chalicelib.item_size import index_size, item_size
from chalicelib.ports import (
    Blobs,
    Call,
    Dispatcher,
    Item,
    Key,
    Message,
    Outcome,
    Queue,
    Table,
)
from chalicelib.prices import REQUESTS_PER_MESSAGE
from chalicelib.prices import Bill as Bill
from chalicelib.values import Json, size

#: Sizes of written items that are remembered, to price overwriting and deleting them.
_SIZES = 10_000


class Meter:
    """Counts per execution; ``""`` is everything that no execution is to blame for."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, float]] = defaultdict(_no_counts)
        self._lock = Lock()

    def count(self, execution: str, unit: str, amount: float = 1) -> None:
        """Count ``amount`` of ``unit``, a field of ``Bill``."""
        with self._lock:
            self._counts[execution][unit] += amount

    def invoked(self, execution: str, milliseconds: float, *, memory: int) -> None:
        """Count one invocation of a function of ``memory`` megabytes."""
        self.count(execution, "invocations")
        self.worked(execution, milliseconds, memory=memory)

    def worked(self, execution: str, milliseconds: float, *, memory: int) -> None:
        """Count a share of an invocation that was counted before."""
        self.count(execution, "milliseconds", milliseconds)
        used = milliseconds / 1000 * memory / 1024
        self.count(execution, "gigabyte_seconds", used)

    def bill(self, execution: str) -> Bill:
        """Return what ``execution`` has used so far."""
        return _bill(self._counts.get(execution, {}))

    def total(self) -> Bill:
        """Return what everything has used so far."""
        return sum(map(_bill, self._counts.values()), Bill())

    def forget(self, execution: str) -> Bill:
        """Return the bill and stop keeping it apart; the total stays."""
        counts = self._counts.pop(execution, {})
        for unit, amount in counts.items():
            self.count("", unit, amount)
        return _bill(counts)


def _no_counts() -> dict[str, float]:
    return defaultdict(float)


def _bill(counts: Mapping[str, float]) -> Bill:
    return Bill(**counts)  # type: ignore[arg-type]


def execution_of(partition: str) -> str:
    """Return the execution a partition belongs to, or ``""``.

    >>> execution_of("orders:run-7/3"), execution_of("timer#2026-01-01T10:00")
    ('orders:run-7', '')
    """
    execution = partition.partition("/")[0]
    workflow, colon, _ = execution.partition(":")
    return execution if colon and "#" not in workflow else ""


class MeteredTable:
    """See ``ports.Table``. ``payer``: who is billed, where not the execution itself."""

    def __init__(self, table: Table, meter: Meter, *, payer: str | None = None) -> None:
        self._table = table
        self._meter = meter
        self._payer = payer
        self._sizes: dict[Key, int] = {}

    def put(
        self,
        item: Item,
        *,
        unless_exists: bool = False,
        where: Mapping[str, Json] | None = None,
    ) -> None:
        """See ``ports.Table``."""
        key, new = (item["pk"], item["sk"]), item_size(item)
        self._write(key[0], max(new, self._sizes.get(key, 0)))
        self._table.put(item, unless_exists=unless_exists, where=where)
        self._remember(key, new)
        if "ipk" in item:
            self._write(item["pk"], index_size(item))

    def get(self, key: Key) -> Item | None:
        """See ``ports.Table``."""
        item = self._table.get(key)
        self._read(key[0], item_size(item) if item else 0)
        return item

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        after: str = "",
        before: str = "",
        descending: bool = False,
        limit: int | None = None,
        index: bool = False,
    ) -> list[Item]:
        """See ``ports.Table``."""
        items = self._table.query(
            partition,
            prefix=prefix,
            after=after,
            before=before,
            descending=descending,
            limit=limit,
            index=index,
        )
        read = sum(map(item_size, items))
        if index:
            self._meter.count("", "reads", _units(read, 4096) / 2)
        else:
            self._read(partition, read)
        return items

    def delete(self, key: Key) -> None:
        """See ``ports.Table``."""
        self._write(key[0], self._sizes.pop(key, 0))
        self._table.delete(key)

    def discard(self, keys: Sequence[Key]) -> None:
        """See ``ports.Table``."""
        for key in keys:
            self._write(key[0], self._sizes.pop(key, 0))
        self._table.discard(keys)

    def add(self, key: Key, members: frozenset[int], *, failed: bool = False) -> Item:
        """See ``ports.Table``."""
        return self._wrote(key, self._table.add(key, members, failed=failed))

    def claim(self, key: Key, slot: str, held: int) -> Item:
        """See ``ports.Table``."""
        try:
            return self._wrote(key, self._table.claim(key, slot, held))
        except StaleRecord:
            self._write(key[0], 0)
            raise

    def _wrote(self, key: Key, item: Item) -> Item:
        # Sets and slots only grow: the item after the update is the larger one.
        new = item_size(item)
        self._write(key[0], new)
        self._remember(key, new)
        return item

    def _remember(self, key: Key, new: int) -> None:
        # DynamoDB bills the larger of the item before and after a write.
        self._sizes.pop(key, None)
        if len(self._sizes) >= _SIZES:
            del self._sizes[next(iter(self._sizes))]
        self._sizes[key] = new

    def _write(self, partition: str, written: int) -> None:
        self._meter.count(self._payer_of(partition), "writes", _units(written, 1024))

    def _read(self, partition: str, read: int) -> None:
        self._meter.count(self._payer_of(partition), "reads", _units(read, 4096))

    def _payer_of(self, partition: str) -> str:
        return execution_of(partition) if self._payer is None else self._payer


class MeteredBlobs:
    """See ``ports.Blobs``. Names look like ``values/<partition>/<digest>``."""

    def __init__(self, blobs: Blobs, meter: Meter) -> None:
        self._blobs = blobs
        self._meter = meter

    def put(self, name: str, content: bytes) -> None:
        """See ``ports.Blobs``."""
        self._meter.count(_execution_of_blob(name), "blob_puts")
        self._blobs.put(name, content)

    def get(self, name: str) -> bytes:
        """See ``ports.Blobs``."""
        self._meter.count(_execution_of_blob(name), "blob_gets")
        return self._blobs.get(name)

    def delete(self, name: str) -> None:
        """See ``ports.Blobs``; S3 takes nothing for it."""
        self._blobs.delete(name)


def _execution_of_body(body: Json) -> str:
    # A step message names its execution "x".
    return str(body.get("x", "")) if isinstance(body, dict) else ""


class MeteredQueue:
    """See ``ports.Queue``. ``execution_of_body`` tells whose message a body is."""

    def __init__(
        self,
        queue: Queue,
        meter: Meter,
        execution_of_body: Callable[[Json], str] = _execution_of_body,
    ) -> None:
        self._queue = queue
        self._meter = meter
        self._execution_of_body = execution_of_body

    def send(self, messages: Sequence[Message]) -> None:
        """See ``ports.Queue``."""
        for message in messages:
            execution = self._execution_of_body(message.body)
            requests = _units(size(message.body), 65536) * REQUESTS_PER_MESSAGE
            self._meter.count(execution, "messages")
            self._meter.count(execution, "queue_requests", requests)
        self._queue.send(messages)


class MeteredDispatcher:
    """See ``ports.Dispatcher``."""

    def __init__(self, dispatcher: Dispatcher, meter: Meter) -> None:
        self._dispatcher = dispatcher
        self._meter = meter

    def dispatch(self, call: Call) -> Outcome:
        """See ``ports.Dispatcher``."""
        self._meter.count(call.execution, "dispatches")
        return self._dispatcher.dispatch(call)

    def cancel(self, call: Call) -> bool:
        """See ``ports.Dispatcher``."""
        return self._dispatcher.cancel(call)


def _units(used: int, unit: int) -> int:
    return max(1, ceil(used / unit))


def _execution_of_blob(name: str) -> str:
    return execution_of(name.removeprefix("values/"))
