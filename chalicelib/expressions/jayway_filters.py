"""Does a value pass the test of a Jayway filter?

Rule 1  A missing place in a comparison is null: equal to null, in no order.
Rule 2  A number and a text are equal when one reads as the other; a boolean is equal
        to a boolean only.
Rule 3  Order is between two numbers or two texts; anything else is false, no failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from chalicelib.errors import EvaluationFailure
from chalicelib.model.jayway import (
    Comparison,
    Constant,
    Every,
    Exists,
    JaywayPath,
    Operand,
    Pattern,
    Some,
    Test,
    Unless,
)
from chalicelib.values import Json, is_number

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", re.ASCII).fullmatch


class Search(Protocol):
    """Follows the paths inside a test, and counts the steps."""

    def spend(self, steps: int) -> None:
        """Count steps."""
        ...

    def value(self, path: JaywayPath, start: Json) -> Json:
        """Return the value of ``path``."""
        ...

    def reaches(self, path: JaywayPath, start: Json) -> bool:
        """Return whether ``path`` leads somewhere."""
        ...


def passes(test: Test, item: Json, search: Search) -> bool:
    """Return whether ``item`` passes ``test``.

    Raises:
        EvaluationFailure: it takes too many steps.
    """
    match test:
        case Exists(path):
            return search.reaches(path, item)
        case Every(tests):
            return all(passes(each, item, search) for each in tests)
        case Some(tests):
            return any(passes(each, item, search) for each in tests)
        case Unless(inner):
            return not passes(inner, item, search)
    return _compare(test, item, search)


def _compare(test: Comparison, item: Json, search: Search) -> bool:
    left, right = (_value(each, item, search) for each in (test.left, test.right))
    if test.operator == "=~":
        return _matches(left, right, search)
    search.spend(_weight(left) + _weight(right))
    return OPERATORS[test.operator](left, right)


def _value(operand: Operand, item: Json, search: Search) -> Json:
    if isinstance(operand, JaywayPath):
        return search.value(operand, item)
    return operand.value if isinstance(operand, Constant) else operand


def _weight(value: Json) -> int:
    return len(value) if isinstance(value, list) else 1


def _matches(left: Json, right: Json, search: Search) -> bool:
    subject, pattern = (left, right) if isinstance(right, Pattern) else (right, left)
    if not isinstance(pattern, Pattern):
        return False
    subjects = subject if isinstance(subject, list) else [subject]
    search.spend(len(subjects))
    return any(_matches_one(pattern, each) for each in subjects)


def _matches_one(pattern: Pattern, subject: Json) -> bool:
    if not isinstance(subject, str | int | float):
        return False
    text = _text(subject)
    if len(text) > pattern.longest:
        cause = f"{pattern.compiled.pattern!r} takes texts up to {pattern.longest} long"
        raise EvaluationFailure("mapping_failed", cause)
    return pattern.compiled.fullmatch(text) is not None


def _text(value: str | int | float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def equals(left: Json, right: Json) -> bool:
    """Return whether the two are equal, as filters see it.

    >>> equals(4, "4"), equals(True, "true"), equals(1, True), equals(None, None)
    (True, False, False, True)
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if is_number(left) and isinstance(right, str):
        return bool(_NUMBER(right)) and float(right) == left
    if isinstance(left, str) and is_number(right):
        return left == str(right)
    return bool(left == right)


def _in_order(check: Callable[[Json, Json], bool]) -> Callable[[Json, Json], bool]:
    def ordered(left: Json, right: Json) -> bool:
        both_numbers = is_number(left) and is_number(right)
        both_texts = isinstance(left, str) and isinstance(right, str)
        return (both_numbers or both_texts) and check(left, right)

    return ordered


def _is_in(value: Json, values: Json) -> bool:
    return isinstance(values, list) and any(equals(value, each) for each in values)


def _contains(whole: Json, part: Json) -> bool:
    if isinstance(whole, str):
        return isinstance(part, str) and part in whole
    return _is_in(part, whole)


def _all_in(parts: Json, whole: Json) -> bool:
    return isinstance(parts, list) and all(_is_in(each, whole) for each in parts)


def _any_in(parts: Json, whole: Json) -> bool:
    return isinstance(parts, list) and any(_is_in(each, whole) for each in parts)


def _has_size(value: Json, size: Json) -> bool:
    return isinstance(value, str | list) and is_number(size) and len(value) == size


def _is_empty(value: Json, expected: Json) -> bool:
    is_container = isinstance(value, str | list | dict)
    return is_container and isinstance(expected, bool) and (not value) == expected


def _same_kind(left: Json, right: Json) -> bool:
    both_numbers = is_number(left) and is_number(right)
    return (both_numbers or type(left) is type(right)) and equals(left, right)


OPERATORS: Mapping[str, Callable[[Json, Json], bool]] = {
    "==": equals,
    "!=": lambda left, right: not equals(left, right),
    "===": _same_kind,
    "!==": lambda left, right: not _same_kind(left, right),
    "<": _in_order(lambda left, right: left < right),
    "<=": _in_order(lambda left, right: left <= right),
    ">": _in_order(lambda left, right: left > right),
    ">=": _in_order(lambda left, right: left >= right),
    "in": _is_in,
    "nin": lambda value, values: not _is_in(value, values),
    "contains": _contains,
    "all": lambda whole, parts: _all_in(parts, whole),
    "size": _has_size,
    "empty": _is_empty,
    "subsetof": _all_in,
    "anyof": _any_in,
    "noneof": lambda parts, whole: not _any_in(parts, whole),
}
