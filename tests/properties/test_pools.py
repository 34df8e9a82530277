"""Children in slots run once, and as many at once as may, in any order of events."""

import random

import pytest

from chalicelib.orchestrator import slots
from chalicelib.orchestrator.pools import Pool
from chalicelib.stores.memory import MemoryTable

EXECUTION, ABOVE = "w:1", "r.1.1"


class Crash(Exception):
    """An invocation ends in the midst of it."""


class Troubled(MemoryTable):
    """Before each call other deliveries may be handled; before or after it, a crash."""

    def __init__(self, chance, meanwhile):
        super().__init__()
        self._chance, self._meanwhile = chance, meanwhile
        self.crashes = 25

    def _do(self, deed, *given, **facts):
        if self._chance.random() < 0.2:
            self._meanwhile()
        self._crash()
        done = deed(*given, **facts)
        self._crash()
        return done

    def _crash(self):
        if self.crashes and self._chance.random() < 0.02:
            self.crashes -= 1
            raise Crash

    def put(self, *given, **facts):
        return self._do(super().put, *given, **facts)

    def get(self, key):
        return self._do(super().get, key)

    def claim(self, *given):
        return self._do(super().claim, *given)


class Container:
    """One container, the messages about its children, and what is seen of them."""

    def __init__(self, seed, limit, count, changes=()):
        self.chance = random.Random(seed)  # noqa: S311 - a test that can be repeated
        self.table = Troubled(self.chance, self._meanwhile)
        self.limit, self.count = limit, count
        self.most, self.least = max([limit, *changes]), [limit, *changes][-1]
        self.messages = [self._start]
        self.changes = [
            lambda seq=seq, limit=limit: self._resize(seq, limit)
            for seq, limit in enumerate(changes, 1)
        ]
        self.begun, self.ended = {}, set()
        self.is_dry, self.has_started = False, False
        self.depth, self.owed = 0, []

    def pool(self):
        return Pool(self, EXECUTION, ABOVE, self.count)

    def run(self, until=lambda: False):
        while (self.messages or self.changes) and not until():
            ready = self.messages + self.changes[: self.has_started]
            self._handle(self.chance.choice(ready))
            self._look_for_idle()
        if not until():
            assert self.ended == set(range(self.count))
            assert self.is_dry

    def _meanwhile(self):
        ready = self.messages + self.changes[: self.has_started]
        if ready and self.depth < 4:
            self._handle(self.chance.choice(ready))

    def _handle(self, message):
        where = self.messages if message in self.messages else self.changes
        where.remove(message)
        self.depth += 1
        try:
            message()
        except Crash:
            self.owed.append(message)
            where.append(message)
        else:
            self.owed = [each for each in self.owed if each is not message]
            if self.chance.random() < 0.1:
                self.messages.append(message)  # it comes twice
        finally:
            self.depth -= 1

    def _start(self):
        self._begin(self.pool().start(self.limit))
        self.has_started = True

    def _resize(self, seq, limit):
        change = slots.Change(seq=seq, limit=limit, aborts=False, tolerated=0)
        self._begin(self.pool().resize(change))

    def _begin(self, runs):
        for code, child in runs.items():
            if child in self.begun:
                assert self.begun[child] == code
                continue
            assert 0 <= child < self.count
            self.begun[child] = code
            self.messages.append(lambda code=code, child=child: self._end(code, child))
            assert len(self.begun) - len(self.ended) <= self.most

    def _end(self, code, child):
        self.ended.add(child)
        after = self.pool().give(code, child)
        if after.runs:
            self._begin(dict([after.runs]))
        if after.is_dry:
            assert len(self.ended) == self.count
            self.is_dry = True

    def _look_for_idle(self):
        """No slot is idle while a child has not begun, once all is calm."""
        if self.has_started and not (self.owed or self.changes):
            left = self.count - len(self.ended)
            assert len(self.begun) - len(self.ended) >= min(self.least, left)


@pytest.fixture
def pairs(monkeypatch):
    monkeypatch.setattr(slots, "SIZE", 2)


@pytest.mark.parametrize("limit", [1, 3, 4, 9])
@pytest.mark.parametrize("seed", range(40))
def test_every_child_runs_once_and_no_slot_is_idle(seed, limit, pairs):
    Container(seed, limit, count=30).run()


@pytest.mark.parametrize("seed", range(80))
def test_every_child_runs_once_whatever_the_limit_becomes(seed, pairs):
    chance = random.Random(seed)  # noqa: S311 - as above
    changes = [chance.randrange(1, 10) for _ in range(4)]
    Container(seed, limit=chance.randrange(1, 10), count=30, changes=changes).run()


@pytest.mark.parametrize("seed", range(60))
def test_nobody_begins_once_the_slots_were_taken(seed, pairs):
    container = Container(seed, limit=7, count=30, changes=[3, 9])
    container.run(until=lambda: len(container.ended) > seed % 29)
    container.table.crashes = 0

    held = container.pool().take()

    assert set(held) >= container.begun.keys() - container.ended
    begun = set(container.begun) | set(held)
    for message in list(container.messages + container.changes):
        message()
    assert set(container.begun) <= begun
    assert container.pool().take() == held
