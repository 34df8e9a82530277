import pytest

from chalicelib.formats import compile_definition
from chalicelib.model.expressions import (
    And,
    Compare,
    Is,
    Literal,
    Not,
    Or,
    Path,
)

A = Path(text="$.a", steps=("a",))
DONE = {"Type": "Succeed"}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:resize"
BODY = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}


def state(fields, *, following=None):
    """Compile a machine whose first state has these fields, and return the state."""
    states = {"S": fields, **(following or {})}
    return compile_definition({"StartAt": "S", "States": states}).scope.states["S"]


def rule(**test):
    found = state(
        {"Type": "Choice", "Choices": [{**test, "Next": "D"}], "Default": "D"},
        following={"D": DONE},
    )
    assert found.work.default == ("D",)
    (only,) = found.work.rules
    assert only.next == ("D",)
    return only


def test_rules_of_a_choice():
    one = Literal(value=1)
    equals = Compare(operator="NumericEquals", left=A, right=one)
    other = Compare(operator="StringMatches", left=A, right=Literal(value="*.txt"))
    same = Compare(operator="StringEquals", left=A, right=A)
    kind = Is(kind="IsPresent", subject=A, expected=False)
    test = {"Variable": "$.a", "NumericEquals": 1}

    assert rule(**test).condition == equals
    assert rule(Variable="$.a", StringMatches="*.txt").condition == other
    assert rule(Variable="$.a", StringEqualsPath="$.a").condition == same
    assert rule(Variable="$.a", IsPresent=False).condition == kind
    assert rule(Not=test).condition == Not(rule=equals)
    assert rule(And=[test, {"Not": test}]).condition == And(
        rules=(equals, Not(rule=equals))
    )
    assert rule(Or=[test]).condition == Or(rules=(equals,))


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("BooleanEquals", True),
        ("TimestampLessThanEquals", "2024-01-01T00:00:00Z"),
        ("NumericGreaterThanEqualsPath", "$.b"),
        ("TimestampEqualsPath", "$$.State.EnteredTime"),
        ("IsTimestamp", True),
    ],
)
def test_operators_of_a_choice(operator, value):
    assert rule(Variable="$.a", Comment="x", **{operator: value}).condition


def test_a_rule_can_assign():
    found = rule(Variable="$.a", IsNull=True, Assign={"x": 1})

    assert found.assign == Literal(value={"x": 1})


def test_a_choice_needs_no_default():
    choices = [{"Variable": "$.a", "IsNull": True, "Next": "D"}]
    found = state({"Type": "Choice", "Choices": choices}, following={"D": DONE})

    assert found.work.default is None
