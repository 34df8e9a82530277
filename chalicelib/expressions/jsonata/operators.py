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
    is_finite,
    is_number,
    is_true,
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
            value = text_of([found], frame.budget)[1:-1]
            raise Refusal("D1002", f"Cannot negate a non-numeric value: {value}")
        return -found

    return run


def _arithmetic(sign: str, work: Callable[[Any, Any], Any]) -> _Operate:
    def operate(left: Json, right: Json, budget: Budget) -> Json:
        for value, side, code in ((left, "left", "T2001"), (right, "right", "T2002")):
            if value is not MISSING and not is_number(value):
                what = f'The {side} side of the "{sign}" operator'
                raise Refusal(code, f"{what} must evaluate to a number")
        if left is MISSING or right is MISSING:
            return MISSING
        if not (is_finite(left) and is_finite(right)):
            raise Refusal("D1001", f"Number out of range: {left} {sign} {right}")
        return _boundless(work, left, right)

    return operate


def _boundless(work: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """Return a number, or what stands for one that JSON does not have.

    Measured: a division by zero, or a number that is too large, fails nothing. It can
    be compared, and is a text, such as Infinity, once the expression is done.
    """
    try:
        found = work(left, right)
    except ZeroDivisionError:
        found = math.copysign(math.inf, left) if left else math.nan
    except OverflowError:
        found = math.inf if (left < 0) == (right < 0) else -math.inf
    try:
        return number(found)
    except Refusal:
        if isinstance(found, float):
            return found
        return math.inf if found > 0 else -math.inf


def _remainder(left: Any, right: Any) -> Any:
    """Return what is left of a division; its sign is that of the dividend."""
    if right == 0:
        return math.nan
    if isinstance(left, int) and isinstance(right, int):
        rest = abs(left) % abs(right)
        return -rest if left < 0 else rest
    return math.fmod(left, right)


def _order(sign: str, work: Callable[[Any, Any], bool]) -> _Operate:
    def operate(left: Json, right: Json, budget: Budget) -> Json:
        for value in (left, right):
            if not (value is MISSING or is_number(value) or isinstance(value, str)):
                what = f'The expressions either side of operator "{sign}"'
                raise Refusal(
                    "T2010", f"{what} must evaluate to numeric or string values"
                )
        if left is MISSING or right is MISSING:
            return MISSING
        if is_number(left) != is_number(right):
            values = f"The values {text_of([left], budget)[1:-1]} and "
            values += text_of([right], budget)[1:-1]
            where = f'either side of operator "{sign}"'
            raise Refusal("T2009", f"{values} {where} must be of the same data type")
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
            what = f"The {side} side of the range operator (..)"
            raise Refusal(code, f"{what} must evaluate to an integer")
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
