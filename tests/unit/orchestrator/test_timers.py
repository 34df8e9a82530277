"""Timers fire twice, early, late or beside what settles them; each counts once."""

from chalicelib.tokens import Succeeded
from tests.machines import CAUGHT, callback, machine, passes, retried, task, wait
from tests.unit.orchestrator.desk import EXECUTION, Desk


def a_desk(*states):
    desk = Desk(machine(*states))
    desk.handle(desk.start({"a": 1}))
    return desk


def exits(desk):
    return [
        each for each in desk.stage.history(EXECUTION) if each["type"] == "StateExited"
    ]


def test_a_timer_that_fires_twice_counts_once():
    desk = a_desk(wait(5), task())
    (timer,) = desk.take("timer")
    desk.pass_time(5)

    desk.handle(timer, timer)
    desk.handle(timer, receives=2)

    assert len(exits(desk)) == 2
    assert len(desk.calls) == 1


def test_a_timer_that_fires_early_is_asked_for_again():
    desk = a_desk(wait(60))
    (timer,) = desk.take("timer")
    desk.pass_time(45)

    desk.handle(timer)

    (again,) = desk.take("timer")
    assert again["delay"] == 15
    assert desk.head.status == "RUNNING"


def test_a_timer_that_fires_late_still_counts():
    desk = a_desk(wait(60))
    (timer,) = desk.take("timer")
    desk.pass_time(5000)

    desk.handle(timer)

    assert desk.head.status == "SUCCEEDED"


def test_a_timeout_and_an_answer_at_once_are_one_of_the_two():
    desk = a_desk(callback("nobody", TimeoutSeconds=60, **CAUGHT), passes(1))
    (timer,) = desk.take("timer")
    desk.pass_time(60)
    desk.stage.report(desk.calls[0].token, Succeeded(output=2))

    desk.handle(timer, *desk.take("carry"))

    kinds = [each["type"] for each in desk.stage.history(EXECUTION)]
    assert kinds.count("TaskSucceeded") + kinds.count("TaskTimedOut") == 1
    assert desk.head.status == "SUCCEEDED"


def test_the_timer_of_a_past_attempt_changes_nothing():
    desk = a_desk(callback("nobody", TimeoutSeconds=60, **retried(1)))
    (first,) = desk.take("timer")
    desk.pass_time(60)
    desk.handle(first)
    (retry,) = desk.take("timer")
    desk.pass_time(1)
    desk.handle(retry)

    desk.handle(first)

    assert desk.head.status == "RUNNING"
    assert len(desk.calls) == 2


def test_a_long_wait_is_an_item_until_it_is_near():
    desk = a_desk(wait(5000), task())

    assert desk.take("timer") == []
    desk.stage.settle()
    desk.handle_all("timer")

    assert desk.head.status == "SUCCEEDED"
    assert desk.head.stopped_at - desk.head.started_at >= 5000


def test_a_long_wait_survives_a_tick_that_comes_twice():
    desk = a_desk(wait(5000), task())
    desk.stage.settle()
    (timer,) = desk.take("timer")
    desk.pass_time(timer["delay"])

    desk.handle(timer)
    desk.handle(timer)

    assert len(desk.calls) == 1
