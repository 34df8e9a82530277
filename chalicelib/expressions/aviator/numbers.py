"""What do Aviator's operators do with numbers?

    long < bigint < decimal < double

Two numbers meet as the greater of their kinds. A long wraps around at 64 bits, and
dividing whole numbers truncates toward zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any

from chalicelib.expressions.aviator.values import (
    Thrown,
    Value,
    fits_long,
    is_number,
    told,
)
from chalicelib.model.aviator_tree import BigInt

#: Digits that a decimal keeps, and how far its point may move (IEEE 754, decimal128).
EXACT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emax=6144,
    Emin=-6143,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
#: Bits of a bigint: some 600 digits.
MAX_BITS = 2_048
_SPAN = 1 << 64
_HALF = 1 << 63


def long(value: int) -> int:
    """Return what 64 bits keep of a number.

    >>> long((1 << 63) - 1 + 1)
    -9223372036854775808
    """
    return (value + _HALF) % _SPAN - _HALF


def big(value: int) -> BigInt:
    """Return a number without bounds.

    Raises:
        Thrown: it has too many digits all the same.
    """
    if value.bit_length() > MAX_BITS:
        raise _too_long()
    return BigInt(value)


def _too_long() -> Thrown:
    return Thrown(f"a bigint has {MAX_BITS} bits at most", "ArithmeticException")


def truncated(value: float | Decimal) -> int:
    """Return a number without its fraction, as a long: beyond it, the nearest one."""
    if value != value:
        return 0
    if math.isinf(value):
        return _HALF - 1 if value > 0 else -_HALF
    return max(-_HALF, min(int(value), _HALF - 1))


def as_double(value: Value) -> float:
    """Return a number as a double."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def as_decimal(value: Value) -> Decimal:
    """Return a number as a decimal.

    Raises:
        Thrown: it is no finite number.
    """
    if value.__class__ is float and not math.isfinite(value):
        raise Thrown(f"{value} is no decimal", "NumberFormatException")
    exact = Decimal(repr(value)) if value.__class__ is float else Decimal(int(value))
    return EXACT.plus(exact)


def rank(value: Value) -> int:
    """Return the place of a number among the kinds of numbers."""
    kind = value.__class__
    if kind is int:
        return 0 if fits_long(value) else 1
    return 3 if kind is float else 2 if kind is Decimal else 1


# -- each operator, for two numbers of one kind ------------------------------------


def _by_zero() -> Thrown:
    return Thrown("/ by zero", "ArithmeticException")


def _quotient(left: int, right: int) -> int:
    if not right:
        raise _by_zero()
    found = abs(left) // abs(right)
    return found if (left < 0) == (right < 0) else -found


def _rest(left: int, right: int) -> int:
    return left - right * _quotient(left, right)


def _big_rest(left: int, right: int) -> int:
    if right <= 0:
        raise Thrown("the modulus is not positive", "ArithmeticException")
    return left % right


def _double_quotient(left: float, right: float) -> float:
    if right:
        return left / right
    if left != left or not left:
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _double_rest(left: float, right: float) -> float:
    if not right or math.isinf(left):
        return math.nan
    return math.fmod(left, right)


_Whole = Callable[[int, int], int]
_Double = Callable[[float, float], float]
_Exact = Callable[[Any, Any], Decimal]
#: Sign -> for long, bigint, decimal, double; and what it does, in words.
_OPERATORS: Mapping[str, tuple[_Whole, _Whole, _Exact, _Double, str]] = {
    "+": (int.__add__, int.__add__, EXACT.add, float.__add__, "add"),
    "-": (int.__sub__, int.__sub__, EXACT.subtract, float.__sub__, "subtract"),
    "*": (int.__mul__, int.__mul__, EXACT.multiply, float.__mul__, "multiply"),
    "/": (_quotient, _quotient, EXACT.divide, _double_quotient, "divide"),
    "%": (_rest, _big_rest, EXACT.remainder, _double_rest, "divide"),
}


def arithmetic(sign: str) -> Callable[[Value, Value], Value]:
    """Return what an operator does with two values.

    The function raises ``Thrown`` where they are no numbers, or have no result.
    """
    on_long, on_big, on_decimal, on_double, verb = _OPERATORS[sign]

    def work(left: Value, right: Value) -> Value:
        if not (is_number(left) and is_number(right)):
            raise Thrown(f"cannot {verb} {told(left)} and {told(right)}")
        highest = max(rank(left), rank(right))
        if highest == 0:
            return long(on_long(left, right))
        if highest == 1:
            return big(on_big(int(left), int(right)))
        if highest == 3:
            return on_double(as_double(left), as_double(right))
        return _exactly(on_decimal, _decimal(left), _decimal(right))

    return work


def _decimal(value: Value) -> Decimal:
    return value if value.__class__ is Decimal else as_decimal(value)


def _exactly(work: _Exact, left: Decimal, right: Decimal | int) -> Decimal:
    try:
        return work(left, right)
    except DecimalException as error:
        why = "/ by zero" if isinstance(error, DivisionByZero) else "no decimal"
        raise Thrown(why, "ArithmeticException") from None


def power(base: Value, exponent: Value) -> Value:
    """Return ``base ** exponent``.

    Raises:
        Thrown: they are no numbers, or the result is too large.
    """
    if not (is_number(base) and is_number(exponent)):
        raise Thrown(f"cannot raise {told(base)} to {told(exponent)}")
    place = rank(base)
    if place == 1:
        return _big_power(int(base), truncated(as_double(exponent)))
    if place == 2:
        return _exactly(EXACT.power, base, truncated(as_double(exponent)))
    found = double_power(as_double(base), as_double(exponent))
    if place == 3 or exponent.__class__ in (float, Decimal) or exponent < 0:
        return found
    # Exact where it fits; else as far as a double reaches, as upstream.
    return truncated(found) if abs(found) >= 1 << 53 else int(found)


def _big_power(base: int, exponent: int) -> BigInt:
    if exponent < 0:
        raise Thrown("the exponent is negative", "ArithmeticException")
    if abs(base) < 2:
        # Any power of these is one of these; it depends on odd and even alone.
        return big(base ** (2 - exponent % 2 if exponent else 0))
    if (abs(base).bit_length() - 1) * exponent > MAX_BITS:
        raise _too_long()
    return big(base**exponent)


def double_power(base: float, exponent: float) -> float:
    """Return the power of a double; too large is infinite, without meaning is NaN."""
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        return math.inf if base == 0 else math.nan


# -- bits --------------------------------------------------------------------------

_BITS: Mapping[str, Callable[[int, int], int]] = {
    "&": int.__and__,
    "|": int.__or__,
    "^": int.__xor__,
    "<<": lambda left, right: left << (right & 63),
    ">>": lambda left, right: left >> (right & 63),
    ">>>": lambda left, right: (left % _SPAN) >> (right & 63),
}


def bitwise(sign: str) -> Callable[[Value, Value], Value]:
    """Return what an operator does with the bits of two longs."""
    on_bits = _BITS[sign]

    def work(left: Value, right: Value) -> Value:
        return long(on_bits(require_long(left), require_long(right)))

    return work


def require_long(value: Value) -> int:
    """Return a value that must be a long.

    Raises:
        Thrown: it is none.
    """
    if value.__class__ is int and fits_long(value):
        return int(value)
    raise Thrown(f"{told(value)} is not a long and has no bits to work on")


def negated(value: Value) -> Value:
    """Return ``-value``."""
    if not is_number(value):
        raise Thrown(f"cannot negate {told(value)}")
    if rank(value) == 0:
        return long(-value)
    return big(-value) if rank(value) == 1 else -value
