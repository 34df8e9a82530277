"""A task answered through another one's ``trigger_url``, in every weather."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.simulation.trial import Trial
from chalicelib.tokens import Failed, Succeeded

#: The same lines, thousands of times: others count whether they are covered.
pytestmark = pytest.mark.no_cover

URL = {"source": "$.tasks.sign.trigger_url", "target": "$.input.url"}
TELL = {
    "name": "tell",
    "category": "function",
    "resourceName": "lambda://tell",
    "pattern": "task_sync",
    "inputMappings": [URL],
}
SIGN = {
    "name": "sign",
    "category": "function",
    "resourceName": "lambda://sign",
    "pattern": "task_async",
    "timeline": {"timeoutInSeconds": 5000},
    "outputMappings": [{"source": "$.output.by", "target": "$.context.by"}],
}
EACH = {
    "name": "each",
    "category": "foreach",
    "iterationMapping": {"collection": "$.input.pages", "item": "page"},
    "inputMappings": [{"source": "$.context.pages", "target": "$.input.pages"}],
    "outputMappings": [
        {"source": "$.output.sub_context", "target": "$.context.signed"}
    ],
    "tasks": [{**TELL, "next": "sign"}, SIGN],
}


@pytest.fixture(autouse=True, scope="module")
def quiet():
    """Thousands of faults are logged, each as it should be; nobody reads that."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def a_trial(*tasks, after=0.0, report=None, given=None, **facts):
    """A DAG of which somebody answers, after seconds, at the URL that ``tell`` gets."""
    stages = []
    report = report or Succeeded(output={"by": "Ann"})

    def tell(event):
        token = parse_qs(urlsplit(event["url"]).query)["token"][0]
        stages[-1].workers.report_later(token, report, after)
        return {}

    dag = {"workspace": "tests", "dagName": "early", "type": "flow"}
    return Trial(
        {**dag, "tasks": list(tasks)},
        given,
        functions={"tell": tell, "slow": slow},
        meddle=lambda stage, _execution: stages.append(stage),
        **facts,
    )


def slow(event):
    return {}


slow.takes = 60.0
SLOW = {**TELL, "name": "slow", "resourceName": "lambda://slow", "inputMappings": []}

TRIALS = {
    "it has begun": a_trial({**TELL, "next": "sign"}, SIGN, after=100.0),
    "it begins a minute later": a_trial(
        {**TELL, "next": "slow"}, {**SLOW, "next": "sign"}, SIGN, after=5.0
    ),
    "it is answered with a failure": a_trial(
        {**TELL, "next": "slow"},
        {**SLOW, "next": "sign"},
        SIGN,
        after=5.0,
        report=Failed(cause="not on a Sunday"),
    ),
    "it stands beside": a_trial(TELL, SIGN),
    "it is in a group": a_trial(EACH, given={"pages": [1, 2]}),
}


@pytest.mark.parametrize("name", TRIALS)
def test_answer_at_a_trigger_url_counts_once_in_calm_weather(name):
    run = TRIALS[name].calm
    done = "FAILED" if "failure" in name else "SUCCEEDED"

    assert (run.head.status, run.violations) == (done, ())


@pytest.mark.parametrize("name", TRIALS)
def test_each_fault_at_each_place_changes_nothing(name):
    report = TRIALS[name].every_fault()
    assert report.runs and not report.failed, f"\n{report}"


@pytest.mark.slow
@pytest.mark.parametrize("name", TRIALS)
def test_storms_change_nothing_either(name):
    report = TRIALS[name].storms(range(60))
    assert not report.failed, f"\n{report}"
