"""What does a JSONPath query find? The segments of ``model.paths``, applied.

Rule 1  A query finds a list, in the order of the document; none found is [].
Rule 2  A filter looks at the elements of an array, or at an object as a whole.
Rule 3  What one query may touch is bounded, by what its data are worth: ``$..*..*``
        ends with a failure, ``$.orders[*].id`` of a million orders does not.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from chalicelib.errors import EvaluationFailure
from chalicelib.model.path_parts import (
    AllOf,
    AnyOf,
    Comparison,
    Constant,
    Deep,
    Every,
    Filter,
    JsonPath,
    NoneOf,
    Operand,
    Relative,
    Segment,
    Several,
    Slice,
)
from chalicelib.values import Json, is_number

#: Values that any query may touch, each for being found and for being looked at: a
#: tenth of a second, at most.
MAX_TOUCHED = 150_000
#: Times that it may touch each value of longer data, which a query that does not
#: multiply needs; values of data that are counted at all.
TIMES, MAX_COUNTED = 8, 1_000_000

_NOTHING = object()


def answer(path: JsonPath, start: Json) -> Json:
    """Return what ``path`` finds from ``start``: one value, or a list for a query.

    Raises:
        KeyError: a path to one place leads nowhere.
        EvaluationFailure: the query touches too many values, or its function cannot
            be applied to what it found.
    """
    found = _find(path, start, _Allowance(path, start))
    if path.is_definite:
        if not found:
            raise KeyError(path.text)
        return _apply(path, found[0])
    return _apply(path, found)


class _Allowance:
    """What a query may still touch."""

    __slots__ = ("_is_more_to_come", "_left", "_path", "_start")

    def __init__(self, path: JsonPath, start: Json) -> None:
        self._path, self._start = path, start
        self._left = MAX_TOUCHED
        self._is_more_to_come = True

    def take(self, touched: int) -> None:
        """Pass if that much may be touched.

        Raises:
            EvaluationFailure: it is more than data of this length is worth.
        """
        self._left -= touched
        if self._left < 0 and self._is_more_to_come:
            # Here: few queries come this far, and counting is work too.
            self._is_more_to_come = False
            values = islice(_at_any_depth(self._start), MAX_COUNTED)
            self._left += TIMES * sum(1 for _ in values) - MAX_TOUCHED
        if self._left < 0:
            raise EvaluationFailure(
                "States.Runtime",
                f"The path '{self._path.text}' matches too many values",
            )


def _find(path: JsonPath, start: Json, allowance: _Allowance) -> list[Json]:
    found = [start]
    for segment in path.segments:
        reached: list[Json] = []
        for value in found:
            before = len(reached)
            reached.extend(_step(segment, value, allowance))
            # At once, and also where nothing is found: one segment can multiply.
            allowance.take(len(reached) - before + 1)
        found = reached
    return found


def _step(segment: Segment, value: Json, allowance: _Allowance) -> Iterator[Json]:
    match segment:
        case str() | int():
            yield from _one(segment, value)
        case Every():
            yield from _inside(value)
        case Several(steps=steps):
            for step in steps:
                yield from _one(step, value)
        case Slice(start=start, stop=stop, step=step):
            yield from value[start:stop:step] if isinstance(value, list) else ()
        case Deep():
            yield from _at_any_depth(value)
        case _:
            candidates = value if isinstance(value, list) else [value]
            test = segment.test
            yield from (each for each in candidates if _holds(test, each, allowance))


def _one(step: str | int, value: Json) -> Iterator[Json]:
    if isinstance(step, str):
        if isinstance(value, dict) and step in value:
            yield value[step]
    elif isinstance(value, list) and -len(value) <= step < len(value):
        yield value[step]


def _inside(value: Json) -> Iterator[Json]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _at_any_depth(value: Json) -> Iterator[Json]:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        yield value
        waiting.extend(reversed([*_inside(value)]))


def _holds(test: Filter, element: Json, allowance: _Allowance) -> bool:
    allowance.take(1)
    match test:
        case AllOf(tests=tests):
            return all(_holds(each, element, allowance) for each in tests)
        case AnyOf(tests=tests):
            return any(_holds(each, element, allowance) for each in tests)
        case NoneOf(test=inner):
            return not _holds(inner, element, allowance)
        case _:
            return _compare(test, element, allowance)


def _compare(test: Comparison, element: Json, allowance: _Allowance) -> bool:
    left = _operand(test.left, element, allowance)
    if not test.operator:
        return left is not _NOTHING
    right = _operand(test.right, element, allowance)
    return _OPERATORS[test.operator](left, right)


def _operand(operand: Operand, element: Json, allowance: _Allowance) -> Any:
    if isinstance(operand, Constant):
        return operand.value
    path = operand.path if isinstance(operand, Relative) else operand
    found = _find(path, element, allowance)
    if not path.is_definite:
        return found or _NOTHING
    return _apply(path, found[0]) if found else _NOTHING


def _same(left: Any, right: Any) -> bool:
    if is_number(left) and is_number(right):
        return bool(left == right)
    return type(left) is type(right) and bool(left == right)


def _ordered(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
    def test(left: Any, right: Any) -> bool:
        is_text = isinstance(left, str) and isinstance(right, str)
        if is_text or (is_number(left) and is_number(right)):
            return bool(compare(left, right))
        return False

    return test


def _contained(left: Any, right: Any) -> bool:
    return isinstance(right, list) and any(_same(left, each) for each in right)


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return right in left
    return _contained(right, left)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": _same,
    "!=": lambda left, right: not _same(left, right),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": _contained,
    "nin": lambda left, right: not _contained(left, right),
    "contains": _contains,
}


def _average(numbers: list[Any]) -> float:
    return float(sum(numbers)) / len(numbers)


_FUNCTIONS: dict[str, Callable[[Any], Json]] = {
    "length": len,
    "keys": list,
    "sum": lambda numbers: float(sum(numbers)),
    "min": lambda numbers: float(min(numbers)),
    "max": lambda numbers: float(max(numbers)),
    "avg": _average,
}


def _apply(path: JsonPath, value: Json) -> Json:
    if not path.function:
        return value
    takes_object = path.function in ("length", "keys")
    is_right = isinstance(value, dict | str) if takes_object else False
    is_right = is_right or (isinstance(value, list) and path.function != "keys")
    try:
        if is_right:
            return _FUNCTIONS[path.function](value)
    except (TypeError, ValueError, ZeroDivisionError):
        pass
    raise EvaluationFailure(
        "States.Runtime",
        f"Invalid path '{path.text}' : {path.function}() cannot be applied here",
    )
