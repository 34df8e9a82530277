"""What is due this minute? The tick that wakes timers too far away for the queue.

Rule 1  A timer is sent when it is near, with the exact rest as its delay, and then
        deleted: a crash in between sends it twice, which is late at worst, never lost.
Rule 2  A cursor says which minutes were looked at, so a missed tick is caught up.
Rule 3  Two ticks at once are harmless: a timer that fires twice fires once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from math import ceil

from chalicelib.orchestrator.steps import LONGEST_DELAY
from chalicelib.orchestrator.timers import BUCKET, bucket
from chalicelib.ports import Clock, Item, Message, Queue, Table

#: Seconds ahead that a tick looks. Less than the 900 a message can wait, by more than
#: clocks differ: a timer is never put into a minute that was looked at.
AHEAD = 540
#: Minutes that the very first tick looks back.
LOOK_BACK = 60
#: Minutes caught up before the cursor moves: a long way back is made in several ticks.
STRIDE = 60
#: Minutes after which the schedules are looked through for one whose message was lost,
#: and the executions for those that were kept long enough.
ROUND = 60
#: Timers sent at a time, before they are deleted; what one request to SQS takes.
BATCH = 10
CURSOR = ("tick", "cursor")


class Scheduler:
    """Wakes what is due."""

    def __init__(
        self,
        table: Table,
        queue: Queue,
        clock: Clock,
        wake_forgotten: Callable[[], int] = lambda: 0,
        begin_sweep: Callable[[], None] = lambda: None,
    ) -> None:
        self._table = table
        self._queue = queue
        self._clock = clock
        self._wake_forgotten = wake_forgotten
        self._begin_sweep = begin_sweep

    def tick(self) -> int:
        """Send the timers of the minutes that have come near; return how many."""
        now = self._clock.now()
        last = int((now + AHEAD) // BUCKET)
        item = self._table.get(CURSOR)
        first = item["minute"] + 1 if item else last - LOOK_BACK
        sent = 0
        for minute in range(first, last + 1):
            sent += self.wake(minute)
            if minute % ROUND == 0:
                sent += self._wake_forgotten()
                self._begin_sweep()
            if minute == last or (minute - first) % STRIDE == STRIDE - 1:
                pk, sk = CURSOR
                self._table.put({"pk": pk, "sk": sk, "minute": minute, "at": now})
        return sent

    def wake(self, minute: int) -> int:
        """Send the timers of a minute, however late; return how many."""
        partition = bucket(minute * BUCKET)
        items = self._table.query(partition)
        for first in range(0, len(items), BATCH):
            batch, now = items[first : first + BATCH], self._clock.now()
            self._queue.send([_message(item, now) for item in batch])
            for item in batch:
                self._table.delete((partition, item["sk"]))
        return len(items)


def _message(item: Item, now: float) -> Message:
    rest = ceil(item["due_at"] - now)
    delay = min(max(0, rest), LONGEST_DELAY)
    return Message(body=json.loads(item["body"]), delay=delay)
