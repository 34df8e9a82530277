"""The functions of Aviator that work with functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalicelib.expressions.aviator import walking
from chalicelib.expressions.aviator.calling import Native, apply, holds
from chalicelib.expressions.aviator.frames import Frame
from chalicelib.expressions.aviator.keys import key_of, new_set
from chalicelib.expressions.aviator.orders import compare, equal
from chalicelib.expressions.aviator.values import (
    Comparator,
    Entry,
    Function,
    Value,
    kind_of,
    wrong_kind,
)


def mapped(frame: Frame, seq: Value, function: Value) -> Value:
    """``map``: what a function gives for each element."""
    if seq is None:
        return None
    found = [
        apply(function, (each,), frame) for each in walking.elements(seq, frame.budget)
    ]
    frame.budget.take(len(found))
    return found


def filtered(frame: Frame, seq: Value, function: Value) -> Value:
    """``filter``: the elements that a function holds for; of a map, a map."""
    if seq is None:
        return None
    found = [
        each
        for each in walking.elements(seq, frame.budget)
        if holds(function, (each,), frame)
    ]
    frame.budget.take(len(found))
    return _like(seq, found, frame)


def _like(seq: Value, found: list[Value], frame: Frame) -> Value:
    kind = kind_of(seq)
    if kind == "set":
        return new_set(found, frame.budget)
    if kind == "map" and all(isinstance(each, Entry) for each in found):
        return {key_of(each.key, frame.budget): each.value for each in found}
    return found


def removed(frame: Frame, seq: Value, function: Value) -> Value:
    """``drop_while``: the elements that a function does not hold for, all of them."""
    return filtered(frame, seq, _not(function))


def _not(function: Value) -> Native:
    return Native("not", lambda frame, value: not holds(function, (value,), frame))


def reduced(frame: Frame, seq: Value, function: Value, start: Value) -> Value:
    """``reduce``: a function of what came out so far, and the next element."""
    found = start
    for each in walking.elements(seq, frame.budget):
        found = apply(function, (found, each), frame)
    return found


def every(frame: Frame, seq: Value, function: Value) -> Value:
    """``seq.every``."""
    walk = walking.elements(seq, frame.budget)
    return all(holds(function, (each,), frame) for each in walk)


def not_any(frame: Frame, seq: Value, function: Value) -> Value:
    """``seq.not_any``."""
    walk = walking.elements(seq, frame.budget)
    return not any(holds(function, (each,), frame) for each in walk)


def some(frame: Frame, seq: Value, function: Value) -> Value:
    """``seq.some``: the first element that a function holds for; else nil."""
    walk = walking.elements(seq, frame.budget)
    return next((each for each in walk if holds(function, (each,), frame)), None)


def group_by(frame: Frame, seq: Value, function: Value) -> Value:
    """``group_by``: a map of lists, by what a function gives for their elements."""
    found: dict[object, list[Value]] = {}
    for each in walking.elements(seq, frame.budget):
        key = key_of(apply(function, (each,), frame), frame.budget)
        found.setdefault(key, []).append(each)
        frame.budget.take(1)
    return found


# -- functions that make functions -------------------------------------------------


def comparator(frame: Frame, function: Value) -> Value:
    """``comparator``: an order, by whether one value is before another."""
    if not isinstance(function, Function):
        raise wrong_kind(function, "function")
    return Comparator(function)


def constantly(frame: Frame, value: Value) -> Value:
    """``constantly``: a function that gives one value, whatever it gets."""
    return Native("constantly", lambda frame, *given: value)


def partial(frame: Frame, function: Value, *first: Value) -> Value:
    """``partial``: a function that has its first arguments already."""
    return Native("partial", lambda frame, *more: apply(function, first + more, frame))


def identity(frame: Frame, value: Value) -> Value:
    """``identity``."""
    return value


def equals(frame: Frame, wanted: Value) -> Value:
    """``seq.eq``: whether a value is equal to one."""
    return Native("seq.eq", lambda frame, value: equal(value, wanted, frame.budget))


def differs(frame: Frame, wanted: Value) -> Value:
    """``seq.neq``: whether a value is not equal to one."""
    return _not(equals(frame, wanted))


def ordered_as(holds_for: Callable[[int], bool]) -> Callable[[Frame, Value], Value]:
    """Return ``seq.lt`` and its like: whether a value is on one side of another."""

    def made(frame: Frame, wanted: Value) -> Value:
        return Native("seq", lambda frame, value: holds_for(compare(value, wanted)))

    return made


def always(wanted: Value) -> Callable[[Frame], Value]:
    """Return ``seq.true`` and its like: whether a value is just one."""
    return lambda frame: equals(frame, wanted)


def exists(frame: Frame) -> Value:
    """``seq.exists``: whether a value is not nil."""
    return differs(frame, None)


def joined_by(
    join: Callable[[Sequence[bool]], bool], *, least: bool
) -> Callable[..., Value]:
    """Return ``seq.and`` or ``seq.or``: one predicate out of several."""

    def made(frame: Frame, *functions: Value) -> Value:
        def work(frame: Frame, value: Value) -> bool:
            # The rest is not asked once one has decided.
            return join(holds(each, (value,), frame) for each in functions)  # type: ignore[arg-type]

        return Native("seq", work) if functions else least

    return made
