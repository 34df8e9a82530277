"""Is the result of an expression what its field needs?

An expression names what it ``expects``; the row of that name in ``CHECKS`` gives the
value that the engine can work with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from chalicelib.errors import QueryFailure
from chalicelib.expressions.jsonata.values import kind_of
from chalicelib.model.expressions import Jsonata
from chalicelib.model.timestamps import moment
from chalicelib.values import Json, compact

#: Name of the error, in Retry and Catch.
ERROR = "States.QueryEvaluationError"
#: Characters of a value in a cause.
_MOST_QUOTED = 4_000

Check = Callable[[Jsonata, Json], Json]


def failure(node: Jsonata, what: str) -> QueryFailure:
    """Return the failure of an expression, worded for its field."""
    where = f" specified for the field '{node.field}'" if node.field else ""
    return _failed(node, f"The JSONata expression '{node.text}'{where} {what}")


def _failed(node: Jsonata, cause: str) -> QueryFailure:
    return QueryFailure(ERROR, cause, node.field)


def _quoted(value: Json) -> str:
    text = compact(value)
    return text if len(text) <= _MOST_QUOTED else f"{text[:_MOST_QUOTED]}…"


def _kind(*kinds: str) -> Check:
    def check(node: Jsonata, value: Json) -> Json:
        found = kind_of(value)
        if found in kinds:
            return value
        raise failure(
            node,
            f"returned an unexpected result type. Expected '{' or '.join(kinds)}', but "
            f"was '{found}' for value: {_quoted(value)}",
        )

    return check


_number = _kind("number")
_text = _kind("string")


def _map_input(*kinds: str) -> Check:
    def check(_: Jsonata, value: Json) -> Json:
        if kind_of(value) in kinds:
            return value
        wanted = " or ".join(f"an {kind}" for kind in kinds)
        cause = f"Map state input must be {wanted} but was: {_quoted(value)}"
        raise QueryFailure(ERROR, cause)  # no field of the author's is at fault

    return check


def _whole(node: Jsonata, value: Json) -> int:
    number = _number(node, value)
    if isinstance(number, float) and not number.is_integer():
        cause = f"The {node.field} field cannot be parsed as a long value: {number}"
        raise _failed(node, cause)
    return int(number)


def _seconds(node: Jsonata, value: Json) -> int:
    number = _whole(node, value)
    if number < 0:
        cause = f"The {node.field} field references a negative value: {number}"
        raise _failed(node, cause)
    return number


def _positive_seconds(node: Jsonata, value: Json) -> int:
    number = _seconds(node, value)
    if number == 0:
        cause = f"The {node.field} field references a value that is not positive"
        raise _failed(node, cause)
    return number


def _count(node: Jsonata, value: Json) -> int:
    number = _whole(node, value)
    if number < 0:
        raise _failed(node, f"{node.field} cannot be negative.")
    return number


def _percentage(node: Jsonata, value: Json) -> float:
    number = float(_number(node, value))
    if not 0 <= number <= 100:
        raise _failed(node, f"{node.field} must be between 0 and 100.")
    return number


def _timestamp(node: Jsonata, value: Json) -> Json:
    text = _text(node, value)
    if moment(text) is None:
        raise _failed(
            node,
            f"The {node.field} field cannot be parsed as an ISO-8601 extended offset "
            f"date-time format string: {text}",
        )
    return text


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "": lambda node, value: value,
        "array": _kind("array"),
        "boolean": _kind("boolean"),
        "object": _kind("object"),
        "string": _text,
        "array or object": _kind("array", "object"),
        "map input": _map_input("array"),
        "distributed map input": _map_input("array", "object"),
        "seconds": _seconds,
        "positive seconds": _positive_seconds,
        "timestamp": _timestamp,
        "count": _count,
        "percentage": _percentage,
    }
)
