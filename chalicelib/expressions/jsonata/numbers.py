"""The functions of JSONata that work on numbers."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.pictures import written_by
from chalicelib.expressions.jsonata.values import MISSING, bounded, is_finite
from chalicelib.expressions.jsonata.values import number as whole
from chalicelib.values import Json

_NUMBER = re.compile(r"-?\d+(\.\d+)?([Ee][-+]?\d+)?", re.ASCII)
_RADIX = re.compile(r"0(?:[xX][\da-fA-F]+|[oO][0-7]+|[bB][01]+)")
#: Options of ``$formatNumber`` that are one sign of a picture.
_SIGNS = frozenset(
    {
        "decimal-separator",
        "grouping-separator",
        "exponent-separator",
        "pattern-separator",
        "zero-digit",
        "digit",
    }
)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
#: Digits of a number that comes as a text: as many as the largest double has.
_LONGEST = 400
_EXACT = Context(prec=800)
#: Longer numbers have no words, and take long in any picture.
_LARGEST = 10**60


def number(frame: Frame, value: Json) -> Json:
    """``$number``: the number that a text spells, or that true and false are."""
    if isinstance(value, bool):
        return int(value)
    if not isinstance(value, str):
        return value
    found = _NUMBER.fullmatch(value)
    if found and len(value) <= _LONGEST:
        return whole(float(value) if found[1] or found[2] else int(value))
    if _RADIX.fullmatch(value) and len(value) <= _LONGEST:
        return whole(int(value, 0))
    raise Refusal("D3030", f"{value[:80]!r} is not a number")


def absolute(frame: Frame, value: float) -> Json:
    """``$abs``."""
    return abs(value)


def floor(frame: Frame, value: float) -> Json:
    """``$floor``."""
    return math.floor(value) if is_finite(value) else value


def ceiling(frame: Frame, value: float) -> Json:
    """``$ceil``."""
    return math.ceil(value) if is_finite(value) else value


def rounded(frame: Frame, value: float, precision: Json = MISSING) -> Json:
    """``$round``: to so many decimal places, halves to the even digit."""
    bounded(value)
    places = 0
    if precision is not MISSING:
        places = max(-400, min(int(bounded(precision)), 400))
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if places >= -int(exact.as_tuple().exponent):
        return value
    found = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, _EXACT)
    return whole(float(found) if places > 0 else int(found))


def root(frame: Frame, value: float) -> Json:
    """``$sqrt``."""
    if value < 0:
        raise Refusal("D3060", f"{value} is negative and has no square root")
    return whole(math.sqrt(value))


def power(frame: Frame, base: float, exponent: Json) -> Json:
    """``$power``."""
    if exponent is MISSING:
        raise Refusal("D3061", f"{base} has no power without an exponent")
    try:
        found = math.pow(base, exponent)
        if found.is_integer() and isinstance(base, int) and isinstance(exponent, int):
            # Exact where the numbers are: a double loses digits beyond 2**53.
            return whole(base**exponent if exponent >= 0 else found)
        return whole(found)
    except (OverflowError, ValueError):
        raise Refusal(
            "D3061", f"{base} to the power of {exponent} is no number"
        ) from None


def format_base(frame: Frame, value: float, radix: Json = MISSING) -> Json:
    """``$formatBase``: a whole number with another base."""
    base = 10 if radix is MISSING else round(bounded(radix))
    if not 2 <= base <= 36:
        raise Refusal("D3100", f"the base must be from 2 to 36, not {base}")
    rest = round(bounded(value))
    digits = "" if rest else "0"
    sign, rest = ("-" if rest < 0 else ""), abs(rest)
    while rest:
        rest, digit = divmod(rest, base)
        digits = _DIGITS[digit] + digits
    return sign + digits


def format_number(
    frame: Frame, value: float, picture: Json, options: Json = MISSING
) -> Json:
    """``$formatNumber``: as a picture such as ``#,##0.00`` shows.

    Measured: halves are rounded to the even digit of the number as it is written.
    """
    if picture is MISSING:
        raise Refusal("D3085", "a picture must have a digit")
    chosen = {} if options is MISSING else options
    for name, sign in chosen.items():
        if name in _SIGNS and not (isinstance(sign, str) and len(sign) == 1):
            raise Refusal("D3137", f"{name!r} must be one character")
    if not chosen:
        value = _rounded_for(picture, value)
    return written_by("functions", "Functions.format_number", value, picture, chosen)


#: Digits behind the point in a picture that shows the number itself.
_PLACES = re.compile(r"[^.%‰e;]*(?:\.(?P<places>[#0]*))?(?:;.*)?", re.DOTALL)


def _rounded_for(picture: str, value: float) -> float:
    """Return the number as the picture has room for it, its last digit rounded."""
    found = _PLACES.fullmatch(picture)
    if found is None or isinstance(value, int) or not is_finite(value):
        return value
    step = Decimal(1).scaleb(-len(found["places"] or ""))
    return float(Decimal(repr(value)).quantize(step, ROUND_HALF_EVEN, _EXACT))


def format_integer(frame: Frame, value: float, picture: str) -> Json:
    """``$formatInteger``: as a picture such as ``w``, ``I`` or ``#,##0`` shows."""
    if abs(bounded(value)) >= _LARGEST:
        raise Refusal("D3130", f"{value} is too large for a picture")
    name = "DateTimeUtils.format_integer"
    return written_by("datetimeutils", name, math.floor(value), picture)


def parse_integer(frame: Frame, text: str, picture: str) -> Json:
    """``$parseInteger``: the number that a picture shows."""
    found = written_by("datetimeutils", "DateTimeUtils.parse_integer", text, picture)
    return MISSING if found is None else found


def total(frame: Frame, values: list[Any]) -> Json:
    """``$sum``."""
    return whole(sum(values))


def largest(frame: Frame, values: list[Any]) -> Json:
    """``$max``."""
    return max(values, default=MISSING)


def smallest(frame: Frame, values: list[Any]) -> Json:
    """``$min``."""
    return min(values, default=MISSING)


def average(frame: Frame, values: list[Any]) -> Json:
    """``$average``."""
    return whole(sum(values) / len(values)) if values else MISSING


def count(frame: Frame, values: Json = MISSING) -> Json:
    """``$count``; measured: null is as good as nothing."""
    if values is MISSING or values is None:
        return 0
    return len(values) if isinstance(values, list) else 1
