"""What is inside a value, and how is it reached: elements, properties, positions."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.expressions.aviator.keys import key_of, value_of
from chalicelib.expressions.aviator.values import (
    Entry,
    Error,
    Thrown,
    Value,
    kind_of,
    told,
    wrong_kind,
)
from chalicelib.expressions.jsonata.budget import Budget


def elements(value: Value, budget: Budget) -> Iterator[Value]:
    """Yield what a loop over a value meets; nil has nothing in it.

    Raises:
        Thrown: it is nothing that has elements.
    """
    for each in _inside(value):
        budget.step()
        yield each


def _inside(value: Value) -> Iterator[Value]:
    kind = kind_of(value)
    if kind == "map":
        return (Entry(value_of(key), each) for key, each in list(value.items()))
    if kind == "set":
        return iter(list(value.items.values()))
    if kind in ("list", "string", "range"):
        return iter(value)
    if value is None:
        return iter(())
    raise Thrown(f"{told(value)} has no elements", "IllegalArgumentException")


def size(value: Value) -> int:
    """Return how many elements a value has."""
    kind = kind_of(value)
    if kind in ("list", "map", "string", "range"):
        return len(value)
    if kind == "set":
        return len(value.items)
    if value is None:
        return 0
    raise Thrown(f"{told(value)} has no elements", "IllegalArgumentException")


def position(values: list[Value], index: Value) -> int:
    """Return a position that a list has.

    Raises:
        Thrown: it is no number, or out of bounds.
    """
    if kind_of(index) not in ("long", "double", "bigint", "decimal"):
        raise wrong_kind(index, "position of a list")
    if not (0 <= index < len(values)):
        why = f"position {index} is out of bounds for a list of {len(values)}"
        raise Thrown(why, "IndexOutOfBoundsException")
    return int(index)


def element(value: Value, index: Value, budget: Budget) -> Value:
    """Return ``value[index]``.

    Raises:
        Thrown: the value has no such thing as elements, or not this one.
    """
    if value.__class__ is list:
        return value[position(value, index)]
    if value.__class__ is dict:
        return value.get(key_of(index, budget))
    raise _no_place(value, f"[{told(index)}]")


def put(value: Value, index: Value, new: Value, budget: Budget) -> Value:
    """Put an element into a list or a map; return what was there before."""
    if value.__class__ is list:
        at = position(value, index)
        before, value[at] = value[at], new
        return before
    if value.__class__ is dict:
        key = key_of(index, budget)
        before = value.get(key)
        budget.take(1)
        value[key] = new
        return before
    raise _no_place(value, f"[{told(index)}]")


def read_property(value: Value, name: str) -> Value:
    """Return ``value.name``; nil where a map has no such key.

    Raises:
        Thrown: the value is none that has properties.
    """
    if value.__class__ is dict:
        return value.get(name)
    if isinstance(value, Entry | Error) and name in value._fields:
        return getattr(value, name)
    raise _no_place(value, f".{name}")


def write_property(value: Value, name: str, new: Value, budget: Budget) -> None:
    """Put a value under a key of a map."""
    if value.__class__ is not dict:
        raise _no_place(value, f".{name}")
    budget.take(1)
    value[name] = new


def _no_place(value: Value, what: str) -> Thrown:
    kind = "NullPointerException" if value is None else "IllegalArgumentException"
    return Thrown(f"{told(value)} has no {what}", kind)
