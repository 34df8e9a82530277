"""Whatever goes wrong on the way, an execution ends as if nothing had.

A failure names its weather; ``trial.run(Storm(17))`` is that run again. ``-k slow`` or
``-m slow`` runs the long sweeps, ``-m "not slow"`` leaves them out.
"""

import json
import logging
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.model.workflow import Mode
from chalicelib.simulation.faults import Chances
from chalicelib.simulation.trial import Report, Trial
from tests.properties.random_definitions import FUNCTIONS, dag, definition
from tests.properties.strategies import FUNCTIONS as NAMES
from tests.properties.strategies import workflows
from workflows.credit_check import scoring
from workflows.greeting import functions as greeting
from workflows.order_approval import functions as orders

HERE = Path(__file__).parents[2] / "workflows"
#: Everything goes wrong, and a message may be delivered as often as it takes.
HEAVY = Chances(
    crash_before=0.05,
    crash_after=0.05,
    error=0.05,
    lost_answer=0.05,
    twice=0.05,
    interleave=0.6,
    duplicate=0.3,
    late=0.4,
    most=25,
)


def read(path):
    return (HERE / path).read_text("utf-8")


def split(event):
    sentences = [each for each in event["text"].split(".") if each]
    return {"sentences": sentences, "count": len(sentences), "folder": event["folder"]}


def voice(event):
    return {"voice": [event["text"], event["number"]]}


def assemble(event):
    names = ("video", "preview", "poster", "subtitles")
    return {name: name for name in names} | {"frames": len(event["scenes"])}


assemble.takes = 30.0
voice.takes = 5.0

#: Functions that give a film's facts without making the film.
FILM = {
    "split": split,
    "polish": lambda event: {"text": event["text"].strip(), "cards": [1]},
    "voice": voice,
    "check": lambda event: {"scene": event},
    "title_card": lambda event: {"title": {"text": "A title"}},
    "assemble_later": assemble,
}
SHOP = {
    name: getattr(orders, name)
    for name in ("reserve_stock", "charge", "ship", "invoice", "refund")
}
SHOP |= {
    "release_stock": orders.release_stock,
    "ask_approval": lambda event: {"approved": True, "by": "Noor"},
}
GREETING = {"normalise": greeting.normalise, "greet": greeting.greet}
CHECKS = {"credit-checks": lambda body: scoring.check_credit(body["application"])}


def an_order(**changes):
    given = json.loads(read("order_approval/input.json"))
    given["order"] |= changes
    return Trial(read("order_approval/order_approval.asl.json"), given, functions=SHOP)


def a_greeting(language):
    given = json.loads(read("greeting/input.json"))
    return Trial(read(f"greeting/greeting.{language}"), given, functions=GREETING)


def a_film(sentences):
    given = {"text": "A boat. " * sentences, "folder": "out"}
    return Trial(read("text_to_video/dag.yaml"), given, functions=FILM)


EXAMPLES = {
    "greeting-asl": a_greeting("asl.json"),
    "greeting-cloudflow": a_greeting("cloudflow.yaml"),
    "greeting-rillflow": a_greeting("rillflow.yaml"),
    "credit": Trial(
        read("credit_check/credit_check.yaml"),
        json.loads(read("credit_check/input.json")),
        functions=CHECKS,
    ),
    "order": an_order(),
    "order-undone": an_order(address=" "),
    "order-busy": an_order(rehearse_busy=99),
    "film": a_film(7),
}


#: The same lines, thousands of times: others count whether they are covered.
pytestmark = pytest.mark.no_cover


@pytest.fixture(autouse=True, scope="module")
def quiet():
    """Thousands of faults are logged, each as it should be; nobody reads that."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def assert_none(report):
    assert not report.failed, f"\n{report}"


def random_report(seeds, chances):
    """Two random workflows for each seed, each in the weather of that seed."""
    report = Report()
    for seed in seeds:
        machine = Trial(definition(seed), {"n": 1}, functions=FUNCTIONS)
        given = {"n": 1, "items": [1, 2, 3]}
        flow = Trial(dag(seed), given, functions=FUNCTIONS, format="rillflow")
        report += machine.storms([seed], chances) + flow.storms([seed], chances)
    return report


# -- the examples --------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_ends_alike_in_any_storm(name):
    assert_none(EXAMPLES[name].storms(range(12)))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_ends_alike_in_a_heavy_storm(name):
    assert_none(EXAMPLES[name].storms(range(6), HEAVY))


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_ends_alike_in_dozens_of_storms(name):
    assert_none(EXAMPLES[name].storms(range(100, 150)))
    assert_none(EXAMPLES[name].storms(range(100, 120), HEAVY))


# -- random workflows ----------------------------------------------------------------


@pytest.mark.parametrize("chances", [Chances(), HEAVY], ids=["storm", "heavy"])
@pytest.mark.parametrize("block", range(2))
def test_random_workflows_end_alike_in_any_storm(block, chances):
    assert_none(random_report(range(block * 30, block * 30 + 30), chances))


@pytest.mark.slow
@pytest.mark.parametrize("chances", [Chances(), HEAVY], ids=["storm", "heavy"])
@pytest.mark.parametrize("block", range(4))
def test_hundreds_of_random_workflows_end_alike(block, chances):
    first = 1000 + 50 * block
    assert_none(random_report(range(first, first + 50), chances))


MODES = tuple(Mode)
ANSWERS = {name: lambda event, name=name: {"n": len(name)} for name in NAMES}


@settings(max_examples=40)
@given(workflow=workflows(modes=MODES), seed=st.integers(0, 999))
def test_any_workflow_of_the_model_ends_alike(workflow, seed):
    trial = Trial(workflow, {"n": 1}, functions=ANSWERS)

    assert_none(trial.storms([seed]))


@settings(max_examples=40)
@given(workflow=workflows(modes=MODES, may_fail=True), seed=st.integers(0, 999))
def test_what_fails_and_times_out_keeps_the_invariants(workflow, seed):
    trial = Trial(workflow, {"n": 1}, functions=ANSWERS, has_one_end=False)

    assert_none(trial.storms([seed], HEAVY))
