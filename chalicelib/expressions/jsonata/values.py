"""What does JSONata know beside JSON's values, and how does it compare them all?

MISSING   "undefined": there is nothing; JSON has no word for it
Seq       a sequence: where it ends up it is its only element, or nothing
Cons      an array that was written as one: a path does not flatten it
Tuples    the stream of a path that binds ``@``, ``#`` or ``%``
Function  whatever can be called
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, Final

from chalicelib.expressions.jsonata.budget import Budget, Refusal
from chalicelib.values import Json


class Missing:
    """The kind of ``MISSING``, its only value."""

    __slots__ = ()


MISSING: Final = Missing()


class Seq(list[Json]):
    """A sequence."""

    __slots__ = ("keeps_one",)

    def __init__(self, items: Iterable[Json] = (), *, keeps_one: bool = False) -> None:
        super().__init__(items)
        #: One element stays an array of one (``[]`` behind a step).
        self.keeps_one = keeps_one

    def value(self) -> Json:
        """Return what the sequence is where it ends up.

        >>> Seq([1]).value(), Seq([1, 2]).value()
        (1, [1, 2])
        """
        if len(self) > 1 or (self and self.keeps_one):
            return self
        return self[0] if self else MISSING


class Cons(list[Json]):
    """An array that was written as a step of a path."""

    __slots__ = ()


class Tuples(list[dict[str, Json]]):
    """Bindings by name, the context under ``@``, for each element so far."""

    __slots__ = ()


class Function(ABC):
    """Whatever can be called."""

    __slots__ = ()

    #: How many arguments a higher-order function passes to it, at most.
    arity: int = 1

    @abstractmethod
    def call(self, arguments: Sequence[Json], context: Json, frame: Any) -> Json:
        """Return what it gives for ``arguments``, called where the context is."""
        ...


#: The largest whole number below which every whole number is a double.
_EXACT = 2**53
#: Whole numbers as long as this are written with an exponent, as doubles.
_LONGEST = 10**21
_KINDS: dict[type[Any], str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    dict: "object",
    type(None): "null",
    list: "array",
    Seq: "array",
    Cons: "array",
    Missing: "undefined",
}
#: Kinds of which a value may count as true.
_WEIGHED = frozenset({str, int, float, dict})


def kind_of(value: Json) -> str:
    """Return the name of a value's kind.

    >>> kind_of([]), kind_of(1.5), kind_of(None), kind_of(MISSING)
    ('array', 'number', 'null', 'undefined')
    """
    return _KINDS.get(type(value), "function")


def is_number(value: Json) -> bool:
    """Return whether a value is a number; true and false are none."""
    return value.__class__ is int or value.__class__ is float


def is_finite(value: float) -> bool:
    """Return whether JSON has a number for it; only arithmetic makes others."""
    return value.__class__ is int or math.isfinite(value)


def number(value: float) -> Json:
    """Return a number that was computed, a whole one without a fraction.

    >>> number(4.0), number(0.5)
    (4, 0.5)

    Raises:
        Refusal: JSON has no number for it.
    """
    if isinstance(value, int):
        if -_LONGEST < value < _LONGEST:
            return value
        value = _double(value)
    bounded(value)
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def bounded(value: float) -> float:
    """Return a number as it is.

    Raises:
        Refusal: JSON has no number for it.
    """
    if not is_finite(value):
        raise Refusal("D1001", f"Number out of range: {boundless_text(value)}")
    return value


def _double(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def is_true(value: Json) -> bool:
    """Return what a value counts as where a condition stands (``$boolean``).

    >>> is_true([0, [""]]), is_true([0, 1]), is_true({}), is_true("0")
    (False, True, False, True)
    """
    if value is True or value is False:
        return bool(value)
    if isinstance(value, list):
        return any(is_true(each) for each in value)
    return value.__class__ in _WEIGHED and bool(value)


def is_equal(first: Json, second: Json, budget: Budget) -> bool:
    """Return whether two values are alike at every depth.

    Raises:
        Refusal: comparing them takes too long.
    """
    if first is second:
        return True
    budget.step()
    if isinstance(first, list):
        return (
            isinstance(second, list)
            and len(first) == len(second)
            and all(
                is_equal(one, other, budget)
                for one, other in zip(first, second, strict=True)
            )
        )
    if isinstance(first, dict):
        return (
            isinstance(second, dict)
            and first.keys() == second.keys()
            and all(is_equal(first[name], second[name], budget) for name in first)
        )
    return kind_of(first) == kind_of(second) and bool(first == second)


def copied(value: Json, budget: Budget) -> Json:
    """Return a value as plain JSON that shares nothing with it.

    Raises:
        Refusal: there is a function in it, or it is too large.
    """
    if isinstance(value, list):
        budget.take(len(value))
        budget.step(2)
        return [copied(each, budget) for each in value]
    if isinstance(value, dict):
        budget.take(12 + 4 * len(value))
        budget.step(3)
        return {name: copied(each, budget) for name, each in value.items()}
    if isinstance(value, Function):
        raise Refusal(Refusal.NO_JSON, "a function is no JSON value")
    if value.__class__ is float and not math.isfinite(value):
        return boundless_text(value)
    return value


def boundless_text(value: float) -> str:
    """Return what an expression gives for a number that JSON does not have.

    >>> boundless_text(-math.inf), boundless_text(math.nan)
    ('-Infinity', 'NaN')
    """
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"
