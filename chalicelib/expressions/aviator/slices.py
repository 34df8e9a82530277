"""The functions of Aviator that make a list of some of the elements of others."""

from __future__ import annotations

from chalicelib.expressions.aviator import asking, walking
from chalicelib.expressions.aviator.frames import Frame
from chalicelib.expressions.aviator.keys import new_set
from chalicelib.expressions.aviator.values import Thrown, Value, is_number, told


def take(frame: Frame, seq: Value, many: Value) -> Value:
    """``take``: a list of the first elements."""
    most = asking.long(many)
    found: list[Value] = []
    for each in walking.elements(seq, frame.budget):
        if len(found) >= most:
            break
        found.append(each)
    return found


def drop(frame: Frame, seq: Value, many: Value) -> Value:
    """``drop``: a list of all but the first elements."""
    least = max(asking.long(many), 0)
    found = [*walking.elements(seq, frame.budget)]
    frame.budget.take(len(found))
    return found[least:]


def zipped(frame: Frame, *seqs: Value) -> Value:
    """``zip``: lists of the elements that come side by side."""
    walks = [walking.elements(each, frame.budget) for each in seqs]
    return [list(each) for each in zip(*walks, strict=False)]


def concat(frame: Frame, first: Value, second: Value) -> Value:
    """``concat``: the elements of both, as a list."""
    if first is None and second is None:
        return None
    budget = frame.budget
    found = [*walking.elements(first, budget), *walking.elements(second, budget)]
    budget.take(len(found))
    return found


def distinct(frame: Frame, seq: Value) -> Value:
    """``distinct``: the elements without those that came before already."""
    if seq is None:
        return None
    values = [*walking.elements(seq, frame.budget)]
    frame.budget.take(len(values))
    return list(new_set(values, frame.budget).items.values())


def is_distinct(frame: Frame, seq: Value) -> Value:
    """``is_distinct``: whether no element comes twice."""
    values = [*walking.elements(seq, frame.budget)]
    return len(new_set(values, frame.budget).items) == len(values)


def walked(frame: Frame, seq: Value) -> Value:
    """``seq``: the elements of a value, to be walked through."""
    if is_number(seq):
        raise Thrown(f"{told(seq)} has no elements", "IllegalArgumentException")
    return [*walking.elements(seq, frame.budget)]
