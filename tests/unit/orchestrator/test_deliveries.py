"""Messages come twice, late, in the wrong order, or to a process that forgot."""

import pytest

from chalicelib.simulation.faults import Crash, Fault, Plan
from chalicelib.tokens import Succeeded
from tests.machines import callback, machine, task, wait
from tests.unit.orchestrator.desk import EXECUTION, Desk, Rival

THREE = machine(task(), task(), task())


def test_a_chain_of_tasks_is_one_invocation_with_a_record_for_each():
    desk = Desk(THREE)

    desk.handle(desk.start({"a": 1}))

    assert desk.head.status == "SUCCEEDED"
    assert len(desk.records()) == 3
    assert [each["do"] for each in desk.sent] == ["watch"]


def test_the_same_message_again_does_nothing_twice():
    desk = Desk(THREE)
    start = desk.start({"a": 1})
    desk.handle(start)

    assert desk.handle(start, receives=2) == []

    assert len(desk.calls) == len(desk.records()) == 3


def test_the_same_message_in_one_batch_twice_is_one_turn():
    desk = Desk(THREE)
    start = desk.start({"a": 1})

    assert desk.handle(start, start) == []

    assert len(desk.calls) == 3


def test_the_same_message_at_another_process_loses_the_fence():
    desk = Desk(THREE)
    start = desk.start({"a": 1})
    desk.handle(start)
    desk.forget()

    assert desk.handle(start) == []

    keys = {each.idempotency_key for each in desk.calls}
    assert len(keys) == len(desk.records()) == 3


def test_a_late_message_that_comes_for_the_first_time_costs_one_read():
    desk = Desk(machine(wait(5)))
    desk.handle(desk.start())
    (timer,) = desk.take("timer")
    desk.pass_time(5)
    desk.handle(timer)
    desk.forget()
    before = desk.stage.meter.bill(EXECUTION)

    desk.handle(timer)

    after = desk.stage.meter.bill(EXECUTION)
    assert after.writes == before.writes
    assert after.reads - before.reads <= 1


def test_a_message_before_the_one_it_follows_finds_nothing_and_is_dropped():
    desk = Desk(machine(wait(5)))
    start = desk.start()
    timer = {
        "v": 1,
        "do": "timer",
        "x": EXECUTION,
        "s": "r",
        "k": "wait",
        "a": 1,
        "n": 1,
    }

    assert desk.handle(timer) == []
    desk.handle(start)
    desk.handle_all()

    assert desk.head.status == "SUCCEEDED"


def test_what_a_process_remembers_may_be_old():
    desk = Desk(machine(callback(), wait(30), task()))
    desk.handle(desk.start({"a": 1}))
    remembering = desk.stage._processes[0]
    desk.forget()
    desk.stage.settle()  # the worker reports, at the other process
    desk.handle_all("carry")
    (timer,) = desk.take("timer")
    desk.pass_time(30)

    desk.stage._processes[0] = remembering
    assert desk.handle(timer) == []

    assert desk.head.status == "SUCCEEDED"


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
@pytest.mark.parametrize("number", range(5, 12))
def test_a_crash_anywhere_in_a_turn_is_healed_by_redelivery(number, fault):
    desk = Desk(THREE, weather=Plan({number: fault}))
    start = desk.start({"a": 1})

    try:
        desk.handle(start)
        is_crashed = False
    except Crash:
        is_crashed = True
        desk.forget()
    desk.handle(start, receives=2)

    assert is_crashed
    assert desk.head.status == "SUCCEEDED"
    assert len(desk.records()) == 3
    assert len({each.idempotency_key for each in desk.calls}) == 3


def test_an_error_of_the_table_leaves_the_message_for_later():
    desk = Desk(THREE, weather=Plan({5: Fault.ERROR}))
    start = desk.start({"a": 1})

    assert desk.handle(start) == [0]
    assert desk.handle(start, receives=2) == []

    assert desk.head.status == "SUCCEEDED"


def test_a_record_whose_answer_was_lost_is_ours_when_it_is_tried_again():
    desk = Desk(THREE, weather=Plan({6: Fault.TWICE}))

    assert desk.handle(desk.start({"a": 1})) == []

    assert desk.head.status == "SUCCEEDED"
    assert len(desk.calls) == 3


def test_only_the_messages_of_a_scope_that_failed_come_again():
    desk = Desk(machine(task("crossed"), task()), {"crossed": cross, "echo": dict})
    start = desk.start({"a": 1})
    others = [
        {**start, "x": f"workflow:other-{number}"}
        if number != 7
        else {"v": 2, "do": "new", "x": EXECUTION, "s": "r"}
        for number in range(10)
    ]

    assert desk.handle(*others) == [7]


def cross(event):
    raise RuntimeError("cross")


FLOW = {
    "workspace": "w",
    "dagName": "workflow",
    "type": "flow",
    "tasks": [
        {
            "name": name,
            "category": "function",
            "pattern": pattern,
            "resourceName": f"http://gateway:8080/{path}",
            "outputMappings": [{"source": "$.output.r", "target": f"$.context.{name}"}],
        }
        for name, pattern, path in (
            ("later", "task_async", "async-function/nobody"),
            ("now", "task_sync", "function/meddles"),
        )
    ],
}


def test_an_answer_that_lost_the_fence_is_applied_and_not_asked_for_again():
    def meddles(event):
        """While this works, the worker of the other task reports."""
        token = next(each.token for each in desk.calls if each.token)
        desk.stage.report(token, Succeeded(output={"r": "first"}))
        return {"r": "second"}

    desk = Desk(FLOW, {"meddles": meddles})

    assert desk.handle(desk.start({})) == []
    desk.handle_all("carry")

    assert len(desk.calls) == 2
    assert desk.head.output["later"] == "first"
    assert desk.head.output["now"] == "second"


def test_newer_messages_are_left_for_newer_code():
    desk = Desk(THREE)

    assert desk.handle({"v": 2, "do": "start", "x": EXECUTION, "s": "r"}) == [0]


def test_a_message_that_loses_every_race_comes_again():
    desk = Desk(machine(wait(5), task()))
    desk.handle(desk.start({}))
    (timer,) = desk.take("timer")
    desk.pass_time(5)
    Rival(desk)

    assert desk.handle(timer) == []

    (again,) = desk.take("timer")
    assert again == {**timer, "delay": 1, "re": 1}
    desk.pass_time(1)
    desk.handle(again)
    assert desk.head.status == "SUCCEEDED"


def test_an_answer_that_loses_every_race_waits_in_the_inbox_and_is_asked_for_once():
    def meddles(event):
        Rival(desk)
        return {"r": 1}

    desk = Desk(FLOW, {"meddles": meddles})
    assert desk.handle(desk.start({})) == []
    assert sorted(each["do"] for each in desk.sent) == ["drain", "watch"]

    desk.handle_all("drain")

    assert len(desk.calls) == 2
    history = desk.stage.history(EXECUTION)
    assert [each["state"] for each in history if each["type"] == "TaskSucceeded"] == [
        "now"
    ]
    assert desk.turn().world.journal.load(EXECUTION, "r").inbox == ()
