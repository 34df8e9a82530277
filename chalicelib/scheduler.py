"""What is due this minute? The tick that wakes timers too far away for the queue.

Rule 1  A timer is sent when it is near, with the exact rest as its delay, and then
        deleted: a crash in between sends it twice, which is late at worst, never lost.
Rule 2  A cursor says which minutes were looked at, so a missed tick is caught up.
Rule 3  Two ticks at once are harmless: a timer that fires twice fires once.
"""

from __future__ import annotations

import json

from chalicelib.orchestrator.timers import BUCKET, bucket
from chalicelib.ports import Clock, Message, Queue, Table

#: Seconds ahead that a tick looks. Less than the 900 a message can wait, by more than
#: clocks differ: a timer is never put into a minute that was looked at.
AHEAD = 540
#: Minutes that the very first tick looks back.
LOOK_BACK = 60
CURSOR = ("tick", "cursor")


class Scheduler:
    """Wakes what is due."""

    def __init__(self, table: Table, queue: Queue, clock: Clock) -> None:
        self._table = table
        self._queue = queue
        self._clock = clock

    def tick(self) -> int:
        """Send the timers of the minutes that have come near; return how many."""
        now = self._clock.now()
        last = int((now + AHEAD) // BUCKET)
        item = self._table.get(CURSOR)
        first = item["minute"] + 1 if item else last - LOOK_BACK
        sent = sum(self._wake(minute, now) for minute in range(first, last + 1))
        if item is None or last > item["minute"]:
            pk, sk = CURSOR
            self._table.put({"pk": pk, "sk": sk, "minute": last, "at": now})
        return sent

    def _wake(self, minute: int, now: float) -> int:
        partition = bucket(minute * BUCKET)
        items = self._table.query(partition)
        for item in items:
            rest = max(0, -int(-(item["due_at"] - now) // 1))
            message = Message(body=json.loads(item["body"]), delay=min(rest, 900))
            self._queue.send([message])
            self._table.delete((partition, item["sk"]))
        return len(items)
