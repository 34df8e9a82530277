"""Is the stage alive: its table, its queues, its tick?

    table    the tick's cursor can be read                  ok  dead
    tick     it moved the cursor in the last minutes        ok  late  dead
    queue    the step queue tells how long it is            ok  dead

A stage that starts executions and never wakes a timer looks well from the outside: the
tick is what nobody would miss. Its cursor is one item, so looking is one read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from chalicelib.errors import MillraceError
from chalicelib.frozen import dataclass
from chalicelib.ports import Clock, Table
from chalicelib.scheduler import CURSOR

#: Seconds after which a tick, one a minute, is late, and is dead.
LATE, DEAD = 120.0, 180.0


class Health(StrEnum):
    """How a part is."""

    OK = "ok"
    LATE = "late"  # not yet a reason to call somebody
    DEAD = "dead"  # does not answer, or does not do its work


@dataclass(frozen=True, slots=True)
class Pulse:
    """Looks at the parts of a stage."""

    table: Table
    clock: Clock
    #: Asks the step queue how long it is; raises what a queue that is not there does.
    queue_length: Callable[[], object]
    #: What those who do not answer raise, besides our own.
    faults: tuple[type[Exception], ...] = ()

    @property
    def _refusals(self) -> tuple[type[Exception], ...]:
        return (MillraceError, *self.faults)

    def parts(self) -> Mapping[str, Health]:
        """Return how each part is."""
        try:
            cursor = self.table.get(CURSOR)
        except self._refusals:
            found = {"table": Health.DEAD, "tick": Health.DEAD}
        else:
            found = {"table": Health.OK, "tick": self._tick(cursor)}
        return {**found, "queue": self._queue()}

    def _tick(self, cursor: Mapping[str, float] | None) -> Health:
        if cursor is None:
            return Health.DEAD
        age = self.clock.now() - cursor["at"]
        if age > DEAD:
            return Health.DEAD
        return Health.LATE if age > LATE else Health.OK

    def _queue(self) -> Health:
        try:
            self.queue_length()
        except self._refusals:
            return Health.DEAD
        return Health.OK


def worst(parts: Mapping[str, Health]) -> Health:
    """Return how the stage is: as its worst part.

    >>> worst({"a": Health.OK, "b": Health.LATE})
    <Health.LATE: 'late'>
    """
    return max(parts.values(), key=list(Health).index, default=Health.OK)
