"""What time is it? The only module that reads a clock."""

from __future__ import annotations

import time


class SystemClock:
    """The machine's clock. See ``ports.Clock``."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        time.sleep(seconds)
