"""Many executions of a DAG are redone, so many in a second, each of them once."""

import json

import pytest

from chalicelib.engine.state import Status
from chalicelib.orchestrator import Delivery, redos, steps
from chalicelib.simulation.faults import Storm
from chalicelib.simulation.stage import Stage

DAG = """
workspace: shop
dagName: orders
alias: release
type: flow
tasks:
  - {name: pack, category: function, resourceName: "lambda://pack",
     pattern: task_sync}
"""
WAIT = {
    "StartAt": "A",
    "States": {"A": {"Type": "Wait", "Seconds": 9000, "End": True}},
}
BAD = (Status.FAILED, Status.TIMED_OUT, Status.ABORTED)


class Packer:
    """A function that fails until it is mended."""

    def __init__(self):
        self.is_mended = False

    def __call__(self, event):
        if not self.is_mended:
            raise ValueError("not mended")
        return {}


@pytest.fixture
def packer():
    return Packer()


@pytest.fixture
def stage(packer):
    with Stage({"pack": packer}) as made:
        made.publish(DAG, format="rillflow", name="orders")
        yield made


NAME = "shop-orders"


def failed(stage, count):
    """Start so many executions, which fail; return their ids, oldest first."""
    made = []
    for number in range(count):
        stage.run(NAME, {}, name=f"run{number}")
        made.append(f"{NAME}:run{number}")
        stage.loop.clock.sleep(1.0)
    return made


def ask(stage, **facts):
    how = {"statuses": BAD, "until": stage.loop.clock.now(), "count": 99, "pace": 30}
    stage.orchestrator.redo_many(NAME, **{**how, **facts})


def redriven(stage, executions):
    return [stage.head(each).redrives for each in executions]


def test_all_that_failed_are_redone(stage, packer):
    runs = failed(stage, 3)
    packer.is_mended = True

    ask(stage)
    stage.settle()

    assert [stage.head(each).status for each in runs] == ["SUCCEEDED"] * 3


def test_the_newest_are_redone_and_no_more_than_were_wanted(stage, packer):
    runs = failed(stage, 4)
    packer.is_mended = True

    ask(stage, count=3, pace=2)
    stage.settle()

    assert redriven(stage, runs) == [0, 1, 1, 1]


def test_what_began_later_or_failed_otherwise_stays(stage, packer):
    runs = failed(stage, 2)
    until = stage.head(runs[0]).started_at

    ask(stage, code="Other")
    stage.settle()
    assert redriven(stage, runs) == [0, 0]

    ask(stage, until=until, code=stage.head(runs[0]).error)
    stage.settle()
    assert redriven(stage, runs) == [1, 0]


def test_one_page_after_the_other_is_looked_at(stage, packer, monkeypatch):
    monkeypatch.setattr(redos, "ROWS", 2)
    runs = failed(stage, 5)
    packer.is_mended = True

    ask(stage)
    stage.settle()

    assert redriven(stage, runs) == [1] * 5


def test_a_message_that_comes_twice_redoes_nothing_twice(stage, packer):
    runs = failed(stage, 2)
    packer.is_mended = True
    how = {"until": stage.loop.clock.now(), "count": 1, "pace": 30}
    world = stage.orchestrator.world
    message = redos.first(world, NAME, statuses=BAD, tasks=(), code="", **how)

    for _ in range(2):
        redos.handle(stage.orchestrator, [steps.read(message.body)])
    stage.settle()

    assert redriven(stage, runs) == [0, 1]


def test_what_is_no_dag_is_passed_over(stage):
    stage.publish(WAIT, name=NAME)
    run = stage.start(NAME, {}, name="one")
    stage.loop.clock.sleep(1.0)

    ask(stage, statuses=(Status.RUNNING,))
    stage.settle(run)

    assert stage.head(run).status == "SUCCEEDED"


def test_a_message_that_failed_every_time_comes_again(stage, packer):
    runs = failed(stage, 1)
    how = {"until": stage.loop.clock.now(), "count": 1, "pace": 30}
    world = stage.orchestrator.world
    message = redos.first(world, NAME, statuses=BAD, tasks=(), code="", **how)

    stage.orchestrator.bury([Delivery(id="1", body=json.dumps(message.body))])
    stage.settle()

    assert redriven(stage, runs) == [1]


@pytest.mark.parametrize("seed", range(5))
def test_in_any_weather_each_is_redone_once(packer, seed):
    with Stage({"pack": packer}, weather=Storm(seed)) as stage:
        stage.publish(DAG, format="rillflow", name="orders")
        runs = failed(stage, 5)
        stage.settle()
        packer.is_mended = True

        wanted = {"statuses": BAD, "until": stage.loop.clock.now()}
        stage._insist(
            lambda here: here.orchestrator.redo_many(NAME, **wanted, count=99, pace=2)
        )
        stage.settle()

        assert redriven(stage, runs) == [1] * 5
