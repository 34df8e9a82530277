"""What deliveries and turns leave in the metrics of a process."""

import json

from chalicelib.errors import StaleRecord
from tests.machines import machine, task, wait
from tests.unit.orchestrator.desk import EXECUTION, Desk


def counted(desk):
    """Everything that was counted so far, by name."""
    lines = desk.orchestrator.world.metrics.lines(desk.stage.loop.now)
    return {
        name: value
        for line in map(json.loads, lines)
        for name, value in line.items()
        if not name.startswith("_") and name not in ("Stage", "Workflow")
    }


def test_an_execution_is_counted_once_however_often_its_messages_come():
    desk = Desk(machine(task()))
    start = desk.start({"a": 1})
    desk.handle(start)
    desk.handle(start, receives=2)
    desk.handle_all()

    found = counted(desk)

    assert found["ExecutionsStarted"] == found["ExecutionsSucceeded"] == 1
    assert found["LambdaFunctionsScheduled"] == 1
    assert found["LambdaFunctionsSucceeded"] == 1


def test_a_failure_is_counted_by_its_name():
    def breaks(_):
        raise ValueError("broken")

    desk = Desk(machine(task("breaks")), {"breaks": breaks})
    desk.handle(desk.start())

    found = counted(desk)

    assert found["ExecutionsFailed"] == found["LambdaFunctionsFailed"] == 1


def test_a_lost_race_is_counted():
    desk = Desk(machine(wait(5)))
    message = desk.start()
    journal = desk.orchestrator.world.journal
    commit, lost = journal.commit, [StaleRecord("lost")]

    def late(*facts):
        if lost:
            raise lost.pop()
        return commit(*facts)

    journal.commit = late
    desk.handle(message)

    assert counted(desk)["ConflictsLost"] == 1


def test_a_message_that_waited_and_its_turn_have_their_times():
    desk = Desk(machine(task()))
    (delivery,) = [desk.delivery(desk.start())]
    desk.pass_time(4)
    desk.orchestrator.handle([delivery], desk.stage.loop.now + 900)

    found = counted(desk)

    assert found["StepAge"] == [4000.0]
    assert len(found["TurnTime"]) == 1


def test_a_timer_that_came_in_time_has_not_waited():
    desk = Desk(machine(wait(600)))
    desk.handle(desk.start())
    counted(desk)
    (timer,) = desk.take("timer")
    delivery = desk.delivery(timer)
    desk.pass_time(600)
    desk.orchestrator.handle([delivery], desk.stage.loop.now + 900)

    assert "StepAge" not in counted(desk)


def test_what_the_watchdog_had_to_do_is_counted():
    desk = Desk(machine(task()))
    desk.start()
    desk.pass_time(3600)
    look = {"v": 1, "do": "watch", "x": EXECUTION, "s": "r", "after": 300.0}
    desk.handle(look)

    assert counted(desk)["ExecutionsMended"] == 1


def test_a_dead_letter_is_counted():
    desk = Desk(machine(task()))
    message = desk.start()
    desk.orchestrator.bury([desk.delivery(message, receives=6)])

    assert counted(desk)["DeadLetters"] == 1
