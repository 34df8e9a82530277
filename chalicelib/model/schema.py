"""Does an input have the shape that its workflow asks for?

The part of JSON Schema that such shapes are written in. A keyword that is not in the
table is refused when the definition is compiled, so none is ever ignored silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from chalicelib.values import Json, is_number

#: Steps to a place, as in ``formats.document``.
_Steps = tuple[str | int, ...]
_Found = Iterator[tuple[_Steps, str]]

_TYPES: dict[str, Callable[[Json], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: is_number(value),
    "integer": lambda value: is_number(value) and value == int(value),
}


def check_input(schema: Json, value: Json) -> list[tuple[str, str]]:
    """Return what is wrong with ``value``: JSON pointers and messages.

    >>> check_input({"required": ["to"]}, {})
    [('', "'to' is missing")]
    """
    if schema is None:
        return []
    return [(_pointer(path), message) for path, message in _check(schema, value)]


def check_schema(schema: Json) -> list[tuple[_Steps, str]]:
    """Return what is wrong with a schema itself: steps to the place, and messages."""
    return [] if schema is None else list(_check_schema(schema))


def _pointer(path: _Steps) -> str:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return "".join(f"/{part}" for part in parts)


def _same(left: Json, right: Json) -> bool:
    """Return whether two JSON values are equal; true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            _same(left[name], right[name]) for name in left
        )
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)


def _check(schema: Json, value: Json) -> _Found:
    for keyword, wanted in schema.items():
        check = _KEYWORDS[keyword][1]
        if check is not None:
            yield from check(wanted, value, schema)


def _type(wanted: Json, value: Json, schema: Json) -> _Found:
    names = wanted if isinstance(wanted, list) else [wanted]
    if not any(_TYPES[name](value) for name in names):
        yield (), f"must be of type {' or '.join(names)}"


def _enum(wanted: Json, value: Json, schema: Json) -> _Found:
    if not any(_same(value, each) for each in wanted):
        yield (), "must be one of the values that are listed for it"


def _const(wanted: Json, value: Json, schema: Json) -> _Found:
    if not _same(value, wanted):
        yield (), "must be the one value that is allowed for it"


def _required(wanted: Json, value: Json, schema: Json) -> _Found:
    if isinstance(value, dict):
        yield from (
            ((), f"{name!r} is missing") for name in wanted if name not in value
        )


def _properties(wanted: Json, value: Json, schema: Json) -> _Found:
    if isinstance(value, dict):
        for name, inner in wanted.items():
            if name in value:
                yield from _inside(name, inner, value[name])


def _additional(wanted: Json, value: Json, schema: Json) -> _Found:
    if not isinstance(value, dict):
        return
    for name in value.keys() - schema.get("properties", {}).keys():
        if wanted is False:
            yield (name,), "is not expected here"
        elif isinstance(wanted, dict):
            yield from _inside(name, wanted, value[name])


def _items(wanted: Json, value: Json, schema: Json) -> _Found:
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _inside(index, wanted, each)


def _inside(step: str | int, schema: Json, value: Json) -> _Found:
    for path, message in _check(schema, value):
        yield (step, *path), message


def _bound(
    applies: Callable[[Json], bool],
    measure: Callable[[Json], Any],
    is_right: Callable[[Any, Any], bool],
    sentence: str,
) -> Callable[[Json, Json, Json], _Found]:
    def check(wanted: Json, value: Json, schema: Json) -> _Found:
        if applies(value) and not is_right(measure(value), wanted):
            yield (), sentence.format(wanted)

    return check


def _at_least(found: Any, wanted: Any) -> bool:
    return bool(found >= wanted)


def _at_most(found: Any, wanted: Any) -> bool:
    return bool(found <= wanted)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _pattern(wanted: Json, value: Json, schema: Json) -> _Found:
    if isinstance(value, str) and not _compiled(wanted).search(value):
        yield (), f"must match {wanted}"


_TEXT, _ARRAY, _OBJECT = _TYPES["string"], _TYPES["array"], _TYPES["object"]


def _value(value: Json) -> Json:
    return value


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_texts(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_type(value: Json) -> bool:
    names = value if isinstance(value, list) else [value]
    return bool(names) and all(
        isinstance(name, str) and name in _TYPES for name in names
    )


def _is_pattern(value: Json) -> bool:
    try:
        return isinstance(value, str) and _compiled(value) is not None
    except re.error:
        return False


def _anything(value: Json) -> bool:
    return True


#: Keyword -> what its own value must be, and how it checks an input.
_KEYWORDS: dict[
    str, tuple[Callable[[Json], bool], Callable[[Json, Json, Json], _Found] | None]
] = {
    "type": (_is_type, _type),
    "enum": (_ARRAY, _enum),
    "const": (_anything, _const),
    "required": (_is_texts, _required),
    "properties": (_OBJECT, _properties),
    "additionalProperties": (
        lambda value: isinstance(value, bool | dict),
        _additional,
    ),
    "items": (_OBJECT, _items),
    "minimum": (
        is_number,
        _bound(is_number, _value, _at_least, "must be at least {}"),
    ),
    "maximum": (is_number, _bound(is_number, _value, _at_most, "must be at most {}")),
    "minLength": (_is_count, _bound(_TEXT, len, _at_least, "must have {} characters")),
    "maxLength": (_is_count, _bound(_TEXT, len, _at_most, "may have {} characters")),
    "minItems": (_is_count, _bound(_ARRAY, len, _at_least, "must have {} elements")),
    "maxItems": (_is_count, _bound(_ARRAY, len, _at_most, "may have {} elements")),
    "pattern": (_is_pattern, _pattern),
    # Words for people: they check nothing.
    **dict.fromkeys(
        ("title", "description", "default", "examples", "$schema"), (_anything, None)
    ),
}


def _check_schema(schema: Json) -> _Found:
    if not isinstance(schema, dict):
        yield (), "a schema is an object"
        return
    for keyword, value in schema.items():
        if keyword not in _KEYWORDS:
            known = ", ".join(_KEYWORDS)
            yield (keyword,), f"{keyword!r} is not supported here; known are {known}"
        elif not _KEYWORDS[keyword][0](value):
            yield (keyword,), f"this is not a value for {keyword!r}"
        else:
            for step, inner in _inner_schemas(keyword, value):
                yield from (
                    ((*step, *path), text) for path, text in _check_schema(inner)
                )


def _inner_schemas(keyword: str, value: Json) -> Iterator[tuple[_Steps, Json]]:
    if keyword == "properties":
        yield from (((keyword, name), inner) for name, inner in value.items())
    elif keyword == "items" or (keyword == "additionalProperties" and _OBJECT(value)):
        yield (keyword,), value
