"""Which children of a limited container run, and who follows whom?

    group 0   100 slots, children    0- 499     a child's end gives its slot the next
    group 1   100 slots, children  500- 999     child of the group, in one write
    group 2    30 slots, children 1000-1149     none left: half of another group's rest

A group of slots is an item (``slots``), so that what an end costs does not grow with
the limit. Nothing is taken from two items at once; a lot moves in three writes:

    asks   the group without children notes whom it asks
    ceded  the other one answers, once: the end of what it has left, or nothing
    taken  the first one has it, and asks nobody any more

Whoever finds a group in the middle of it goes on, so that a crash holds up nobody.
That nothing is left is seen when all groups were looked at twice, and none had changed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from chalicelib.errors import StaleRecord
from chalicelib.journal import keys
from chalicelib.orchestrator import slots
from chalicelib.orchestrator.slots import Change, Slot
from chalicelib.orchestrator.world import World
from chalicelib.ports import Item, Key

#: Number of a slot -> the child that runs in it.
Runs = dict[int, int]


class Follower(NamedTuple):
    """What a child's end has brought about."""

    #: The slot's number and the next child to run in it; None: nobody follows.
    runs: tuple[int, int] | None
    #: Every child has begun, and none runs.
    is_dry: bool
    #: What a change has said to the children that begin after it.
    told: dict[str, Any]


