"""What does a program of Aviator work with?

JSON's values as Python has them, and a few kinds of its own. A whole number is a
``long`` of 64 bits while it fits, unless it was made a ``BigInt``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from chalicelib.model.aviator_tree import BigInt
from chalicelib.model.jsonata_patterns import Pattern

#: Any value. ``Any`` because whoever works with one looks at its kind first.
Value: TypeAlias = Any

#: Nothing is known under a name.
MISSING = object()


class Error(NamedTuple):
    """What went wrong, as a script sees it in ``catch``."""

    kind: str
    message: str


class Thrown(Exception):
    """An error on its way to a ``catch``, or out of the script."""

    def __init__(self, message: str, kind: str = "ExpressionRuntimeException") -> None:
        super().__init__(message)
        self.error = Error(kind, message)
        #: Where the statement begins that failed; -1: not known yet.
        self.at = -1


class Function:
    """What can be called; ``calling`` has the kinds."""

    __slots__ = ()


class Comparator(NamedTuple):
    """An order: a function that says whether one value is before another."""

    is_before: Function


class Regex(NamedTuple):
    """A regular expression."""

    text: str
    pattern: Pattern


class Date(NamedTuple):
    """A moment, in milliseconds since the epoch."""

    millis: int


class Entry(NamedTuple):
    """A key of a map with its value."""

    key: Value
    value: Value


@dataclass(frozen=True, slots=True)
class Key:
    """What stands for a value among keys: Java tells 1, 1.0 and true apart."""

    kind: str
    frozen: object
    value: Value = field(compare=False)


class Set:
    """Different values, in the order in which they came."""

    __slots__ = ("items",)

    def __init__(self) -> None:
        #: Key of a value -> the value.
        self.items: dict[object, Value] = {}


_KINDS: dict[type[Any], str] = {
    type(None): "nil",
    bool: "boolean",
    int: "long",
    BigInt: "bigint",
    float: "double",
    Decimal: "decimal",
    str: "string",
    list: "list",
    dict: "map",
    Set: "set",
    range: "range",
    Date: "date",
    Entry: "entry",
    Error: "error",
    Regex: "pattern",
    Comparator: "comparator",
}
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1


def fits_long(value: int) -> bool:
    """Return whether a number has 64 bits at most, with its sign."""
    return _LEAST <= value <= _MOST


def kind_of(value: Value) -> str:
    """Return the kind of a value, as ``type`` names it.

    >>> kind_of(1), kind_of(1 << 70), kind_of([])
    ('long', 'bigint', 'list')
    """
    kind = _KINDS.get(value.__class__, "function")
    return "bigint" if kind == "long" and not fits_long(value) else kind


def is_number(value: Value) -> bool:
    """Return whether a value is a number of any kind."""
    return value.__class__ in (int, float, BigInt, Decimal)


def told(value: Value) -> str:
    """Return a value as a message shows it."""
    kind = kind_of(value)
    if kind in ("nil", "function", "comparator"):
        return kind if kind == "nil" else f"a {kind}"
    if kind in ("list", "map", "set"):
        size = len(value.items) if kind == "set" else len(value)
        return f"a {kind} of {size}"
    if kind == "bigint":
        return "a bigint"
    shown = repr(value[:40]) if kind == "string" else str(value)[:40]
    return f"the {kind} {shown}"


def wrong_kind(value: Value, wanted: str) -> Thrown:
    """Return the error of a value that is not of the kind that is needed."""
    return Thrown(f"{told(value)} is not a {wanted}", "ClassCastException")
