"""How does a value of an item look on DynamoDB's wire, and back?

Rule 1  What comes back equals what was put, with its type: DynamoDB keeps 38 digits
        and turns ``5.0`` into ``5``, so a number it would change travels as text.
Rule 2  Such a text is a string set of one: no value of ours is a set of strings.
Rule 3  Sets hold integers and are never empty (DynamoDB has no empty set), and no name
        is empty, in nested maps neither: free names belong into a text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import NoneType
from typing import Any, TypeAlias

from chalicelib.ports import Item
from chalicelib.values import Json

#: An attribute value as the low-level client takes it, such as ``{"S": "text"}``.
Attribute: TypeAlias = dict[str, Any]

#: The largest integer that DynamoDB keeps exactly: 38 digits.
_MOST = 10**38 - 1


def encode_item(item: Mapping[str, Json]) -> dict[str, Attribute]:
    """Return ``item`` as the low-level client takes it."""
    return {name: encode(value) for name, value in item.items()}


def decode_item(attributes: Mapping[str, Attribute]) -> Item:
    """Return the item that the low-level client gave."""
    return {name: decode(attribute) for name, attribute in attributes.items()}


def encode(value: Json) -> Attribute:
    """Return one value as DynamoDB takes it.

    >>> encode({"n": 7, "x": 0.5, "whole": 5.0})
    {'M': {'n': {'N': '7'}, 'x': {'N': '0.5'}, 'whole': {'SS': ['5.0']}}}
    """
    encoder = _ENCODERS.get(type(value))
    return encoder(value) if encoder else _encode_subclass(value)


def decode(attribute: Attribute) -> Json:
    """Return what ``encode`` was given."""
    for kind, content in attribute.items():
        return _DECODERS[kind](content)
    raise ValueError("an attribute without a type")


def _encode_subclass(value: Json) -> Attribute:
    for parent in type(value).__mro__[1:]:
        if parent in _ENCODERS:
            return _ENCODERS[parent](value)
    raise TypeError(f"{type(value).__name__} cannot be kept in an item")


def _encode_int(value: int) -> Attribute:
    text = int.__repr__(value)
    return {"N": text} if -_MOST <= value <= _MOST else {"SS": [text]}


def _encode_float(value: float) -> Attribute:
    # DynamoDB's range is 1e-130 to 9.99e125; a float has at most 17 digits.
    text = float.__repr__(value)
    is_exact = 1e-130 <= abs(value) < 1e125 and not value.is_integer()
    return {"N": text} if is_exact else {"SS": [text]}


def _encode_set(value: frozenset[int]) -> Attribute:
    if not value:
        raise ValueError("an empty set cannot be kept")
    return {"NS": [str(member) for member in sorted(value)]}


def _decode_number(text: str) -> int | float:
    # DynamoDB may write 1e20 as "100000000000000000000"; only a fraction is a float.
    return float(text) if "." in text or "e-" in text.lower() else _whole(text)


def _whole(text: str) -> int:
    return int(text) if text.lstrip("-").isdigit() else int(Decimal(text))


def _decode_text_number(texts: list[str]) -> int | float:
    text = texts[0]
    return int(text) if text.lstrip("-").isdigit() else float(text)


_ENCODERS: dict[type, Callable[[Any], Attribute]] = {
    str: lambda value: {"S": str(value)},
    int: _encode_int,
    float: _encode_float,
    bool: lambda value: {"BOOL": value},
    NoneType: lambda _: {"NULL": True},
    bytes: lambda value: {"B": value},
    frozenset: _encode_set,
    set: _encode_set,
    list: lambda value: {"L": [encode(each) for each in value]},
    tuple: lambda value: {"L": [encode(each) for each in value]},
    dict: lambda value: {"M": encode_item(value)},
}

_DECODERS: dict[str, Callable[[Any], Json]] = {
    "S": lambda content: content,
    "N": _decode_number,
    "BOOL": lambda content: content,
    "NULL": lambda _: None,
    "B": bytes,
    "NS": lambda content: frozenset(map(int, content)),
    "SS": _decode_text_number,
    "L": lambda content: [decode(each) for each in content],
    "M": decode_item,
}
