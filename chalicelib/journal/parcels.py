"""Which parts of a value are kept apart, and what stands in their place?

Rule 1  A part whose compact text is over 2,048 bytes leaves; large children first, then
        the container, if what remains of it is still too large.
Rule 2  In its place stands a reference: an object with the one key ``@``, which holds a
        list of digest, size and tier.
Rule 3  A user's object with the one key ``@`` is escaped, so that it is never taken for
        a reference: ``{"@": x}`` becomes ``{"@": {"@": x}}``.
Rule 4  The digest is over the text that is kept, keys in their own order: what comes
        back is what went in, to the last byte.
Rule 5  What does not change is not copied: the same object comes out.

    {"a": <9 KB>, "b": 1}  --pack-->  {"a": {"@": [digest, 9216, "table"]}, "b": 1}
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, TypeAlias

from chalicelib.journal.weights import INLINE, MARK, SIZES, size_of_text
from chalicelib.values import Json, compact, parse
from chalicelib.values import size as size_of

#: How an escaped object or a reference begins in compact text, and nothing else does:
#: inside of a string, the quotes would be escaped.
_MARKED = b'{"@":'
#: Bytes of compressed text that fit an item (400 KB) with its keys and some air.
ITEM_CONTENT = 300_000


class Tier(StrEnum):
    """Where a part is kept."""

    TABLE = "table"
    BLOB = "blob"


class Reference(NamedTuple):
    """What stands in the place of a part."""

    digest: str
    #: Bytes of the part's whole text, all that it refers to included.
    size: int
    tier: Tier

    def json(self) -> Json:
        """Return the reference as it stands inside a value."""
        return {MARK: [self.digest, self.size, self.tier.value]}


def reference_in(json: Json) -> Reference | None:
    """Return the reference that ``json`` is, or None.

    >>> reference_in({"@": ["d1", 4000, "table"]})
    Reference(digest='d1', size=4000, tier=<Tier.TABLE: 'table'>)
    >>> reference_in({"@": {"@": 1}}) is reference_in([1]) is None
    True
    """
    if type(json) is not dict or len(json) != 1 or type(json.get(MARK)) is not list:
        return None
    digest, size, tier = json[MARK]
    return Reference(digest, size, Tier(tier))


#: Finds the part behind a reference.
Restore: TypeAlias = Callable[[Reference], Json]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A part that left its value."""

    reference: Reference
    #: The part as it was, nothing of it replaced.
    value: Json
    #: Its compressed text; None where it is known to be kept already.
    content: bytes | None


class Known(Protocol):
    """What is known to be kept already."""

    def reference_to(self, value: Json) -> Reference | None:
        """Return the reference to this very object, if there is one."""
        ...

    def reference_named(self, digest: str) -> Reference | None:
        """Return the reference with that digest, if its part is kept."""
        ...


class Packed(NamedTuple):
    """A value with its large parts replaced."""

    json: Json
    #: In the order in which they must be kept: what is referred to comes first.
    parcels: list[Parcel]


def pack(value: Json, known: Known) -> Packed:
    """Return ``value`` with its large parts replaced, and those parts."""
    packer = _Packer(known)
    json, _, _ = _PACKERS.get(type(value), _Packer.pack_scalar)(packer, value)
    return Packed(json, packer.parcels)


def apart(value: Json, known: Known) -> Packed:
    """Return a reference to ``value``, however small it is, and what is to be kept."""
    packer = _Packer(known)
    json, _, whole = _PACKERS.get(type(value), _Packer.pack_scalar)(packer, value)
    if reference_in(json) is None:
        json, _, _ = packer.apart(value, json, whole)
    return Packed(json, packer.parcels)


def unpack(json: Json, restore: Restore) -> Json:
    """Return ``json`` with every reference replaced by what ``restore`` makes of it."""
    unpack_part = _UNPACKERS.get(type(json))
    return unpack_part(json, restore) if unpack_part else json


def open_content(content: bytes, restore: Restore) -> Json:
    """Return the part whose compressed text is ``content``.

    Raises:
        zlib.error: the content is damaged.
    """
    text = zlib.decompress(content)
    json = parse(text.decode("utf-8", "surrogatepass"))
    return unpack(json, restore) if _MARKED in text else json


