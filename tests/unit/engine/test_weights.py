"""What a state makes is weighed before it goes on."""

import pytest

from chalicelib.engine.state import Status
from chalicelib.engine.weights import DEEPEST, LARGEST
from tests.builders import a_pass, a_workflow, an_execution, an_object, path


def made(value, **fields):
    """The execution of one state that makes an object of its input."""
    program = an_object(**(fields or {"a": path("$")}))
    return an_execution(a_workflow(a_pass("make", arguments=program)), value)


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [nested(DEEPEST), nested(20_000)], ids=["too deep", "deeper than a stack"]
)
def test_what_is_nested_too_deep_fails_its_state(value):
    execution = made(value)

    assert execution.state.failure.error == "States.DataLimitExceeded"
    assert f"nested {DEEPEST} deep" in execution.state.failure.cause


def test_as_deep_as_may_be_goes_on():
    assert made(nested(DEEPEST - 1)).state.status is Status.SUCCEEDED


@pytest.mark.parametrize(
    "value", ["x" * LARGEST, {"x" * LARGEST: None}, [0] * (LARGEST // 5)]
)
def test_what_is_too_large_fails_its_state(value):
    execution = made(value)

    assert f"may have {LARGEST} characters" in execution.state.failure.cause


def test_what_is_named_twice_counts_twice():
    half = ["x" * (LARGEST // 2)]

    execution = made(half, a=path("$"), b=path("$"))

    assert execution.state.status is Status.FAILED


def test_a_path_makes_nothing_so_nothing_is_weighed():
    flow = a_workflow(a_pass("hand on", arguments=path("$")))

    assert an_execution(flow, nested(DEEPEST + 1)).state.status is Status.SUCCEEDED
