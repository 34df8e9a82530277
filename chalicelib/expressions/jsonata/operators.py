"""What do the operators of JSONata give? The table from sign to function.

Rule 1  Where one side is missing, arithmetic and order give nothing, equality and
        ``in`` give false, and ``&`` takes it for an empty text.
Rule 2  Whole numbers are exact, at any length: the ids of other systems have 19 digits.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from chalicelib.expressions.jsonata.budget import Budget, Refusal
from chalicelib.expressions.jsonata.calling import Run
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.values import (
    MISSING,
    is_equal,
    is_number,
    is_true,
    kind_of,
    number,
)
from chalicelib.expressions.jsonata.written import text_of
from chalicelib.values import Json

_Operate = Callable[[Json, Json, Budget], Json]


def binary(sign: str, left: Run, right: Run) -> Run:
    """Return the operation ``sign`` on two parts.

    Raises:
        KeyError: there is no such sign.
    """
    if sign == "and":
        return lambda value, frame: (
            is_true(left(value, frame)) and is_true(right(value, frame))
        )
    if sign == "or":
        return lambda value, frame: (
            is_true(left(value, frame)) or is_true(right(value, frame))
        )
    operate = _OPERATORS[sign]

    def run(value: Json, frame: Frame) -> Json:
        return operate(left(value, frame), right(value, frame), frame.budget)

    return run


def negated(inner: Run) -> Run:
    """Return the number of a part with its sign turned."""

    def run(value: Json, frame: Frame) -> Json:
        found = inner(value, frame)
        if found is MISSING:
            return MISSING
        if not is_number(found):
            raise Refusal("D1002", f"{_named(found)} cannot be negated")
        return -found

    return run


def _named(value: Json) -> str:
    kind = kind_of(value)
    return f"{'an' if kind[0] in 'aou' else 'a'} {kind}"


def _arithmetic(sign: str, work: Callable[[Any, Any], Any]) -> _Operate:
    def operate(left: Json, right: Json, budget: Budget) -> Json:
        for value, side, code in ((left, "left", "T2001"), (right, "right", "T2002")):
            if value is not MISSING and not is_number(value):
                raise Refusal(
                    code,
                    f"the {side} side of {sign} must be a number, not {_named(value)}",
                )
        if left is MISSING or right is MISSING:
            return MISSING
        try:
            return number(work(left, right))
        except (ZeroDivisionError, OverflowError):
            raise Refusal("D1001", f"{left} {sign} {right} is out of range") from None

    return operate


def _remainder(left: Any, right: Any) -> Any:
    """Return what is left of a division; its sign is that of the dividend."""
    if isinstance(left, int) and isinstance(right, int):
        rest = abs(left) % abs(right)
        return -rest if left < 0 else rest
    try:
        return math.fmod(left, right)
    except ValueError:
        raise ZeroDivisionError from None


def _order(sign: str, work: Callable[[Any, Any], bool]) -> _Operate:
    def operate(left: Json, right: Json, budget: Budget) -> Json:
        for value in (left, right):
            if not (value is MISSING or is_number(value) or isinstance(value, str)):
                raise Refusal(
                    "T2010",
                    f"the sides of {sign} must be numbers or texts, not "
                    f"{_named(value)}",
                )
        if left is MISSING or right is MISSING:
            return MISSING
        if is_number(left) != is_number(right):
            raise Refusal("T2009", f"the sides of {sign} must be of the same kind")
        return work(left, right)

    return operate


def _equal(left: Json, right: Json, budget: Budget) -> Json:
    if left is MISSING or right is MISSING:
        return False
    return is_equal(left, right, budget)


def _different(left: Json, right: Json, budget: Budget) -> Json:
    if left is MISSING or right is MISSING:
        return False
    return not is_equal(left, right, budget)


def _within(left: Json, right: Json, budget: Budget) -> Json:
    if left is MISSING or right is MISSING:
        return False
    values = right if isinstance(right, list) else [right]
    return any(is_equal(left, each, budget) for each in values)


def _joined(left: Json, right: Json, budget: Budget) -> Json:
    text = "".join(
        "" if each is MISSING else text_of(each, budget) for each in (left, right)
    )
    budget.take_text(len(text))
    return text


def _range(left: Json, right: Json, budget: Budget) -> Json:
    for value, side, code in ((left, "left", "T2003"), (right, "right", "T2004")):
        if value is not MISSING and not _is_whole(value):
            raise Refusal(code, f"the {side} side of .. must be a whole number")
    if left is MISSING or right is MISSING or left > right:
        return MISSING
    first, last = int(left), int(right)
    budget.take(last - first + 1)
    budget.step((last - first) // 16)
    return list(range(first, last + 1))


def _is_whole(value: Json) -> bool:
    return value.__class__ is int or (isinstance(value, float) and value.is_integer())


_OPERATORS: dict[str, _Operate] = {
    "+": _arithmetic("+", operator.add),
    "-": _arithmetic("-", operator.sub),
    "*": _arithmetic("*", operator.mul),
    "/": _arithmetic("/", operator.truediv),
    "%": _arithmetic("%", _remainder),
    "=": _equal,
    "!=": _different,
    "<": _order("<", operator.lt),
    "<=": _order("<=", operator.le),
    ">": _order(">", operator.gt),
    ">=": _order(">=", operator.ge),
    "&": _joined,
    "in": _within,
    "..": _range,
}
