"""How does a request learn that an execution ended, without asking all the time?

The process that ends an execution rings. Where one process serves both requests and
messages, as the local stage does, who waits hears it at once; elsewhere nobody rings,
and a wait lasts as long as it was going to.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.journal.archive import Archive, Head
from chalicelib.journal.values import Values
from chalicelib.ports import Clock, Table


class Bell:
    """Rings for executions that end in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listening: dict[str, list[threading.Event]] = {}

    def ring(self, execution: str) -> None:
        """Say that an execution has ended."""
        with self._lock:
            for heard in self._listening.get(execution, ()):
                heard.set()

    @contextmanager
    def listening(self, execution: str) -> Iterator[threading.Event]:
        """Give an event that is set when it rings for ``execution``."""
        heard = threading.Event()
        with self._lock:
            self._listening.setdefault(execution, []).append(heard)
        try:
            yield heard
        finally:
            with self._lock:
                self._listening[execution].remove(heard)
                if not self._listening[execution]:
                    del self._listening[execution]


class RingingArchive(Archive):
    """Rings when it writes the end of an execution."""

    def __init__(
        self,
        table: Table,
        values: Values,
        clock: Clock,
        bell: Bell,
        *,
        retention: float,
    ) -> None:
        super().__init__(table, values, clock, retention=retention)
        self._bell = bell

    def end(self, head: Head) -> bool:
        """See ``Archive``."""
        is_written = super().end(head)
        self._bell.ring(head.execution)
        return is_written
