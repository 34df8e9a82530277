"""Which records are read for a part of an execution."""

from dataclasses import replace

import pytest

from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.engine.state import Status
from chalicelib.journal import keys
from chalicelib.journal.parts import PAGE, Part, Reader
from chalicelib.journal.values import Values
from chalicelib.stores.blobs import MemoryBlobs
from chalicelib.stores.memory import MemoryTable
from tests.contracts.journals import RUN, T0, a_draft, a_journal


class Journals:
    """Records in a table, and which of them a part has."""

    def __init__(self):
        self.table, blobs = MemoryTable(), MemoryBlobs()
        self.values = Values(self.table, blobs)
        self.journal = a_journal(self.table, blobs)

    def record(self, scope, kind=Happened.TASK_HEARTBEAT, value=None, **state):
        before = self.journal.remembered(RUN, scope)
        draft = a_draft(cause="start", history=[HistoryEvent(kind, T0, value=value)])
        draft = replace(draft, state=replace(draft.state, **state))
        self.journal.commit(RUN, scope, before, draft)

    def child(self, scope, records=3):
        """Write a child that has ended."""
        self.record(scope, Happened.SCOPE_STARTED)
        for _ in range(records - 2):
            self.record(scope)
        self.record(scope, Happened.SCOPE_SUCCEEDED, status=Status.SUCCEEDED)

    def read(self, **part):
        """Return the numbers of the records that are read, by scope."""
        found = Reader(self.table, self.values, RUN).read(Part(**part))
        return {scope: [each.seq for each in said] for scope, said in found.items()}


@pytest.fixture
def journals():
    made = Journals()
    made.record("r", Happened.CHILDREN_STARTED, 120)
    for index in (1, 10, 11, 110):
        made.child(f"r.1.1-{index}")
    made.child("r.1.1-1.1.1-0")
    return made


def test_nothing_named_is_everything(journals):
    children = (f"r.1.1-{index}" for index in (1, 10, 11, 110))
    assert set(journals.read()) == {"r", *children, "r.1.1-1.1.1-0"}


def test_a_scope_is_read_without_what_is_below_it(journals):
    journals.journal.post(RUN, "r.1.1-1", "answer", {})
    assert journals.read(scopes=("r.1.1-1", "r.9.1-1")) == {"r.1.1-1": [1, 2, 3]}


def test_a_tree_is_read_without_its_neighbours(journals):
    journals.journal.post(RUN, "r.1.1-1", "answer", {})
    assert set(journals.read(trees=("r.1.1-1",))) == {"r.1.1-1", "r.1.1-1.1.1-0"}


def test_a_group_is_read_wherever_its_children_lie(journals):
    found = journals.read(groups=(("r.1.1", 120),))
    assert set(found) == set(journals.read()) - {"r"}


def test_of_a_listed_child_the_first_record_and_the_last_are_read(journals):
    journals.record("r.1.1-2", Happened.SCOPE_STARTED)
    ends = ("r.1.1-1", "r.1.1-2", "r.1.1-3", "r.1.1-110")
    assert journals.read(ends=ends, scopes=("r.1.1-2",)) == {
        "r.1.1-1": [1, 3],
        "r.1.1-2": [1],
        "r.1.1-110": [1, 3],
    }


@pytest.mark.parametrize("part", [{"ends": ("r.1.1-3",)}, {"crowds": (("r.1.1", 9),)}])
def test_a_child_that_was_redriven_is_read_whole(journals, part):
    journals.child("r.1.1-3")
    journals.record("r.1.1-3", Happened.SCOPE_REDRIVEN, 1, redrives=1, redriven_at=T0)
    assert journals.read(**part)["r.1.1-3"] == [1, 2, 3, 4]


def test_a_child_whose_last_record_does_not_tell_its_end_is_read_whole(journals):
    journals.child("r.1.1-3")
    journals.record("r.1.1-3", status=Status.SUCCEEDED)
    assert journals.read(ends=("r.1.1-3",)) == {"r.1.1-3": [1, 2, 3, 4]}


def test_a_child_whose_first_record_is_being_removed_is_told_by_its_last(journals):
    partition = keys.partition(RUN, "r.1.1-1")
    journals.table.delete((partition, keys.record("r.1.1-1", 1)))
    assert journals.read(ends=("r.1.1-1",)) == {"r.1.1-1": [3]}


def test_a_crowd_is_read_by_its_children_alone(journals):
    journals.journal.post(RUN, "r.1.1-11", "answer", {})
    journals.record("r.1.1-12", Happened.SCOPE_STARTED)
    ended = {f"r.1.1-{index}": [1, 3] for index in (1, 10, 11, 110)}
    assert journals.read(crowds=(("r.1.1", 120),)) == {**ended, "r.1.1-12": [1]}


@pytest.mark.parametrize(("leaf", "indexes"), [(0, (1, 10, 11)), (1, (110,))])
def test_a_hundred_of_a_crowd_is_read_without_the_others(journals, leaf, indexes):
    journals.child("r.1.1-1.1.1-110")
    assert journals.read(leaves=(("r.1.1", leaf),)) == {
        f"r.1.1-{index}": [1, 3] for index in indexes
    }


def test_of_a_crowd_long_children_are_read_by_their_ends(journals):
    journals.child("r.1.1-10.1.1-5", 2 * PAGE)
    journals.child("r.1.1-12", 2 * PAGE)
    journals.child("r.1.1-13")

    found = journals.read(crowds=(("r.1.1", 120),))

    assert found["r.1.1-12"] == [1, 2 * PAGE]
    assert set(found) == {f"r.1.1-{index}" for index in (1, 10, 11, 12, 13, 110)}
    assert {tuple(each) for each in found.values()} == {(1, 3), (1, 2 * PAGE)}
