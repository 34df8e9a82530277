"""How often may one access key ask? A bucket of tokens for each, in this process.

A request takes a token; the bucket gets ``per_second`` new ones, and holds ``burst``.

Rule 1  Nothing is written and nothing is read for it. Each container has buckets of its
        own, so a stage lets through so many times the rate as it has containers.
Rule 2  Only who has shown that a key is his takes its tokens: nobody can use up
        another one's.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from chalicelib.errors import TooManyRequests
from chalicelib.frozen import dataclass

#: Buckets that are kept. A stage with more keys than that forgets them all together:
#: then each has a full one again.
MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often somebody may ask."""

    #: Requests a second, in the long run; above 0.
    per_second: float
    #: Requests at once; 1 or more.
    burst: float

    @classmethod
    def of(cls, per_second: float, burst: float = 0) -> Rate | None:
        """Return the rate; None, no limit, where there is nothing a second.

        ``burst``: by default what two seconds bring.

        >>> Rate.of(0.1)
        Rate(per_second=0.1, burst=1)
        """
        if per_second <= 0:
            return None
        return cls(per_second=per_second, burst=max(1, burst or 2 * per_second))


class Rates:
    """The buckets of one process."""

    def __init__(self, rate: Rate | None, now: Callable[[], float]) -> None:
        """``rate``: of who has none of his own. ``now``: seconds since the epoch."""
        self._rate = rate
        self._now = now
        #: Tokens that were there, and when.
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, who: str, own: Rate | None = None) -> None:
        """Pass if ``who`` may ask now; ``own``: his rate, in place of the stage's.

        Raises:
            TooManyRequests: he has asked too often.
        """
        rate = own or self._rate
        if rate is None:
            return
        now = self._now()
        held, since = self._buckets.get(who, (rate.burst, now))
        tokens = min(rate.burst, held + max(0.0, now - since) * rate.per_second)
        if tokens < 1:
            raise TooManyRequests(ceil((1 - tokens) / rate.per_second))
        if len(self._buckets) >= MOST:
            self._buckets.clear()
        # Two threads at once may take one token for two requests; nobody minds.
        self._buckets[who] = (tokens - 1, now)
