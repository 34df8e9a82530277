"""Where does a path of JSONata lead? Its steps, and the filters behind them.

Each step is applied to every element of the sequence so far, and what comes of it is
one flat sequence again. The usual step is a name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from chalicelib.expressions.jsonata.budget import TEST, Budget
from chalicelib.expressions.jsonata.calling import Run, settled
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.values import (
    MISSING,
    Cons,
    Seq,
    Tuples,
    is_finite,
    is_number,
    is_true,
)
from chalicelib.model.jsonata_syntax import Node
from chalicelib.values import Json

#: Applies a step to the elements so far, and gives those after it.
Walk: TypeAlias = Callable[[Any, Frame], Any]
#: Applies a filter to a value.
Sift: TypeAlias = Callable[[Json, Frame], Json]


def look_up(value: Json, name: str, budget: Budget) -> Json:
    """Return the field ``name`` of an object, or of every object in an array."""
    if isinstance(value, dict):
        return value.get(name, MISSING)
    if not isinstance(value, list):
        return MISSING
    budget.step(len(value))
    found = Seq()
    for each in value:
        inner = look_up(each, name, budget)
        if isinstance(inner, list):
            found.extend(inner)
        elif inner is not MISSING:
            found.append(inner)
    budget.take(len(found))
    return found


def name_step(name: str) -> Run:
    """Return a step to a field."""

    def run(value: Json, frame: Frame) -> Json:
        if value.__class__ is dict:
            return value.get(name, MISSING)
        return settled(look_up(value, name, frame.budget))

    return run


def walk(run: Run, sifts: Sequence[Sift], *, is_last: bool) -> Walk:
    """Return the step that ``run`` is, with the filters behind it."""

    def go(values: Sequence[Json], frame: Frame) -> list[Json]:
        frame.budget.step(len(values))
        found = []
        for value in values:
            result = run(value, frame)
            for sift in sifts:
                result = sift(result, frame)
            if result is not MISSING:
                found.append(result)
        return _flat(found, frame.budget, is_last=is_last)

    return go


def _flat(found: list[Json], budget: Budget, *, is_last: bool) -> list[Json]:
    # One array at the end of a path stays the array that it is.
    if is_last and len(found) == 1 and _is_array(found[0]):
        alone: list[Json] = found[0]
        return alone
    flat = Seq()
    for each in found:
        if isinstance(each, list) and each.__class__ is not Cons:
            flat.extend(each)
        else:
            flat.append(each)
    budget.take(len(flat))
    return flat


def _is_array(value: Json) -> bool:
    return isinstance(value, list) and value.__class__ is not Seq


def at_position(number: float) -> Sift:
    """Return the filter that picks one element; from the end where negative."""
    position = math.floor(number)

    def sift(value: Json, frame: Frame) -> Json:
        items = items_of(value)
        at = position + len(items) if position < 0 else position
        if not 0 <= at < len(items):
            return Seq()
        found = items[at]
        return found if isinstance(found, list) else Seq([found])

    return sift


def where(test: Run) -> Sift:
    """Return the filter that keeps what passes a test, or has a position it names."""

    def sift(value: Json, frame: Frame) -> Json:
        if isinstance(value, Tuples):
            return bindings_where(test, value, frame)
        items = items_of(value)
        frame.budget.step(TEST * len(items))
        kept, count = Seq(), len(items)
        for at, item in enumerate(items):
            result = test(item, frame)
            if result is True or is_chosen(result, at, count):
                kept.append(item)
        frame.budget.take(len(kept))
        return kept

    return sift


def bindings_where(test: Run, bindings: Tuples, frame: Frame) -> Tuples:
    """Return the bindings for which a test holds."""
    frame.budget.step(TEST * len(bindings))
    count = len(bindings)
    return Tuples(
        each
        for at, each in enumerate(bindings)
        if is_chosen(test(each["@"], frame.inside(each)), at, count)
    )


def sift(node: Node, compile_node: Callable[[Node], Run]) -> Sift:
    """Return the filter that stands in brackets."""
    if node.type == "number":
        return at_position(node.value)
    return where(compile_node(node))


def is_chosen(result: Json, at: int, count: int) -> bool:
    """Return whether the result of a test keeps the element at a position.

    >>> is_chosen(-1, 2, 3), is_chosen([0, 2], 2, 3), is_chosen(True, 2, 3)
    (True, True, True)
    """
    if result.__class__ is bool:
        return bool(result)
    positions = result if isinstance(result, list) else [result]
    if all(map(is_number, positions)):
        floors = (math.floor(each) for each in positions if is_finite(each))
        return any(each + count * (each < 0) == at for each in floors)
    return is_true(result)


def items_of(value: Json) -> list[Json]:
    """Return the elements of a value; a single one is its only element."""
    if isinstance(value, list):
        return value
    return [] if value is MISSING else [value]


def wildcard(value: Json, frame: Frame) -> Json:
    """Return the values of all fields (``*``), arrays in them made flat."""
    fields = value.values() if isinstance(value, dict) else items_of(value)
    inner = fields if isinstance(value, dict | list) else []
    found = Seq()
    for each in inner:
        _add_flat(each, found, frame.budget)
    return found.value()


def _add_flat(value: Json, found: Seq, budget: Budget) -> None:
    budget.step()
    if isinstance(value, list):
        for each in value:
            _add_flat(each, found, budget)
    else:
        found.append(value)


def descendants(value: Json, frame: Frame) -> Json:
    """Return a value and everything inside it (``**``), arrays made flat."""
    found: Seq = Seq()
    waiting = [value]
    while waiting:
        each = waiting.pop()
        frame.budget.step()
        if isinstance(each, list):
            waiting.extend(reversed(each))
            continue
        if each is not MISSING:
            found.append(each)
        if isinstance(each, dict):
            waiting.extend(reversed(each.values()))
    frame.budget.take(len(found))
    return found.value()


def sifted(walk: Walk, sifts: Sequence[Sift]) -> Walk:
    """Return a step with filters behind it that see all its elements."""

    def go(values: Sequence[Json], frame: Frame) -> Json:
        found: Json = walk(values, frame)
        for each in sifts:
            found = each(found, frame)
        return found

    return go
