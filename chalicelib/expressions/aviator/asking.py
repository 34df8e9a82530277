"""What do the functions of the library need their arguments to be?"""

from __future__ import annotations

from chalicelib.expressions.aviator.numbers import truncated
from chalicelib.expressions.aviator.values import (
    Regex,
    Value,
    fits_long,
    is_number,
    kind_of,
    wrong_kind,
)


def text(value: Value) -> str:
    """Return a value that must be a text; of a regular expression, what it says.

    Raises:
        Thrown: it is none.
    """
    if isinstance(value, Regex):
        return value.text
    if value.__class__ is not str:
        raise wrong_kind(value, "text")
    return str(value)


def number(value: Value) -> Value:
    """Return a value that must be a number.

    Raises:
        Thrown: it is none.
    """
    if not is_number(value):
        raise wrong_kind(value, "number")
    return value


def whole(value: Value) -> int:
    """Return a number without its fraction.

    Raises:
        Thrown: it is no number.
    """
    found = number(value)
    return int(found) if isinstance(found, int) else truncated(found)


def long(value: Value) -> int:
    """Return a value that must be a long.

    Raises:
        Thrown: it is none.
    """
    if value.__class__ is not int or not fits_long(value):
        raise wrong_kind(value, "long")
    return int(value)


def kind(value: Value, *kinds: str) -> Value:
    """Return a value that must be of one of some kinds.

    Raises:
        Thrown: it is none.
    """
    if kind_of(value) not in kinds:
        raise wrong_kind(value, " or a ".join(kinds))
    return value
