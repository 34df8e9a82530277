"""Which children of a limited container run, and who follows whom?

    group 0   100 slots, children    0- 499     a child's end gives its slot the next
    group 1   100 slots, children  500- 999     child of the group, in one write
    group 2    30 slots, children 1000-1149     none left: half of another group's rest

A group of slots is an item (``slots``), so that what an end costs does not grow with
the limit. How a group gets children of another one: ``groups``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from chalicelib.errors import StaleRecord
from chalicelib.orchestrator import slots
from chalicelib.orchestrator.groups import Groups
from chalicelib.orchestrator.slots import Change, Slot
from chalicelib.orchestrator.world import World
from chalicelib.ports import Item

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
        self._groups = Groups(world, execution, container, siblings)

    def start(self, limit: int) -> Runs:
        """Give the first children their slots; return who runs in which.

        Where they had them before, who runs now is what the slots say.
        """
        limit = min(limit, self._groups.siblings)
        first = slots.opened(0, limit, self._groups.siblings)
        if limit > slots.SIZE:
            count = slots.groups_for(limit, slots.SIZE)
            first |= {"groups": count, "opened": limit}
        item = self._groups.begun(0, first)
        return self._served_all(item)

    def give(self, code: int, ended: int) -> Follower | None:
        """Give the slot of a child that has ended to the next one.

        None: the slots belong to an execution that was deleted.
        """
        slot = Slot.of(code)
        place, ticket = str(slot.place), slot.ticket(ended)
        try:
            item = self._ended(slot.group, place, ticket)
            item = self._groups.served(slot.group, item, place)
            following = self._groups.running(item).get(place)
            is_dry = following is None and self._groups.is_dry(slot.group, item)
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
            first = self._groups.read(0)
        except StaleRecord:
            return {}
        if change.seq < first.get("resized", 0) or "held" in first:
            return self._served_all(first)
        first, known = self._resized(0, change, first)
        for group in range(1, first.get("groups", 1)):
            known |= self._resized(group, change, first)[1]
        now = self._served_all(first)
        return {code: each for code, each in now.items() if known.get(code) != each}

    # -- one group ---------------------------------------------------------------------

    def _ended(self, group: int, place: str, ticket: int) -> Item:
        """Return a group whose slot that child has left; it may have been retired."""
        item = self._groups.claim(group, place, ticket)
        while item.get("retired", {}).get(place) == ticket:
            left = {at: each for at, each in item["retired"].items() if at != place}
            item = self._groups.change(group, item, {"retired": left})
            if item["slots"].get(place) == ticket:  # a change has taken it back
                item = self._groups.claim(group, place, ticket)
        return item

    def _emptied(self, group: int) -> Item:
        item = self._groups.read(group)
        while "held" not in item:  # by a turn that may not have come further
            held = list(self._runs(group, item).values())
            facts = {"slots": {}, "retired": {}, "held": held}
            item = self._groups.change(group, item, facts)
        return item

    def _resized(self, group: int, change: Change, first: Item) -> tuple[Item, Runs]:
        """Change a group's share of the slots; return it, and who ran before.

        Nobody, where it was changed before: see ``resize``.
        """
        item, known = self._groups.read(group), {}
        if item.get("resized", 0) < change.seq:
            known = self._runs(group, item)
        while item.get("resized", 0) < change.seq and "held" not in item:
            facts = {"resized": change.seq, **self._shared(group, change, first, item)}
            facts |= {name: getattr(change, name) for name in slots.TOLD}
            item = self._groups.change(group, item, facts)
        return item, known

    def _shared(self, group: int, change: Change, first: Item, item: Item) -> Item:
        """Return what changes with a group's share; the first one notes the others."""
        first = first if group else item
        room = first.get("room", max(slots.SIZE, len(slots.held(first))))
        wanted, facts = len(item["slots"]), {}
        if change.limit is not None:
            limit = min(change.limit or slots.MOST, self._groups.siblings)
            wanted = slots.share(group, limit, room)
            count = max(item.get("groups", 1), slots.groups_for(limit, room))
            facts = {} if group else {"groups": count, "room": room}
        return facts | slots.resized(item, self._groups.siblings, wanted)

    def _runs(self, group: int, item: Item) -> Runs:
        running = self._groups.running(item).items()
        return dict(slots.runs(group, place, ticket) for place, ticket in running)

    def _served_all(self, first: Item) -> Runs:
        """Give all idle slots children; return who runs."""
        found: Runs = {}
        for group in range(first.get("groups", 1)):
            item = self._groups.served(group, self._groups.read(group))
            found |= self._runs(group, item)
        return found
