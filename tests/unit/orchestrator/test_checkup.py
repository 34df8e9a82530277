"""What is wrong with a stage is found, and asked for again."""

import json

import pytest

from chalicelib.errors import InputRefused
from chalicelib.journal import records
from chalicelib.orchestrator.checkup import TIME, Checkup, Wanted
from chalicelib.orchestrator.planning import Planning
from chalicelib.orchestrator.timers import bucket
from chalicelib.scheduler import Scheduler
from chalicelib.schedules.schedule import Schedule
from tests.machines import callback, each, machine, parallel, task, wait
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


def a_page(desk, *, has=lambda resource: None, letters=None, **wanted):
    world = desk.orchestrator.world
    scheduler = Scheduler(world.table, world.queue, world.clock)
    checkup = Checkup(world=world, wake=scheduler.wake, has=has, dead_letters=letters)
    return checkup.look(Wanted(**wanted))


def look(desk, **facts):
    page = a_page(desk, **facts)
    return list(page.findings), not page.next


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


def a_stuck_execution(desk, number):
    desk.orchestrator.start("workflow", {}, name=f"n-{number}")
    desk.take("start")
    desk.pass_time(1)


def test_a_stage_is_looked_through_page_by_page():
    desk = Desk(machine(task("a"), task("b")))
    for number in range(5):
        a_stuck_execution(desk, number)
    desk.stage.publish(machine(task("a")), name="another")
    desk.orchestrator.start("another", {}, name="n")
    planning = Planning(desk.orchestrator.world)
    for name in ("often", "seldom"):
        planning.create(Schedule(workflow="workflow", name=name, when="rate(1 hour)"))
    desk.pass_time(3 * HOUR)
    a_timer(desk, 5)
    a_timer(desk, 3)
    everything = found(desk, letters=Letters(1), has=lambda _: False)

    pages, after = [], ""
    while not pages or after:
        page = a_page(
            desk, letters=Letters(1), has=lambda _: False, limit=1, after=after
        )
        pages.append(page)
        after = page.next

    assert {page.looked_at for page in pages[:-1]} == {1}
    told = [(each.kind, each.subject) for page in pages for each in page.findings]
    assert told == everything
    assert len(told) == 1 + 2 + 2 + 3 + 6


def test_a_place_that_no_page_ends_at_is_refused():
    with pytest.raises(InputRefused, match="after: it begins with one of dead-letters"):
        a_page(Desk(machine(task())), after="elsewhere/1")


def test_workflows_whose_names_begin_alike_are_all_come_to():
    desk = Desk(machine(task()))
    for name in ("a", "a-b", "a.b", "a0"):
        desk.stage.publish(machine(task("one"), task("two")), name=name)
    told, after = [], "resources/"
    while after.startswith("resources"):
        page = a_page(desk, has=lambda _: False, limit=1, after=after)
        told += [each.subject for each in page.findings]
        after = page.next

    assert sorted(told) == sorted(["a", "a-b", "a.b", "a0"] * 2 + ["workflow"])


def test_timers_are_looked_for_as_far_back_as_somebody_says():
    desk = Desk(machine(task()))
    a_timer(desk, 600)

    assert found(desk) == []
    assert [kind for kind, _ in found(desk, behind=700)] == ["timers"]


def both(*states):
    return machine(parallel(states, states))


def stuck_child(desk):
    """The first child has lost its timer, the second one waits as it should."""
    desk.handle(desk.start({}))
    for message in desk.take("start"):
        desk.handle(message)
    (first, *_) = desk.take("timer")
    return first["s"]


def test_a_child_that_is_stuck_is_found_and_goes_on():
    desk = Desk(both(wait(60), task()))
    child = stuck_child(desk)
    desk.pass_time(HOUR)

    (finding,), _ = look(desk)
    assert finding.subject == EXECUTION
    assert finding.says == f"{child}: overdue: timer"

    look(desk, mends=True)
    desk.handle_all("watch", "start", "timer", "call", "end", "joined")
    assert desk.head.status == "SUCCEEDED"


def test_children_that_have_never_begun_are_found():
    desk = Desk(both(callback()))
    desk.handle(desk.start({}))
    first, _ = desk.take("start")
    desk.handle(first)
    desk.pass_time(HOUR)

    (finding,), _ = look(desk)
    assert finding.says.endswith("1 children have never begun")


def test_children_that_have_their_turn_to_wait_for_are_well():
    desk = Desk(machine(each(callback(), limit=1)))
    desk.handle(desk.start([1, 2, 3]))
    for message in desk.take("start"):
        desk.handle(message)
    desk.pass_time(HOUR)

    assert found(desk) == []


def test_children_that_nobody_tells_of_are_found():
    desk = Desk(both(wait(1)))
    desk.handle(desk.start({}))
    for message in desk.take("start"):
        desk.handle(message)
    for message in desk.take("timer"):
        desk.pass_time(message["delay"])
        desk.handle(message)
    assert desk.take("joined")
    desk.pass_time(HOUR)

    (finding,), _ = look(desk)
    assert finding.says.endswith("its children have ended, and it was not told")


def test_children_that_have_just_begun_are_not_missed_yet():
    desk = Desk(both(callback()))
    message = desk.start({})
    desk.pass_time(HOUR)
    desk.handle(message)
    desk.take("start")

    assert found(desk) == []


def test_an_execution_that_nobody_can_read_is_told():
    desk = Desk(machine(callback()))
    desk.handle(desk.start({}))
    desk.pass_time(HOUR)
    table = desk.stage.plain_table
    (record,) = table.query(EXECUTION, prefix="r#")
    table.put({**record, "d": records.pack({"v": records.SCHEMA + 1})})
    desk.forget()

    (finding,), _ = look(desk)
    assert finding.says.startswith("cannot be read: ")
