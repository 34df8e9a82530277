"""How is a large value written once, however often it is passed on? (I-3)

A value goes through ``keep`` on its way into a record and through ``restore`` on its
way out. Its large parts become references (see ``parcels``); each is an item of the
execution's partition, or a blob where it is too large for one.

Rule 1  What was kept or restored lately is known by name (digest) and by identity
        (the object), so passing it on writes nothing and hashes nothing.
Rule 2  That is safe because values are never changed in place (``chalicelib.values``)
        and because what is known by identity is held, so its id cannot be reused.
Rule 3  A part is kept before what refers to it, and remembered after it is kept.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from functools import partial
from threading import Lock
from typing import NamedTuple

from chalicelib.engine.state import Stored
from chalicelib.errors import ValueLost
from chalicelib.journal.parcels import (
    Packed,
    Parcel,
    Reference,
    Tier,
    apart,
    open_content,
    pack,
    unpack,
)
from chalicelib.journal.weights import is_small
from chalicelib.ports import Blobs, Item, Table
from chalicelib.values import Json, compact, parse

#: Sort key of a value item, before its digest.
PREFIX = "value#"
#: Says of a value's item that the value is a blob.
BLOB = "blob"
#: Bytes of memory that remembered values may take.
REMEMBERED = 64 * 1024 * 1024
#: Bytes of memory for a byte of JSON text: dicts, lists and numbers of an ordinary API
#: answer take six to eight times their text, a string takes its length.
_SPREAD = 8

#: Small values that are known to be small, in each of two halves.
_LATELY = 100


class Values:
    """Large values beside the journal, by content hash."""

    def __init__(
        self, table: Table, blobs: Blobs, *, remembered: int = REMEMBERED
    ) -> None:
        self._table = table
        self._blobs = blobs
        self._recall = _Recall(remembered)
        self._small = _Lately()

    def keep(self, partition: str, value: Json) -> Json:
        """Return ``value`` with its large parts kept and replaced by references.

        The very object comes back where nothing had to be replaced.

        Raises:
            Unavailable: a part could not be written.
        """
        if value in self._small:
            return value
        if is_small(value):
            self._small.add(value)
            return value
        return self._written(partition, pack(value, _Known(self._recall, partition)))

    def name(self, partition: str, value: Json) -> Stored:
        """Return a name for ``value``, which is kept apart however small it is.

        Raises:
            Unavailable: it could not be written.
        """
        packed = apart(value, _Known(self._recall, partition))
        return Stored(compact(self._written(partition, packed)))

    def _written(self, partition: str, packed: Packed) -> Json:
        for parcel in packed.parcels:
            self._write(partition, parcel)
        return packed.json

    def restore(self, partition: str, json: Json) -> Json:
        """Return the value of which ``keep`` made ``json``.

        Raises:
            ValueLost: a part is not where it was put, or it is damaged.
            Unavailable: a part could not be read.
        """
        return unpack(json, partial(self._part, partition))

    def fetch(self, partition: str, stored: Stored) -> Json:
        """Return the value behind a slot; raises what ``restore`` raises."""
        return self.restore(partition, parse(stored.reference, what="stored value"))

    def discard(self, item: Item) -> None:
        """Remove the blob that an item stands for, if it stands for one."""
        if item.get(BLOB):
            digest = item["sk"].removeprefix(PREFIX)
            self._blobs.delete(_blob_name(item["pk"], digest))

    def _write(self, partition: str, parcel: Parcel) -> None:
        digest, _, tier = parcel.reference
        if parcel.content is not None and tier is Tier.TABLE:
            key = {"pk": partition, "sk": PREFIX + digest}
            self._table.put({**key, "z": parcel.content})
        elif parcel.content is not None:
            # First what lets the blob be found again, when all of this is removed.
            self._table.put({"pk": partition, "sk": PREFIX + digest, BLOB: True})
            self._blobs.put(_blob_name(partition, digest), parcel.content)
        self._recall.remember(partition, parcel.reference, parcel.value)

    def _part(self, partition: str, reference: Reference) -> Json:
        digest = reference.digest
        if (entry := self._recall.named(partition, digest)) is not None:
            return entry.value
        content = self._read(partition, reference)
        try:
            value = open_content(content, partial(self._part, partition))
        except zlib.error as error:
            raise ValueLost(digest) from error
        self._recall.remember(partition, reference, value)
        return value

    def _read(self, partition: str, reference: Reference) -> bytes:
        digest = reference.digest
        if reference.tier is Tier.TABLE:
            item = self._table.get((partition, PREFIX + digest))
            if item is None:
                raise ValueLost(digest)
            content: bytes = item["z"]
            return content
        try:
            return self._blobs.get(_blob_name(partition, digest))
        except ValueLost as error:
            raise ValueLost(digest) from error


def _blob_name(partition: str, digest: str) -> str:
    return f"values/{partition}/{digest}"


class _Lately:
    """The very objects that were looked at lately; a value passed on is seen twice."""

    def __init__(self) -> None:
        self._new: dict[int, Json] = {}
        self._old: dict[int, Json] = {}

    def __contains__(self, value: Json) -> bool:
        # What is found is held, so no other object can have its id.
        return id(value) in self._new or id(value) in self._old

    def add(self, value: Json) -> None:
        """Know ``value``, and forget what was added long before it."""
        if len(self._new) >= _LATELY:
            self._new, self._old = {}, self._new
        self._new[id(value)] = value


class _Entry(NamedTuple):
    reference: Reference
    value: Json
    cost: int


class _Recall:
    """What this process kept or restored lately; the oldest is forgotten first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._entries: OrderedDict[tuple[str, str], _Entry] = OrderedDict()
        #: (partition, id of the object) -> digest
        self._digests: dict[tuple[str, int], str] = {}
        self._lock = Lock()

    def named(self, partition: str, digest: str) -> _Entry | None:
        """Return what has that name."""
        with self._lock:
            entry = self._entries.get((partition, digest))
            if entry is not None:
                self._entries.move_to_end((partition, digest))
            return entry

    def same(self, partition: str, value: Json) -> _Entry | None:
        """Return the entry of this very object."""
        digest = self._digests.get((partition, id(value)))
        return None if digest is None else self.named(partition, digest)

    def remember(self, partition: str, reference: Reference, value: Json) -> None:
        """Know ``value`` from now on; it takes the place of an equal one."""
        cost = reference.size * (1 if type(value) is str else _SPREAD)
        with self._lock:
            self._forget((partition, reference.digest))
            self._entries[partition, reference.digest] = _Entry(reference, value, cost)
            self._digests[partition, id(value)] = reference.digest
            self._used += cost
            while self._used > self._limit:
                self._forget(next(iter(self._entries)))

    def _forget(self, name: tuple[str, str]) -> None:
        entry = self._entries.pop(name, None)
        if entry is not None:
            del self._digests[name[0], id(entry.value)]
            self._used -= entry.cost


class _Known(NamedTuple):
    """See ``parcels.Known``: what is kept in one partition."""

    recall: _Recall
    partition: str

    def reference_to(self, value: Json) -> Reference | None:
        entry = self.recall.same(self.partition, value)
        return None if entry is None else entry.reference

    def reference_named(self, digest: str) -> Reference | None:
        entry = self.recall.named(self.partition, digest)
        return None if entry is None else entry.reference
