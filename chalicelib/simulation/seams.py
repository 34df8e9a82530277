"""Where does weather strike? At every I/O: the outside seams, each in its weather.

The orchestrator between them does not know. A crash ends the handler on the spot; an
error is ``Unavailable``; a lost answer is an error after the deed was done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from chalicelib.engine.events import Answer
from chalicelib.errors import Unavailable
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
from chalicelib.simulation.faults import Crash, Fault, Weather
from chalicelib.simulation.loop import Loop
from chalicelib.values import Json

_Answer = TypeVar("_Answer")


class Seam:
    """Does I/Os in a weather."""

    def __init__(self, weather: Weather, loop: Loop) -> None:
        self._weather = weather
        self._loop = loop

    def do(self, place: str, deed: Callable[[], _Answer], nothing: _Answer) -> _Answer:
        """Do an I/O; ``nothing`` is its answer where it only seems to be done."""
        weather = self._weather
        fault = weather.strike(place)
        if (seconds := weather.pause()) > 0:
            self._loop.pause(seconds, order=weather.order())
        if fault is Fault.LOST:
            return nothing
        if fault is Fault.CRASH_BEFORE:
            raise Crash(place)
        if fault is Fault.ERROR:
            raise Unavailable(place)
        answer = deed()
        if fault is Fault.TWICE:
            return deed()
        if fault is Fault.CRASH_AFTER:
            raise Crash(place)
        if fault is Fault.LOST_ANSWER:
            raise Unavailable(f"the answer of {place}")
        return answer


class WeatherTable:
    """See ``ports.Table``."""

    def __init__(self, table: Table, seam: Seam) -> None:
        self._table = table
        self._do = seam.do

    def put(
        self,
        item: Item,
        *,
        unless_exists: bool = False,
        where: Mapping[str, Json] | None = None,
    ) -> None:
        """See ``ports.Table``."""

        def deed() -> None:
            self._table.put(item, unless_exists=unless_exists, where=where)

        self._do("table.put", deed, None)

    def get(self, key: Key) -> Item | None:
        """See ``ports.Table``."""
        return self._do("table.get", lambda: self._table.get(key), None)

    def query(self, partition: str, **which: Any) -> list[Item]:
        """See ``ports.Table``."""

        def deed() -> list[Item]:
            return self._table.query(partition, **which)

        return self._do("table.query", deed, [])

    def delete(self, key: Key) -> None:
        """See ``ports.Table``."""
        self._do("table.delete", lambda: self._table.delete(key), None)

    def discard(self, keys: Sequence[Key]) -> None:
        """See ``ports.Table``. A batch may get through in part."""
        for key in keys:
            self.delete(key)

    def add(self, key: Key, members: frozenset[int], *, failed: bool = False) -> Item:
        """See ``ports.Table``."""
        return self._do(
            "table.add", lambda: self._table.add(key, members, failed=failed), {}
        )

    def claim(self, key: Key, slot: str, held: int) -> Item:
        """See ``ports.Table``."""
        return self._do("table.claim", lambda: self._table.claim(key, slot, held), {})


class WeatherBlobs:
    """See ``ports.Blobs``."""

    def __init__(self, blobs: Blobs, seam: Seam) -> None:
        self._blobs = blobs
        self._do = seam.do

    def put(self, name: str, content: bytes) -> None:
        """See ``ports.Blobs``."""
        self._do("blobs.put", lambda: self._blobs.put(name, content), None)

    def get(self, name: str) -> bytes:
        """See ``ports.Blobs``."""
        return self._do("blobs.get", lambda: self._blobs.get(name), b"")

    def delete(self, name: str) -> None:
        """See ``ports.Blobs``."""
        self._do("blobs.delete", lambda: self._blobs.delete(name), None)


class WeatherQueue:
    """See ``ports.Queue``. A batch may get through in part."""

    def __init__(self, queue: Queue, seam: Seam) -> None:
        self._queue = queue
        self._do = seam.do

    def send(self, messages: Sequence[Message]) -> None:
        """See ``ports.Queue``."""
        for message in messages:
            self._do("queue.send", partial(self._queue.send, [message]), None)


class WeatherDispatcher:
    """See ``ports.Dispatcher``."""

    def __init__(self, dispatcher: Dispatcher, seam: Seam) -> None:
        self._dispatcher = dispatcher
        self._seam = seam

    def dispatch(self, call: Call) -> Outcome:
        """See ``ports.Dispatcher``."""
        accepted: Outcome = Answer()
        return self._seam.do(
            "dispatcher.dispatch", lambda: self._dispatcher.dispatch(call), accepted
        )

    def cancel(self, call: Call) -> bool:
        """See ``ports.Dispatcher``."""
        return self._seam.do(
            "dispatcher.cancel", lambda: self._dispatcher.cancel(call), False
        )
