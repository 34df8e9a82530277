"""A large value is gone: what needs it fails with a name, and goes round no circles."""

import pytest

from chalicelib.engine import events
from chalicelib.errors import StaleRecord
from chalicelib.orchestrator import inbox
from tests.machines import CAUGHT, callback, each, machine, parallel, passes, task, wait
from tests.unit.orchestrator.desk import EXECUTION, Desk

LARGE = {"text": "large " * 1000}


def a_desk(*states, **facts):
    desk = Desk(machine(*states), **facts)
    desk.handle(desk.start(LARGE))
    return desk


def lose(desk):
    """Take the values away, from the table and from every memory."""
    for partition in desk.stage.ticks.partitions():
        for item in desk.stage.plain_table.query(partition, prefix="value#"):
            desk.stage.plain_table.delete((partition, item["sk"]))
    desk.forget()


def test_a_call_whose_payload_is_lost_fails_its_task():
    desk = a_desk(task("slow"), task("slow"), passes(1))
    (call,) = desk.take("call")
    lose(desk)

    assert desk.handle(call) == []

    assert desk.last["type"] == "ExecutionFailed"
    assert desk.last["error"] == "Millrace.ValueLost"


def test_a_redelivered_call_whose_payload_is_lost_fails_its_task():
    desk = Desk(machine(parallel([task("slow")], [wait(5)])))
    start = desk.start(LARGE)
    desk.handle(start)
    (child,) = desk.take("start", "r.1.1-0")
    lose(desk)

    assert desk.handle(child) == []
    desk.handle_all("lost")

    assert desk.last["type"] == "ExecutionFailed"
    assert desk.last["error"] == "Millrace.ValueLost"


def test_children_whose_inputs_are_lost_fail_their_container():
    desk = a_desk(parallel([task()], [task()], **CAUGHT), passes(1))
    carry = {"v": 1, "do": "carry", "x": EXECUTION, "s": "r", "q": 1}
    lose(desk)

    assert desk.handle(carry) == []

    assert desk.last["type"] == "ExecutionSucceeded"
    exits = [each for each in desk.stage.history(EXECUTION) if "output" in each]
    assert exits[0]["output"]["Error"] == "Millrace.ValueLost"


def test_an_answer_in_the_inbox_that_is_lost_fails_its_attempt():
    desk = a_desk(callback("nobody"))
    body = {"cause": "report 1 1 x", "event": "succeeded", "at": 0, "a": 1, "n": 1}
    kept = desk.orchestrator.world.journal.values.keep(EXECUTION, LARGE)
    lose(desk)

    event = inbox.read(desk.orchestrator.world, EXECUTION, {**body, "value": kept})

    assert event.kind.value == "value lost"


def test_what_waits_in_an_inbox_comes_out_as_it_went_in():
    desk = a_desk(callback("nobody"))
    world = desk.orchestrator.world
    facts = {"at": 1.0, "activation": 1, "attempt": 1}
    told = [
        events.TaskSucceeded(output=LARGE, **facts),
        events.TaskFailed(error="E", cause="C", output=[1], **facts),
        events.TaskFailed(error="E", cause="C", is_refusal=True, **facts),
        events.TaskAnswered(
            answer=events.Answer(payload=LARGE, status=201, headers={"a": "b"}), **facts
        ),
    ]

    written = [inbox.write(world, EXECUTION, each) for each in told]

    assert [inbox.read(world, EXECUTION, each) for each in written] == told
    with pytest.raises(TypeError):
        inbox.write(world, EXECUTION, events.HeartbeatReceived(**facts))


def test_of_two_answers_for_one_attempt_the_first_waits():
    desk = a_desk(callback("nobody"))
    journal = desk.orchestrator.world.journal
    journal.post(EXECUTION, "r", "1 1", {"cause": "report 1 1 a"})

    with pytest.raises(StaleRecord):
        journal.post(EXECUTION, "r", "1 1", {"cause": "report 1 1 b"})


def test_a_join_before_the_last_child_has_ended_is_left_for_later():
    desk = Desk(machine(each(task())))
    desk.handle(desk.start([1, 2]))
    joined = {"v": 1, "do": "joined", "x": EXECUTION, "s": "r", "a": 1, "n": 1, "of": 2}

    assert desk.handle(joined) == [0]


def test_the_output_of_a_child_that_is_lost_is_a_failure_of_that_child():
    desk = Desk(machine(each(task("large"), **CAUGHT), passes(1)))
    desk.handle(desk.start([1, 2]))
    desk.handle_all("start")
    (joined,) = desk.take("joined")
    lose(desk)

    assert desk.handle(joined) == []

    assert desk.head.output == 1
