"""What happens next? Deeds in the order of virtual time, one at a time.

A deed is a function to run at a time. Inside of it ``pause`` lets time pass: other
deeds due in between run first. So a handler that waits for a slow function stands
still while the world goes on, as it does in the cloud. Threads serve as stacks only:
one runs, the others wait for their turn, and the order is the same each time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from itertools import count

Deed = Callable[[], None]

#: Seconds since the epoch at which every simulation begins: 2026-01-01T00:00:00Z.
BEGINNING = 1_767_225_600.0


class Closed(BaseException):
    """The loop is closed, and the deeds that had paused end where they are."""


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


class Loop:
    """Runs deeds; see the top of the module."""

    def __init__(self) -> None:
        self.now = BEGINNING
        self.clock = VirtualClock(self)
        #: Deeds that matter: the run goes on for as long as there is one.
        self.wanted = 0
        self.is_closed = False
        self._due: list[tuple[float, float, int, Deed | _Worker]] = []
        self._numbers = count()
        #: Held, but for the moment in which a worker hands control back.
        self._main = threading.Lock()
        self._main.acquire()
        self._running: _Worker | None = None
        self._workers: list[_Worker] = []
        self._free: list[_Worker] = []
        self._failure: BaseException | None = None

    def at(self, time: float, deed: Deed, *, order: float = 0.0) -> None:
        """Have ``deed`` done at ``time``; of equal times ``order`` decides."""
        heappush(self._due, (time, order, next(self._numbers), deed))

    def want(self, time: float, deed: Deed, *, order: float = 0.0) -> None:
        """Have a deed done for which the run goes on."""
        self.wanted += 1

        def counted() -> None:
            try:
                deed()
            finally:
                self.wanted -= 1

        self.at(time, counted, order=order)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Let the run go on for as long as this lasts."""
        self.wanted += 1
        try:
            yield
        finally:
            self.wanted -= 1

    def pause(self, seconds: float, *, order: float = 0.0) -> None:
        """Let time pass for the deed that calls this."""
        if self.is_closed:
            raise Closed
        time = self.now + max(0.0, seconds)
        worker = self._running
        if worker is None or self._is_next(time, order):
            self.now = time
            return
        heappush(self._due, (time, order, next(self._numbers), worker))
        self._running = None
        self._main.release()
        worker.baton.acquire()
        self._running = worker
        if self.is_closed:
            raise Closed

    def _is_next(self, time: float, order: float) -> bool:
        """Whether nothing else is due before."""
        return not self._due or (time, order) < self._due[0][:2]

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
        self._hand_to(deed if isinstance(deed, _Worker) else self._begin(deed))
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        return True

    def _begin(self, deed: Deed) -> _Worker:
        worker = self._free.pop() if self._free else self._hire()
        worker.deed = deed
        return worker

    def _hire(self) -> _Worker:
        worker = _Worker(self)
        self._workers.append(worker)
        return worker

    def _hand_to(self, worker: _Worker) -> None:
        worker.baton.release()
        self._main.acquire()

    def done(self, worker: _Worker, failure: BaseException | None) -> None:
        """Take control back from a worker whose deed has ended."""
        self._failure = failure
        self._running = None
        self._free.append(worker)
        self._main.release()

    def began(self, worker: _Worker) -> None:
        """Note whose deed runs now."""
        self._running = worker

    def close(self) -> None:
        """End what has paused, and let the threads end."""
        self.is_closed = True
        for _, _, _, deed in self._due:
            if isinstance(deed, _Worker):
                self._hand_to(deed)
        self._due.clear()
        self._failure = None
        for worker in self._workers:
            worker.end()
        self._workers.clear()
        self._free.clear()


class _Worker:
    """A thread that lends its stack to one deed after another."""

    def __init__(self, loop: Loop) -> None:
        #: Held, but for the moment in which it is handed over.
        self.baton = threading.Lock()
        self.baton.acquire()
        self.deed: Deed | None = None
        self._loop = loop
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while True:
            self.baton.acquire()
            if self.deed is None:
                return
            self._loop.began(self)
            failure: BaseException | None = None
            try:
                self.deed()
            except BaseException as raised:  # it goes on in the main thread
                failure = raised
            self._loop.done(self, failure)

    def end(self) -> None:
        """Let the thread end, and wait until it has."""
        self.deed = None
        self.baton.release()
        self._thread.join()
