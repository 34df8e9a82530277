"""A queue without AWS: messages become visible when their delay has passed."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from chalicelib.ports import Clock, Message


class MemoryQueue:
    """See ``ports.Queue``. What is received is gone; in order of visibility."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent = 0
        #: (visible at, number, message): equal times keep their order.
        self._waiting: list[tuple[float, int, Message]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def next_at(self) -> float | None:
        """When the next message can be received; None if there is none."""
        return self._waiting[0][0] if self._waiting else None

    def send(self, messages: Sequence[Message]) -> None:
        """See ``ports.Queue``."""
        now = self._clock.now()
        for message in messages:
            self._sent += 1
            heappush(self._waiting, (now + message.delay, self._sent, message))

    def receive(self, now: float, limit: int = 10) -> list[Message]:
        """Take at most ``limit`` messages that are visible at ``now``."""
        taken: list[Message] = []
        while self._waiting and self._waiting[0][0] <= now and len(taken) < limit:
            taken.append(heappop(self._waiting)[2])
        return taken
