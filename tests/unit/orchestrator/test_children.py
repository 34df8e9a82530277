"""Children of containers: begun, counted, cancelled; each once, whatever happens."""

import pytest

from chalicelib.orchestrator import joining, steps
from chalicelib.orchestrator.handling import Orchestrator
from chalicelib.ports import Limits
from chalicelib.simulation.faults import Crash, Fault, Plan
from chalicelib.tokens import Succeeded
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
)
from tests.unit.orchestrator.desk import EXECUTION, Desk

FIVE = [0, 1, 2, 3, 4]


def a_map(*states, given=FIVE, limits=None, weather=None, **facts):
    desk = Desk(machine(each(*states, **facts)), limits=limits, weather=weather)
    desk.handle(desk.start(given))
    return desk


def test_each_item_is_a_scope_of_its_own():
    desk = a_map(task())

    desk.handle_all()

    assert desk.head.output == FIVE
    assert [len(desk.records(f"r.1.1-{index}")) for index in FIVE] == [1] * 5


def test_a_child_that_ends_twice_is_counted_once():
    desk = a_map(task())
    first, *others = desk.take("start")

    desk.handle(first)
    desk.handle(first, receives=2)
    for other in others[:-1]:
        desk.handle(other)

    assert desk.take("joined") == []
    desk.handle(others[-1])
    assert len(desk.take("joined")) == 1


def test_the_last_two_children_at_once_join_once():
    desk = a_map(task())
    *others, last, latest = desk.take("start")
    desk.handle(*others)

    desk.handle(last, latest)
    desk.handle_all("joined")
    desk.handle(*(each for each in [last, latest]), receives=2)
    desk.handle_all("joined")

    joins = [r for r in desk.records() if any(c.startswith("joined") for c in r.causes)]
    assert len(joins) == 1
    assert desk.head.output == FIVE


def test_a_crash_between_the_messages_of_a_fan_out_begins_the_rest_later():
    desk = Desk(machine(each(task())), weather=Plan({8: Fault.CRASH_AFTER}))
    start = desk.start(FIVE)
    with pytest.raises(Crash):
        desk.handle(start)
    desk.forget()
    begun = len(desk.sent)

    desk.handle(start, receives=2)
    desk.handle_all()

    assert 1 < begun < 6
    assert desk.head.output == FIVE


def test_many_children_are_begun_by_ranges():
    desk = a_map(task(), limits=Limits(spawn_batch=2))

    ranges = [(each["i"], each["to"]) for each in desk.sent if each["do"] == "spawn"]
    assert ranges == [(0, 2), (2, 4), (4, 5)]
    desk.forget()
    desk.handle_all()

    assert desk.head.output == FIVE


def test_a_range_of_children_that_nobody_waits_for_is_not_begun():
    desk = a_map(task(), limits=Limits(spawn_batch=2))
    spawns = desk.take("spawn")
    desk.stage.stop(EXECUTION)

    for spawn in spawns:
        desk.handle(spawn)

    assert desk.take("start") == []


def test_hundreds_of_children_are_joined_by_a_tree():
    desk = a_map(wait(1), given=list(range(250)))

    desk.handle_all()

    assert desk.head.output == list(range(250))
    root = desk.stage.plain_table.get((EXECUTION, "join#r.1.1#root"))
    assert root["done"] == {0, 1, 2}


# -- a limit -------------------------------------------------------------------------


def test_no_more_run_at_once_than_the_limit():
    desk = a_map(callback("nobody"), limit=2)

    desk.handle_all("start")

    assert len(desk.calls) == 2


def test_a_crash_after_a_slot_was_given_away_begins_its_child_later():
    calm = a_map(task(), limit=1, weather=Plan({}))
    calm.handle_all()
    claim = calm.stage.weather.places.index("table.claim")
    desk = Desk(
        machine(each(task(), limit=1)), weather=Plan({claim: Fault.CRASH_AFTER})
    )
    desk.handle(desk.start(FIVE))
    (child,) = desk.take("start")
    with pytest.raises(Crash):
        desk.handle(child)
    desk.forget()

    desk.handle(child, receives=2)
    desk.handle_all()

    assert desk.head.output == FIVE
    assert len(desk.calls) == 5


def test_a_process_that_remembers_the_container_before_it_began_fills_its_slots():
    desk = Desk(machine(callback("nobody"), each(task(), limit=1)))
    desk.handle(desk.start(FIVE))
    remembering = desk.stage._processes[0]
    desk.forget()
    desk.handle({"v": 1, "do": "resume", "x": EXECUTION, "s": "r", "n": 1})
    token = desk.calls[0].token
    claims = desk.stage.tokens.verify(token, desk.stage.loop.now)
    desk.orchestrator.report(claims, Succeeded(output=FIVE))
    desk.handle_all("carry")

    desk.stage._processes[0] = remembering
    desk.handle_all()

    assert desk.head.output == FIVE


# -- failures ------------------------------------------------------------------------


