"""Workers of the examples, each a program of its own behind a queue of the stage."""

import json
from pathlib import Path

import pytest

from chalicelib.local.programs import Programs
from tests.scenarios.desk import ROOT

pytestmark = [pytest.mark.moto, pytest.mark.slow]

WORKFLOWS = ROOT.parent / "workflows"


@pytest.fixture(scope="module")
def workers(desk):
    with Programs(WORKFLOWS, desk.url) as programs:
        yield programs


def given(name):
    return json.loads((WORKFLOWS / name / "input.json").read_text("utf-8"))


def started(desk, name, input):
    text = Path(WORKFLOWS, name, f"{name}.yaml").read_text("utf-8")
    return desk.start(desk.publish(text), input)


def test_every_worker_of_the_examples_runs(workers):
    assert workers.names == ["credit_check", "parcel_labels"]


# -- CloudFlow's page: a service of somebody else's, behind a queue ------------------


def test_queue_worker_answers_with_the_token_of_its_message(desk, workers):
    application = given("credit_check")

    ended = desk.ended(started(desk, "credit_check", application), within=20)

    assert ended["status"] == "SUCCEEDED"
    assert ended["output"]["decision"] in ("approved", "review", "declined")
    assert ended["output"]["name"] == application["application"]["name"]


def test_failure_of_the_queue_worker_is_caught_by_its_name(desk, workers):
    application = {"application": {"name": "Tom Aske"}}

    ended = desk.ended(started(desk, "credit_check", application), within=20)

    assert ended["output"]["decision"] == "returned"
    assert "please also tell us" in ended["output"]["question"]


# -- CloudFlow's page: a service of one's own, which reports by the callback API -----


def test_a_service_of_ones_own_reports_with_the_token_in_its_job(desk, workers):
    ended = desk.ended(
        started(desk, "parcel_labels", given("parcel_labels")), within=20
    )

    light, heavy = ended["output"]["parcels"]
    assert (light["by"], len(light["code"])) == ("parcel", 18)
    assert light["label"].startswith("<svg")
    assert (heavy["by"], heavy["reason"]) == (
        "freight",
        "61.5 kg is more than 31.5 kg",
    )


def test_what_that_service_reports_as_a_failure_is_caught_around_the_map(desk, workers):
    order = {"order": "B-1", "parcels": [{"number": 1, "weight": 1, "to": {}}]}

    ended = desk.ended(started(desk, "parcel_labels", order), within=20)

    assert ended["output"]["question"].startswith("where to?")