#: What is written of a value, the bytes of that, and those of the whole value. A bare
#: tuple: one is made for every number and every text of a large value.
_Sized: TypeAlias = tuple[Json, int, int]


@dataclass(slots=True)
class _Packer:
    known: Known
    parcels: list[Parcel] = field(default_factory=list)

    def pack_scalar(self, value: Json) -> _Sized:
        # To count a long text is to write it out: one that is known has been counted.
        is_long = type(value) is str and len(value) > INLINE
        if is_long and (found := self.replaced(value)) is not None:
            return found
        size = SIZES.get(type(value), size_of)(value)
        if size <= INLINE:
            return value, size, size
        return self.replaced(value) or self.sealed(value, value, size, size)

    def pack_list(self, value: Sequence[Json]) -> _Sized:
        if (found := self.replaced(value)) is not None:
            return found
        json: Json = value
        size = whole = len(value) + 1 if value else 2
        for place, part in enumerate(value):
            pack_part = _PACKERS.get(type(part), _Packer.pack_scalar)
            kept, less, more = pack_part(self, part)
            size += less
            whole += more
            if kept is not part:
                json = list(json) if json is value else json
                json[place] = kept
        return self.sealed(value, json, size, whole)

    def pack_object(self, value: dict[str, Json]) -> _Sized:
        if (found := self.replaced(value)) is not None:
            return found
        json = value
        size = whole = 2 * len(value) + 1 if value else 2
        for key, part in value.items():
            pack_part = _PACKERS.get(type(part), _Packer.pack_scalar)
            kept, less, more = pack_part(self, part)
            name = size_of_text(key)
            size += less + name
            whole += more + name
            if kept is not part:
                json = dict(json) if json is value else json
                json[key] = kept
        if len(json) == 1 and MARK in json:
            json, size = {MARK: json}, size + len(_MARKED) + 1
        return self.sealed(value, json, size, whole)

    def replaced(self, value: Json) -> _Sized | None:
        reference = self.known.reference_to(value)
        return None if reference is None else _in_place(reference)

    def sealed(self, value: Json, json: Json, size: int, whole: int) -> _Sized:
        return (json, size, whole) if size <= INLINE else self.apart(value, json, whole)

    def apart(self, value: Json, json: Json, whole: int) -> _Sized:
        text = compact(json).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(text).hexdigest()
        reference, content = self.known.reference_named(digest), None
        if reference is None:
            content = zlib.compress(text)
            tier = Tier.TABLE if len(content) <= ITEM_CONTENT else Tier.BLOB
            reference = Reference(digest, whole, tier)
        self.parcels.append(Parcel(reference, value, content))
        return _in_place(reference)


#: A table and not a method: one Python frame for each level of the value.
_PACKERS: dict[type, Callable[[_Packer, Any], _Sized]] = {
    list: _Packer.pack_list,
    tuple: _Packer.pack_list,
    dict: _Packer.pack_object,
}


def _in_place(reference: Reference) -> _Sized:
    json = reference.json()
    return json, len(compact(json)), reference.size


def _unpack_list(json: list[Json], restore: Restore) -> Json:
    value = json
    for place, part in enumerate(json):
        unpack_part = _UNPACKERS.get(type(part))
        if unpack_part and (found := unpack_part(part, restore)) is not part:
            value = list(value) if value is json else value
            value[place] = found
    return value


def _unpack_object(json: dict[str, Json], restore: Restore) -> Json:
    if len(json) == 1 and MARK in json:
        if (reference := reference_in(json)) is not None:
            return restore(reference)
        json = json[MARK]
    value = json
    for key, part in json.items():
        unpack_part = _UNPACKERS.get(type(part))
        if unpack_part and (found := unpack_part(part, restore)) is not part:
            value = dict(value) if value is json else value
            value[key] = found
    return value


_UNPACKERS: dict[type, Callable[[Any, Restore], Json]] = {
    list: _unpack_list,
    dict: _unpack_object,
}
