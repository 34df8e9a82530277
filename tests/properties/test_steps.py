"""Flows of CloudFlow's older language: what they give, and in any storm."""

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.formats import compile_definition
from chalicelib.model.codec import decode, encode
from chalicelib.simulation.faults import Chances
from chalicelib.simulation.trial import Trial
from chalicelib.testing import run
from tests.properties import random_steps as steps

INPUTS = st.dictionaries(steps.KEYS, steps.CONSTANTS, max_size=3)
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

#: Looks at a job again and again, one turn less each time.
POLLING = """
version: v1
type: flow
steps:
- {type: pass, name: begin, outputMappings: [{target: turn, source: {n: {n: {n: {}}}}}]}
- {type: wait, name: pause, duration: 30}
- type: task
  name: look
  resourceArn: acs:fc:::services/s/functions/look
  inputMappings: [{target: turn, source: $local.turn.n}]
  retry: [{errors: [FnF.ALL], maxAttempts: 2}]
- {type: choice, name: done, choices: [{condition: $.turn != null, goto: pause}]}
outputMappings: [{target: looks, source: $local.looks}]
"""
#: Iterations of which some fail, are mended, and ask for somebody.
ROUNDS = """
version: v1
type: flow
steps:
- type: foreach
  name: rounds
  iterationMapping: {collection: $.guests, item: guest, index: seat}
  steps:
  - type: task
    name: serve
    resourceArn: acs:fc:::services/s/functions/serve
    errorMappings: [{target: why, source: $local.error}]
    catch: [{errors: [Spilt], goto: mop}]
    end: true
  - type: task
    name: mop
    resourceArn: acs:fc:::services/s/functions/mop
    pattern: waitForCallback
    timeoutSeconds: 100000
    inputMappings:
    - {target: seat, source: $input.seat}
    - {target: token, source: $context.task.token}
  outputMappings: [{target: all, source: $local}]
- type: parallel
  name: close
  branches:
  - steps: [{type: wait, name: tidy, duration: 1000}]
  - steps:
    - type: choice
      name: late
      choices:
      - condition: $.guests != null
        steps:
        - {type: task, name: lights, resourceArn: "acs:fc:::functions/look"}
  outputMappings: [{target: lit, source: "$local[1].looks"}]
"""


def look(event):
    turn = event.get("turn") or {}
    return {"turn": turn if turn.get("n") is not None else None, "looks": 1}


def serve(event):
    if event["guest"] % 2:
        raise type("Spilt", (Exception,), {})("milk")
    return {"served": event["guest"]}


def mop(event):
    return {"mopped": event["seat"]}


mop.takes = 50.0
FUNCTIONS = {"look": look, "serve": serve, "mop": mop}
FLOWS = {
    "polling": Trial(POLLING, {}, functions=FUNCTIONS),
    "rounds": Trial(ROUNDS, {"guests": [1, 2, 3, 4, 5]}, functions=FUNCTIONS),
}


@pytest.fixture(autouse=True, scope="module")
def quiet():
    """Thousands of faults are logged, each as it should be; nobody reads that."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def assert_none(report):
    assert not report.failed, f"\n{report}"


@settings(max_examples=150)
@given(flow=steps.flows(), value=INPUTS)
def test_a_flow_gives_what_the_rules_of_data_say(flow, value):
    done = run(flow, value)

    assert (done.status, done.output) == ("SUCCEEDED", steps.given(flow, value))


@settings(max_examples=50)
@given(flow=steps.flows())
def test_a_compiled_flow_survives_its_json(flow):
    workflow = compile_definition(flow, name="flow")

    assert decode(encode(workflow)) == workflow


@settings(max_examples=30)
@given(flow=steps.flows(), value=INPUTS, seed=st.integers(0, 999))
def test_a_flow_ends_alike_in_any_storm(flow, value, seed):
    assert_none(Trial(flow, value).storms([seed], HEAVY))


@pytest.mark.parametrize("name", FLOWS)
def test_loops_and_rounds_end_alike_in_any_storm(name):
    assert_none(FLOWS[name].storms(range(12)))
    assert_none(FLOWS[name].storms(range(8), HEAVY))


def test_a_loop_by_goto_ends_with_what_it_found():
    done = run(POLLING, {}, functions=FUNCTIONS)

    assert (done.status, done.output) == ("SUCCEEDED", {"looks": 1})
    assert done.duration == 90


def test_rounds_keep_what_each_iteration_gave():
    done = run(ROUNDS, {"guests": [1, 2]}, functions=FUNCTIONS)

    assert done.output == {
        "all": [{"why": "Spilt", "mopped": 0}, {"served": 2}],
        "lit": 1,
    }
