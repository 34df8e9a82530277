"""The functions of Aviator that make, read and change lists, maps and sets."""

from __future__ import annotations

from chalicelib.expressions.aviator import asking, walking
from chalicelib.expressions.aviator.calling import apply, holds
from chalicelib.expressions.aviator.frames import Frame
from chalicelib.expressions.aviator.keys import key_of, new_set, value_of
from chalicelib.expressions.aviator.orders import compare, equal, ordered
from chalicelib.expressions.aviator.values import (
    Comparator,
    Entry,
    Set,
    Thrown,
    Value,
    kind_of,
    told,
)

_ILLEGAL = "IllegalArgumentException"


# -- made --------------------------------------------------------------------------


def new_list(frame: Frame, *values: Value) -> Value:
    """``seq.list`` and ``tuple``."""
    frame.budget.take(len(values) + 6)
    return list(values)


def new_array(frame: Frame, kind: Value, *values: Value) -> Value:
    """``seq.array``: the class of its elements makes no difference here."""
    return new_list(frame, *values)


def new_map(frame: Frame, *pairs: Value) -> Value:
    """``seq.map``: keys and values in turn."""
    if len(pairs) % 2:
        raise Thrown("seq.map needs a value for each key", _ILLEGAL)
    frame.budget.take(len(pairs))
    keys = (key_of(each, frame.budget) for each in pairs[::2])
    return dict(zip(keys, pairs[1::2], strict=True))


def set_of(frame: Frame, *values: Value) -> Value:
    """``seq.set``."""
    frame.budget.take(len(values))
    return new_set(list(values), frame.budget)


def entry(frame: Frame, key: Value, value: Value) -> Value:
    """``seq.entry``."""
    return Entry(key, value)


def spanned(frame: Frame, start: Value, stop: Value, step: Value = 1) -> Value:
    """``range``: from the start up to, without, the stop."""
    if not asking.long(step):
        raise Thrown("the step of a range is not zero", _ILLEGAL)
    return range(asking.long(start), asking.long(stop), step)


def repeat(frame: Frame, times: Value, value: Value) -> Value:
    """``repeat``: a list of one value, so many times."""
    often = max(asking.long(times), 0)
    frame.budget.take(often)
    return [value] * often


def repeatedly(frame: Frame, times: Value, function: Value) -> Value:
    """``repeatedly``: a list of what a function gives, so many times."""
    return [apply(function, (), frame) for _ in range(asking.long(times))]


def zipmap(frame: Frame, keys: Value, values: Value) -> Value:
    """``zipmap``: a map of keys and values that come side by side."""
    budget = frame.budget
    pairs = zip(
        walking.elements(keys, budget), walking.elements(values, budget), strict=False
    )
    return {key_of(key, budget): value for key, value in pairs}


# -- changed -----------------------------------------------------------------------


def add(frame: Frame, seq: Value, first: Value, *more: Value) -> Value:
    """``seq.add``: an element into a list or a set, a key with its value into a map."""
    if more:
        if kind_of(seq) != "map" or len(more) > 1:
            raise _refused(seq, "a key and a value")
        walking.put(seq, first, more[0], frame.budget)
        return seq
    kind = kind_of(seq)
    frame.budget.take(1)
    if kind == "list":
        seq.append(first)
    elif kind == "set":
        seq.items[key_of(first, frame.budget)] = first
    elif kind == "map" and isinstance(first, Entry):
        walking.put(seq, first.key, first.value, frame.budget)
    else:
        raise _refused(seq, told(first))
    return seq


def _refused(seq: Value, what: str) -> Thrown:
    kind = "NullPointerException" if seq is None else _ILLEGAL
    return Thrown(f"cannot add {what} to {told(seq)}", kind)


def add_all(frame: Frame, seq: Value, values: Value) -> Value:
    """``seq.add_all`` and ``into``: every element of another value."""
    for each in walking.elements(values, frame.budget):
        add(frame, seq, each)
    return seq


def put(frame: Frame, seq: Value, index: Value, value: Value) -> Value:
    """``seq.put``: what was there before is what it gives."""
    return walking.put(seq, index, value, frame.budget)


