"""Limits of a run are changed from outside, and its slots follow."""

import pytest

from chalicelib.engine.state import RunLimits
from chalicelib.journal import keys
from chalicelib.orchestrator import changing
from chalicelib.orchestrator.pools import Pool
from tests.machines import callback, each, fail, machine, only, task
from tests.unit.orchestrator.desk import EXECUTION, Desk

KEY = keys.pool(EXECUTION, "r.1.1")
PLACE = ("r", 1, 1)
MORE = RunLimits(concurrency=3)


@pytest.fixture
def desk():
    made = Desk(machine(each(task(), MaxConcurrency=2)))
    made.handle(made.start([0, 1, 2, 3, 4]))
    return made


def change(desk, limits=MORE, place=PLACE):
    return changing.change(desk.orchestrator.world, EXECUTION, place, limits)


def test_a_change_has_the_slots_follow(desk):
    assert change(desk)

    desk.handle_all("resize")

    item = desk.orchestrator.world.table.get(KEY)
    assert item["slots"] == {"0": 0, "1": 1, "2": 2}
    desk.handle_all()
    assert desk.head.output == [0, 1, 2, 3, 4]


def test_a_change_whose_message_comes_twice_begins_nobody_twice(desk):
    change(desk)
    (message,) = desk.take("resize")

    desk.handle(message)
    desk.handle(message, receives=2)

    assert desk.orchestrator.world.table.get(KEY)["next"] == 3
    desk.handle_all()
    assert desk.head.output == [0, 1, 2, 3, 4]


def test_of_two_changes_the_later_one_holds_in_whatever_order_they_come(desk):
    change(desk, RunLimits(concurrency=4))
    change(desk, RunLimits(concurrency=1))
    first, second = desk.take("resize")

    desk.handle(second)
    desk.handle(first)

    item = desk.orchestrator.world.table.get(KEY)
    assert (item["slots"], item["retired"]) == ({"0": 0}, {"1": 1})


def test_a_change_of_the_tolerance_leaves_the_slots(desk):
    assert change(desk, RunLimits(tolerated_count=2))
    before = desk.orchestrator.world.table.get(KEY)["slots"]

    desk.handle_all("resize")

    assert desk.orchestrator.world.table.get(KEY)["slots"] == before


@pytest.mark.parametrize("place", [("r", 7, 1), ("r", 1, 2), ("r.1.1-9", 1, 1)])
def test_a_run_that_is_not_there_is_not_changed(desk, place):
    assert not change(desk, place=place)
    assert desk.take("resize") == []


def test_a_container_that_is_over_has_no_slots_to_change(desk):
    change(desk)
    (message,) = desk.take("resize")
    Pool(desk.orchestrator.world, EXECUTION, "r.1.1", 5).take()
    desk.handle(message)

    assert desk.orchestrator.world.table.get(KEY)["slots"] == {}


# -- tolerance


def failing(**facts):
    """A desk where every child but the first fails; the second begins at the end."""
    steps = (only(0), callback("nobody"), fail())
    return Desk(machine(each(*steps, **facts)))


@pytest.mark.parametrize("limit", [0, 4])
def test_a_child_that_fails_after_the_tolerance_was_raised_ends_nothing(limit):
    desk = failing(MaxConcurrency=limit)
    desk.handle(desk.start([0, 1, 2, 3, 4]))
    waiting, *failing_ones = desk.take("start")
    desk.handle(waiting)
    change(desk, RunLimits(tolerated_count=2))
    desk.handle_all("resize")

    desk.handle(*failing_ones[:2])
    assert desk.take("lost") == []
    desk.handle(failing_ones[2])
    desk.handle_all()

    assert desk.head.error == "States.ExceedToleratedFailureThreshold"
    stopped = desk.turn("r.1.1-0")
    stopped.load()
    assert str(stopped.state.status) == "ABORTED"


def test_a_run_whose_tolerance_was_raised_goes_on_to_its_end():
    desk = failing(MaxConcurrency=2)
    desk.handle(desk.start([1, 2, 3, 4]))
    change(desk, RunLimits(tolerated_percentage=100))

    desk.handle_all()

    assert desk.head.output == [None] * 4


def test_a_child_that_begins_after_a_change_is_told_what_is_tolerated():
    desk = failing(MaxConcurrency=1)
    desk.handle(desk.start([1, 2, 3, 4]))
    change(desk, RunLimits(tolerated_count=1))

    desk.handle_all()

    assert desk.head.error == "States.ExceedToleratedFailureThreshold"
    assert desk.records("r.1.1-3") == []


def test_a_failure_before_the_change_ends_the_run_as_it_would_have():
    desk = failing(MaxConcurrency=1)
    desk.handle(desk.start([1, 2, 3, 4]))
    (start,) = desk.take("start")
    desk.handle(start)
    change(desk, RunLimits(tolerated_count=1))

    desk.handle_all()

    assert desk.head.status == "FAILED"
    assert desk.records("r.1.1-1") == []
