"""The end of a DAG is told in every weather, for as long as nobody acknowledges it."""

import json
import logging

import pytest

from chalicelib.simulation.faults import Plan, Storm, possible
from chalicelib.simulation.stage import Stage

#: The same lines, thousands of times: others count whether they are covered.
pytestmark = pytest.mark.no_cover

DAG = {
    "workspace": "tests",
    "dagName": "tells",
    "type": "flow",
    "callback": {"resourceName": "https://hooks.example/done", "fullContext": True},
    "tasks": [
        {
            "name": "work",
            "category": "function",
            "resourceName": "lambda://work",
            "pattern": "task_sync",
            "outputMappings": [{"source": "$.output.n", "target": "$.context.n"}],
        }
    ],
}
TOLD = {
    "data": {"flow_execution_id": "tests:tells_c_run", "n": 1},
    "execution_id": "tests:tells_c_run",
    "dag_status": "succeed",
}


@pytest.fixture(autouse=True, scope="module")
def quiet():
    """Thousands of faults are logged, each as it should be; nobody reads that."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def told(weather, *, refusals):
    """Run the DAG; return what the receiver took, after so many refusals."""
    asked, taken = [], []

    def done(body):
        asked.append(body)
        if len(asked) <= refusals:
            raise ValueError("not now")
        taken.append(json.loads(body) if isinstance(body, str) else body)
        return {}

    functions = {"work": lambda event: {"n": 1}, "done": done}
    with Stage(functions, weather=weather) as stage:
        workflow = stage.publish(DAG, format="rillflow")
        stage.start(workflow, {}, name="run")
        stage.settle()
        dead = list(stage.mailbox.dead)
    return taken, dead, weather.places


def places(refusals):
    return told(Plan({}), refusals=refusals)[2]


@pytest.mark.parametrize("refusals", [0, 2])
def test_each_fault_at_each_place_loses_no_notice(refusals):
    plans = [
        Plan({number: fault})
        for number, place in enumerate(places(refusals))
        for fault in possible(place)
    ]

    found = [told(plan, refusals=refusals) for plan in plans]

    assert len(plans) > 50
    assert all(taken and not dead for taken, dead, _ in found)
    assert all(each == TOLD for taken, _, _ in found for each in taken)


@pytest.mark.slow
def test_storms_lose_no_notice():
    found = [told(Storm(seed), refusals=seed % 3) for seed in range(60)]

    assert all(taken for taken, _, _ in found)
    assert all(each == TOLD for taken, _, _ in found for each in taken)
