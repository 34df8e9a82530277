"""A message is lost for good: the watchdog has its work done again."""

import pytest

from chalicelib.orchestrator.watching import LONGEST
from chalicelib.ports import Limits
from tests.machines import (
    CAUGHT,
    callback,
    each,
    fail,
    machine,
    only,
    parallel,
    passes,
    task,
    wait,
    workflow,
)
from tests.unit.orchestrator.desk import EXECUTION, Desk

FIVE = [0, 1, 2, 3, 4]
HOUR = 3600.0


def look(desk, after=HOUR):
    """Let time pass, and have the execution looked at."""
    desk.pass_time(after)
    message = {"v": 1, "do": "watch", "x": EXECUTION, "s": "r", "after": 300.0}
    assert desk.handle(message) == []


def a_desk(*states, given=None, **facts):
    desk = Desk(machine(*states), **facts)
    desk.handle(desk.start({} if given is None else given))
    return desk


def lose(desk, *kinds):
    for kind in kinds:
        assert desk.take(kind)


def test_the_first_message_of_an_execution():
    desk = Desk(machine(task()))
    desk.start({"a": 1})

    look(desk)
    desk.handle_all()

    assert desk.head.output == {"a": 1}


def test_a_timer():
    desk = a_desk(wait(600), task())
    lose(desk, "timer")

    look(desk)
    desk.handle_all()

    assert desk.head.status == "SUCCEEDED"


def test_a_timer_that_is_not_due_is_not_asked_for_again():
    desk = a_desk(wait(600))

    look(desk, 500)

    assert len(desk.take("timer")) == 1


def test_the_call_of_a_task():
    desk = a_desk(task("slow"), task())
    lose(desk, "call")

    look(desk)
    desk.handle_all()

    assert desk.head.status == "SUCCEEDED"


def test_a_call_that_may_still_be_under_way_is_not_made_again():
    desk = a_desk(task("slow"), task())

    look(desk, 900)

    assert len(desk.calls) == 1


def test_what_the_api_committed():
    desk = a_desk(callback("later"), task())
    desk.stage.settle()
    lose(desk, "carry")

    look(desk)

    assert desk.head.status == "SUCCEEDED"


def test_the_end_of_an_execution():
    desk = a_desk(callback("nobody"))
    desk.stage.stop(EXECUTION, error="E")
    item = desk.stage.plain_table.get((EXECUTION, "HEAD"))
    desk.stage.plain_table.put({**item, "status": "RUNNING"})
    lose(desk, "carry")

    look(desk)

    assert desk.head.error == "E"


def test_the_beginning_of_a_child_while_others_run_on():
    desk = a_desk(parallel([task()], [callback("nobody")]))
    lost, other = desk.take("start")
    desk.handle(other)

    look(desk)

    assert [each["s"] for each in desk.sent if each["do"] == "start"] == [lost["s"]]


def test_the_beginning_of_children_in_slots():
    desk = a_desk(each(task(), limit=2), given=FIVE)
    lose(desk, "start")

    look(desk)
    desk.handle_all()

    assert desk.head.output == FIVE


def test_the_ranges_of_a_large_fan_out():
    desk = a_desk(each(task()), given=FIVE, limits=Limits(spawn_batch=2))
    lose(desk, "spawn")

    look(desk)
    desk.handle_all()

    assert desk.head.output == FIVE


def test_the_join_of_children():
    desk = a_desk(each(task()), given=FIVE)
    desk.handle_all("start")
    lose(desk, "joined")

    look(desk)
    desk.handle_all()

    assert desk.head.output == FIVE


def test_a_container_that_has_only_begun_is_left_alone():
    desk = a_desk(each(task()), given=FIVE)
    starts = len(desk.sent)

    look(desk, 100)

    assert len([each for each in desk.sent if each["do"] != "watch"]) == starts - 1


def test_what_a_child_owes():
    desk = a_desk(each(wait(5), task()), given=FIVE)
    desk.handle_all("start")
    lose(desk, "timer")

    look(desk)
    desk.handle_all()

    assert desk.head.output == FIVE


def test_the_failure_of_a_child_that_its_container_does_not_wait_with():
    desk = a_desk(
        each(only(1), fail(), callback("nobody"), **CAUGHT), passes(7), given=FIVE
    )
    desk.handle_all("start")
    lose(desk, "lost")

    look(desk)
    desk.handle_all()

    assert desk.head.output == 7


def test_the_end_of_a_sub_workflow():
    desk = Desk(machine(workflow("below")))
    desk.stage.publish(machine(task()), name="below")
    desk.handle(desk.start({}))
    desk.handle_all("start")
    lose(desk, "ended")

    look(desk)
    desk.handle_all()

    assert desk.head.status == "SUCCEEDED"


def test_a_worker_is_not_asked_twice():
    desk = a_desk(callback("nobody"))

    look(desk)
    look(desk)

    assert len(desk.calls) == 1


def test_two_looks_at_once_are_harmless():
    desk = a_desk(wait(600), task())
    lose(desk, "timer")

    look(desk)
    look(desk, 0)
    desk.handle_all()

    assert len(desk.calls) == 1
    assert desk.head.status == "SUCCEEDED"


@pytest.mark.parametrize(
    ("after", "following"), [(300.0, 1200.0), (50_000.0, LONGEST), (LONGEST, LONGEST)]
)
def test_looks_become_rarer_and_never_cease(after, following):
    desk = a_desk(callback("nobody"))
    message = {"v": 1, "do": "watch", "x": EXECUTION, "s": "r", "after": after}

    desk.handle(message)

    bodies = [item["body"] for item in timers(desk)]
    assert len(bodies) == 1
    assert f'"after":{following}' in bodies[0]


def timers(desk):
    table = desk.stage.ticks
    buckets = [each for each in table.partitions() if each.startswith("timer#")]
    return [item for bucket in buckets for item in table.query(bucket)]


@pytest.mark.parametrize("is_known", [True, False])
def test_what_has_ended_or_never_was_is_not_looked_at_again(is_known):
    desk = Desk(machine(task()))
    if is_known:
        desk.handle(desk.start({}))
        desk.take("watch")

    look(desk)

    assert desk.sent == []
    assert timers(desk) == []


def test_a_look_stops_in_time_and_the_next_one_goes_on():
    desk = a_desk(each(callback("nobody")), given=FIVE)
    desk.handle_all("start")
    before = desk.stage.meter.bill(EXECUTION).reads
    message = {"v": 1, "do": "watch", "x": EXECUTION, "s": "r", "after": 300.0}

    desk.handle(message, left=4.0)
    stopped = desk.stage.meter.bill(EXECUTION).reads
    desk.handle(message)

    assert stopped - before < desk.stage.meter.bill(EXECUTION).reads - stopped
