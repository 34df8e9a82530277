"""The operators of Aviator -> functions of two values, or of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalicelib.expressions.aviator.calling import truth
from chalicelib.expressions.aviator.frames import LETTERS, Frame
from chalicelib.expressions.aviator.numbers import (
    arithmetic,
    bitwise,
    negated,
    power,
    require_long,
)
from chalicelib.expressions.aviator.orders import compare, equal
from chalicelib.expressions.aviator.values import (
    Regex,
    Thrown,
    Value,
    is_number,
    told,
)
from chalicelib.expressions.aviator.written import text_of
from chalicelib.expressions.jsonata.matching import spans

_sum = arithmetic("+")
_LEAST, _MOST = -(1 << 62), 1 << 62


def add(frame: Frame, left: Value, right: Value) -> Value:
    """Return ``left + right``: a sum, or a text as soon as one of them is one.

    Raises:
        Thrown: they cannot be added.
    """
    if left.__class__ is int and right.__class__ is int:
        found = left + right
        if _LEAST < found < _MOST:
            return found
    if left.__class__ is str or right.__class__ is str:
        return _joined(frame, left, right)
    return _sum(left, right)


def _joined(frame: Frame, left: Value, right: Value) -> str:
    is_simple = left is None or isinstance(left, str | bool | Regex) or is_number(left)
    if not is_simple:
        raise Thrown(f"cannot add {told(left)} and {told(right)}")
    budget = frame.budget
    first, second = text_of(left, budget), text_of(right, budget)
    budget.take_text(len(first) + len(second))
    return first + second


def match(frame: Frame, left: Value, right: Value) -> bool:
    """Return ``left =~ right``: whether a pattern is a text's, whole.

    The groups are then the names ``$0``, ``$1`` ….

    Raises:
        Thrown: they are no text and no pattern.
    """
    text, regex = (right, left) if isinstance(left, Regex) else (left, right)
    if not isinstance(regex, Regex):
        raise Thrown(f"{told(regex)} is no regular expression such as /a+/")
    if text is None:
        return False
    if not isinstance(text, str):
        raise Thrown(f"{told(text)} is not a text that could match")
    found = spans(regex.pattern, text, 0, frame.budget)
    if found is None:
        return False
    for number, (start, end) in enumerate(found):
        frame.names[f"${number}"] = text[start:end] if start >= 0 else None
    return True


def _ordered(holds: Callable[[int], bool]) -> Callable[[Frame, Value, Value], Value]:
    def work(frame: Frame, left: Value, right: Value) -> bool:
        if left.__class__ is str:
            frame.budget.step(len(left) // LETTERS)
        return holds(compare(left, right))

    return work


def _plain(
    work: Callable[[Value, Value], Value],
) -> Callable[[Frame, Value, Value], Value]:
    return lambda frame, left, right: work(left, right)


def _power(frame: Frame, left: Value, right: Value) -> Value:
    frame.budget.step(8)
    return power(left, right)


#: Sign -> what it does with two values; ``&&`` and ``||`` are not like that.
BINARY: Mapping[str, Callable[[Frame, Value, Value], Value]] = {
    "+": add,
    **{sign: _plain(arithmetic(sign)) for sign in "-*/%"},
    "**": _power,
    **{sign: _plain(bitwise(sign)) for sign in ("&", "|", "^", "<<", ">>", ">>>")},
    "==": lambda frame, left, right: equal(left, right, frame.budget),
    "!=": lambda frame, left, right: not equal(left, right, frame.budget),
    "<": _ordered(lambda found: found < 0),
    "<=": _ordered(lambda found: found <= 0),
    ">": _ordered(lambda found: found > 0),
    ">=": _ordered(lambda found: found >= 0),
    "=~": match,
}
#: Sign before a value -> what it does with it.
UNARY: Mapping[str, Callable[[Value], Value]] = {
    "!": lambda value: not truth(value),
    "-": negated,
    "~": lambda value: ~require_long(value),
}
