"""What is wrong with a stage is found, and asked for again."""

import json

import pytest

from chalicelib.orchestrator.checkup import TIME, Checkup
from chalicelib.orchestrator.planning import Planning
from chalicelib.orchestrator.timers import bucket
from chalicelib.scheduler import Scheduler
from chalicelib.schedules.schedule import Schedule
from tests.machines import callback, machine, task, wait
from tests.unit.orchestrator.desk import EXECUTION, Desk

HOUR = 3600.0


class Letters:
    def __init__(self, many):
        self.many = many

    def length(self):
        return self.many

    def send_back(self):
        sent, self.many = self.many, 0
        return sent


def look(desk, *, mends=False, has=lambda resource: None, letters=None):
    world = desk.orchestrator.world
    scheduler = Scheduler(world.table, world.queue, world.clock)
    checkup = Checkup(world=world, wake=scheduler.wake, has=has, dead_letters=letters)
    return checkup.look(mends=mends)


def found(desk, **facts):
    return [(each.kind, each.subject) for each in look(desk, **facts)[0]]


def test_nothing_is_wrong_with_a_stage_at_work():
    desk = Desk(machine(callback()))
    desk.handle(desk.start({}))
    desk.handle_all()
    desk.pass_time(HOUR)

    assert look(desk, letters=Letters(0)) == ([], True)


def test_an_execution_that_has_just_begun_is_not_stuck():
    desk = Desk(machine(task()))
    desk.start({})

    assert found(desk) == []


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (lambda desk: desk.start({}), "never begun"),
        (lambda desk: lose_the_end(desk), "nobody was told"),
        (lambda desk: lose_the_timer(desk), "overdue: timer"),
    ],
)
def test_an_execution_that_is_stuck_is_found_and_goes_on(prepare, says):
    desk = Desk(machine(wait(60), task()))
    prepare(desk)
    desk.pass_time(HOUR)
    desk.take("start")

    (finding,), is_complete = look(desk)
    assert (finding.kind, finding.subject, is_complete) == (
        "execution",
        EXECUTION,
        True,
    )
    assert says in finding.says
    assert not finding.is_mended

    (finding,), _ = look(desk, mends=True)
    desk.handle_all("watch", "start", "timer", "call")
    assert finding.is_mended
    assert desk.head.status == "SUCCEEDED"
    assert found(desk) == []


def lose_the_timer(desk):
    desk.handle(desk.start({}))
    assert desk.take("timer")


def lose_the_end(desk):
    archive = desk.orchestrator.world.archive
    end, archive.end = archive.end, lambda head: True
    desk.handle(desk.start({}))
    desk.handle_all("timer")
    archive.end = end


def test_a_look_that_was_asked_for_does_not_begin_a_chain_of_looks():
    desk = Desk(machine(wait(60), task()))
    lose_the_timer(desk)
    desk.pass_time(HOUR)
    desk.take("watch")
    look(desk, mends=True)
    (message,) = desk.take("watch")
    desk.handle(message)

    assert desk.take("watch") == []


def test_dead_letters_are_told_and_tried_again():
    letters = Letters(3)
    desk = Desk(machine(task()))

    assert found(desk, letters=letters) == [("dead letters", "the dead-letter queue")]
    assert letters.many == 3

    (finding,), _ = look(desk, letters=letters, mends=True)
    assert finding.is_mended
    assert letters.many == 0


def test_a_schedule_that_was_forgotten_is_told_and_woken():
    desk = Desk(machine(task()))
    planning = Planning(desk.orchestrator.world)
    planning.create(Schedule(workflow="workflow", name="often", when="rate(1 hour)"))
    desk.pass_time(3 * HOUR)
    desk.sent.clear()

    assert found(desk) == [("schedule", "workflow often")]
    assert desk.sent == []

    look(desk, mends=True)
    assert [message["do"] for message in desk.sent] == ["due"]


def a_timer(desk, minutes_behind):
    now = desk.stage.loop.now
    table = desk.stage.plain_table
    minute = int(now // 60)
    table.put({"pk": "tick", "sk": "cursor", "minute": minute, "at": now})
    due_at = now - minutes_behind * 60
    body = json.dumps({"v": 1, "do": "resume", "x": "a:b", "s": "r", "n": 1})
    table.put({"pk": bucket(due_at), "sk": "1", "due_at": due_at, "body": body})


def test_a_timer_that_the_tick_has_passed_is_told_and_sent():
    desk = Desk(machine(task()))
    a_timer(desk, 5)

    ((kind, _),) = found(desk)
    assert kind == "timers"

    look(desk, mends=True)
    assert [message["do"] for message in desk.sent] == ["resume"]
    assert found(desk) == []


def test_a_timer_of_this_minute_is_the_ticks_own():
    desk = Desk(machine(task()))
    a_timer(desk, 0)

    assert found(desk) == []


def test_a_resource_that_is_not_there_is_told():
    desk = Desk(machine(task("gone"), task("here")))
    findings, _ = look(desk, has=lambda resource: not resource.endswith("gone"))

    (finding,) = findings
    assert (finding.kind, finding.subject) == ("resource", "workflow")
    assert "function:gone" in finding.says


def test_a_checkup_ends_in_the_time_of_a_request():
    desk = Desk(machine(task("a"), task("b")))
    asked = []

    def slow(resource):
        asked.append(resource)
        desk.pass_time(TIME + 1)
        return True

    assert look(desk, has=slow) == ([], False)
    assert len(asked) == 1
