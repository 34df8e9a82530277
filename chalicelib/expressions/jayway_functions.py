"""What do the functions at the end of a Jayway path give? Null where they cannot."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from chalicelib.values import Json, is_number


def _length(value: Json, _argument: int) -> Json:
    return len(value) if isinstance(value, list | dict) else None


def _keys(value: Json, _argument: int) -> Json:
    return list(value) if isinstance(value, dict) else None


def _element(value: Json, position: int) -> Json:
    if not isinstance(value, list) or not -len(value) <= position < len(value):
        return None
    return value[position]


def _numbers(value: Json) -> list[int | float]:
    elements = value if isinstance(value, list) else []
    return [each for each in elements if is_number(each)]


def _spread(numbers: Sequence[int | float]) -> float:
    mean = math.fsum(numbers) / len(numbers)
    return math.sqrt(math.fsum((each - mean) ** 2 for each in numbers) / len(numbers))


def _of_numbers(
    function: Callable[[Sequence[int | float]], int | float],
) -> Callable[[Json, int], Json]:
    def apply(value: Json, _argument: int) -> Json:
        numbers = _numbers(value)
        try:
            found = float(function(numbers)) if numbers else None
        except OverflowError:
            return None
        return found if found is None or math.isfinite(found) else None

    return apply


FUNCTIONS: Mapping[str, Callable[[Json, int], Json]] = MappingProxyType(
    {
        "length": _length,
        "size": _length,
        "keys": _keys,
        "first": lambda value, _argument: _element(value, 0),
        "last": lambda value, _argument: _element(value, -1),
        "index": _element,
        "sum": _of_numbers(math.fsum),
        "min": _of_numbers(min),
        "max": _of_numbers(max),
        "avg": _of_numbers(lambda numbers: math.fsum(numbers) / len(numbers)),
        "stddev": _of_numbers(_spread),
    }
)
