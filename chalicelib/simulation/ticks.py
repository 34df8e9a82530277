"""When does the minute tick matter? A table that has a tick come when a timer needs it.

A tick a minute for a wait of a year would be half a million ticks that find nothing:
those are taken as done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalicelib.orchestrator.timers import BUCKET
from chalicelib.ports import Item
from chalicelib.scheduler import AHEAD, CURSOR
from chalicelib.simulation.loop import Loop
from chalicelib.stores.memory import MemoryTable
from chalicelib.values import Json


class Ticks(MemoryTable):
    """See ``ports.Table``: the items of another table, which hears of timers."""

    def __init__(
        self, loop: Loop, table: MemoryTable, tick: Callable[[], None]
    ) -> None:
        self.__dict__.update(table.__dict__)
        self._loop = loop
        self._tick = tick
        #: Seconds since the epoch: a tick is planned for then.
        self._planned: set[float] = set()

    def partitions(self) -> list[str]:
        """Return every partition that has, or had, an item."""
        return list(self._sorts)

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
            self._plan(item["due_at"])

    def _plan(self, due_at: float) -> None:
        """See to it that a tick finds a timer."""
        tick_at = max(self._loop.now, due_at // BUCKET * BUCKET - AHEAD)
        if tick_at not in self._planned:
            self._planned.add(tick_at)
            self._loop.want(tick_at, lambda: self._tick_at(tick_at))

    def _tick_at(self, planned_at: float) -> None:
        self._planned.discard(planned_at)
        pk, sk = CURSOR
        seen = int((self._loop.now - BUCKET + AHEAD) // BUCKET)
        item = self.get(CURSOR)
        if item is None or item["minute"] < seen:
            super().put({"pk": pk, "sk": sk, "minute": seen, "at": 0})
        self._tick()
