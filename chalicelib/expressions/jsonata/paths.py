"""Where does a path of JSONata lead? Its steps, filters, orders and groups.

Each step is applied to every element of the sequence so far, and what comes of it is
one flat sequence again. The usual step is a name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from chalicelib.expressions.jsonata.budget import TEST, Budget, Refusal
from chalicelib.expressions.jsonata.calling import Run, settled
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.values import (
    MISSING,
    Cons,
    Seq,
    Tuples,
    is_number,
    is_true,
)
from chalicelib.model.jsonata_syntax import Node
from chalicelib.values import Json

#: Applies a step to the elements so far, and gives those after it.
Walk: TypeAlias = Callable[[Any, Frame], Any]
#: Applies a filter to a value.
Sift: TypeAlias = Callable[[Json, Frame], Json]
#: Name and value of each pair in braces.
Pairs: TypeAlias = Sequence[tuple[Run, Run]]


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
    if is_last and len(found) == 1 and isinstance(found[0], list):
        # One array at the end of a path stays the array that it is.
        if found[0].__class__ is not Seq:
            return found[0]
    flat = Seq()
    for each in found:
        if isinstance(each, list) and each.__class__ is not Cons:
            flat.extend(each)
        else:
            flat.append(each)
    budget.take(len(flat))
    return flat


def at_position(number: float) -> Sift:
    """Return the filter that picks one element; from the end where negative."""
    position = math.floor(number)

    def sift(value: Json, frame: Frame) -> Json:
        items = _items(value)
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
        items = _items(value)
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
        floors = (math.floor(each) for each in positions)
        return any(each + count * (each < 0) == at for each in floors)
    return is_true(result)


def _items(value: Json) -> list[Json]:
    if isinstance(value, list):
        return value
    return [] if value is MISSING else [value]


def wildcard(value: Json, frame: Frame) -> Json:
    """Return the values of all fields (``*``), arrays in them made flat."""
    fields = value.values() if isinstance(value, dict) else _items(value)
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


def in_order(
    values: Sequence[Json], comes_after: Callable[[Json, Json], bool], budget: Budget
) -> list[Json]:
    """Return the values sorted by merging halves.

    ``comes_after`` may be an author's function and need not be an order; merging
    gives the same result for it everywhere.
    """
    if len(values) < 2:
        return list(values)
    middle = len(values) // 2
    left = in_order(values[:middle], comes_after, budget)
    right = in_order(values[middle:], comes_after, budget)
    budget.step(len(values))
    found, one, other = [], 0, 0
    while one < len(left) and other < len(right):
        if comes_after(left[one], right[other]):
            found.append(right[other])
            other += 1
        else:
            found.append(left[one])
            one += 1
    return [*found, *left[one:], *right[other:]]


def compared(first: Json, second: Json) -> int:
    """Return -1, 0 or 1 for two values of an order-by clause; nothing comes last.

    Raises:
        Refusal: they have no order.
    """
    if first is MISSING or second is MISSING:
        return (first is MISSING) - (second is MISSING)
    for each in (first, second):
        if not (is_number(each) or isinstance(each, str)):
            raise Refusal("T2008", "an order is of numbers or of texts only")
    if is_number(first) != is_number(second):
        raise Refusal("T2007", "an order is of one kind only, numbers or texts")
    return (first > second) - (first < second)


#: What each value is ordered by, and whether the largest comes first.
Terms: TypeAlias = Sequence[tuple[Run, bool]]


def order(terms: Terms) -> Walk:
    """Return the step that sorts the elements (``^``)."""

    def go(values: Sequence[Json], frame: Frame) -> list[Json]:
        is_stream = isinstance(values, Tuples)

        def keys(value: Json) -> list[Json]:
            context = value["@"] if is_stream else value
            inner = frame.inside(value) if is_stream else frame
            return [run(context, inner) for run, _ in terms]

        def comes_after(first: Json, second: Json) -> bool:
            for one, other, (_, falls) in zip(first[0], second[0], terms, strict=True):
                found = compared(one, other)
                if found:
                    is_missing = one is MISSING or other is MISSING
                    return found > 0 if is_missing or not falls else found < 0
            return False

        keyed = [(keys(value), value) for value in values]
        found = [each for _, each in in_order(keyed, comes_after, frame.budget)]
        return Tuples(found) if is_stream else Seq(found)

    return go


def sifted(walk: Walk, sifts: Sequence[Sift]) -> Walk:
    """Return a step with filters behind it that see all its elements."""

    def go(values: Sequence[Json], frame: Frame) -> Json:
        found: Json = walk(values, frame)
        for each in sifts:
            found = each(found, frame)
        return found

    return go


def grouped(pairs: Pairs, value: Json, frame: Frame) -> Json:
    """Return the object that braces make of a value, or of the elements of one.

    Elements that give the same name come into one group.

    Raises:
        Refusal: a name is no text, or two pairs give the same one.
    """
    is_stream = isinstance(value, Tuples)
    groups: dict[str, tuple[int, list[Json]]] = {}
    for item in _items(value) or [MISSING]:
        context = item["@"] if is_stream and item is not MISSING else item
        inner = frame.inside(item) if is_stream and item is not MISSING else frame
        frame.budget.step()
        for number, (name_of, _) in enumerate(pairs):
            name = name_of(context, inner)
            if name is not MISSING:
                _put(groups, name, number, item)
    frame.budget.take(12 + 4 * len(groups))
    found = {}
    for name, (number, items) in groups.items():
        run = pairs[number][1]
        result = _of_stream(run, items, frame) if is_stream else run(_one(items), frame)
        if result is not MISSING:
            found[name] = result
    return found


def _put(
    groups: dict[str, tuple[int, list[Json]]], name: Json, number: int, item: Json
) -> None:
    if not isinstance(name, str):
        raise Refusal("T1003", "a name in an object must be a text")
    first, items = groups.setdefault(name, (number, []))
    if first != number:
        raise Refusal("D1009", f"two pairs of an object give the name {name!r}")
    items.append(item)


def _one(items: list[Json]) -> Json:
    """Return the context of a group: its element, or all of them, arrays made flat."""
    if len(items) == 1:
        return items[0]
    flat: list[Json] = []
    for each in items:
        flat.extend(each if isinstance(each, list) else [each])
    return flat


def _of_stream(run: Run, items: list[Json], frame: Frame) -> Json:
    if items == [MISSING]:
        return run(MISSING, frame)
    merged = {name: _one([each[name] for each in items]) for name in items[0]}
    return run(merged["@"], frame.inside(merged))
