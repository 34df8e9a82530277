"""The functions of JSONata that work on arrays and objects, and those that take one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.expressions.jsonata.budget import Budget, Refusal
from chalicelib.expressions.jsonata.calling import apply, pass_on, settled
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.orders import in_order
from chalicelib.expressions.jsonata.paths import look_up
from chalicelib.expressions.jsonata.values import (
    MISSING,
    Seq,
    copied,
    is_number,
    is_true,
    kind_of,
)
from chalicelib.values import Json


def _applied(frame: Frame, values: list[Json], function: Json) -> Iterator[Json]:
    frame.budget.step(len(values))
    for at, value in enumerate(values):
        yield pass_on(function, frame, value, at, values)


def map_(frame: Frame, values: list[Json], function: Json) -> Json:
    """``$map``: what a function gives for each element."""
    found = Seq(
        each for each in _applied(frame, values, function) if each is not MISSING
    )
    frame.budget.take(len(found))
    return found


def filter_(frame: Frame, values: list[Json], function: Json) -> Json:
    """``$filter``: the elements for which a function holds."""
    results = _applied(frame, values, function)
    return Seq(
        value for value, held in zip(values, results, strict=True) if is_true(held)
    )


def single(frame: Frame, values: list[Json], function: Json = MISSING) -> Json:
    """``$single``: the one element for which a function holds."""
    found = values if function is MISSING else filter_(frame, values, function)
    if len(found) != 1:
        code = "D3138" if found else "D3139"
        raise Refusal(code, f"$single found {len(found)} elements instead of one")
    return found[0]


def reduce(
    frame: Frame, values: list[Json], function: Json, first: Json = MISSING
) -> Json:
    """``$reduce``: one value, made of the elements from left to right."""
    if function.arity < 2:
        why = "the function of $reduce must take two arguments or more"
        raise Refusal("D3050", why)
    frame.budget.step(len(values))
    result, start = first, 0
    if first is MISSING and values:
        result, start = values[0], 1
    for at in range(start, len(values)):
        arguments = (result, values[at], at, values)[: function.arity]
        result = settled(apply(function, arguments, MISSING, frame))
    return result


def sift(frame: Frame, value: dict[str, Json], function: Json) -> Json:
    """``$sift``: the fields for which a function holds; nothing if there are none."""
    frame.budget.step(len(value))
    kept = {
        name: each
        for name, each in value.items()
        if is_true(pass_on(function, frame, each, name, value))
    }
    return kept or MISSING


def each(frame: Frame, value: dict[str, Json], function: Json) -> Json:
    """``$each``: what a function gives for each field."""
    frame.budget.step(len(value))
    found = (
        pass_on(function, frame, each, name, value) for name, each in value.items()
    )
    return Seq(each for each in found if each is not MISSING)


def zip_(frame: Frame, *arrays: Json) -> Json:
    """``$zip``: arrays of what stands at the same position."""
    if MISSING in arrays:
        return []
    frame.budget.take(sum(map(len, arrays)))
    frame.budget.step(len(arrays[0]))
    return [[*group] for group in zip(*arrays, strict=False)]


def keys(frame: Frame, value: Json) -> Json:
    """``$keys``: the names of an object's fields, or of all objects in an array."""
    if isinstance(value, dict):
        return Seq(value)
    names: dict[str, None] = {}
    if isinstance(value, list):
        frame.budget.step(len(value))
        for each in value:
            names |= dict.fromkeys(keys(frame, each))
    return Seq(names)


def lookup(frame: Frame, value: Json, name: str) -> Json:
    """``$lookup``: the field of that name."""
    return look_up(value, name, frame.budget)


def append(frame: Frame, first: Json, second: Json) -> Json:
    """``$append``: one array of both."""
    if first is MISSING or second is MISSING:
        return second if first is MISSING else first
    found = [
        *(first if isinstance(first, list) else [first]),
        *(second if isinstance(second, list) else [second]),
    ]
    frame.budget.take(len(found))
    return found


def exists(frame: Frame, value: Json) -> Json:
    """``$exists``."""
    return value is not MISSING


def spread(frame: Frame, value: Json) -> Json:
    """``$spread``: an object for each field."""
    if isinstance(value, dict):
        frame.budget.take(16 * len(value))
        return Seq({name: each} for name, each in value.items())
    if not isinstance(value, list):
        return value
    found = Seq()
    for each in value:
        inner = spread(frame, each)
        found.extend(inner if isinstance(inner, list) else [inner])
    return found


def merge(frame: Frame, values: list[dict[str, Json]]) -> Json:
    """``$merge``: one object of all; later fields win."""
    found: dict[str, Json] = {}
    for each in values:
        frame.budget.take(4 * len(each))
        found |= each
    return found


def reverse(frame: Frame, values: list[Json]) -> Json:
    """``$reverse``."""
    frame.budget.take(len(values))
    return values[::-1]


def shuffle(frame: Frame, values: list[Json]) -> Json:
    """``$shuffle``: in an order that chance gives."""
    frame.budget.step(len(values))
    place = frame.place
    keyed = [(place.view.facts.chance(place.draw()), each) for each in values]
    return [each for _, each in sorted(keyed, key=lambda pair: pair[0])]


def sort(frame: Frame, values: list[Json], function: Json = MISSING) -> Json:
    """``$sort``: numbers or texts in order, or as a function says."""
    if function is not MISSING:
        return in_order(
            values,
            lambda one, other: is_true(
                settled(apply(function, [one, other], MISSING, frame))
            ),
            frame.budget,
        )
    frame.budget.step(len(values))
    if all(map(is_number, values)) or all(isinstance(each, str) for each in values):
        return sorted(values)
    why = "only numbers, or only texts, are sorted without a function"
    raise Refusal("D3070", why)


def distinct(frame: Frame, values: Json) -> Json:
    """``$distinct``: each value once."""
    if not isinstance(values, list) or len(values) < 2:
        return values
    found: list[Json] = Seq() if isinstance(values, Seq) else []
    known = set()
    for value in values:
        mark = _mark(value, frame.budget)
        if mark not in known:
            known.add(mark)
            found.append(value)
    return found


def _mark(value: Json, budget: Budget) -> Any:
    """Return what equal values share, and no others."""
    budget.step()
    if isinstance(value, dict):
        marks = ((name, _mark(each, budget)) for name, each in value.items())
        return frozenset(marks)
    if isinstance(value, list):
        return tuple(_mark(each, budget) for each in value)
    return (kind_of(value), value)


def boolean(frame: Frame, value: Json) -> Json:
    """``$boolean``: what a value counts as where a condition stands."""
    return is_true(value)


def not_(frame: Frame, value: Json) -> Json:
    """``$not``."""
    return not is_true(value)


def type_(frame: Frame, value: Json) -> Json:
    """``$type``: the name of a value's kind."""
    return kind_of(value)


def clone(frame: Frame, value: Json) -> Json:
    """``$clone``: a copy that shares nothing."""
    return copied(value, frame.budget)


def error(frame: Frame, message: Json = MISSING) -> Json:
    """``$error``: fails with a message of the author's.

    Raises:
        Refusal: always.
    """
    text = "$error() function evaluated" if message is MISSING else message
    raise Refusal("D3137", text)


def assert_(frame: Frame, condition: Json = MISSING, message: Json = MISSING) -> Json:
    """``$assert``: fails unless a condition holds.

    Raises:
        Refusal: it does not.
    """
    if condition is not True:
        text = "$assert() statement failed" if message is MISSING else message
        raise Refusal("D3141", text)
    return MISSING
