"""The functions of Aviator that turn a value into one of another kind, and math."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal

from chalicelib.expressions.aviator import asking, numbers
from chalicelib.expressions.aviator.frames import Frame
from chalicelib.expressions.aviator.values import (
    Thrown,
    Value,
    fits_long,
    is_number,
    kind_of,
    told,
    wrong_kind,
)
from chalicelib.expressions.aviator.written import text_of

#: Letters of a number that comes as a text.
_LONGEST = 640
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII).fullmatch
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,6})?", re.ASCII).fullmatch


def as_text(frame: Frame, value: Value) -> Value:
    """``str``."""
    return text_of(value, frame.budget)


def as_boolean(frame: Frame, value: Value) -> Value:
    """``boolean``: anything but false and nil is true."""
    return value is not None and value is not False


def as_long(frame: Frame, value: Value) -> Value:
    """``long``: the fraction is cut off."""
    found = _read(value, _WHOLE, int)
    if isinstance(value, str) and not fits_long(found):
        raise _no_number(value)
    if isinstance(found, int):
        return numbers.long(int(found))
    return numbers.truncated(found)


def as_double(frame: Frame, value: Value) -> Value:
    """``double``."""
    return numbers.as_double(_read(value, _NUMBER, float))


def as_bigint(frame: Frame, value: Value) -> Value:
    """``bigint``: the fraction is cut off."""
    found = _read(value, _WHOLE, int)
    return numbers.big(int(found) if isinstance(found, int) else _cut(found))


def _cut(value: float | Decimal) -> int:
    if not math.isfinite(value):
        raise Thrown(f"{value} is no whole number", "NumberFormatException")
    return int(value)


def as_decimal(frame: Frame, value: Value) -> Value:
    """``decimal``."""
    found = _read(value, _NUMBER, lambda text: numbers.EXACT.create_decimal(text))
    return found if isinstance(found, Decimal) else numbers.as_decimal(found)


def _read(
    value: Value, spelt: Callable[[str], object], made: Callable[[str], Value]
) -> Value:
    """Return the number that a value is, or spells."""
    if isinstance(value, bool):
        return int(value)
    if is_number(value):
        return value
    if not isinstance(value, str):
        raise wrong_kind(value, "number, nor does it spell one")
    if len(value) > _LONGEST or not spelt(value):
        raise _no_number(value)
    return made(value)


def _no_number(text: str) -> Thrown:
    return Thrown(f"{told(text)} spells no such number", "NumberFormatException")


def kind_name(frame: Frame, value: Value) -> Value:
    """``type``: ``long``, ``string``, ``list`` …"""
    return kind_of(value)


# -- math --------------------------------------------------------------------------


def absolute(frame: Frame, value: Value) -> Value:
    """``math.abs``."""
    return numbers.negated(value) if asking.number(value) < 0 else value


def rounded(frame: Frame, value: Value) -> Value:
    """``math.round``: to a long, halves upward."""
    found = numbers.as_double(asking.number(value))
    return numbers.truncated(_floor(found + 0.5))


def floor(frame: Frame, value: Value) -> Value:
    """``math.floor``: a double."""
    return _floor(numbers.as_double(asking.number(value)))


def ceiling(frame: Frame, value: Value) -> Value:
    """``math.ceil``: a double."""
    return -_floor(-numbers.as_double(asking.number(value)))


def _floor(value: float) -> float:
    return float(math.floor(value)) if math.isfinite(value) else value


def power(frame: Frame, base: Value, exponent: Value) -> Value:
    """``math.pow``: a double, unless the base is a bigint or a decimal."""
    left, right = asking.number(base), asking.number(exponent)
    if numbers.rank(left) in (1, 2):
        return numbers.power(left, right)
    return numbers.double_power(numbers.as_double(left), numbers.as_double(right))


def on_double(work: Callable[[float], float]) -> Callable[[Frame, Value], Value]:
    """Return a function of one double; without meaning is NaN."""

    def made(frame: Frame, value: Value) -> Value:
        found = numbers.as_double(asking.number(value))
        try:
            return work(found)
        except ValueError:
            # Only the logarithm of zero has a limit.
            is_log = work in (math.log, math.log10) and found == 0
            return -math.inf if is_log else math.nan

    return made
