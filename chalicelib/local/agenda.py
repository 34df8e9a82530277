"""What is due, and when? The part of the pump that needs no thread.

A ticket says: look at ``name`` once, at ``due_at``. Asking a queue costs milliseconds
here, so nobody asks one that has no ticket; an idle stage does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush


@dataclass(slots=True)
class Agenda:
    """Tickets by name, the earliest first."""

    _tickets: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, due_at: float, count: int = 1) -> None:
        """Note that ``name`` is to be looked at ``count`` times, from ``due_at`` on."""
        tickets = self._tickets.setdefault(name, [])
        for _ in range(count):
            heappush(tickets, due_at)

    def next_at(self) -> float | None:
        """Return when the earliest ticket is due, or None."""
        return min((heap[0] for heap in self._tickets.values() if heap), default=None)

    def take(
        self, now: float, limits: Mapping[str, int], *, hands: int = 1
    ) -> tuple[str, int] | None:
        """Remove tickets of the name that is due longest; say which, and how many.

        At most its limit, and no more than a fair share where ``hands`` workers are
        idle: a batch must not keep one busy while the others look on.
        """
        due = [(heap[0], name) for name, heap in self._tickets.items() if heap]
        if not due or min(due)[0] > now:
            return None
        name = min(due)[1]
        heap = self._tickets[name]
        waiting = sum(1 for due_at in heap if due_at <= now)
        share = min(limits[name], -(-waiting // max(hands, 1)))
        for _ in range(share):
            heappop(heap)
        return name, share
