"""Does a Choice rule of the Amazon States Language hold?

Rule 1  A value of another type than the operator's makes a comparison false.
Rule 2  A path that leads nowhere is a failure, except for ``IsPresent``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import jsonpath
from chalicelib.expressions.scope import View
from chalicelib.model import expressions as nodes
from chalicelib.model.timestamps import instant
from chalicelib.values import Json, is_number

_Evaluate = Callable[[Any, View], Json]
_Holds = Callable[[Json, Json], bool]


def compare(node: nodes.Compare, view: View, evaluate: _Evaluate) -> bool:
    """Return whether the comparison holds.

    Raises:
        EvaluationFailure: one of its paths leads nowhere.
    """
    left = _value(node.left, view, evaluate)
    right = _value(node.right, view, evaluate)
    return _OPERATORS[node.operator](left, right)


def test_type(node: nodes.Is, view: View, evaluate: _Evaluate) -> bool:
    """Return whether the value is (or is not) of a kind.

    Raises:
        EvaluationFailure: there is no value, and that was not the question.
    """
    if node.kind == "IsPresent":
        return jsonpath.is_present(node.subject, view, evaluate) is node.expected
    value = _value(node.subject, view, evaluate)
    return _KINDS[node.kind](value) is node.expected


def every(node: nodes.And, view: View, evaluate: _Evaluate) -> bool:
    """Return whether every rule holds; the first that does not decides."""
    return all(evaluate(rule, view) is True for rule in node.rules)


def either(node: nodes.Or, view: View, evaluate: _Evaluate) -> bool:
    """Return whether one rule holds; the first that does decides."""
    return any(evaluate(rule, view) is True for rule in node.rules)


def negate(node: nodes.Not, view: View, evaluate: _Evaluate) -> bool:
    """Return whether the rule does not hold."""
    return evaluate(node.rule, view) is not True


def _value(part: nodes.Expression, view: View, evaluate: _Evaluate) -> Json:
    try:
        return evaluate(part, view)
    except EvaluationFailure as failure:
        if not isinstance(part, nodes.Path):
            raise
        raise EvaluationFailure(
            failure.error,
            f"Invalid path '{part.text}': The choice state's condition path "
            "references an invalid value.",
        ) from None


def _texts(test: Callable[[Any, Any], Any]) -> _Holds:
    def holds(left: Json, right: Json) -> bool:
        are_texts = isinstance(left, str) and isinstance(right, str)
        return are_texts and bool(test(left, right))

    return holds


def _numbers(test: Callable[[Any, Any], Any]) -> _Holds:
    def holds(left: Json, right: Json) -> bool:
        return is_number(left) and is_number(right) and bool(test(left, right))

    return holds


def _times(test: Callable[[Any, Any], Any]) -> _Holds:
    def holds(left: Json, right: Json) -> bool:
        first, second = instant(left), instant(right)
        return first is not None and second is not None and bool(test(first, second))

    return holds


def _same_boolean(left: Json, right: Json) -> bool:
    return isinstance(left, bool) and left is right


@lru_cache(maxsize=1024)
def _pieces(pattern: str) -> tuple[str, ...]:
    r"""Return the texts between the asterisks of a pattern; ``\`` makes one a letter.

    >>> _pieces(r"log-*.tx\*t")
    ('log-', '.tx*t')
    """
    pieces, at = [""], 0
    while at < len(pattern):
        if pattern[at] == "*":
            pieces.append("")
        else:
            at += pattern[at] == "\\" and at + 1 < len(pattern)
            pieces[-1] += pattern[at]
        at += 1
    return tuple(pieces)


def _matches(text: str, pattern: str) -> bool:
    """Return whether ``text`` fits; in one pass, so that no pattern is slow."""
    first, *inner = _pieces(pattern)
    if not inner:
        return text == first
    last = inner.pop()
    if not text.startswith(first) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in inner:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return text.endswith(last)


_ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}
_OPERATORS: dict[str, _Holds] = {
    **{f"String{name}": _texts(order) for name, order in _ORDERS.items()},
    **{f"Numeric{name}": _numbers(order) for name, order in _ORDERS.items()},
    **{f"Timestamp{name}": _times(order) for name, order in _ORDERS.items()},
    "BooleanEquals": _same_boolean,
    "StringMatches": _texts(_matches),
}
_KINDS: dict[str, Callable[[Json], bool]] = {
    "IsNull": lambda value: value is None,
    "IsNumeric": is_number,
    "IsString": lambda value: isinstance(value, str),
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": lambda value: instant(value) is not None,
}
