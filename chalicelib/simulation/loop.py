"""What happens next? Deeds in the order of virtual time, one at a time.

A deed is a function to run at a time. Inside of it ``pause`` lets time pass: other
deeds due in between run first. So a handler that waits for a slow function stands
still while the world goes on, as it does in the cloud. Threads serve as stacks only:
one runs, the others wait for their turn, and the order is the same each time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

Deed = Callable[[], None]

#: Seconds since the epoch at which every simulation begins: 2026-01-01T00:00:00Z.
BEGINNING = 1_767_225_600.0


class VirtualClock:
    """See ``ports.Clock``. Time moves when the loop says so."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def now(self) -> float:
        """See ``ports.Clock``."""
        return self._loop.now

    def sleep(self, seconds: float) -> None:
        """See ``ports.Clock``."""
        self._loop.pause(seconds)


class _Stack:
    """A deed that has paused, or may: it runs while it holds the baton."""

    def __init__(self) -> None:
        self.turn = threading.Semaphore(0)


class Loop:
    """Runs deeds; see the top of the module."""

    def __init__(self) -> None:
        self.now = BEGINNING
        self.clock = VirtualClock(self)
        self._due: list[tuple[float, float, int, Deed | _Stack]] = []
        self._numbers = count()
        self._main = threading.Semaphore(0)
        self._running: _Stack | None = None
        self._free: list[_Worker] = []
        self._failure: BaseException | None = None
        #: Deeds that matter: the run goes on for as long as there is one.
        self.wanted = 0

    def at(self, time: float, deed: Deed, *, order: float = 0.0) -> None:
        """Have ``deed`` done at ``time``; equal times go by ``order``, then as asked."""
        heappush(self._due, (time, order, next(self._numbers), deed))

    def pause(self, seconds: float, *, order: float = 0.0) -> None:
        """Let time pass for the deed that calls this."""
        stack = self._running
        if stack is None:  # called from outside of any deed
            self.now += seconds
            return
        time = self.now + max(0.0, seconds)
        heappush(self._due, (time, order, next(self._numbers), stack))
        self._running = None
        self._main.release()
        stack.turn.acquire()
        self._running = stack

    @property
    def next_at(self) -> float | None:
        """When the next deed is due; None if there is none."""
        return self._due[0][0] if self._due else None

    def step(self) -> bool:
        """Do the next deed, until it ends or pauses; False if there was none."""
        if not self._due:
            return False
        time, _, _, deed = heappop(self._due)
        self.now = max(self.now, time)
        stack = deed if isinstance(deed, _Stack) else self._begin(deed)
        stack.turn.release()
        self._main.acquire()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        return True

    def _begin(self, deed: Deed) -> _Stack:
        worker = self._free.pop() if self._free else _Worker(self)
        worker.deed = deed
        return worker.stack

    def close(self) -> None:
        """Let the threads end."""
        for worker in self._free:
            worker.deed = None
            worker.stack.turn.release()
        self._free.clear()


class _Worker:
    """A thread that lends its stack to one deed after another."""

    def __init__(self, loop: Loop) -> None:
        self.stack = _Stack()
        self.deed: Deed | None = None
        self._loop = loop
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        loop = self._loop
        while True:
            self.stack.turn.acquire()
            if self.deed is None:
                return
            loop._running = self.stack
            try:
                self.deed()
            except BaseException as failure:  # it goes on in the main stack
                loop._failure = failure
            loop._running = None
            loop._free.append(self)
            loop._main.release()
