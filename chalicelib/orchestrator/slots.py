"""Which children of a limited container run, and how is the limit changed meanwhile?

    slots    which child runs in which slot     retired  those that get no other child
    next     the next child to begin            changes  how often it was changed
    resized  the record of the last change      held     who ran at the container's end
    aborts, tolerated   how many failures end it all, since that change

A child's end gives its slot the next child in one atomic write. A slot that a smaller
limit takes away is retired: its child runs to its end, and no other follows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.errors import StaleRecord
from chalicelib.frozen import dataclass
from chalicelib.orchestrator.world import World
from chalicelib.ports import Item, Key

#: Slots of a container whose limit is taken away: so many fit an item.
MOST = 5000
#: Facts of a change that children are told when they begin.
_TOLD = ("aborts", "tolerated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody changed of a container whose children run."""

    #: Of the record that says so: a message of an older one comes too late.
    seq: int
    #: How many run at once from now on; 0: all. None: as many as before.
    limit: int | None
    #: Whether the failure of a child that begins from now on ends the container.
    aborts: bool
    #: Without ``aborts``: more of them than this do; 0: none.
    tolerated: int
    #: How many children there are.
    siblings: int


def start(world: World, key: Key, limit: int) -> dict[str, int]:
    """Give the first children their slots; return who runs in which."""
    slots = {str(number): number for number in range(limit)}
    item = {"pk": key[0], "sk": key[1], "slots": slots, "next": limit, "changes": 0}
    try:
        world.table.put(item, unless_exists=True)
    except StaleRecord:  # begun before: who runs now is what the slots say
        return held(world.table.get(key) or {})
    return slots


def held(item: Item) -> dict[str, int]:
    """Return who runs, by slot."""
    return {**item.get("slots", {}), **item.get("retired", {})}


def give(world: World, key: Key, slot: str, ended: int) -> Item | None:
    """Give the slot of a child that has ended to the next one; return what is then.

    None: the slots belong to an execution that was deleted.
    """
    try:
        item = world.table.claim(key, slot, ended)
        while item.get("retired", {}).get(slot) == ended:
            item = _released(world, key, item, slot)
    except StaleRecord:
        return None
    return item


def _released(world: World, key: Key, item: Item, slot: str) -> Item:
    """Return the item without a retired slot; as it is now, where a race was lost."""
    left = {name: each for name, each in item["retired"].items() if name != slot}
    after = {**item, "retired": left, "changes": item["changes"] + 1}
    if _put(world, after, item):
        return after
    return world.table.get(key) or {}


def _put(world: World, after: Item, before: Item) -> bool:
    """Write the item if nobody changed it or gave a slot; whether that was so."""
    fence = {name: before[name] for name in ("next", "changes")}
    try:
        world.table.put(after, where=fence)
    except StaleRecord:
        return False
    return True


def is_dry(item: Item, siblings: int) -> bool:
    """Whether every child has begun, and none runs."""
    is_over = not item.get("slots") or "held" in item
    all_ = not is_over and all(each >= siblings for each in item["slots"].values())
    return all_ and not item.get("retired")


def take(world: World, key: Key) -> list[int] | None:
    """Empty the slots, so that no child begins any more; return who held them."""
    while (item := world.table.get(key)) is not None:
        if "held" in item:  # emptied before, by a turn that may not have come further
            return list(item["held"])
        running = list(held(item).values())
        emptied = {**item, "slots": {}, "retired": {}, "held": running}
        if _put(world, emptied, item):
            return running
    return None


def resize(world: World, key: Key, change: Change) -> dict[str, int]:
    """Have so many children run at once from now on; return who is to begin, by slot.

    Where this change was made before, or a later one, that is everybody who runs: it
    may not have come so far as to begin its own.
    """
    while (item := world.table.get(key)) is not None and "held" not in item:
        if change.seq <= item.get("resized", 0):
            return held(item)
        after, added = _resized(item, change)
        if _put(world, {**item, **after}, item):
            return added
    return {}


def _resized(item: Item, change: Change) -> tuple[Item, dict[str, int]]:
    """Return what changes of the item, and the slots that are new."""
    running = _running(held(item), change.siblings)
    dry = {slot: each for slot, each in item["slots"].items() if slot not in running}
    most = len(item["slots"]) - len(dry) if change.limit is None else change.limit
    kept = sorted(running, key=int)[: _within(most)]
    slots, following = dry | {slot: running[slot] for slot in kept}, item["next"]
    first = 1 + max(map(int, held(item)))
    room = min(_within(most) - len(kept), change.siblings - following)
    added = {str(first + each): following + each for each in range(max(0, room))}
    after = {
        "slots": {**slots, **added},
        "retired": {slot: running[slot] for slot in running if slot not in kept},
        "next": following + len(added),
        "changes": item["changes"] + 1,
        "resized": change.seq,
        **{name: getattr(change, name) for name in _TOLD},
    }
    return after, added


def told(item: Item) -> dict[str, Any]:
    """Return what a change says to the children that begin after it; none: nothing."""
    return {name: item[name] for name in _TOLD if name in item}


def _running(slots: Mapping[str, int], siblings: int) -> dict[str, int]:
    return {slot: index for slot, index in slots.items() if index < siblings}


def _within(limit: int) -> int:
    return min(limit, MOST) or MOST
