"""How does a value of Aviator look as a text, and which JSON is it in the end?

As a text it looks as Java writes it: ``1.0E10``, ``[1, a]``, ``{a=1}``, ``null``.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping
from decimal import Decimal

from chalicelib.expressions.aviator.keys import value_of
from chalicelib.expressions.aviator.values import Thrown, Value, kind_of, told
from chalicelib.expressions.jsonata.budget import Budget
from chalicelib.values import Json

#: Lists and maps inside each other.
MAX_DEPTH = 100
#: Cells of a list or a map itself.
_CONTAINER = 6
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def text_of(value: Value, budget: Budget) -> str:
    """Return a value as a text.

    Raises:
        Thrown: it is nested too deeply.
    """
    if value.__class__ is str:
        return str(value)
    return _written(value, budget, 0)


def _written(value: Value, budget: Budget, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise Thrown("the value is nested too deeply, or in itself")
    kind = kind_of(value)
    if kind == "map":
        parts = [
            f"{_written(value_of(key), budget, depth + 1)}="
            f"{_written(each, budget, depth + 1)}"
            for key, each in value.items()
        ]
        found = f"{{{', '.join(parts)}}}"
    elif kind in ("list", "set", "range"):
        inside = value.items.values() if kind == "set" else value
        budget.take(len(inside))
        parts = [_written(each, budget, depth + 1) for each in inside]
        found = f"[{', '.join(parts)}]"
    elif kind == "entry":
        found = "=".join(_written(each, budget, depth + 1) for each in value)
    else:
        found = _SIMPLE.get(kind, told)(value)
    budget.step()
    budget.take_text(len(found))
    return found


def double_text(value: float) -> str:
    """Return a double as Java writes it.

    >>> double_text(0.1), double_text(1e10), double_text(1.25e-5)
    ('0.1', '1.0E10', '1.25E-5')
    """
    if not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return f"{Decimal(repr(value)):f}"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    shown = "".join(map(str, digits)).rstrip("0")
    power = len(digits) + int(exponent) - 1
    return f"{'-' * sign}{shown[0]}.{shown[1:] or '0'}E{power}"


def moment(millis: int) -> datetime.datetime:
    """Return a moment.

    Raises:
        Thrown: it is beyond the years that there are.
    """
    try:
        return _EPOCH + datetime.timedelta(milliseconds=millis)
    except OverflowError:
        raise Thrown(f"{millis} milliseconds are no date") from None


_SIMPLE: Mapping[str, Callable[[Value], str]] = {
    "nil": lambda value: "null",
    "boolean": lambda value: "true" if value else "false",
    "long": str,
    "bigint": lambda value: str(int(value)),
    "decimal": str,
    "double": double_text,
    "string": str,
    "date": lambda value: f"{moment(value.millis):%a %b %d %H:%M:%S} UTC "
    f"{moment(value.millis).year}",
    "error": lambda value: value.message,
    "pattern": lambda value: value.text,
}


def json_of(value: Value, budget: Budget, depth: int = 0) -> Json:
    """Return the JSON that a value is.

    Raises:
        Thrown: it has none, such as a function or an infinite number.
    """
    if depth > MAX_DEPTH:
        raise Thrown("the result is nested too deeply, or in itself")
    kind = kind_of(value)
    if kind == "map":
        budget.take(len(value) + _CONTAINER)
        budget.step()
        return {
            _key(key, budget): json_of(each, budget, depth + 1)
            for key, each in value.items()
        }
    if kind in ("list", "set", "range"):
        inside = value.items.values() if kind == "set" else value
        budget.take(len(inside) + _CONTAINER)
        budget.step(1 + len(inside) // 8)
        return [json_of(each, budget, depth + 1) for each in inside]
    if kind == "entry":
        entry = {_key(value.key, budget): value.value}
        return json_of(entry, budget, depth + 1)
    return _plain(value, kind)


def _key(key: object, budget: Budget) -> str:
    return text_of(value_of(key), budget)


def _plain(value: Value, kind: str) -> Json:
    if kind in ("nil", "boolean", "string", "long"):
        return value
    if kind == "bigint":
        return int(value)
    if kind in ("double", "decimal"):
        found = float(value)
        if math.isfinite(found):
            return found
    if kind == "date":
        return value.millis
    if kind in ("error", "pattern"):
        return _SIMPLE[kind](value)
    raise Thrown(f"the result is {told(value)}, for which JSON has no word")
