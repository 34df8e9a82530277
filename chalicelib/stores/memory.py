"""A table without AWS: the same items, order and fence, in this process.

For one thread. Items go in and come out as shallow copies; what is inside them is
never changed, here or by callers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from chalicelib.errors import StaleRecord
from chalicelib.ports import LISTED, Item, Key
from chalicelib.values import Json

#: What the list index gives: its keys, the table's keys, what it projects.
PROJECTED = ("pk", "sk", "ipk", "isk", *LISTED)
#: Sorts after every text that begins with what it is appended to.
_LAST = "\U0010ffff"
_MISSING = object()
_isk_of = itemgetter(0)


class MemoryTable:
    """See ``ports.Table``."""

    def __init__(self) -> None:
        self._items: dict[Key, Item] = {}
        self._sorts: dict[str, list[str]] = {}
        #: Partition of the index -> (isk, pk, sk) in order.
        self._listed: dict[str, list[tuple[str, str, str]]] = {}

    def put(
        self,
        item: Item,
        *,
        unless_exists: bool = False,
        where: Mapping[str, Json] | None = None,
    ) -> None:
        """See ``ports.Table``."""
        key = (item["pk"], item["sk"])
        there = self._items.get(key)
        if (unless_exists and there is not None) or not _matches(there, where):
            raise StaleRecord(f"{key[0]} {key[1]}")
        _require_no_empty_set(item)
        self._set(key, dict(item), there)

    def get(self, key: Key) -> Item | None:
        """See ``ports.Table``."""
        item = self._items.get(key)
        return None if item is None else dict(item)

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        after: str = "",
        before: str = "",
        descending: bool = False,
        limit: int | None = None,
        index: bool = False,
    ) -> list[Item]:
        """See ``ports.Table``."""
        if index:
            listed = self._listed.get(partition, [])
            first, last = _span(listed, prefix, after, before, _isk_of)
            found = _cut(listed, first, last, descending=descending, limit=limit)
            return [_project(self._items[pk, sk]) for _, pk, sk in found]
        sorts = self._sorts.get(partition, [])
        first, last = _span(sorts, prefix, after, before, None)
        found = _cut(sorts, first, last, descending=descending, limit=limit)
        return [dict(self._items[partition, sort]) for sort in found]

    def delete(self, key: Key) -> None:
        """See ``ports.Table``."""
        item = self._items.pop(key, None)
        if item is None:
            return
        _remove(self._sorts[key[0]], key[1])
        if (entry := _index_entry(item)) is not None:
            _remove(self._listed[item["ipk"]], entry)

    def discard(self, keys: Sequence[Key]) -> None:
        """See ``ports.Table``."""
        for key in keys:
            self.delete(key)

    def add(self, key: Key, members: frozenset[int], *, failed: bool = False) -> Item:
        """See ``ports.Table``."""
        there = self._items.get(key)
        item: Item = {"pk": key[0], "sk": key[1], **(there or {})}
        for name in ("done", "failed") if failed else ("done",):
            item[name] = item.get(name, frozenset()) | members
        _require_no_empty_set(item)
        self._set(key, item, there)
        return dict(item)

    def claim(self, key: Key, slot: str, held: int) -> Item:
        """See ``ports.Table``."""
        there = self._items.get(key)
        if there is None:
            raise StaleRecord(f"{key[0]} {key[1]}")
        if there["slots"].get(slot) != held:
            return dict(there)
        taken = there["next"]
        slots = {**there["slots"], slot: taken}
        item = {**there, "slots": slots, "next": taken + 1}
        self._set(key, item, there)
        return dict(item)

    def _set(self, key: Key, item: Item, there: Item | None) -> None:
        if there is None:
            insort(self._sorts.setdefault(key[0], []), key[1])
        self._items[key] = item
        if "ipk" in item or (there is not None and "ipk" in there):
            self._reindex(item, there)

    def _reindex(self, item: Item, there: Item | None) -> None:
        if there is not None and (entry := _index_entry(there)) is not None:
            _remove(self._listed[there["ipk"]], entry)
        if (entry := _index_entry(item)) is not None:
            insort(self._listed.setdefault(item["ipk"], []), entry)


def _matches(there: Item | None, where: Mapping[str, Json] | None) -> bool:
    if not where:
        return True
    if there is None:
        return False
    # 1 equals True and 1.0 here, but not in DynamoDB.
    return all(
        (found := there.get(name, _MISSING)) == value and type(found) is type(value)
        for name, value in where.items()
    )


def _require_no_empty_set(item: Item) -> None:
    # DynamoDB has no empty sets; its twin must not be kinder.
    if frozenset() in item.values():
        raise ValueError("an empty set cannot be kept")


def _index_entry(item: Item) -> tuple[str, str, str] | None:
    if "ipk" not in item or "isk" not in item:
        return None
    return item["isk"], item["pk"], item["sk"]


def _project(item: Item) -> Item:
    return {name: item[name] for name in PROJECTED if name in item}


def _remove(ordered: list[Any], entry: Any) -> None:
    del ordered[bisect_left(ordered, entry)]


def _span(
    ordered: Sequence[Any],
    prefix: str,
    after: str,
    before: str,
    key: Callable[[Any], str] | None,
) -> tuple[int, int]:
    first, last = 0, len(ordered)
    if prefix:
        first = bisect_left(ordered, prefix, key=key)
        last = bisect_right(ordered, prefix + _LAST, key=key)
    if after:
        first = max(first, bisect_right(ordered, after, key=key))
    if before:
        last = min(last, bisect_left(ordered, before, key=key))
    return first, max(first, last)


def _cut(
    ordered: list[Any], first: int, last: int, *, descending: bool, limit: int | None
) -> list[Any]:
    if descending:
        first = first if limit is None else max(first, last - limit)
        return ordered[first:last][::-1]
    return ordered[first : last if limit is None else min(last, first + limit)]
