"""How is a workflow kept as JSON? One rule for every class of the model.

A dataclass becomes an object whose empty key holds its class name; fields at their
default are left out. Tuples become arrays. A ``Json`` field is kept as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from typing import Any

from chalicelib.model import expressions, workflow
from chalicelib.values import Json

_CLASSES: dict[str, type[Any]] = {
    name: found
    for module in (expressions, workflow)
    for name, found in vars(module).items()
    if isinstance(found, type) and is_dataclass(found)
}
_ENUMS: dict[tuple[str, str], type[StrEnum]] = {
    ("Task", "mode"): workflow.Mode,
    ("Scope", "join"): workflow.Join,
    ("Scope", "failure"): workflow.OnFailure,
    ("Parallel", "failure"): workflow.OnFailure,
    ("Map", "failure"): workflow.OnFailure,
}
#: Fields whose value is JSON of the author's, not of the model.
_RAW = {("Literal", "value"), ("Workflow", "input_schema")}
#: Fields computed from the others.
_DERIVED = {("Workflow", "scopes")} | {
    ("Scope", name) for name in ("sources", "is_pure", "has_gates")
}


def encode(part: Any) -> Json:
    """Return the JSON of a workflow, or of a part of one."""
    if is_dataclass(part):
        return _encode_object(part)
    if isinstance(part, tuple | list):
        return [encode(each) for each in part]
    if isinstance(part, Mapping):
        return {key: encode(each) for key, each in part.items()}
    return part.value if isinstance(part, StrEnum) else part


def _encode_object(part: Any) -> Json:
    kind = type(part).__name__
    document: dict[str, Json] = {"": kind}
    for each in fields(part):
        value = getattr(part, each.name)
        is_default = each.default is not MISSING and value == each.default
        if is_default and type(value) is type(each.default):
            continue
        if (kind, each.name) not in _DERIVED:
            raw = (kind, each.name) in _RAW
            document[each.name] = value if raw else encode(value)
    return document


def decode(document: Json) -> Any:
    """Return what ``encode`` was given.

    >>> from chalicelib.model.expressions import Literal
    >>> decode(encode(Literal(value=[1, {"": 2}])))
    Literal(value=[1, {'': 2}])
    """
    if isinstance(document, list):
        return tuple(decode(each) for each in document)
    if not isinstance(document, dict):
        return document
    if "" not in document:
        return {key: decode(each) for key, each in document.items()}
    kind = document[""]
    return _CLASSES[kind](
        **{
            name: _decode_field(kind, name, value)
            for name, value in document.items()
            if name
        }
    )


def _decode_field(kind: str, name: str, value: Json) -> Any:
    if (kind, name) in _RAW:
        return value
    if (kind, name) in _ENUMS:
        return _ENUMS[kind, name](value)
    return decode(value)
