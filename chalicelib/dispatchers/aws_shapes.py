"""Does a request fit the shapes of an action, and what is the answer as JSON?

A request is written by people or computed by expressions. Both are held against
botocore's shapes by ``fit``: where something is wrong, a ``Fault`` says so, as Step
Functions does at run time and with a way out at publish time.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

from chalicelib.dispatchers.aws_model import java_name
from chalicelib.formats.fields import described, listed, suggestion
from chalicelib.values import Json, compact, is_number

#: Whether a field of this name and value is computed later, so that it says nothing.
Computed = Callable[[str, Json], bool]
#: Texts of the integrations that may be written as JSON, by service.
LOOSE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "sns": frozenset({"Message"}),
        "events": frozenset({"Detail"}),
        "sqs": frozenset({"MessageBody"}),
    }
)
#: DynamoDB's documentation, and its own JSON, write binary attributes as base64.
_BASE64 = "BinaryAttributeValue"
_WHOLE_TEXT = re.compile(r"[+-]?\d{1,19}", re.ASCII).fullmatch
_NUMBER_TEXT = re.compile(
    r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE
).fullmatch


class Wrong(Enum):
    """In which way a field does not fit."""

    UNKNOWN = "unknown"
    MISSING = "missing"
    MISTYPED = "mistyped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One field that does not fit."""

    wrong: Wrong
    #: From the request down, as it is written; that of the holder, for a missing one.
    path: tuple[str | int, ...]
    name: str
    #: What it must be, in Step Functions' words; empty unless mistyped.
    wanted: str = ""
    #: The way out, for people who write it.
    advice: str = ""

    def __str__(self) -> str:
        if self.wrong is Wrong.UNKNOWN:
            return f"The field '{self.name}' is not supported by Step Functions"
        if self.wrong is Wrong.MISSING:
            return f"The field '{self.name}' is required but was missing"
        return f"The value for the field '{self.name}' must be {self.wanted}"


def _literal(name: str, value: Json) -> bool:
    return False


def fit(
    shape: Any,
    value: Json,
    *,
    loose: frozenset[str] = frozenset(),
    computed: Computed = _literal,
) -> tuple[Json, list[Fault]]:
    """Return the parameters for botocore, and everything that does not fit.

    ``loose``: texts that may be written as JSON.
    """
    fitting = _Fitting(loose, computed)
    if shape is None:  # an action without parameters
        shape = Structure()
    return fitting.value(value, shape, (), "Parameters"), fitting.faults


class Structure(NamedTuple):
    """What stands in for a structure that botocore has no shape of."""

    type_name: str = "structure"
    name: str = ""
    members: Mapping[str, Any] = MappingProxyType({})
    required_members: tuple[str, ...] = ()
    is_document_type: bool = False


class _Type(NamedTuple):
    """What JSON a shape takes. A number or a truth may also be written as a text."""

    takes: Callable[[Json], bool]
    wanted: str
    words: str


def _is_whole(value: Json) -> bool:
    if isinstance(value, str):
        return _WHOLE_TEXT(value) is not None
    return is_number(value) and value == int(value)


def _is_number(value: Json) -> bool:
    return is_number(value) or (isinstance(value, str) and bool(_NUMBER_TEXT(value)))


def _is_truth(value: Json) -> bool:
    return isinstance(value, bool) or value in ("true", "false")


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_time(value: Json) -> bool:
    return isinstance(value, str) or is_number(value)


_TEXT = _Type(_is_text, "a STRING", "a text")
_WHOLE = _Type(_is_whole, "an INTEGER", "a whole number")
_NUMBER = _Type(_is_number, "a NUMBER", "a number")
_OBJECT = _Type(lambda value: isinstance(value, dict), "an OBJECT", "an object")
_ARRAY = _Type(lambda value: isinstance(value, list), "an ARRAY", "an array")
_ANYTHING = _Type(lambda value: True, "", "")
_TYPES: Mapping[str, _Type] = MappingProxyType(
    {
        "structure": _OBJECT,
        "map": _OBJECT,
        "list": _ARRAY,
        "string": _TEXT,
        "character": _TEXT,
        "integer": _WHOLE,
        "long": _WHOLE,
        "float": _NUMBER,
        "double": _NUMBER,
        "boolean": _Type(_is_truth, "a BOOLEAN", "true or false"),
        "timestamp": _Type(_is_time, "a TIMESTAMP", "a time"),
        "blob": _ANYTHING,
    }
)


