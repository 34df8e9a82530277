"""An attempt that is made again asks the same one, whatever the rules say by then."""

import logging
from collections import defaultdict

import pytest

from chalicelib.journal.descriptors import DEFAULT, Descriptors
from chalicelib.journal.releases import Releases
from chalicelib.simulation.faults import Plan, Storm, possible
from chalicelib.simulation.stage import Stage

#: The same lines, thousands of times: others count whether they are covered.
pytestmark = pytest.mark.no_cover

DAG = {
    "workspace": "tests",
    "dagName": "lent",
    "type": "flow",
    "tasks": [
        {
            "name": "ask",
            "category": "function",
            "resourceName": "ab://side",
            "pattern": "task_sync",
            "outputMappings": [{"source": "$.output.n", "target": "$.context.n"}],
        }
    ],
}
SIDES = ("left", "right")


@pytest.fixture(autouse=True, scope="module")
def quiet():
    """Hundreds of faults are logged, each as it should be; nobody reads that."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def asked(weather):
    """Run the DAG, the rule changing with each request; return who was asked."""
    found = defaultdict(set)

    def function(side, other):
        def work(event):
            choose(other)
            return {"n": 1}

        return work

    functions = {"left": function(*SIDES), "right": function(*reversed(SIDES))}
    with Stage(functions, weather=weather) as stage:
        clock = stage.loop.clock
        kept = Descriptors(stage.plain_table, Releases(stage.plain_table, clock), clock)

        def choose(side):
            for each in SIDES:
                kept.drop_choice("tests", "side", f"lambda://{each}")
            kept.keep_choice("tests", "side", f"lambda://{side}", DEFAULT)

        choose("left")
        workflow = stage.publish(DAG, format="rillflow")
        stage.start(workflow, {}, name="run")
        stage.settle()
        head = stage.head(f"{workflow}:run")
        for call in stage.dispatcher.calls:
            found[call.idempotency_key].add(call.resource)
    return str(head.status), dict(found), weather.places


def test_no_fault_makes_an_attempt_ask_somebody_else():
    places = asked(Plan({}))[2]
    plans = [
        Plan({number: fault})
        for number, place in enumerate(places)
        for fault in possible(place)
    ]

    found = [asked(plan) for plan in plans]

    assert len(plans) > 20
    assert {status for status, _, _ in found} == {"SUCCEEDED"}
    assert all(len(each) == 1 for _, told, _ in found for each in told.values())


@pytest.mark.slow
def test_no_storm_makes_an_attempt_ask_somebody_else():
    found = [asked(Storm(seed)) for seed in range(60)]

    assert {status for status, _, _ in found} == {"SUCCEEDED"}
    assert all(len(each) == 1 for _, told, _ in found for each in told.values())