def remove(frame: Frame, seq: Value, value: Value) -> Value:
    """``seq.remove``: an element of a list or a set, a key of a map."""
    kind = kind_of(asking.kind(seq, "list", "map", "set"))
    if kind == "map":
        seq.pop(key_of(value, frame.budget), None)
    elif kind == "set":
        seq.items.pop(key_of(value, frame.budget), None)
    else:
        _remove_first(frame, seq, value)
    return seq


def _remove_first(frame: Frame, values: list[Value], value: Value) -> None:
    for at, each in enumerate(values):
        frame.budget.step(4)
        if kind_of(each) == kind_of(value) and equal(each, value, frame.budget):
            frame.budget.step(len(values) // 1024)
            del values[at]
            return


def reverse(frame: Frame, seq: Value) -> Value:
    """``reverse``: the list itself, turned around."""
    if seq is not None:
        asking.kind(seq, "list").reverse()
        frame.budget.step(len(seq) // 8)
    return seq


# -- read --------------------------------------------------------------------------


def get(frame: Frame, seq: Value, index: Value) -> Value:
    """``seq.get``: an element by its position or key; of a set, the value itself."""
    if isinstance(seq, Set):
        return seq.items.get(key_of(index, frame.budget))
    return walking.element(seq, index, frame.budget)


def contains_key(frame: Frame, seq: Value, key: Value) -> Value:
    """``seq.contains_key``: a key of a map, or a position of a list."""
    if seq is None:
        return False
    if kind_of(asking.kind(seq, "list", "map")) == "map":
        return key_of(key, frame.budget) in seq
    return 0 <= asking.whole(key) < len(seq)


def keys(frame: Frame, seq: Value) -> Value:
    """``seq.keys``."""
    if seq is None:
        return None
    frame.budget.take(len(asking.kind(seq, "map")))
    return [value_of(key) for key in seq]


def vals(frame: Frame, seq: Value) -> Value:
    """``seq.vals``."""
    if seq is None:
        return None
    frame.budget.take(len(asking.kind(seq, "map")))
    return list(seq.values())


def count(frame: Frame, seq: Value) -> Value:
    """``count``: how many elements or letters there are; nil has none."""
    return walking.size(seq)


def is_empty(frame: Frame, seq: Value) -> Value:
    """``is_empty``."""
    return walking.size(seq) == 0


def include(frame: Frame, seq: Value, value: Value) -> Value:
    """``include``: whether an element is equal to a value."""
    if isinstance(seq, Set):
        return key_of(value, frame.budget) in seq.items
    budget = frame.budget
    return any(equal(each, value, budget) for each in walking.elements(seq, budget))


def sort(frame: Frame, seq: Value, order: Value = None) -> Value:
    """``sort``: a new list in order; by a comparator, or a function such as one."""
    if seq is None:
        return None
    values = asking.kind(seq, "list")
    if order is None:
        return ordered(values, frame.budget)
    if not isinstance(order, Comparator):
        return ordered(
            values,
            frame.budget,
            lambda left, right: asking.long(apply(order, (left, right), frame)),
        )
    before = order.is_before

    def by_comparator(left: Value, right: Value) -> int:
        if holds(before, (left, right), frame):
            return -1
        return 1 if holds(before, (right, left), frame) else 0

    return ordered(values, frame.budget, by_comparator)


def smallest(frame: Frame, seq: Value) -> Value:
    """``seq.min``; nil is the smallest of all."""
    return lowest(frame, *walking.elements(seq, frame.budget))


def largest(frame: Frame, seq: Value) -> Value:
    """``seq.max``."""
    return highest(frame, *walking.elements(seq, frame.budget))


def lowest(frame: Frame, *values: Value) -> Value:
    """``min``."""
    return ordered(list(values), frame.budget)[0] if values else None


def highest(frame: Frame, *values: Value) -> Value:
    """``max``."""
    found = None
    for each in values:
        if found is None or compare(each, found) > 0:
            found = each
    return found
