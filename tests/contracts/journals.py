"""Scopes to commit: what a test does not care about has a value already."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache

import pytest

from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.engine.state import Activation, Origin, Phase, ScopeState
from chalicelib.journal.records import Draft
from chalicelib.journal.scopes import Journal
from chalicelib.journal.values import Values
from chalicelib.meter import Meter, MeteredTable
from chalicelib.stores.blobs import MemoryBlobs

RUN = "orders:run-1"
T0 = 1_767_225_600.0


@cache
def noise(letters, seed=0):
    """Return text that cannot be compressed to much less than half."""
    count = letters // 64 + 1
    digests = (hashlib.sha256(b"%d %d" % (seed, n)).hexdigest() for n in range(count))
    return "".join(digests)[:letters]


def an_origin(**facts):
    defaults = {"workflow": "orders", "version": "5f3a", "name": "run-1"}
    return Origin(**{"execution": RUN, "started_at": T0, **defaults, **facts})


def a_scope(origin=None, **facts):
    return ScopeState(origin=origin or an_origin(), **facts)


def an_activation(number=1, **facts):
    defaults = {"state": f"Task {number}", "phase": Phase.WAITING, "input": {"n": 1}}
    return Activation(
        **{"id": number, "entered_at": T0, "since": T0, **defaults, **facts}
    )


def a_draft(state=None, *, cause="start", at=T0, tags=(), history=()):
    state = state or a_scope()
    return Draft(at=at, causes=(cause,), tags=tags, state=state, history=history)


def entered(state="Ship", at=T0, **facts):
    return HistoryEvent(Happened.STATE_ENTERED, at, state=state, **facts)


def without_history(record):
    return replace(record, history=())


def a_journal(table, blobs):
    return Journal(table, Values(table, blobs))


class JournalFixtures:
    """A journal on the table of a test class."""

    @pytest.fixture
    def table(self):
        raise NotImplementedError

    @pytest.fixture
    def blobs(self):
        return MemoryBlobs()

    @pytest.fixture
    def meter(self):
        return Meter()

    @pytest.fixture
    def new_process(self, table, blobs, meter):
        """Makes a journal that remembers nothing."""
        return lambda: a_journal(MeteredTable(table, meter), blobs)

    @pytest.fixture
    def journal(self, new_process):
        return new_process()
