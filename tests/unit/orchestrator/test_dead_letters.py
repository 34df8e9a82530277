"""Messages that nobody can read, or that fail each time."""

import json

import pytest

from chalicelib.errors import MessageRefused, Unavailable
from chalicelib.orchestrator import steps
from chalicelib.simulation.faults import Fault, Plan
from tests.machines import callback, machine, task, wait
from tests.unit.orchestrator.desk import EXECUTION, Desk


@pytest.fixture
def desk():
    made = Desk(machine(callback("nobody")))
    made.handle(made.start({}))
    return made


def about(do, **facts):
    return {"v": 1, "do": do, "x": EXECUTION, "s": "r", **facts}


@pytest.mark.parametrize(
    "text",
    [
        "no JSON at all",
        "[]",
        '"text"',
        '{"do": "start"}',
        '{"v": 1, "do": "fly"}',
        '{"v": 1, "do": "start", "x": 7, "s": "r"}',
        '{"v": "1", "do": "start", "x": "workflow:other", "s": "r"}',
    ],
)
def test_a_message_that_nobody_can_read_is_dropped_and_harms_no_other(text):
    desk = Desk(machine(task()))

    assert desk.handle(text, desk.start({}), text) == []

    assert desk.head.status == "SUCCEEDED"


@pytest.mark.parametrize(
    "message",
    [
        about("fly"),
        about("timer"),
        about("timer", a=1, n=1, k="never"),
        about("start", o=[], i="1"),
        about("start", o=["w"], i=99),
        about("call", a=1),
        about("carry", q="1"),
        about("watch"),
        about("stop", st="GONE"),
    ],
    ids=lambda message: f"{message['do']}-{len(message)}",
)
def test_a_message_without_its_facts_fails_its_execution_at_once(desk, message):
    assert desk.handle(message) == []

    assert desk.head.error == "Millrace.PoisonMessage"
    assert "cannot be read" in desk.head.cause


def test_others_of_its_scope_are_handled_beside_it():
    desk = Desk(machine(wait(1), task()))
    desk.handle(desk.start({}))
    (timer,) = desk.take("timer")
    desk.pass_time(1)

    assert desk.handle({**timer, "k": "never", "x": "workflow:nobody"}, timer) == []

    assert desk.head.status == "SUCCEEDED"


def test_to_bury_the_unreadable_is_tried_again_when_the_table_is_down():
    desk = Desk(machine(callback("nobody")), weather=Plan({9: Fault.ERROR}))
    desk.handle(desk.start({}))
    fault_at = len(desk.stage.weather.places)

    failed = desk.handle(about("fly"))
    again = desk.handle(about("fly"), receives=2)

    assert fault_at <= 9
    assert (failed, again) == ([0], [])
    assert desk.head.error == "Millrace.PoisonMessage"


def test_a_message_that_failed_each_time_fails_its_execution(desk):
    timer = about("timer", a=1, n=1, k="timeout")

    desk.orchestrator.bury([desk.delivery(timer, receives=5)])

    assert desk.head.status == "FAILED"
    assert desk.head.error == "Millrace.PoisonMessage"
    assert "'timer' of scope 'r' failed each of the 5 times" in desk.head.cause


def test_an_execution_that_has_ended_is_not_failed(desk):
    desk.stage.stop(EXECUTION)

    desk.orchestrator.bury([desk.delivery(about("resume", n=1), receives=5)])

    assert desk.head.status == "ABORTED"


def test_the_death_of_a_look_fails_nothing_and_is_made_good(desk):
    desk.sent.clear()

    desk.orchestrator.bury([desk.delivery(about("watch", after=1500.0), receives=5)])

    assert desk.head.status == "RUNNING"
    assert [each["do"] for each in desk.sent] == ["watch"]


def test_dead_messages_of_nobody_are_dropped(desk):
    unread = desk.delivery("no JSON", receives=5)
    foreign = desk.delivery({**about("resume", n=1), "x": "w:nobody"}, receives=5)

    desk.orchestrator.bury([unread, foreign])

    assert desk.head.status == "RUNNING"


def test_newer_messages_stay_with_the_dead_until_newer_code_comes(desk):
    newer = desk.delivery({**about("resume", n=1), "v": 2}, number="newer")
    other = desk.delivery(about("resume", n=1), number="other")

    with pytest.raises(Unavailable, match="newer"):
        desk.orchestrator.bury([newer, other])

    assert desk.head.error == "Millrace.PoisonMessage"


def test_what_a_message_must_say_is_checked_by_kind():
    with pytest.raises(MessageRefused, match="'lost' without 'c'"):
        steps.read(json.dumps(about("lost", a=1, n=1, i=0, e="E")))
