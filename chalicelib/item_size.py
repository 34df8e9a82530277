"""How many bytes of DynamoDB does an item take? By its documented rule.

Names and values both count. A number takes a byte for two significant digits and one
more (and one for a minus sign); a list or a map 3, and 1 for each element.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import NoneType
from typing import Any

from chalicelib.ports import LISTED, Item
from chalicelib.values import Json

_KEYS = frozenset(("pk", "sk", "ipk", "isk"))
_LISTED = _KEYS | frozenset(LISTED)


def item_size(item: Item) -> int:
    """Return the bytes of ``item``.

    >>> item_size({"pk": "a", "n": 1234, "b": b"12345"})
    13
    """
    return sum(map(_text_size, item)) + sum(map(_size, item.values()))


def index_size(item: Item) -> int:
    """Return the bytes of what the list index projects of ``item``."""
    return sum(
        _text_size(name) + _size(value)
        for name, value in item.items()
        if name in _LISTED
    )


def _size(value: Json) -> int:
    kind = type(value)
    return _SIZES[kind](value) if kind in _SIZES else _size_of_subclass(value)


def _size_of_subclass(value: Json) -> int:
    for parent in type(value).__mro__[1:]:
        if parent in _SIZES:
            return _SIZES[parent](value)
    raise TypeError(f"{type(value).__name__} cannot be kept in an item")


def _text_size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _number_size(value: float) -> int:
    digits = str(abs(value)).partition("e")[0].replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + (value < 0)


#: The same few hundred numbers are in every set: which children are done.
_member_size = lru_cache(maxsize=1024)(_number_size)


def _float_size(value: float) -> int:
    # A whole float is kept as text, so that it comes back as one (stores.attributes).
    return len(repr(value)) if value.is_integer() else _number_size(value)


_SIZES: dict[type, Callable[[Any], int]] = {
    str: _text_size,
    int: _number_size,
    float: _float_size,
    bool: lambda _: 1,
    NoneType: lambda _: 1,
    bytes: len,
    set: lambda value: sum(map(_member_size, value)),
    frozenset: lambda value: sum(map(_member_size, value)),
    list: lambda value: 3 + len(value) + sum(map(_size, value)),
    tuple: lambda value: 3 + len(value) + sum(map(_size, value)),
    dict: lambda value: 3 + len(value) + item_size(value),
}
