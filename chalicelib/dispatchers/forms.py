"""How is a JSON object written as a form?

    {"a": 1, "b": {"c": "x"}, "d": [1, 2]}   →   a=1&b[c]=x&d[0]=1&d[1]=2

The ways to write a list are those of Step Functions' ``ArrayFormat``. Without one,
what is neither text nor null is written as JSON, in one field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from urllib.parse import urlencode

from chalicelib.values import Json, compact

Pairs = Iterator[tuple[str, str]]


def encode(form: Mapping[str, Json], arrays: str = "") -> bytes:
    """Return a form as the body of a request.

    ``arrays``: a name of ``ARRAYS``, or nothing.

    >>> encode({"a": [1, {"b": True}], "c": None}, "INDICES")
    b'a%5B0%5D=1&a%5B1%5D%5Bb%5D=true'
    """
    return urlencode(list(_pairs(form, ARRAYS.get(arrays)))).encode("ascii")


def text(value: Json) -> str:
    """Return a text as it is, and any other value as JSON."""
    return value if isinstance(value, str) else compact(value)


def _pairs(
    form: Mapping[str, Json], array: Callable[[str, Json], Pairs] | None
) -> Pairs:
    for name, value in form.items():
        if array is not None:
            yield from _deep(name, value, array)
        elif value is not None:
            yield name, text(value)


def _deep(name: str, value: Json, array: Callable[[str, Json], Pairs]) -> Pairs:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _deep(f"{name}[{key}]", each, array)
    elif isinstance(value, list):
        yield from array(name, value)
    elif value is not None:
        yield name, text(value)


def _indices(name: str, value: Json) -> Pairs:
    for index, each in enumerate(value):
        yield from _deep(f"{name}[{index}]", each, _indices)


def _repeat(name: str, value: Json) -> Pairs:
    for each in value:
        yield from _deep(name, each, _repeat)


def _commas(name: str, value: Json) -> Pairs:
    yield name, ",".join(text(each) for each in value)


def _brackets(name: str, value: Json) -> Pairs:
    for each in value:
        yield from _deep(f"{name}[]", each, _brackets)


def _none(name: str, value: Json) -> Pairs:
    yield name, compact(value)


ARRAYS: Mapping[str, Callable[[str, Json], Pairs]] = MappingProxyType(
    {
        "INDICES": _indices,
        "REPEAT": _repeat,
        "COMMAS": _commas,
        "BRACKETS": _brackets,
        "NONE": _none,
    }
)
