"""What was kept for as long as it was to be leaves the table, in any weather."""

import json

import pytest

from chalicelib.ports import Limits
from chalicelib.simulation.faults import Storm
from chalicelib.simulation.stage import Stage

EACH = {
    "StartAt": "Work",
    "States": {
        "Work": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work",
            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 99}],
            "End": True,
        }
    },
}
MACHINE = json.dumps(
    {
        "StartAt": "Each",
        "States": {"Each": {"Type": "Map", "ItemProcessor": EACH, "End": True}},
    }
)
DAY = 86_400.0
#: A value too large for an item.
NOISE = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(400_000))


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(12))
def test_all_of_it_leaves_and_the_rest_stays(seed):
    limits = Limits(retention=0.0)
    weather = Storm(seed)
    with Stage({"work": lambda given: given}, weather=weather, limits=limits) as stage:
        stage.publish(MACHINE, name="gone")
        stage.publish(json.dumps({**json.loads(MACHINE), "x-retention": "99d"}))
        gone = stage.run("gone", [*range(120), NOISE]).execution
        kept = stage.run("workflow", [1, 2, 3]).execution
        stage.settle()
        for _ in range(3):
            stage.loop.pause(DAY)
            stage._insist(lambda here: here.orchestrator.begin_sweep())
            stage.settle()

        mine = [each for each in stage.ticks.partitions() if each.startswith(gone)]
        left = [item for each in mine for item in stage.plain_table.query(each)]
        assert left == []
        assert not stage.plain_blobs._contents
        assert stage.head(kept).output == [1, 2, 3]
