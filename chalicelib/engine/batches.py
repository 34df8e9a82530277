"""How are the items of a Map put together, several for one iteration?

AWS, "ItemBatcher": a batch is full when it has as many items, or as many bytes, as it
may; whichever comes first. The bytes are those of all that the iteration receives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.frozen import dataclass
from chalicelib.values import Json, size


class ItemTooLarge(Exception):
    """An item that no batch has room for."""

    def __init__(self, position: int, length: int, limit: int) -> None:
        super().__init__(
            f"item {position} makes a batch of {length} bytes, and {limit} are allowed"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Most:
    """What one batch may have at most; 0: no limit."""

    items: int = 0
    bytes: int = 0


def batched(items: Sequence[Json], most: Most, around: dict[str, Json]) -> list[Json]:
    """Return the inputs of the iterations: ``around``, and ``Items`` beside it.

    >>> batched([1, 2, 3], Most(items=2), {"BatchInput": "a"})[1]
    {'BatchInput': 'a', 'Items': [3]}

    Raises:
        ItemTooLarge: an item is too large for a batch of its own.
    """
    return [{**around, "Items": batch} for batch in _split(items, most, around)]


def _split(
    items: Sequence[Json], most: Most, around: dict[str, Json]
) -> Iterator[list[Json]]:
    empty = size({**around, "Items": []}) if most.bytes else 0
    batch: list[Json] = []
    length = empty
    for position, item in enumerate(items):
        # The comma before an item; the first one of a batch has none.
        more = size(item) + 1 if most.bytes else 0
        is_full = most.items and len(batch) >= most.items
        if batch and (is_full or (most.bytes and length + more > most.bytes)):
            yield batch
            batch, length = [], empty
        if not batch:
            more -= 1 if most.bytes else 0
        length += more
        if most.bytes and length > most.bytes:
            raise ItemTooLarge(position, length, most.bytes)
        batch.append(item)
    if batch:
        yield batch
