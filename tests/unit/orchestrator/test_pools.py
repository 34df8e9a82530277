"""Slots of a container that limits how many of its children run at once."""

import pytest

from chalicelib.journal import keys
from chalicelib.orchestrator import slots
from chalicelib.orchestrator.pools import Pool
from chalicelib.stores.memory import MemoryTable

EXECUTION, ABOVE = "w:1", "r.1.1"
KEY = keys.pool(EXECUTION, ABOVE)


class World:
    def __init__(self):
        self.table = MemoryTable()


@pytest.fixture
def world():
    return World()


@pytest.fixture
def pairs(monkeypatch):
    """Groups are of two slots."""
    monkeypatch.setattr(slots, "SIZE", 2)


def a_pool(world, children=9):
    return Pool(world, EXECUTION, ABOVE, children)


def wanted(limit, seq=1):
    return slots.Change(seq=seq, limit=limit, aborts=False, tolerated=0)


def group(world, number=0):
    return world.table.get(keys.pool(EXECUTION, ABOVE, number))


def run(pool, runs):
    """Have all children end, in the order in which they began; return that order."""
    order, dry, runs = [], [], list(runs.items())
    for code, child in runs:
        order.append(child)
        after = pool.give(code, child)
        runs.extend([after.runs] if after.runs else [])
        dry.append(after.is_dry)
    assert dry == [False] * (len(dry) - 1) + [True]
    return order


# -- one group


def test_a_retired_slot_gets_no_other_child_and_is_waited_for(world):
    pool = a_pool(world)
    pool.start(2)
    pool.resize(wanted(1))

    assert pool.give(1, 1).runs is None
    assert (group(world)["slots"], group(world)["retired"]) == ({"0": 0}, {})
    assert pool.give(1, 1).runs is None
    assert group(world)["next"] == 2


def test_a_run_is_dry_once_those_that_were_retired_have_ended(world):
    pool = a_pool(world, children=2)
    pool.start(2)
    pool.resize(wanted(1))

    assert not pool.give(0, 0).is_dry
    assert pool.give(1, 1).is_dry


def test_a_limit_that_is_taken_away_leaves_many(world):
    pool = a_pool(world, children=1_000_000)
    pool.start(1)

    assert len(pool.resize(wanted(0))) == slots.MOST - 1


def test_who_ran_when_it_all_ended_is_remembered(world):
    pool = a_pool(world)
    pool.start(3)
    pool.resize(wanted(1))

    assert sorted(pool.take()) == [0, 1, 2]
    assert sorted(pool.take()) == [0, 1, 2]
    assert pool.resize(wanted(4, seq=2)) == {}
    assert pool.start(3) == {}
    assert not pool.give(0, 0).is_dry


def test_slots_that_are_not_there_are_nobodys(world):
    pool = a_pool(world)

    assert pool.give(0, 0) is None
    assert pool.take() is None
    assert pool.resize(wanted(2)) == {}


def test_slots_that_were_written_in_one_item_go_on_in_it(world):
    old = {f"{place}": place for place in range(150)}
    facts = {"slots": old, "next": 150, "changes": 0}
    world.table.put({"pk": KEY[0], "sk": KEY[1], **facts})
    pool = a_pool(world, children=200)

    assert pool.give(7, 7).runs == (7, 150)
    assert pool.resize(wanted(150)) == {}
    more = pool.resize(wanted(160, seq=2))

    assert len(more) == 10
    assert sorted(run(pool, pool.start(160))) == [*range(7), *range(8, 200)]


class Raced(MemoryTable):
    """Somebody else is faster, once, when ``when`` says so of an item."""

    when = staticmethod(lambda item: False)

    def put(self, item, *, where=None, **given):
        if where is not None and self.when(item):
            self.when = lambda item: False
            there = self.get((item["pk"], item["sk"]))
            super().put({**there, "changes": there["changes"] + 1})
        super().put(item, where=where, **given)


def test_a_release_that_loses_a_race_is_made_again(world):
    world.table = Raced()
    pool = a_pool(world)
    pool.start(2)
    pool.resize(wanted(1))
    world.table.when = lambda item: item["retired"] == {}

    pool.give(1, 1)

    assert group(world)["retired"] == {}


def test_a_change_that_loses_a_race_is_made_again(world):
    class Claimed(MemoryTable):
        lost = False

        def put(self, item, *, where=None, **given):
            if where is not None and not self.lost:
                self.lost = True
                self.claim(KEY, "0", 0)
            super().put(item, where=where, **given)

    world.table = Claimed()
    pool = a_pool(world)
    pool.start(2)

    assert 3 in pool.resize(wanted(3)).values()
    assert group(world)["slots"] == {"0": 2, "1": 1, "2": 3}


# -- several groups


def test_each_group_has_a_share_of_the_slots_and_of_the_children(world, pairs):
    runs = a_pool(world, children=10).start(5)

    assert sorted(runs.values()) == [0, 1, 4, 5, 8]
    assert [group(world, number)["until"] for number in range(3)] == [4, 8, 10]


def test_more_slots_than_children_are_as_many(world, pairs):
    assert sorted(a_pool(world, children=3).start(50).values()) == [0, 1, 2]


def test_a_group_that_is_there_is_not_begun_again(world, pairs):
    pool = a_pool(world, children=12)
    runs = pool.start(4)
    assert pool.give(0, 0).runs == (0, 2)

    assert pool.start(4) == {**runs, 0: 2}


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 8, 12])
def test_every_child_runs_once_and_the_last_one_tells(world, pairs, limit):
    pool = a_pool(world, children=20)

    assert sorted(run(pool, pool.start(limit))) == list(range(20))


def test_a_slot_without_children_gets_those_of_another_group(world, pairs):
    pool = a_pool(world, children=12)
    runs = list(pool.start(4).items())[:2]  # those of the other group take their time
    begun = []
    for code, child in runs:
        begun.append(child)
        if after := pool.give(code, child).runs:
            runs.append(after)

    assert sorted(begun) == [0, 1, 2, 3, 4, 5, 8, 9, 10, 11]


def test_an_end_that_is_heard_of_twice_begins_the_same_child(world, pairs):
    pool = a_pool(world, children=4 + 2)
    runs = list(pool.start(4).items())
    first = [pool.give(*runs[0]), pool.give(*runs[1])]

    assert [pool.give(*runs[0]), pool.give(*runs[1])] == first
    assert [each.runs[1] for each in first] == [2, 5]


def test_a_lot_that_somebody_began_to_move_is_moved_by_whoever_looks(world, pairs):
    pool = a_pool(world, children=12)
    pool.start(4)
    world.table.put({**group(world), "next": 6, "asks": 1})

    pool._groups._look()

    assert (group(world)["asks"], group(world)["lot"]) == (None, 1)
    assert group(world, 1)["ceded"] == {"0": [1, 10, 12]}
