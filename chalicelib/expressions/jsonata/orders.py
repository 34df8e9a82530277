"""In which order do the elements of a path come (``^``), and those of ``$sort``?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from chalicelib.expressions.jsonata.budget import Budget, Refusal
from chalicelib.expressions.jsonata.calling import Run
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.paths import Walk
from chalicelib.expressions.jsonata.values import MISSING, Seq, Tuples, is_number
from chalicelib.values import Json


def in_order(
    values: Sequence[Json], comes_after: Callable[[Json, Json], bool], budget: Budget
) -> list[Json]:
    """Return the values sorted by merging halves.

    ``comes_after`` may be an author's function and need not be an order; merging
    gives the same result for it everywhere.
    """
    if len(values) < 2:
        return list(values)
    budget.step(len(values))
    middle = len(values) // 2
    left = in_order(values[:middle], comes_after, budget)
    right = in_order(values[middle:], comes_after, budget)
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
    return int(first > second) - int(first < second)


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

        frame.budget.step(len(values))
        keyed = [(keys(value), value) for value in values]
        found = [each for _, each in in_order(keyed, comes_after, frame.budget)]
        return Tuples(found) if is_stream else Seq(found)

    return go
