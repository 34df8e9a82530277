"""Whatever a function is given: a value, or a refusal in JSONata's own words."""

import re
from itertools import product

import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions.jsonata import library
from tests.unit.expressions.jsonata_data import value_of

FIRST = ["$nothing", "null", "-1.5", "1/0", "'\\ud800'", "[1, 'a']", "{'a': 1}", "/a/"]
SECOND = ["$nothing", "0/0", "1e300", "'#'", "[]", "function($a) { $a }"]
#: What a cause says where an error of Python's got out.
LEAK = re.compile(r"evaluation\. \w*(Error|Exception): ")


def cause_of(text):
    try:
        value_of(text)
    except EvaluationFailure as failure:
        return failure.cause
    return ""


@pytest.mark.parametrize("name", sorted(library._FUNCTIONS))
def test_odd_arguments_end_in_words_of_jsonata(name):
    texts = [f"${name}({each})" for each in FIRST]
    texts += [f"${name}({one}, {other})" for one, other in product(FIRST, SECOND)]

    leaks = [text for text in texts if LEAK.search(cause_of(text))]

    assert leaks == []


@pytest.mark.parametrize(
    "sign", ["+", "-", "*", "/", "%", "&", "=", "<", ">=", "in", "and", ".."]
)
def test_odd_operands_end_in_words_of_jsonata(sign):
    texts = [f"[({one}) {sign} ({other})]" for one, other in product(FIRST, SECOND)]

    leaks = [text for text in texts if LEAK.search(cause_of(text))]

    assert leaks == []
