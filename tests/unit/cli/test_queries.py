"""Parts of an answer, by path."""

from argparse import ArgumentTypeError

import pytest

from chalicelib.cli.queries import a_path, query
from chalicelib.errors import InputRefused

ANSWER = {"status": "FAILED", "runs": [{"id": 1, "ms": 5}, {"id": 2, "ms": 50}]}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.status", ["FAILED"]),
        ("runs[0].id", [1]),
        ("$.runs[?(@.ms > 10)].id", [2]),
        ("$.nowhere", []),
    ],
)
def test_values_at_a_path_come_in_order(path, found):
    assert query(path, ANSWER) == found


def test_text_that_is_no_path_is_refused_with_the_option_it_came_in():
    with pytest.raises(InputRefused, match=r"--query: '\$\.\[' is not a JSONPath"):
        query("$.[", ANSWER)


def test_path_is_looked_at_before_the_stage_is_asked():
    assert a_path("$.runs[?(@.ms > 10)].id") == "$.runs[?(@.ms > 10)].id"

    with pytest.raises(ArgumentTypeError, match=r"^'\$\.\[' is not a JSONPath"):
        a_path("$.[")
