"""How does one wait no longer than a given time for a call that knows none?

boto3 has one timeout per client; a task has one per call. The work is done by a thread
beside; one that takes longer goes on there, and nobody waits for it. Threads that have
finished are used again, since starting one costs more than all the rest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")

#: Where a thread gets its work from.
_Line = SimpleQueue[tuple[Callable[[], Any], Future[Any]]]

#: Lines of the threads that have nothing to do. A list, since its ``append`` and
#: ``pop`` are atomic.
_idle: list[_Line] = []


def within(timeout: float, work: Callable[[], Result]) -> Result:
    """Return what ``work`` returns, or raise what it raises.

    Raises:
        TimeoutError: it took longer than ``timeout`` seconds.
    """
    future: Future[Result] = Future()
    try:
        line = _idle.pop()
    except IndexError:
        line = SimpleQueue()
        # A daemon: work that hangs must not keep the process from ending.
        threading.Thread(target=_serve, args=(line,), daemon=True).start()
    line.put((work, future))
    return future.result(timeout)


def _serve(line: _Line) -> None:
    while True:
        work, future = line.get()
        try:
            result = work()
        except BaseException as error:  # it is raised again, in the caller's thread
            _idle.append(line)
            future.set_exception(error)
        else:
            _idle.append(line)
            future.set_result(result)
        # Nothing of this task is held while the next one is waited for.
        del work, future