def test_a_failed_child_ends_its_container_and_its_siblings():
    desk = Desk(
        machine(
            parallel([fail()], [callback("nobody")], [wait(9000)], **CAUGHT), passes(1)
        )
    )
    desk.handle(desk.start({}))
    desk.handle_all()

    assert desk.head.output == 1
    ends = [desk.turn(f"r.1.1-{index}") for index in (1, 2)]
    for end in ends:
        end.load()
    assert [str(end.state.status) for end in ends] == ["ABORTED", "ABORTED"]


TOLERANT = [only(0), callback("nobody"), fail()]


@pytest.mark.parametrize("limit", [0, 4])
def test_the_failure_that_is_one_too_many_ends_the_container_at_once(limit):
    desk = a_map(*TOLERANT, limit=limit, ToleratedFailureCount=2)
    waiting, *failing = desk.take("start")
    desk.handle(waiting, *failing[:2])
    assert desk.take("lost") == []

    desk.handle(failing[2])
    desk.handle_all()

    assert desk.head.error == "States.ExceedToleratedFailureThreshold"
    stopped = desk.turn("r.1.1-0")
    stopped.load()
    assert str(stopped.state.status) == "ABORTED"


def test_a_failure_that_is_heard_of_twice_is_one_failure():
    desk = a_map(*TOLERANT, ToleratedFailureCount=1)
    _, failing, other, *_ = desk.take("start")

    desk.handle(failing)
    desk.handle(failing, receives=2)
    assert desk.take("lost") == []

    desk.handle(other)
    desk.handle(other, receives=2)
    assert len(desk.take("lost")) == 2  # the same news, in case the first was lost


def test_more_tolerated_failures_than_are_counted_are_seen_at_the_join():
    many = list(range(joining.EARLY + 3))
    facts = {"ToleratedFailureCount": joining.EARLY + 1}
    desk = a_map(wait(1), fail(), given=many, **facts)

    desk.handle_all()

    assert desk.stage.plain_table.get((EXECUTION, "join#r.1.1#failed")) is None
    assert desk.head.error == "States.ExceedToleratedFailureThreshold"


def test_a_child_that_begins_after_it_was_stopped_stays_as_it_is():
    desk = a_map(callback("nobody"))
    starts = desk.take("start")
    desk.stage.stop(EXECUTION)
    desk.handle_all("carry", "stop")

    for start in starts:
        assert desk.handle(start) == []

    assert desk.calls == []
    assert [len(desk.records(f"r.1.1-{index}")) for index in FIVE] == [1] * 5


def test_the_stop_of_a_child_of_no_execution_is_left_for_the_dead_letters():
    desk = a_map(task())
    stop = {"v": 1, "do": "stop", "x": "workflow:nobody", "s": "r.1.1-0"}

    assert desk.handle(stop) == [0]
    desk.orchestrator.bury([desk.delivery(stop, receives=5)])


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_crash_while_slots_are_taken_stops_the_same_children_later(fault):
    """The slots are emptied by a conditional put, then the children are told."""

    def a_desk(weather):
        states = [only(0), fail(), callback("nobody")]
        desk = Desk(
            machine(each(*states, limit=2, **CAUGHT), passes(1)), weather=weather
        )
        desk.handle(desk.start(FIVE))
        zero, one = desk.take("start")
        desk.handle(one)
        desk.handle(zero)
        (lost,) = desk.take("lost")
        return desk, lost

    calm, lost = a_desk(Plan({}))
    before = len(calm.stage.weather.places)
    calm.handle(lost)
    emptied = calm.stage.weather.places.index("table.put", before + 2)

    desk, lost = a_desk(Plan({emptied: fault}))
    with pytest.raises(Crash):
        desk.handle(lost)
    desk.forget()
    desk.handle(lost, receives=2)

    assert [each["s"] for each in desk.take("stop")] == ["r.1.1-0", "r.1.1-1"]
    assert desk.head.output == 1


def test_many_children_are_stopped_by_ranges():
    desk = a_map(callback("nobody"), limits=Limits(spawn_batch=2))
    desk.handle_all("spawn", "start")
    desk.stage.stop(EXECUTION)
    desk.handle_all("carry")

    assert len(desk.take("cancel")) == 3


def test_slots_of_an_execution_that_was_deleted_begin_nobody():
    desk = a_map(task(), limit=1)
    (child,) = desk.take("start")
    desk.stage.plain_table.delete((EXECUTION, "join#r.1.1#slots"))

    assert desk.handle(child) == []

    assert desk.take("start") == []


def test_only_so_many_containers_are_remembered():
    desk = a_map(task(), limit=1)
    world = desk.orchestrator.world
    world.crowds.update({("x", str(number)): None for number in range(joining.CROWDS)})

    desk.handle_all()

    assert len(world.crowds) == joining.CROWDS
    assert isinstance(desk.orchestrator, Orchestrator)
    assert desk.head.output == FIVE


def test_a_delay_is_whole_seconds_and_no_longer_than_a_message_can_wait():
    assert steps.step("timer", "x", "r", 0.2).delay == 1
    assert steps.step("timer", "x", "r", 9999).delay == steps.LONGEST_DELAY
    assert steps.step("timer", "x", "r", -3).delay == 0
