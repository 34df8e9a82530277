"""A stage may say how much a state holds; by default it holds anything."""

import pytest

from chalicelib.ports import Limits
from chalicelib.testing import run
from tests.machines import CAUGHT, machine, passes, task

NEW = """
Type: StateMachine
SpecVersion: v1
Name: f
StartAt: P
States:
  - {Type: Pass, Name: P, End: true, OutputConstructor: {a.$: $Input.x, b.$: $Input.x}}
"""
OLD = """
version: v1
type: flow
name: f
steps:
  - {type: pass, name: p, outputMappings: [{target: a, source: $input.x}]}
  - {type: pass, name: q}
"""
BOUND = Limits(state_bytes=65536, step_bytes=32768)


def ended(definition, letters, **facts):
    return run(definition, {"x": "x" * letters}, **facts)


@pytest.mark.parametrize(
    ("definition", "letters", "cause"),
    [
        (NEW, 33_000, "66015 bytes of output at 'P'; this stage takes 65536"),
        (NEW, 66_000, "66008 bytes of input at 'P'; this stage takes 65536"),
        (machine(passes()), 66_000, "66008 bytes of input at 's0'"),
        (OLD, 17_000, "34019 bytes of input and output at 'p'; this stage takes 32768"),
    ],
)
def test_what_a_state_holds_is_bounded_where_the_stage_says_so(
    definition, letters, cause
):
    bounded = ended(definition, letters, limits=BOUND)

    assert bounded.error.endswith(".DataLimitExceeded")
    assert cause in bounded.cause
    assert ended(definition, letters).status == "SUCCEEDED"


@pytest.mark.parametrize("definition", [NEW, OLD, machine(passes())])
def test_what_is_smaller_than_the_bound_is_free(definition):
    assert ended(definition, 16_000, limits=BOUND).status == "SUCCEEDED"


def test_local_variables_of_the_older_language_count():
    keep = "{type: pass, name: q, outputMappings: [{target: b, source: $input.x}]}"
    steps = OLD.replace("{type: pass, name: q}", keep)

    # Of 33,000 bytes a third is what the first step left behind.
    assert "at 'q'" in ended(steps, 11_000, limits=BOUND).cause


def test_too_much_can_be_caught():
    definition = machine(task("echo", **CAUGHT), passes(1))
    functions = {"echo": lambda event: event}

    caught = ended(definition, 66_000, functions=functions, limits=BOUND)

    assert caught.output == 1
