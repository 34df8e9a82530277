"""Tasks that workers come for, in any weather: each is given once, and all is done."""

import json
from collections import Counter

import pytest

from chalicelib.dispatchers.activity import ActivityDispatcher
from chalicelib.errors import TokenDecided, TokenGone
from chalicelib.journal.activities import Activities, Activity
from chalicelib.simulation.faults import Storm
from chalicelib.simulation.seams import Seam, WeatherTable
from chalicelib.simulation.stage import Stage
from chalicelib.tokens import Succeeded, Taken

RETRY = [{"ErrorEquals": ["States.HeartbeatTimeout"], "MaxAttempts": 50}]
TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:us-east-1:123456789012:activity:pack",
    "TimeoutSeconds": 90_000,
    "HeartbeatSeconds": 120,
    "Retry": RETRY,
    "End": True,
}
EACH = {"StartAt": "Pack", "States": {"Pack": TASK}}
MACHINE = {
    "StartAt": "Each",
    "States": {"Each": {"Type": "Map", "ItemProcessor": EACH, "End": True}},
}
#: Seconds between two looks of a worker.
PAUSE = 7.0
#: What a look may end in, besides a task.
FAULTS = (*Storm.FAULTS, TokenGone, TokenDecided)


class Crew:
    """Workers that look for tasks until the execution has ended."""

    def __init__(self, seed):
        self.given = Counter()
        self.stage = Stage(weather=Storm(seed), dispatcher=self._dispatcher)
        table = WeatherTable(
            self.stage.plain_table, Seam(self.stage.weather, self.stage.loop)
        )
        self._activities = Activities(table, self.stage.loop.clock)
        for number in range(3):
            self.stage.loop.at(number, self._look)

    def _dispatcher(self, stage):
        kept = Activities(stage.plain_table, stage.loop.clock)
        kept.create(Activity(name="pack"))
        return ActivityDispatcher(kept.add)

    def _look(self):
        self.stage.loop.at(self.stage.loop.now + PAUSE, self._look)
        try:
            task = self._activities.take("pack", self._is_given)
            if task is not None:
                self.stage.report(task.token, Succeeded(output=task.input))
        except FAULTS:
            return

    def _is_given(self, task):
        try:
            self.stage.report(task.token, Taken())
        except TokenGone:
            return False
        self.given[task.token] += 1
        return True


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(12))
def test_every_task_is_given_once_and_done(seed):
    crew = Crew(seed)
    workflow = crew.stage.publish(json.dumps(MACHINE), name="packing")

    head = crew.stage.run(workflow, list(range(6)))
    crew.stage.close()

    assert (head.status, head.output) == ("SUCCEEDED", list(range(6)))
    assert set(crew.given.values()) == {1}
