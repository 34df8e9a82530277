"""CloudFlow counts events, bytes and seconds. A flow here may have as many as it wants.

The vendor's figures: 5,000 events in an execution, 64 KiB of data in a state, 300
seconds in a Wait. Authors cut their flows into pieces because of them.
"""

import json

import pytest

from chalicelib.simulation.stage import Stage
from tests.budgets.spending import noise

MEGABYTES = 5


def flow(*states):
    head = {"Type": "StateMachine", "Name": "long", "SpecVersion": "v1"}
    return {**head, "StartAt": states[0]["Name"], "States": list(states)}


WORK = {
    "Type": "Task",
    "Name": "Count",
    "Action": "FC:InvokeFunction",
    "Parameters": {
        "resourceArn": "acs:fc:::functions/work",
        "body": {"n.$": "$Input.n"},
    },
    "OutputConstructor": {"n.$": "$Output.n", "scan.$": "$Input.scan"},
    "Next": "More",
}
COUNT = {
    "Type": "Pass",
    "Name": "Count",
    "OutputConstructor": {"n.$": "intAdd($Input.n, 1)", "scan.$": "$Input.scan"},
    "Next": "More",
}
#: Two states to a round; data goes all the way round, and has a day's rest at the end.
REST = (
    {
        "Type": "Choice",
        "Name": "More",
        "Branches": [
            {"Condition": "$Input.n < $Context.Execution.Input.most", "Next": "Count"}
        ],
        "Default": "Done",
    },
    {"Type": "Wait", "Name": "Done", "Seconds": 86400, "End": True},
)


def run(first, rounds, size):
    """Return how such a flow ended, and what it used."""
    with Stage({"work": lambda event: {"n": event["n"] + 1}}) as stage:
        stage.publish(flow(first, *REST))
        began_at = stage.loop.now
        given = {"n": 0, "most": rounds, "scan": noise(size)}
        head = stage.run("long", given)
        assert head.status == "SUCCEEDED", head.cause
        assert stage.loop.now - began_at >= 86400
        return head, stage.meter.total()


@pytest.mark.slow
def test_a_flow_of_20_000_transitions_and_5_megabytes_passes_in_one_piece():
    head, used = run(COUNT, 10_000, MEGABYTES << 20)

    assert head.output["n"] == 10_000
    assert len(json.dumps(head.output)) > MEGABYTES << 20
    # Far above what the table takes, the value is one object of the bucket.
    assert used.blob_puts <= 2
    assert used.writes <= 0.01 * 20_000


@pytest.mark.parametrize("state", [WORK, COUNT], ids=["with work", "of data"])
def test_a_transition_late_in_a_flow_costs_what_an_early_one_did(state):
    start, early, late = (run(state, n, 1000)[1] for n in (1000, 2000, 3000))

    first, second = (early.writes - start.writes, late.writes - early.writes)
    assert second == pytest.approx(first, rel=0.02, abs=2)
    assert second <= 1000
    assert late.messages - early.messages == pytest.approx(
        early.messages - start.messages, abs=2
    )
