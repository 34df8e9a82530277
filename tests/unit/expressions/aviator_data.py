"""What a script gives, and what it fails with."""

import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions.aviator import evaluate
from chalicelib.expressions.scope import Facts

#: 2024-01-31T23:05:09.007Z
FACTS = Facts(at=1706742309.007, salt="run/0/1/1")


def value_of(text, **names):
    return evaluate(text, names, FACTS)


def strictly(value):
    """Tell 1 from 1.0 and from true."""
    if isinstance(value, list):
        return [strictly(each) for each in value]
    return repr(value)


def failure_of(text, **names):
    with pytest.raises(EvaluationFailure) as raised:
        evaluate(text, names, FACTS)
    return f"{raised.value.error}: {raised.value.cause}"
