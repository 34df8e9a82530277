"""Where both know a path, our JSONPath and jsonpath-ng find the same places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonpath_ng.ext import parse

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import View, evaluate
from chalicelib.formats import compile_definition

KEYS = st.sampled_from("abc")
VALUES = st.recursive(
    st.integers(-5, 5) | st.sampled_from(["x", "y"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
PATHS = [
    "$.a",
    "$.a.b",
    "$['a']['b'].c",
    "$.a[0]",
    "$.a[1].b",
    "$.a[*]",
    "$.a[*].b",
    "$.a[0:2]",
    "$.a[?(@.b > 0)]",
    "$.a[?(@.b == 1)].c",
]


def compiled(path):
    machine = {
        "StartAt": "P",
        "States": {"P": {"Type": "Pass", "Parameters": {"x.$": path}, "End": True}},
    }
    return compile_definition(machine, name="p").scope.states["P"].arguments


def ours(path, value):
    try:
        return evaluate(compiled(path), View(value, input=value))["x"]
    except EvaluationFailure:  # no such place
        return None


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=60, deadline=None)
@given(value=VALUES)
def test_both_find_the_same(path, value):
    if "?" in path and not isinstance(value, list):
        value = [value]  # a filter on an object is where the two dialects part
    theirs = [match.value for match in parse(path).find({"a": value})]
    is_query = any(mark in path for mark in "*?:")

    found = ours(path, {"a": value})

    if is_query and found is not None:
        assert found == theirs
    elif not is_query:
        assert ([] if found is None else [found]) == theirs
