"""What goes wrong? Every I/O may fail: before it, after it, or by its answer.

``Weather`` decides, from a seed: the same seed, the same faults at the same places. It
wraps the outside seams; the orchestrator between them does not know. A crash ends the
handler on the spot and takes the process's memory with it; an error is ``Unavailable``;
a lost answer is an error after the deed was done.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, TypeVar

from chalicelib.errors import Unavailable
from chalicelib.ports import Blobs, Call, Dispatcher, Item, Key, Message, Outcome, Queue, Table
from chalicelib.simulation.loop import Loop
from chalicelib.values import Json

_Answer = TypeVar("_Answer")


class Crash(BaseException):
    """The process is gone. Not an ``Exception``: no handler may catch it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """How likely each thing is, per occasion; between 0 and 1."""

    crash_before: float = 0.0
    crash_after: float = 0.0
    error_before: float = 0.0
    lost_answer: float = 0.0
    #: An I/O lets others run first.
    interleave: float = 0.0
    #: A message is delivered once more.
    duplicate: float = 0.0
    #: A message is delivered later than asked for, up to ``lateness`` seconds.
    late: float = 0.0
    lateness: float = 30.0
    #: Faults of one run: after these the weather is calm, so that a run can end.
    most: int = 12


STORM = Chances(
    crash_before=0.02,
    crash_after=0.02,
    error_before=0.02,
    lost_answer=0.02,
    interleave=0.3,
    duplicate=0.15,
    late=0.2,
)


class Weather:
    """Decides what goes wrong; see the top of the module."""

    #: What a client or handler sees of a fault.
    FAULTS: ClassVar[tuple[type[BaseException], ...]] = (Unavailable, Crash)

    def __init__(self, seed: int | None = None, chances: Chances = STORM) -> None:
        """Without a seed nothing goes wrong and nothing is shuffled."""
        self.seed = seed
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._chances = chances if seed is not None else Chances()
        self._is_paused = False
        #: Faults so far: ``table.put crash before`` …
        self.faults: Counter[str] = Counter()

    def chance(self) -> float:
        """Return a number in [0, 1) for the jitter of the orchestrator."""
        return self._random.random() if self.seed is not None else 0.5

    def order(self) -> float:
        """Return what breaks the tie between deeds of the same time."""
        return self._random.random() if self.seed is not None else 0.0

    def deliveries(self, delay: float) -> list[float]:
        """Return the delays at which a message really comes; at least one."""
        found = [delay]
        if self._happens(self._chances.duplicate):
            found.append(delay + self._random.random() * self._chances.lateness)
        if self._happens(self._chances.late):
            found[0] += self._random.random() * self._chances.lateness
        return found

    def _happens(self, chance: float) -> bool:
        return bool(chance) and not self._is_paused and self._random.random() < chance

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let nothing go wrong for a while: the test itself looks or prepares."""
        before, self._is_paused = self._is_paused, True
        try:
            yield
        finally:
            self._is_paused = before

    def _strikes(self, chance: float, what: str) -> bool:
        if sum(self.faults.values()) >= self._chances.most or not self._happens(chance):
            return False
        self.faults[what] += 1
        return True

    def around(self, what: str, loop: Loop, deed: Callable[[], _Answer]) -> _Answer:
        """Do an I/O, in this weather."""
        if self.seed is None or self._is_paused:
            return deed()
        chances = self._chances
        if self._happens(chances.interleave):
            loop.pause(self._random.random() * 0.05, order=self.order())
        if self._strikes(chances.crash_before, f"{what}: crash before"):
            raise Crash(what)
        if self._strikes(chances.error_before, f"{what}: error"):
            raise Unavailable(what)
        answer = deed()
        if self._strikes(chances.crash_after, f"{what}: crash after"):
            raise Crash(what)
        if self._strikes(chances.lost_answer, f"{what}: lost answer"):
            raise Unavailable(f"the answer of {what}")
        return answer

    # -- the seams ---------------------------------------------------------------

    def table(self, table: Table, loop: Loop) -> Table:
        """Return ``table`` in this weather."""
        return table if self.seed is None else _Table(table, self, loop)

    def blobs(self, blobs: Blobs, loop: Loop) -> Blobs:
        """Return ``blobs`` in this weather."""
        return blobs if self.seed is None else _Blobs(blobs, self, loop)

    def queue(self, queue: Queue, loop: Loop) -> Queue:
        """Return ``queue`` in this weather."""
        return queue if self.seed is None else _Queue(queue, self, loop)

    def dispatcher(self, dispatcher: Dispatcher, loop: Loop) -> Dispatcher:
        """Return ``dispatcher`` in this weather."""
        return dispatcher if self.seed is None else _Dispatcher(dispatcher, self, loop)


#: Nothing goes wrong.
CALM = Weather()


class _Seam:
    def __init__(self, inner: Any, weather: Weather, loop: Loop) -> None:
        self._inner = inner
        self._weather = weather
        self._loop = loop

    def _do(self, what: str, deed: Callable[[], _Answer]) -> _Answer:
        return self._weather.around(what, self._loop, deed)


class _Table(_Seam):
    """See ``ports.Table``."""

    def put(
        self,
        item: Item,
        *,
        unless_exists: bool = False,
        where: Mapping[str, Json] | None = None,
    ) -> None:
        self._do(
            "table.put",
            lambda: self._inner.put(item, unless_exists=unless_exists, where=where),
        )

    def get(self, key: Key) -> Item | None:
        found: Item | None = self._do("table.get", lambda: self._inner.get(key))
        return found

    def query(self, partition: str, **which: Any) -> list[Item]:
        found: list[Item] = self._do(
            "table.query", lambda: self._inner.query(partition, **which)
        )
        return found

    def delete(self, key: Key) -> None:
        self._do("table.delete", lambda: self._inner.delete(key))

    def add(self, key: Key, members: frozenset[int], *, failed: bool = False) -> Item:
        item: Item = self._do(
            "table.add", lambda: self._inner.add(key, members, failed=failed)
        )
        return item

    def claim(self, key: Key, slot: str, held: int) -> Item:
        item: Item = self._do(
            "table.claim", lambda: self._inner.claim(key, slot, held)
        )
        return item


class _Blobs(_Seam):
    """See ``ports.Blobs``."""

    def put(self, name: str, content: bytes) -> None:
        self._do("blobs.put", lambda: self._inner.put(name, content))

    def get(self, name: str) -> bytes:
        content: bytes = self._do("blobs.get", lambda: self._inner.get(name))
        return content


class _Queue(_Seam):
    """See ``ports.Queue``. A batch may get through in part."""

    def send(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self._do("queue.send", partial(self._inner.send, [message]))


class _Dispatcher(_Seam):
    """See ``ports.Dispatcher``."""

    def dispatch(self, call: Call) -> Outcome:
        outcome: Outcome = self._do(
            "dispatcher.dispatch", lambda: self._inner.dispatch(call)
        )
        return outcome

    def cancel(self, call: Call) -> bool:
        return bool(self._do("dispatcher.cancel", lambda: self._inner.cancel(call)))
