"""What the tests of JSONata ask, and of what data."""

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import Facts, View, evaluate
from chalicelib.model.expressions import Jsonata

ORDER = {
    "id": 7,
    "customer": {"name": "Ada", "tags": ["new", "vip"]},
    "lines": [
        {"sku": "a", "price": 10, "amount": 2, "notes": ["x"]},
        {"sku": "b", "price": 5, "amount": 1, "notes": []},
        {"sku": "a", "price": 1, "amount": 3},
    ],
    "none": None,
    "empty": [],
    "nested": [[1, 2], [3]],
    "flags": {"a": True, "b": False},
}
FACTS = Facts(salt="e-1/0/3", at=1_714_564_800.5, state="Ship")


def view(**variables):
    return View(ORDER, input=ORDER, variables={"o": ORDER, **variables}, facts=FACTS)


def value_of(text, /, **variables):
    """Return the value of an expression in which $o is the order above."""
    return evaluate(Jsonata(text=text, field="Output"), view(**variables))


def failure_of(text, /, **variables):
    """Return the cause of an expression that has no value."""
    try:
        found = value_of(text, **variables)
    except EvaluationFailure as failure:
        assert failure.error == "States.QueryEvaluationError"
        return failure.cause
    raise AssertionError(f"{text} gave {found!r}")
