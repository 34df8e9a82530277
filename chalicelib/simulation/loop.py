"""What happens next? Deeds in the order of virtual time, one at a time.

A deed is a function to run at a time. Inside of it ``pause`` lets time pass: other
deeds due in between run first. So a handler that waits for a slow function stands
still while the world goes on, as it does in the cloud. Threads serve as stacks only:
one has the baton and does deed after deed, until one of them pauses and a free thread
goes on. The order is the same each time.
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
    """Does deeds; see the top of the module."""

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
        self._is_over: Callable[[], bool] = bool
        self._left = 0

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
        self._hand_to_another()
        worker.wait()
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

    # -- running -----------------------------------------------------------------

    def step(self) -> bool:
        """Do the next deed, until it ends or pauses; False if there was none."""
        has_any = bool(self._due)
        self.run(lambda: False, most=1)
        return has_any

    def run(self, is_over: Callable[[], bool], most: int) -> None:
        """Do deeds until ``is_over``, asked before each, or ``most`` of them are done.

        What a deed raises is raised here.
        """
        self._is_over, self._left = is_over, most
        self._hand_to_another()
        self._main.acquire()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _hand_to_another(self) -> None:
        """Let a thread that is free go on with the deeds."""
        self._running = None
        if not self._free:
            worker = _Worker(self)
            self._workers.append(worker)
        else:
            worker = self._free.pop()
        worker.go_on()

    def drive(self, worker: _Worker) -> None:
        """Do deeds on the stack of ``worker``, until another has to go on."""
        while self._left and self._due and not self._is_over():
            self._left -= 1
            time, _, _, deed = heappop(self._due)
            self.now = max(self.now, time)
            if isinstance(deed, _Worker):
                self._free.append(worker)
                deed.go_on()
                return
            self._running = worker
            try:
                deed()
            except BaseException as raised:  # it goes on in the main thread
                self._failure = raised
                break
        self._running = None
        self._free.append(worker)
        self._main.release()

    def close(self) -> None:
        """End what has paused, and let the threads end."""
        self.is_closed = True
        paused = [deed for *_, deed in self._due if isinstance(deed, _Worker)]
        self._due.clear()
        for worker in paused:
            worker.go_on()
            self._main.acquire()
        self._failure = None
        for worker in self._workers:
            worker.end()
        self._workers.clear()
        self._free.clear()


class _Worker:
    """A thread that lends its stack to deeds, while it has the baton."""

    def __init__(self, loop: Loop) -> None:
        #: Held, but for the moment in which it is handed over.
        self._baton = threading.Lock()
        self._baton.acquire()
        self._loop = loop
        self._has_ended = False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        self.wait()
        while not self._has_ended:
            self._loop.drive(self)
            self.wait()

    def go_on(self) -> None:
        """Hand the baton to this one."""
        self._baton.release()

    def wait(self) -> None:
        """Stand still until the baton comes."""
        self._baton.acquire()

    def end(self) -> None:
        """Let the thread end, and wait until it has."""
        self._has_ended = True
        self.go_on()
        self._thread.join()
