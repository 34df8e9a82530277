"""Parts of an answer, by path."""

import pytest

from chalicelib.cli.queries import query
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
