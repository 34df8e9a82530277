"""What goes wrong, and when?

``Weather`` decides at every I/O. The calm one never does anything; ``Storm`` draws from
a seed; ``Plan`` does what it was told at the I/Os it was told. The same weather gives
the same run, so a failure is repeated by naming it: ``Storm(17)``.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from chalicelib.errors import Unavailable


class Crash(BaseException):
    """The process is gone. Not an ``Exception``: no handler may catch it."""


class Fault(StrEnum):
    """What can go wrong at one I/O."""

    CRASH_BEFORE = "crash before"  # the process ends, and nothing was done
    CRASH_AFTER = "crash after"  # it was done, and the process ends
    ERROR = "error"  # it was not done, and the caller is told so
    LOST_ANSWER = "lost answer"  # it was done, and the caller is told otherwise
    TWICE = "twice"  # the answer was lost, and the client library asked again
    LOST = "lost"  # the caller is told that it was done, and it was not


#: What AWS's client libraries repeat by themselves, and where: a table and a queue.
REPEATED = frozenset(
    {"table.put", "table.delete", "table.add", "table.claim", "queue.send"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """How likely each thing is, per occasion; between 0 and 1."""

    crash_before: float = 0.02
    crash_after: float = 0.02
    error: float = 0.02
    lost_answer: float = 0.02
    twice: float = 0.02
    #: A message vanishes: what SQS never does, but whoever purges a queue.
    lost: float = 0.0
    #: An I/O lets others run first.
    interleave: float = 0.3
    #: A message, or a worker's report, comes once more.
    duplicate: float = 0.15
    #: It comes later than asked for, up to ``lateness`` seconds.
    late: float = 0.2
    lateness: float = 30.0
    #: A worker reports twice, and differently.
    contradict: float = 0.1
    #: Faults of one run: after these nothing goes wrong any more. A message is
    #: delivered more often than this, so none can die of them.
    most: int = 4


STORM = Chances()
#: Deliveries of a message before it goes to the dead letters, on a real stage.
RECEIVES = 5
#: Processes that handle messages side by side; each remembers what it saw.
PROCESSES = 3
#: Messages that one invocation gets at most.
BATCH = 10


class Weather:
    """Calm: nothing goes wrong, nothing is shuffled."""

    #: What a client or handler sees of a fault.
    FAULTS: ClassVar[tuple[type[BaseException], ...]] = (Unavailable, Crash)
    #: Nothing can go wrong, so nobody need ask.
    is_calm = True
    #: How many processes there are.
    processes = 1
    #: Whether messages may vanish, so that only the watchdog can help.
    loses_messages = False
    #: Deliveries of a message before it goes to the dead letters.
    receives = RECEIVES

    def __init__(self) -> None:
        #: Every I/O so far, by its place: ``table.put`` …
        self.places: list[str] = []
        #: Faults so far: ``table.put: crash before`` …
        self.faults: Counter[str] = Counter()
        self._is_paused = False

    def __repr__(self) -> str:
        return "Weather()"

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let nothing go wrong for a while: the test itself looks or prepares."""
        before, self._is_paused = self._is_paused, True
        try:
            yield
        finally:
            self._is_paused = before

    def strike(self, place: str) -> Fault | None:
        """Return what goes wrong at the I/O that is about to be done."""
        if self._is_paused:
            return None
        self.places.append(place)
        fault = self._decide(place)
        if fault is not None:
            self.faults[f"{place}: {fault}"] += 1
        return fault

    def _decide(self, place: str) -> Fault | None:
        return None

    def chance(self) -> float:
        """Return a number in [0, 1) for the jitter of the orchestrator."""
        return 0.5

    def order(self) -> float:
        """Return what breaks the tie between deeds of the same time."""
        return 0.0

    def pause(self) -> float:
        """Return the seconds that an I/O takes; in 0 nobody else can run."""
        return 0.0

    def deliveries(self, delay: float) -> list[float]:
        """Return the delays at which a message really comes; at least one."""
        return [delay]

    def pick(self, count: int) -> int:
        """Return one of ``range(count)``."""
        return 0

    def contradicts(self) -> bool:
        """Whether a worker says something else afterwards."""
        return False


class Storm(Weather):
    """Anything may go wrong, as a seed has it."""

    is_calm = False
    processes = PROCESSES

    def __init__(self, seed: int, chances: Chances = STORM) -> None:
        super().__init__()
        self.seed = seed
        self._chances = chances
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.loses_messages = chances.lost > 0
        self.receives = max(RECEIVES, chances.most + 2)  # a copy may count as two

    def __repr__(self) -> str:
        given = "" if self._chances == STORM else f", {self._chances}"
        return f"Storm({self.seed}{given})"

    def _happens(self, chance: float) -> bool:
        return not self._is_paused and self._random.random() < chance

    def _decide(self, place: str) -> Fault | None:
        roll, chances = self._random.random(), self._chances
        for fault, chance in (
            (Fault.CRASH_BEFORE, chances.crash_before),
            (Fault.CRASH_AFTER, chances.crash_after),
            (Fault.ERROR, chances.error),
            (Fault.LOST_ANSWER, chances.lost_answer),
            (Fault.TWICE, chances.twice if place in REPEATED else 0.0),
            (Fault.LOST, chances.lost if place == "queue.send" else 0.0),
        ):
            if roll < chance:
                return fault if self.faults.total() < chances.most else None
            roll -= chance
        return None

    def chance(self) -> float:
        """See ``Weather``."""
        return self._random.random()

    def order(self) -> float:
        """See ``Weather``."""
        return self._random.random()

    def pause(self) -> float:
        """See ``Weather``."""
        if not self._happens(self._chances.interleave):
            return 0.0
        return self._random.random() * 0.05

    def deliveries(self, delay: float) -> list[float]:
        """See ``Weather``."""
        chances, found = self._chances, [delay]
        if self._happens(chances.duplicate):
            found.append(delay + self._random.random() * chances.lateness)
        if self._happens(chances.late):
            found[0] += self._random.random() * chances.lateness
        return found

    def pick(self, count: int) -> int:
        """See ``Weather``."""
        return self._random.randrange(count)

    def contradicts(self) -> bool:
        """See ``Weather``."""
        return self._happens(self._chances.contradict)


class Plan(Weather):
    """Calm, but for the faults that are named, each at the I/O with its number."""

    is_calm = False

    def __init__(self, faults: Mapping[int, Fault]) -> None:
        super().__init__()
        self._planned = dict(faults)
        self.loses_messages = Fault.LOST in self._planned.values()

    def __repr__(self) -> str:
        named = ", ".join(
            f"{number}: Fault.{fault.name}" for number, fault in self._planned.items()
        )
        return f"Plan({{{named}}})"

    def _decide(self, place: str) -> Fault | None:
        fault = self._planned.get(len(self.places) - 1)
        return fault if fault in possible(place) or fault is Fault.LOST else None


def possible(place: str) -> list[Fault]:
    """Return what can go wrong at an I/O of that place, on a real stage.

    >>> [fault.name for fault in possible("table.get")]
    ['CRASH_BEFORE', 'CRASH_AFTER', 'ERROR', 'LOST_ANSWER']
    """
    found = [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.ERROR, Fault.LOST_ANSWER]
    return [*found, Fault.TWICE] if place in REPEATED else found
