"""Is the value behind a ``…Path`` field what the field needs?

A field such as ``SecondsPath`` compiles to a call of the check with the path as its
argument, so that the engine receives a value it can use, or a failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from chalicelib.errors import EvaluationFailure, InputRefused
from chalicelib.model.timestamps import moment
from chalicelib.values import Json, compact, is_number, is_whole, parse

#: Name of the field, the path's node, and the value it led to.
Check = Callable[[str, Any, Json], Json]

_INTEGER = re.compile(r"[-+]?\d{1,18}").fullmatch
_NUMBER = re.compile(r"[-+]?\d{1,18}(\.\d{1,18})?").fullmatch


def _failure(cause: str) -> EvaluationFailure:
    return EvaluationFailure("States.Runtime", cause)


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else compact(value)


def _integer(value: Json) -> int | None:
    """Return a whole number, also of a text that spells one; None for the rest."""
    if is_whole(value):
        return value
    return int(value) if isinstance(value, str) and _INTEGER(value) else None


def _seconds(field: str, path: Any, value: Json) -> int:
    number = _integer(value)
    where = f"{path.text} == {_shown(value)}"
    if number is None:
        raise _failure(
            f"The {field} parameter cannot be parsed as a long value: {where}"
        )
    if number < 0:
        raise _failure(f"The {field} parameter references a negative value: {where}")
    return number


def _positive_seconds(field: str, path: Any, value: Json) -> int:
    number = _seconds(field, path, value)
    if number == 0:
        raise _failure(f"The {field} parameter references a value that is not positive")
    return number


def _timestamp(field: str, path: Any, value: Json) -> Json:
    if moment(value) is None:
        raise _failure(
            f"The {field} parameter does not reference a valid ISO-8601 extended "
            f"offset date-time format string: {path.text} == {_shown(value)}"
        )
    return value


def _count(field: str, path: Any, value: Json) -> int:
    number = _integer(value)
    if number is None:
        raise _failure(
            f'The {field} field refers to value "{_shown(value)}" which is not a '
            f"valid integer: {path.text}"
        )
    if number < 0:
        raise _failure(f"{field.removesuffix('Path')} cannot be negative.")
    return number


def _percentage(field: str, path: Any, value: Json) -> float:
    if not is_number(value) and not (isinstance(value, str) and _NUMBER(value)):
        raise _failure(
            f'The {field} field refers to value "{_shown(value)}" which is not a '
            f"valid float: {path.text}"
        )
    number = float(value)
    if not 0 <= number <= 100:
        raise _failure(f"{field.removesuffix('Path')} must be between 0 and 100.")
    return number


def _text(field: str, path: Any, value: Json) -> str:
    if not isinstance(value, str):
        raise _failure(
            f"The {field} field must lead to a text, and it led to {_shown(value)}"
        )
    return value


def _items(field: str, path: Any, value: Json) -> Json:
    if isinstance(value, list):
        return value
    raise _failure(f'Reference path "{path.text}" must point to array.')


def _pairs(field: str, path: Any, value: Json) -> Json:
    if isinstance(value, list | dict):
        return value
    raise _failure(f'Reference path "{path.text}" must point to array or object.')


def _event(field: str, path: Any, value: Json) -> Json:
    # Lambda gets the Payload as it is: a text that is JSON is that JSON to a function.
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except InputRefused:
        return value


FIELDS: dict[str, Check] = {
    "Field.event": _event,
    "Field.seconds": _seconds,
    "Field.positive_seconds": _positive_seconds,
    "Field.timestamp": _timestamp,
    "Field.count": _count,
    "Field.percentage": _percentage,
    "Field.text": _text,
    "Field.items": _items,
    "Field.pairs": _pairs,
}