class Pool:
    """The slots of one container, for ``siblings`` children."""

    def __init__(
        self, world: World, execution: str, container: str, siblings: int
    ) -> None:
        self._table = world.table
        self._of = execution, container
        self._siblings = siblings

    def start(self, limit: int) -> Runs:
        """Give the first children their slots; return who runs in which.

        Where they had them before, who runs now is what the slots say.
        """
        limit = min(limit, self._siblings)
        first = slots.opened(0, limit, self._siblings)
        if limit > slots.SIZE:
            count = slots.groups_for(limit, slots.SIZE)
            first |= {"groups": count, "opened": limit}
        item = self._begun(0, first)
        return self._served_all(item)

    def give(self, code: int, ended: int) -> Follower | None:
        """Give the slot of a child that has ended to the next one.

        None: the slots belong to an execution that was deleted.
        """
        slot = Slot.of(code)
        place, ticket = str(slot.place), slot.ticket(ended)
        try:
            item = self._ended(slot.group, place, ticket)
            item = self._served(slot.group, item, place)
            following = self._running(item).get(place)
            is_dry = following is None and self._is_dry(slot.group, item)
        except StaleRecord:
            return None
        told = {name: item[name] for name in slots.TOLD if name in item}
        if following is None:
            return Follower(None, is_dry, told)
        return Follower(slots.runs(slot.group, place, following), False, told)

    def take(self) -> list[int] | None:
        """Empty the slots, so that no child begins any more; return who held them."""
        try:
            first = self._emptied(0)
        except StaleRecord:
            return None
        groups = range(first.get("groups", 1))
        return [each for group in groups for each in self._emptied(group)["held"]]

    def resize(self, change: Change) -> Runs:
        """Have so many run at once from now on; return who is to begin, by slot.

        Where this change was made before, or a later one, that is everybody who runs:
        it may not have come so far as to begin its own.
        """
        try:
            first = self._read(0)
        except StaleRecord:
            return {}
        if change.seq < first.get("resized", 0) or "held" in first:
            return self._served_all(first)
        first, known = self._resized(0, change, first)
        for group in range(1, first.get("groups", 1)):
            known |= self._resized(group, change, first)[1]
        now = self._served_all(first)
        return {code: each for code, each in now.items() if known.get(code) != each}

    # -- items ---------------------------------------------------------------------

    def _key(self, group: int) -> Key:
        return keys.pool(*self._of, group)

    def _read(self, group: int) -> Item:
        """Return a group; one that nobody has written begins now.

        Raises:
            StaleRecord: there is none, not even the first one.
        """
        item = self._table.get(self._key(group))
        if item is not None:
            return item
        if not group:
            raise StaleRecord(self._key(0)[1])
        limit = self._read(0).get("opened", slots.SIZE)
        return self._begun(group, slots.opened(group, limit, self._siblings))

    def _begun(self, group: int, facts: Item) -> Item:
        partition, sort = self._key(group)
        item = {"pk": partition, "sk": sort, **facts}
        try:
            self._table.put(item, unless_exists=True)
        except StaleRecord:
            return self._read(group)
        return item

    def _change(self, group: int, item: Item, facts: Item) -> Item:
        """Write what changes; return the group then, or as others have changed it."""
        after = {**item, **facts, "changes": item["changes"] + 1}
        fence = {name: item[name] for name in ("next", "changes")}
        try:
            self._table.put(after, where=fence)
        except StaleRecord:
            return self._read(group)
        return after

    def _ended(self, group: int, place: str, ticket: int) -> Item:
        """Return a group whose slot that child has left; it may have been retired."""
        item = self._table.claim(self._key(group), place, ticket)
        while item.get("retired", {}).get(place) == ticket:
            left = {at: each for at, each in item["retired"].items() if at != place}
            item = self._change(group, item, {"retired": left})
            if item["slots"].get(place) == ticket:  # a change has taken it back
                item = self._table.claim(self._key(group), place, ticket)
        return item

    def _emptied(self, group: int) -> Item:
        item = self._read(group)
        while "held" not in item:  # by a turn that may not have come further
            held = list(self._runs(group, item).values())
            facts = {"slots": {}, "retired": {}, "held": held}
            item = self._change(group, item, facts)
        return item

    def _resized(self, group: int, change: Change, first: Item) -> tuple[Item, Runs]:
        """Change a group's share of the slots; return it, and who ran before.

        Nobody, where it was changed before: see ``resize``.
        """
        item, known = self._read(group), {}
        if item.get("resized", 0) < change.seq:
            known = self._runs(group, item)
        while item.get("resized", 0) < change.seq and "held" not in item:
            facts = {"resized": change.seq, **self._shared(group, change, first, item)}
            facts |= {name: getattr(change, name) for name in slots.TOLD}
            item = self._change(group, item, facts)
        return item, known

    def _shared(self, group: int, change: Change, first: Item, item: Item) -> Item:
        """Return what changes with a group's share; the first one notes the others."""
        first = first if group else item
        room = first.get("room", max(slots.SIZE, len(slots.held(first))))
        wanted, facts = len(item["slots"]), {}
        if change.limit is not None:
            limit = min(change.limit or slots.MOST, self._siblings)
            wanted = slots.share(group, limit, room)
            count = max(item.get("groups", 1), slots.groups_for(limit, room))
            facts = {} if group else {"groups": count, "room": room}
        return facts | slots.resized(item, self._siblings, wanted)

    # -- who runs ------------------------------------------------------------------

    def _running(self, item: Item) -> dict[str, int]:
        return slots.running(item, self._siblings)

    def _runs(self, group: int, item: Item) -> Runs:
        running = self._running(item).items()
        return dict(slots.runs(group, place, ticket) for place, ticket in running)

    def _served_all(self, first: Item) -> Runs:
        """Give all idle slots children; return who runs."""
        found: Runs = {}
        for group in range(first.get("groups", 1)):
            item = self._served(group, self._read(group))
            found |= self._runs(group, item)
        return found

    def _served(self, group: int, item: Item, place: str | None = None) -> Item:
        """Return a group once an idle slot, or each, has a child, or none is left."""
        while waiting := self._waiting(group, item, place):
            facts = self._step(group, item, waiting)
            item = self._change(group, item, facts) if facts else self._read(group)
        return item

    def _waiting(self, group: int, item: Item, place: str | None) -> list[str]:
        if "held" in item or item.get("over"):
            return []
        if self._is_alone(group, item) and not self._left(item):
            return []
        none = slots.idle(item, self._siblings)
        return [each for each in none if place in (None, each)]

    def _left(self, item: Item) -> int:
        return slots.left(item, self._siblings)

    def _is_alone(self, group: int, item: Item) -> bool:
        return not group and item.get("groups", 1) == 1

    def _is_dry(self, group: int, item: Item) -> bool:
        if "held" in item or self._running(item):
            return False
        if self._is_alone(group, item):
            return not self._left(item)
        seen = self._look()
        if not (item.get("over") or self._is_quiet(seen)):
            return False
        return not any("held" in each or self._running(each) for each in seen)

    # -- lots ----------------------------------------------------------------------

    def _step(self, group: int, item: Item, waiting: list[str]) -> Item:
        """Return what changes next for idle slots; nothing: others were changing."""
        if self._left(item):
            return slots.filled(item, self._siblings, waiting)
        if item.get("asks") is not None:
            return self._took(group, item)
        seen = self._look()
        left, giver = max((self._left(each), at) for at, each in enumerate(seen))
        if left:
            return {"asks": giver}
        return {"over": True} if self._is_quiet(seen) else {}

    def _took(self, group: int, item: Item) -> Item:
        """Return what changes when a group gets the answer of the one it asks."""
        lot = item.get("lot", 0) + 1
        giver, name = self._read(item["asks"]), str(group)
        while (span := giver.get("ceded", {}).get(name, (0,)))[0] < lot:
            facts = slots.cession(giver, self._siblings, group, lot)
            giver = self._change(item["asks"], giver, facts)
        if span[0] > lot:  # somebody took it for the group, which has asked again
            return {}
        return slots.taken(item, self._siblings, span)

    def _look(self) -> list[Item]:
        """Return all groups; for one that asks, what it asks for is carried out."""
        found: list[Item] = []
        for group in range(self._read(0).get("groups", 1)):
            item = self._read(group)
            while item.get("asks") is not None:
                facts = self._took(group, item)
                item = self._change(group, item, facts) if facts else self._read(group)
            found.append(item)
        return found

    def _is_quiet(self, seen: list[Item]) -> bool:
        """Whether no child is left to begin: none was seen, and nothing has changed."""
        if any(map(self._left, seen)):
            return False
        return _stamps(seen) == _stamps(self._look())


def _stamps(seen: list[Item]) -> list[tuple[int, int]]:
    return [(item["next"], item["changes"]) for item in seen]
