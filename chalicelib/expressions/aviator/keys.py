"""Under which key does a value stand in a map or a set?

A text, a whole number and nil stand for themselves. Everything else has a ``Key``, so
that ``1``, ``1.0`` and ``true`` are three keys, and two equal lists are one.
"""

from __future__ import annotations

from chalicelib.expressions.aviator.frames import LETTERS
from chalicelib.expressions.aviator.values import (
    Key,
    Set,
    Thrown,
    Value,
    kind_of,
    told,
)
from chalicelib.expressions.jsonata.budget import Budget

#: Lists inside lists of a key.
_MAX_DEPTH = 60


def key_of(value: Value, budget: Budget) -> object:
    """Return what stands for a value among keys.

    Raises:
        Thrown: it can be no key.
    """
    if value.__class__ is str:
        budget.step(len(value) // LETTERS)
    if value is None or value.__class__ in (str, int):
        return value
    return Key(kind_of(value), _frozen(value, budget, 0), value)


def value_of(key: object) -> Value:
    """Return the value that a key stands for."""
    return key.value if key.__class__ is Key else key  # type: ignore[attr-defined]


def _frozen(value: Value, budget: Budget, depth: int) -> object:
    kind = kind_of(value)
    if kind in ("function", "comparator", "pattern"):
        raise Thrown(f"{told(value)} cannot be a key", "IllegalArgumentException")
    if kind not in ("list", "entry", "map", "set"):
        return value
    if depth > _MAX_DEPTH:
        raise Thrown("a key is nested too deeply", "IllegalArgumentException")
    if kind == "set":
        budget.step(len(value.items))
        return frozenset(value.items)
    budget.step(len(value))
    if kind == "map":
        pairs = ((key, _part(each, budget, depth)) for key, each in value.items())
        return frozenset(pairs)
    return tuple(_part(each, budget, depth) for each in value)


def _part(value: Value, budget: Budget, depth: int) -> object:
    if value is None or value.__class__ in (str, int):
        return value
    return kind_of(value), _frozen(value, budget, depth + 1)


def new_set(values: list[Value], budget: Budget) -> Set:
    """Return a set of values."""
    found = Set()
    for value in values:
        found.items[key_of(value, budget)] = value
    return found