@dataclass(slots=True)
class _Fitting:
    """One request on its way along the shapes."""

    loose: frozenset[str]
    computed: Computed
    faults: list[Fault] = field(default_factory=list)

    def value(self, value: Json, shape: Any, path: Any, name: str) -> Json:
        if name in self.loose and value is not None:
            return value if isinstance(value, str) else compact(value)
        if getattr(shape, "is_document_type", False):
            return value
        must = _TYPES[shape.type_name]
        if not must.takes(value):
            advice = f"must be {must.words}, not {described(value)}"
            self._wrong(Wrong.MISTYPED, path, name, must.wanted, advice)
            return None
        inner = getattr(self, f"_{shape.type_name}", None)
        return value if inner is None else inner(value, shape, path)

    def _wrong(
        self, wrong: Wrong, path: Any, name: str, wanted: str, advice: str
    ) -> None:
        fault = Fault(wrong=wrong, path=path, name=name, wanted=wanted, advice=advice)
        self.faults.append(fault)

    def _structure(self, value: Json, shape: Any, path: Any) -> Json:
        known = _spellings(shape)
        found: dict[str, Json] = {}
        for written, each in value.items():
            is_computed = self.computed(written, each)
            plain = written.removesuffix(".$") if is_computed else written
            member = known.get(plain)
            if member is None:
                self._unknown(plain, shape, (*path, written))
            elif is_computed:
                found[member] = None
            elif each is not None:
                below = (*path, written)
                found[member] = self.value(each, shape.members[member], below, plain)
        for name in shape.required_members:
            if name not in found:
                shown = java_name(name)
                self._wrong(
                    Wrong.MISSING, path, shown, "", f"{shown!r} is missing; add it"
                )
        return found

    def _unknown(self, name: str, shape: Any, path: Any) -> None:
        known = [java_name(each) for each in shape.members]
        way_out = suggestion(name, known) or f"remove it; known are {listed(known)}"
        self._wrong(Wrong.UNKNOWN, path, name, "", f"unknown field {name!r}; {way_out}")

    def _map(self, value: Json, shape: Any, path: Any) -> Json:
        found: dict[str, Json] = {}
        for name, each in value.items():
            if not self.computed(name, each):
                found[name] = self.value(each, shape.value, (*path, name), name)
        return found

    def _list(self, value: Json, shape: Any, path: Any) -> Json:
        return [
            self.value(each, shape.member, (*path, index), f"[{index}]")
            for index, each in enumerate(value)
            if not self.computed("", each)
        ]

    def _integer(self, value: Json, shape: Any, path: Any) -> Json:
        return int(value)

    _long = _integer

    def _float(self, value: Json, shape: Any, path: Any) -> Json:
        return float(value) if isinstance(value, str) else value

    _double = _float

    def _boolean(self, value: Json, shape: Any, path: Any) -> Json:
        return value in (True, "true")

    def _blob(self, value: Json, shape: Any, path: Any) -> Json:
        if shape.name != _BASE64:
            text = value if isinstance(value, str) else compact(value)
            return text.encode("utf-8", "backslashreplace")
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            advice = f"must be a text in base64, not {described(value)}"
            self._wrong(Wrong.MISTYPED, path, str(path[-1]), "a STRING", advice)
            return None


def _spellings(shape: Any) -> dict[str, str]:
    """Return a shape's members by every way to write them.

    As Java does; as the service itself does, where it begins with a large letter too:
    ``DbInstanceIdentifier``, ``DBInstanceIdentifier``.
    """
    found = {java_name(name): name for name in shape.members}
    return found | {name: name for name in shape.members if not name[:1].islower()}


def as_json(shape: Any, value: Any, rename: Callable[[str], str]) -> Json:
    """Return an answer of botocore as JSON; ``rename`` says what members are called."""
    kind = shape.type_name
    if kind == "structure" and not shape.is_document_type:
        return {
            rename(name): as_json(member, value[name], rename)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if kind == "list":
        return [as_json(shape.member, each, rename) for each in value]
    if kind == "map":
        return {
            name: as_json(shape.value, each, rename) for name, each in value.items()
        }
    return _scalar(shape, value)


def _scalar(shape: Any, value: Any) -> Json:
    if isinstance(value, datetime):
        moment = value.astimezone(UTC).isoformat(timespec="milliseconds")
        return moment.replace(".000", "").replace("+00:00", "Z")
    if isinstance(value, bytes | bytearray):
        return _text(bytes(value), is_base64=shape.name == _BASE64)
    return value


def _text(content: bytes, *, is_base64: bool) -> str:
    try:
        if not is_base64:
            return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return base64.b64encode(content).decode("ascii")
