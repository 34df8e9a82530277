"""Which tasks of an activity wait for a worker, and who gets the next one."""

import random

import pytest

from chalicelib.errors import PayloadTooLarge, StaleRecord
from chalicelib.journal.activities import Activities, WaitingTask
from chalicelib.model.workflow import Mode
from chalicelib.ports import Call
from chalicelib.stores.memory import MemoryTable


class TickingClock:
    def __init__(self):
        self.time = 1000.0

    def now(self):
        self.time += 1
        return self.time


def a_call(name, value=None):
    return Call(
        resource="activity:pack",
        payload=value,
        mode=Mode.CALLBACK,
        idempotency_key=name,
        timeout=5.0,
        execution="orders:1",
        task="Pack",
        token=f"t1.{name}",
    )


@pytest.fixture
def table():
    return MemoryTable()


@pytest.fixture
def activities(table):
    return Activities(table, TickingClock())


def test_the_task_that_waited_longest_comes_first(activities):
    for name in ("b", "a", "c"):
        activities.add("pack", a_call(name, {"name": name}))

    taken = [activities.take("pack") for _ in range(4)]

    assert taken == [
        *(
            WaitingTask(token=f"t1.{name}", input={"name": name}, execution="orders:1")
            for name in ("b", "a", "c")
        ),
        None,
    ]


def test_activities_do_not_see_each_others_tasks(activities):
    activities.add("pack", a_call("a"))

    assert activities.take("ship") is None


def test_a_task_that_was_left_twice_is_given_once(activities):
    activities.add("pack", a_call("a"))
    activities.add("pack", a_call("b"))
    activities.add("pack", a_call("a"))

    tokens = [activities.take("pack").token for _ in range(2)]

    assert tokens == ["t1.a", "t1.b"]
    assert activities.take("pack") is None


def test_a_task_that_another_worker_takes_first_is_passed_by(table):
    class Contended(MemoryTable):
        """Somebody else is first with the first task."""

        lost = 0

        def put(self, item, *, where=None, **given):
            if where is not None and not self.lost:
                self.lost += 1
                raise StaleRecord("taken")
            super().put(item, where=where, **given)

    activities = Activities(Contended(), TickingClock())
    activities.add("pack", a_call("a"))
    activities.add("pack", a_call("b"))

    assert activities.take("pack").token == "t1.b"


def test_tasks_that_died_with_their_worker_do_not_block_the_way(table):
    activities = Activities(table, TickingClock())
    for number in range(45):
        activities.add("pack", a_call(f"n{number:02}"))
    for item in table.query("activity#pack", limit=40):
        table.put({**item, "taken": True})

    assert activities.take("pack").token == "t1.n40"


@pytest.mark.parametrize("count", [1, 20])
def test_nothing_is_free_where_all_are_taken(table, count):
    activities = Activities(table, TickingClock())
    for number in range(count):
        activities.add("pack", a_call(f"n{number:02}"))
    for item in table.query("activity#pack"):
        table.put({**item, "taken": True})

    assert activities.take("pack") is None


def test_an_input_that_no_item_holds_is_refused(activities):
    noise = random.Random(1).randbytes(400_000).hex()  # noqa: S311 - only noise

    with pytest.raises(PayloadTooLarge):
        activities.add("pack", a_call("a", noise))


def test_half_a_surrogate_pair_comes_through(activities):
    activities.add("pack", a_call("a", "\ud800"))

    assert activities.take("pack").input == "\ud800"
