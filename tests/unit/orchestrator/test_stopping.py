import pytest

from chalicelib.errors import ExecutionNotFound
from chalicelib.simulation.faults import Fault, Plan
from tests.machines import callback, machine, parallel, task, wait, workflow
from tests.unit.orchestrator.desk import EXECUTION, Desk, Rival


def test_an_execution_is_stopped_at_once():
    desk = Desk(machine(callback("nobody")))
    desk.handle(desk.start({}))

    desk.stage.stop(EXECUTION, error="E", cause="enough")

    head = desk.head
    assert (head.status, head.error, head.cause) == ("ABORTED", "E", "enough")


def test_one_that_has_ended_stays_as_it_is():
    desk = Desk(machine(task()))
    desk.handle(desk.start({}))

    desk.stage.stop(EXECUTION)

    assert desk.head.status == "SUCCEEDED"


def test_one_that_nobody_knows_is_not_found():
    desk = Desk(machine(task()))

    with pytest.raises(ExecutionNotFound):
        desk.orchestrator.stop("workflow:nobody")


def test_one_that_never_began_does_not_begin_any_more():
    desk = Desk(machine(task()))
    start = desk.start({})

    desk.stage.stop(EXECUTION)
    desk.handle(start)
    desk.handle_all()

    assert desk.head.status == "ABORTED"
    assert desk.calls == []


def test_a_stop_that_is_repeated_has_its_end_carried_out_again():
    desk = Desk(machine(callback("nobody")), weather=Plan({10: Fault.CRASH_BEFORE}))
    desk.handle(desk.start({}))
    desk.stage.stop(EXECUTION)  # its client asks until it is answered

    assert desk.stage.weather.faults.total() == 1
    assert len(desk.take("carry")) == 1
    assert desk.head.status == "ABORTED"


def test_a_stop_and_the_end_of_a_task_meet_at_the_fence():
    def meddles(event):
        desk.stage.stop(EXECUTION, error="E")
        return 1

    desk = Desk(machine(task("meddles"), task()), {"meddles": meddles, "echo": dict})

    desk.handle(desk.start({}))
    desk.handle_all()

    assert desk.head.error == "E"
    assert len(desk.calls) == 1


def test_a_stop_that_loses_every_race_comes_by_message():
    desk = Desk(machine(callback("nobody")))
    desk.handle(desk.start({}))
    Rival(desk)

    desk.stage.stop(EXECUTION, error="E", cause="C")

    assert desk.head.status == "RUNNING"
    desk.handle_all("stop")
    assert (desk.head.status, desk.head.error) == ("ABORTED", "E")


def test_a_stop_reaches_the_work_that_a_task_had_started():
    desk = Desk(machine(workflow("below")))
    desk.stage.publish(machine(wait(9000)), name="below")
    desk.handle(desk.start({}))
    (below,) = desk.take("start")
    desk.handle(below)

    desk.stage.stop(EXECUTION)
    desk.handle_all("carry")

    assert desk.stage.head(below["x"]).status == "ABORTED"


def test_a_stop_that_fails_twice_still_reaches_what_runs_below():
    """First before its message is sent; asked again, after the HEAD is written."""
    states = machine(parallel([callback("nobody")], [wait(9000)]))

    def stopped(faults):
        desk = Desk(states, weather=Plan(faults))
        desk.handle(desk.start({}))
        desk.handle_all("start")
        before = len(desk.stage.weather.places)
        desk.stage.stop(EXECUTION)
        return desk, desk.stage.weather.places, before

    _, places, before = stopped({})
    send = places.index("queue.send", before)
    _, places, _ = stopped({send: Fault.CRASH_BEFORE})
    head = places.index("table.put", send)
    desk, _, _ = stopped({send: Fault.CRASH_BEFORE, head: Fault.CRASH_AFTER})
    desk.handle_all("carry", "stop")

    assert desk.stage.weather.faults.total() == 2
    assert [len(desk.records(f"r.1.1-{index}")) for index in (0, 1)] == [2, 2]
