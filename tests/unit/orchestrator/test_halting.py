"""The executions of a workflow that was withdrawn are stopped, page by page."""

import json

import pytest

from chalicelib.errors import WorkflowNotFound
from chalicelib.orchestrator import Delivery, halting, steps
from chalicelib.simulation.stage import Stage
from tests.machines import machine, wait

NAME = "workflow"


@pytest.fixture
def stage():
    with Stage() as made:
        made.publish(machine(wait(9000)))
        yield made


def started(stage, count):
    """Start so many executions, a second apart; return their ids."""
    made = []
    for number in range(count):
        made.append(stage.start(NAME, {}, name=f"run{number}"))
        stage.loop.pause(1)
    return made


def withdraw(stage):
    stage.orchestrator.withdraw(NAME, "not wanted")


def message(stage):
    """The message of a withdrawal that did not come further than that."""
    world = stage.orchestrator.world
    born, now = world.archive.birth(NAME), stage.loop.now
    facts = {"w": NAME, "b": "", "c": "", "born": born, "at": now}
    return steps.step("halt", "halt", halting.PLACE, **facts)


def handle(stage, body, left=900.0):
    found = [steps.read(json.dumps(body))]
    halting.handle(stage.orchestrator.world, found, stage.loop.now + left)


def statuses(stage, runs):
    return [str(stage.head(each).status) for each in runs]


def test_all_that_run_are_stopped_and_nothing_begins(stage):
    runs = started(stage, 3)
    withdraw(stage)

    with pytest.raises(WorkflowNotFound):
        stage.start(NAME, {})
    stage.settle()

    assert statuses(stage, runs) == ["ABORTED"] * 3
    assert stage.head(runs[0]).cause == "not wanted"


def test_one_page_after_the_other_is_looked_at(stage, monkeypatch):
    monkeypatch.setattr(halting, "ROWS", 2)
    runs = started(stage, 5)

    withdraw(stage)
    stage.settle()

    assert statuses(stage, runs) == ["ABORTED"] * 5


def test_where_time_is_short_another_message_goes_on(stage):
    runs = started(stage, 2)
    body = message(stage).body
    stage.orchestrator.world.archive.withdraw(NAME)
    handle(stage, body, left=halting.RESERVE - 1)
    assert statuses(stage, runs) == ["RUNNING"] * 2

    stage.settle()

    assert statuses(stage, runs) == ["ABORTED"] * 2


def test_what_began_before_a_new_workflow_of_the_name_is_stopped(stage):
    old = started(stage, 1)
    body = message(stage).body
    stage.orchestrator.world.archive.withdraw(NAME)
    stage.loop.pause(60)
    stage.publish(machine(wait(50)))
    new = [stage.start(NAME, {}, name="new")]

    handle(stage, body)
    handle(stage, body)

    assert statuses(stage, old + new) == ["ABORTED", "RUNNING"]


def test_while_the_workflow_is_there_nothing_is_stopped(stage):
    runs = started(stage, 1)
    body = message(stage).body

    handle(stage, body)
    stage.loop.pause(halting.LONGEST)
    handle(stage, body)

    assert statuses(stage, runs) == ["RUNNING"]


def test_publishing_again_is_no_new_birth(stage):
    archive = stage.orchestrator.world.archive
    born = archive.birth(NAME)
    stage.loop.pause(5)
    stage.publish(machine(wait(3)))

    assert archive.birth(NAME) == born
    archive.withdraw(NAME)
    assert archive.birth(NAME) is None


def test_withdrawing_again_sends_nothing(stage):
    withdraw(stage)
    stage.settle()
    withdraw(stage)

    assert not stage.loop.wanted


def test_a_message_that_failed_every_time_comes_again(stage):
    runs = started(stage, 1)
    body = message(stage).body
    stage.orchestrator.world.archive.withdraw(NAME)
    text = json.dumps(body)

    stage.orchestrator.bury([Delivery(id="1", body=text, receives=6)])
    stage.settle()

    assert statuses(stage, runs) == ["ABORTED"]


def test_one_that_cannot_be_stopped_keeps_none_of_the_others(stage):
    runs = started(stage, 1)
    stage.publish(machine(wait(8000)))
    version = stage.orchestrator.world.archive.current(NAME)
    broken = stage.start(NAME, {}, name="broken")
    body = message(stage).body
    stage.plain_table.delete((f"workflow#{NAME}", version))
    stage._processes[0] = stage._process()  # one that does not remember it
    stage.orchestrator.world.archive.withdraw(NAME)

    handle(stage, body)

    assert statuses(stage, [*runs, broken]) == ["ABORTED", "RUNNING"]
