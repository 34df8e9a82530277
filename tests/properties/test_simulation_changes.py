"""The limits of a run are changed while it goes on, in any weather."""

import json
import random

import pytest

from chalicelib.engine.state import RunLimits
from chalicelib.orchestrator import slots
from chalicelib.simulation.faults import Chances, Storm
from chalicelib.simulation.stage import Stage

COUNT = 14
TASK = {"Type": "Task", "Resource": "arn:aws:lambda:::function:work"}
STATES = {
    "Nap": {"Type": "Wait", "Seconds": 20, "Next": "Work"},
    "Work": {**TASK, "End": True},
}
EACH = {
    "Type": "Map",
    "MaxConcurrency": 3,
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Nap",
        "States": STATES,
    },
    "End": True,
}
MACHINE = json.dumps({"StartAt": "Each", "States": {"Each": EACH}})
#: So much goes wrong that some of it meets a change.
ROUGH = Chances(crash_before=0.05, crash_after=0.05, error=0.05, twice=0.05, most=12)


@pytest.mark.no_cover
@pytest.mark.parametrize("size", [slots.SIZE, 2])
@pytest.mark.parametrize("seed", range(20))
def test_every_child_runs_once_whatever_is_changed(seed, size, monkeypatch):
    monkeypatch.setattr(slots, "SIZE", size)
    chance = random.Random(seed)  # noqa: S311 - a test that can be repeated
    begun = []

    def work(item):
        begun.append(item)
        return item

    stage = Stage({"work": work}, weather=Storm(seed, ROUGH))
    execution = stage.start(
        stage.publish(MACHINE, name="run"), list(range(COUNT)), name="one"
    )

    def change():
        limits = RunLimits(concurrency=chance.randrange(6), tolerated_count=1)
        stage._insist(
            lambda here: here.orchestrator.change_run(execution, ("r", 1, 1), limits)
        )

    for _ in range(8):
        stage.later(chance.uniform(0, 120), change)
    stage.settle(execution)
    head = stage.head(execution)
    stage.close()

    assert (head.status, head.output) == ("SUCCEEDED", list(range(COUNT)))
    assert set(begun) == set(range(COUNT))


#: Seconds between two tries to change a run; each child naps for longer.
AGAIN = 3


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(20))
def test_children_that_fail_after_the_tolerance_was_raised_end_nothing(seed):
    limit = seed % 3 * 7  # all at once, half of them, or as many as there are
    each = {**EACH, "MaxConcurrency": limit}
    machine = json.dumps({"StartAt": "Each", "States": {"Each": each}})

    def work(item):
        if item % 2:
            raise ValueError("odd")
        return item

    stage = Stage({"work": work}, weather=Storm(seed, ROUGH))
    name = stage.publish(machine, name="run")
    execution = stage.start(name, list(range(COUNT)), name="one")
    raised = RunLimits(tolerated_count=COUNT // 2)

    def change():
        place = ("r", 1, 1)
        is_done = stage._insist(
            lambda here: here.orchestrator.change_run(execution, place, raised)
        )
        if not is_done:  # it has not begun
            stage.later(AGAIN, change)

    stage.later(AGAIN, change)
    stage.settle(execution)
    head = stage.head(execution)
    stage.close()

    assert head.status == "SUCCEEDED"
    assert head.output[::2] == list(range(0, COUNT, 2))
    assert {each["Error"] for each in head.output[1::2]} == {"ValueError"}
