"""Which activities there are, and who gets the next of their tasks."""

import random
from dataclasses import replace

import pytest

from chalicelib.errors import (
    ActivityNotFound,
    PayloadTooLarge,
    StaleRecord,
    Unavailable,
)
from chalicelib.journal.activities import HELD, Activities, Activity, WaitingTask
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


def known(table, clock=None):
    activities = Activities(table, clock or TickingClock())
    activities.create(Activity(name="pack"))
    return activities


def take(activities, name="pack"):
    return activities.take(name, lambda task: True)


@pytest.fixture
def activities(table):
    return known(table)


def test_the_task_that_waited_longest_comes_first(activities):
    for name in ("b", "a", "c"):
        activities.add("pack", a_call(name, {"name": name}))

    taken = [take(activities) for _ in range(4)]

    assert taken == [
        *(
            WaitingTask(token=f"t1.{name}", input={"name": name}, execution="orders:1")
            for name in ("b", "a", "c")
        ),
        None,
    ]


def test_activities_do_not_see_each_others_tasks(activities):
    activities.add("pack", a_call("a"))

    assert take(activities, "ship") is None


def test_a_task_that_was_left_twice_is_given_as_often_as_the_engine_says(activities):
    for name in ("a", "b", "a"):
        activities.add("pack", a_call(name))
    given = set()

    def once(task):
        is_new = task.token not in given
        given.add(task.token)
        return is_new

    taken = [activities.take("pack", once) for _ in range(3)]

    assert [task and task.token for task in taken] == ["t1.a", "t1.b", None]


def test_a_task_that_another_worker_takes_first_is_passed_by(table):
    class Contended(MemoryTable):
        """Somebody else is first with the first task."""

        lost = 0

        def put(self, item, *, where=None, **given):
            if where is not None and not self.lost:
                self.lost += 1
                raise StaleRecord("taken")
            super().put(item, where=where, **given)

    activities = known(Contended())
    activities.add("pack", a_call("a"))
    activities.add("pack", a_call("b"))

    assert take(activities).token == "t1.b"


def test_tasks_that_workers_hold_do_not_block_the_way(table):
    activities = known(table)
    for number in range(45):
        activities.add("pack", a_call(f"n{number:02}"))
    for item in table.query("activity#pack", limit=40):
        table.put({**item, "held_until": 10_000})

    assert take(activities).token == "t1.n40"


@pytest.mark.parametrize("count", [1, 20])
def test_nothing_is_free_where_all_are_taken(table, count):
    activities = known(table)
    for number in range(count):
        activities.add("pack", a_call(f"n{number:02}"))
    for item in table.query("activity#pack"):
        table.put({**item, "held_until": 10_000})

    assert take(activities) is None


def test_what_a_dead_worker_holds_is_free_after_a_while(table):
    clock = TickingClock()
    activities = known(table, clock)
    activities.add("pack", a_call("a"))

    def die(task):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        activities.take("pack", die)

    assert take(activities) is None
    clock.time += HELD
    assert take(activities).token == "t1.a"


def test_a_task_that_could_not_be_given_is_free_at_once(activities):
    activities.add("pack", a_call("a"))

    def fail(task):
        raise Unavailable("the table")

    with pytest.raises(Unavailable):
        activities.take("pack", fail)

    assert take(activities).token == "t1.a"


def test_a_task_that_was_given_is_given_though_its_item_stays():
    class Sticky(MemoryTable):
        def delete(self, key):
            raise Unavailable("the table")

    activities = known(Sticky())
    activities.add("pack", a_call("a"))

    assert take(activities).token == "t1.a"


def test_an_input_that_no_item_holds_is_refused(activities):
    noise = random.Random(1).randbytes(400_000).hex()  # noqa: S311 - only noise

    with pytest.raises(PayloadTooLarge):
        activities.add("pack", a_call("a", noise))
    with pytest.raises(PayloadTooLarge):
        activities.add("pack", a_call("a", "a" * 2_500_000))


def test_half_a_surrogate_pair_comes_through(activities):
    activities.add("pack", a_call("a", "\ud800"))

    assert take(activities).input == "\ud800"


# -- activities


def test_a_task_of_no_activity_is_refused(activities, table):
    with pytest.raises(ActivityNotFound):
        activities.add("ship", a_call("a"))

    assert table.query("activity#ship") == []


def test_an_activity_is_made_once(activities):
    again = activities.create(Activity(name="pack", tags={"a": "b"}))

    assert again == activities.find("pack") == Activity(name="pack", created_at=1001.0)
    assert activities.all() == [again]


def test_a_deleted_activity_is_gone_and_its_tasks_wait_on(activities):
    activities.add("pack", a_call("a"))

    activities.delete("pack")
    activities.delete("pack")

    with pytest.raises(ActivityNotFound):
        activities.find("pack")
    assert take(activities).token == "t1.a"


def test_a_change_that_loses_a_race_is_made_again(table):
    activities, seen = known(table), []

    def change(activity):
        seen.append(activity.tags)
        if len(seen) == 1:
            other = Activities(table, TickingClock())
            other.change("pack", lambda each: replace(each, tags={"first": "1"}))
        return replace(activity, tags={**activity.tags, "second": "2"})

    activities.change("pack", change)

    assert activities.find("pack").tags == {"first": "1", "second": "2"}
    assert seen == [{}, {"first": "1"}]


def test_a_change_that_always_loses_is_given_up(table):
    class Busy(MemoryTable):
        def put(self, item, *, where=None, **given):
            if where is not None:
                raise StaleRecord("changed")
            super().put(item, where=where, **given)

    with pytest.raises(StaleRecord):
        known(Busy()).change("pack", lambda each: each)


def test_what_is_not_there_cannot_be_changed(activities):
    with pytest.raises(ActivityNotFound):
        activities.change("ship", lambda each: each)
