import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import View, evaluate
from chalicelib.model.expressions import And, Compare, Is, Literal, Not, Or, Path

V = Path(text="$.v", steps=("v",))
W = Path(text="$.w", steps=("w",))
MISSING = Path(text="$.no", steps=("no",))
YES, NO = Literal(value=True), Literal(value=False)


def compared(operator, left, right):
    node = Compare(operator=operator, left=V, right=Literal(value=right))
    return evaluate(node, View({"v": left}))


@pytest.mark.parametrize(
    ("operator", "left", "right"),
    [
        ("StringEquals", "a", "a"),
        ("StringLessThan", "a", "b"),
        ("StringGreaterThan", "b", "a"),
        ("StringLessThanEquals", "a", "a"),
        ("StringGreaterThanEquals", "b", "a"),
        ("NumericEquals", 1, 1.0),
        ("NumericLessThan", 1, 1.5),
        ("NumericGreaterThan", 2, 1),
        ("NumericLessThanEquals", 1, 1),
        ("NumericGreaterThanEquals", 1, 1),
        ("TimestampEquals", "2024-01-01T01:00:00+01:00", "2024-01-01T00:00:00.0Z"),
        ("TimestampLessThan", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.001Z"),
        ("TimestampGreaterThan", "2024-01-02T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("TimestampLessThanEquals", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("TimestampGreaterThanEquals", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("BooleanEquals", False, False),
    ],
)
def test_comparisons_that_hold(operator, left, right):
    assert compared(operator, left, right) is True


@pytest.mark.parametrize(
    ("operator", "left", "right"),
    [
        pytest.param("StringEquals", "a", "b", id="another text"),
        pytest.param("StringEquals", 1, "1", id="a number is no text"),
        pytest.param("NumericEquals", "1", 1, id="a text is no number"),
        pytest.param("NumericEquals", True, 1, id="true is not 1"),
        pytest.param("NumericLessThan", None, 1, id="null is no number"),
        pytest.param("BooleanEquals", 0, False, id="0 is not false"),
        pytest.param("BooleanEquals", True, False, id="true is not false"),
        pytest.param("TimestampEquals", "soon", "2024-01-01T00:00:00Z", id="no time"),
        pytest.param("TimestampEquals", "2024-01-01T00:00:00Z", 5, id="no time either"),
        pytest.param("StringMatches", 5, "*", id="only texts match"),
    ],
)
def test_comparisons_that_do_not_hold(operator, left, right):
    assert compared(operator, left, right) is False


@pytest.mark.parametrize(
    ("text", "pattern", "matches"),
    [
        ("log.txt", "log.txt", True),
        ("log.txt", "*.txt", True),
        ("log.txt", "log*", True),
        ("log.txt", "*", True),
        ("", "*", True),
        ("log-2024-05.txt", "log-*-*.txt", True),
        ("log-2024.txt", "log-*-*.txt", False),
        ("log", "*.txt", False),
        ("log", "loog", False),
        ("aba", "ab*ba", False),
        ("a*b", r"a\*b", True),
        ("axb", r"a\*b", False),
        ("a\\b", r"a\\b", True),
        ("a\\xb", r"a\\*b", True),
        ("a\\", "a\\", True),
        ("xy", "x*z", False),
    ],
)
def test_patterns(text, pattern, matches):
    assert compared("StringMatches", text, pattern) is matches


@given(some.text("ab*\\"), some.text("ab*\\"))
def test_a_text_matches_itself_with_every_letter_escaped(text, other):
    escaped = text.replace("\\", "\\\\").replace("*", "\\*")

    assert compared("StringMatches", text, escaped) is True
    assert compared("StringMatches", other, escaped) is (other == text)


def test_the_other_side_can_be_a_path():
    node = Compare(operator="StringEquals", left=V, right=W)

    assert evaluate(node, View({"v": "a", "w": "a"})) is True


@pytest.mark.parametrize(
    "node",
    [
        Compare(operator="StringEquals", left=MISSING, right=Literal(value="a")),
        Compare(operator="StringEquals", left=V, right=MISSING),
        Is(kind="IsNull", subject=MISSING),
    ],
)
def test_a_path_that_leads_nowhere_is_a_failure(node):
    with pytest.raises(EvaluationFailure) as failed:
        evaluate(node, View({"v": "a"}))

    assert failed.value.error == "States.Runtime"
    assert failed.value.cause == (
        "Invalid path '$.no': The choice state's condition path references an "
        "invalid value."
    )


def test_a_failure_that_is_not_a_paths_keeps_its_words():
    inner = Compare(operator="StringEquals", left=MISSING, right=YES)
    node = Compare(operator="StringEquals", left=V, right=inner)

    with pytest.raises(EvaluationFailure, match=r"Invalid path '\$\.no'"):
        evaluate(node, View({"v": "a"}))


@pytest.mark.parametrize(
    ("kind", "those"),
    [
        ("IsNull", {"null"}),
        ("IsPresent", {"null", "number", "text", "boolean", "time"}),
        ("IsNumeric", {"number"}),
        ("IsString", {"text", "time"}),
        ("IsBoolean", {"boolean"}),
        ("IsTimestamp", {"time"}),
    ],
)
def test_tests_of_type(kind, those):
    values = {
        "null": None,
        "number": 1.5,
        "text": "x",
        "boolean": False,
        "time": "2024-01-01T00:00:00Z",
    }
    found = {
        name
        for name, value in values.items()
        if evaluate(Is(kind=kind, subject=V), View({"v": value}))
    }

    assert found == those


def test_a_test_of_type_can_ask_for_the_opposite():
    assert (
        evaluate(Is(kind="IsNull", subject=V, expected=False), View({"v": 1})) is True
    )
    assert evaluate(Is(kind="IsPresent", subject=V, expected=False), View({})) is True


def test_a_query_that_finds_nothing_is_not_present():
    query = Path(text="$.v[*]", steps=None, query="$.v[*]")

    assert evaluate(Is(kind="IsPresent", subject=query), View({"v": []})) is False
    assert evaluate(Is(kind="IsPresent", subject=query), View({"v": [1]})) is True


def test_rules_are_combined():
    assert evaluate(And(rules=(YES, YES)), View()) is True
    assert evaluate(And(rules=(YES, NO)), View()) is False
    assert evaluate(Or(rules=(NO, YES)), View()) is True
    assert evaluate(Or(rules=(NO, NO)), View()) is False
    assert evaluate(Not(rule=NO), View()) is True
    assert evaluate(Not(rule=YES), View()) is False


def test_a_rule_that_is_not_needed_is_not_asked():
    broken = Is(kind="IsNull", subject=MISSING)

    assert evaluate(Or(rules=(YES, broken)), View({})) is True
    assert evaluate(And(rules=(NO, broken)), View({})) is False
