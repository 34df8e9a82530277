"""Which of two values of Aviator is greater, and are they equal?

Nil is smaller than anything. Numbers compare across their kinds, texts letter by
letter, a date with a text that spells one. All other pairs have no order: asking for it
is an error, and they are not equal.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from functools import cmp_to_key

from chalicelib.expressions.aviator.frames import LETTERS
from chalicelib.expressions.aviator.numbers import as_decimal, as_double, rank
from chalicelib.expressions.aviator.values import (
    Date,
    Thrown,
    Value,
    is_number,
    kind_of,
    told,
)
from chalicelib.expressions.jsonata.budget import Budget

#: Values inside values that are compared.
_MAX_DEPTH = 100


def compare(left: Value, right: Value) -> int:
    """Return -1, 0 or 1.

    Raises:
        Thrown: there is no order between them.
    """
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if is_number(left) and is_number(right):
        return _numbers(left, right)
    kinds = kind_of(left), kind_of(right)
    if kinds in (("string", "string"), ("boolean", "boolean"), ("date", "date")):
        return _sign(left, right)
    if kinds == ("date", "string"):
        return _sign(left, _spelt(right))
    if kinds == ("string", "date"):
        return _sign(_spelt(left), right)
    why = f"cannot compare {told(left)} with {told(right)}"
    raise Thrown(why, "CompareNotSupportedException")


def _sign(left: Value, right: Value) -> int:
    return int(left > right) - int(left < right)


def _numbers(left: Value, right: Value) -> int:
    highest = max(rank(left), rank(right))
    if highest == 3:
        left, right = as_double(left), as_double(right)
        # NaN is equal to itself, and greater than any other.
        if left != left or right != right:
            return int(left != left) - int(right != right)
    elif highest == 2:
        left = left if rank(left) == 2 else as_decimal(left)
        right = right if rank(right) == 2 else as_decimal(right)
    return _sign(left, right)


def _spelt(text: str) -> Date:
    try:
        at = datetime.datetime.strptime(f"{text} +0000", "%Y-%m-%d %H:%M:%S:%f %z")
    except ValueError:
        why = f"{text[:40]!r} is no date such as 2024-01-31 23:59:59:00"
        raise Thrown(why) from None
    # Behind the last colon are milliseconds, however many digits there are.
    millis = int(text.rpartition(":")[2])
    return Date(int(at.replace(microsecond=0).timestamp()) * 1000 + millis)


def equal(left: Value, right: Value, budget: Budget, depth: int = 0) -> bool:
    """Return whether two values are equal; of different kinds they are not."""
    if left is right or left is None or right is None:
        return left is right
    kind = kind_of(left)
    if kind == "string":
        budget.step(len(left) // LETTERS)
    if kind == kind_of(right) and kind in _PARTS:
        if depth > _MAX_DEPTH:
            raise Thrown("the values are nested too deeply to be compared")
        return _PARTS[kind](left, right, budget, depth + 1)
    try:
        return compare(left, right) == 0
    except Thrown as thrown:
        if thrown.error.kind == "CompareNotSupportedException":
            return bool(left == right) and kind == kind_of(right)
        raise


def _lists(left: Value, right: Value, budget: Budget, depth: int) -> bool:
    budget.step(len(left))
    return len(left) == len(right) and all(
        equal(one, other, budget, depth) for one, other in zip(left, right, strict=True)
    )


def _maps(left: Value, right: Value, budget: Budget, depth: int) -> bool:
    budget.step(len(left))
    return left.keys() == right.keys() and all(
        equal(value, right[key], budget, depth) for key, value in left.items()
    )


_PARTS: Mapping[str, Callable[[Value, Value, Budget, int], bool]] = {
    "list": _lists,
    "entry": _lists,
    "map": _maps,
    "set": lambda left, right, budget, depth: left.items.keys() == right.items.keys(),
}


def ordered(
    values: list[Value], budget: Budget, order: Callable[[Value, Value], int] = compare
) -> list[Value]:
    """Return values in order; those that are equal stay as they are.

    Raises:
        Thrown: two of them have no order.
    """

    def step(left: Value, right: Value) -> int:
        budget.step(1 + (len(left) // LETTERS if left.__class__ is str else 0))
        return order(left, right)

    budget.take(len(values))
    return sorted(values, key=cmp_to_key(step))
