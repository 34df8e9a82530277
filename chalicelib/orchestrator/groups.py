"""How do groups of slots keep busy, and when have they all run dry?

Nothing is taken from two items at once; a lot moves in three writes:

    asks   the group without children notes whom it asks
    ceded  the other one answers, once: the end of what it has left, or nothing
    taken  the first one has it, and asks nobody any more

Whoever finds a group in the middle of it goes on, so that a crash holds up nobody.
That nothing is left is seen when all groups were looked at twice, and none had changed.
"""

from __future__ import annotations

from chalicelib.errors import StaleRecord
from chalicelib.journal import keys
from chalicelib.orchestrator import slots
from chalicelib.orchestrator.world import World
from chalicelib.ports import Item, Key


class Groups:
    """The items of one container's slots, for ``siblings`` children."""

    def __init__(
        self, world: World, execution: str, container: str, siblings: int
    ) -> None:
        self._table = world.table
        self._of = execution, container
        self.siblings = siblings

    def _key(self, group: int) -> Key:
        return keys.pool(*self._of, group)

    def read(self, group: int) -> Item:
        """Return a group; one that nobody has written begins now.

        Raises:
            StaleRecord: there is none, not even the first one.
        """
        item = self._table.get(self._key(group))
        if item is not None:
            return item
        if not group:
            raise StaleRecord(self._key(0)[1])
        limit = self.read(0).get("opened", slots.SIZE)
        return self.begun(group, slots.opened(group, limit, self.siblings))

    def begun(self, group: int, facts: Item) -> Item:
        """Begin a group; return it, or the one that is there."""
        partition, sort = self._key(group)
        item = {"pk": partition, "sk": sort, **facts}
        try:
            self._table.put(item, unless_exists=True)
        except StaleRecord:
            return self.read(group)
        return item

    def change(self, group: int, item: Item, facts: Item) -> Item:
        """Write what changes; return the group then, or as others have changed it."""
        after = {**item, **facts, "changes": item["changes"] + 1}
        fence = {name: item[name] for name in ("next", "changes")}
        try:
            self._table.put(after, where=fence)
        except StaleRecord:
            return self.read(group)
        return after

    def claim(self, group: int, place: str, ticket: int) -> Item:
        """Give the slot that holds a ticket the next one; return the group then."""
        return self._table.claim(self._key(group), place, ticket)

    # -- who runs -----------------------------------------------------------------

    def left(self, item: Item) -> int:
        """Return how many of a group's children have not begun."""
        return slots.left(item, self.siblings)

    def running(self, item: Item) -> dict[str, int]:
        """Return the tickets of those that run in a group, by slot."""
        return slots.running(item, self.siblings)

    def served(self, group: int, item: Item, place: str | None = None) -> Item:
        """Return a group once an idle slot, or each, has a child, or none is left."""
        while waiting := self._waiting(group, item, place):
            facts = self._step(group, item, waiting)
            item = self.change(group, item, facts) if facts else self.read(group)
        return item

    def _waiting(self, group: int, item: Item, place: str | None) -> list[str]:
        if "held" in item or item.get("over"):
            return []
        if self._is_alone(group, item) and not self.left(item):
            return []
        none = slots.idle(item, self.siblings)
        return [each for each in none if place in (None, each)]

    def _is_alone(self, group: int, item: Item) -> bool:
        return not group and item.get("groups", 1) == 1

    def is_dry(self, group: int, item: Item) -> bool:
        """Whether every child has begun, and none runs, in this group or another."""
        if "held" in item or self.running(item):
            return False
        if self._is_alone(group, item):
            return not self.left(item)
        seen = self._look()
        if not (item.get("over") or self._is_quiet(seen)):
            return False
        return not any("held" in each or self.running(each) for each in seen)

    # -- lots ----------------------------------------------------------------------

    def _step(self, group: int, item: Item, waiting: list[str]) -> Item:
        """Return what changes next for idle slots; nothing: others were changing."""
        if self.left(item):
            return slots.filled(item, self.siblings, waiting)
        if item.get("asks") is not None:
            return self._took(group, item)
        seen = self._look()
        left, giver = max((self.left(each), at) for at, each in enumerate(seen))
        if left:
            return {"asks": giver}
        return {"over": True} if self._is_quiet(seen) else {}

    def _took(self, group: int, item: Item) -> Item:
        """Return what changes when a group gets the answer of the one it asks."""
        lot = item.get("lot", 0) + 1
        giver, name = self.read(item["asks"]), str(group)
        while (span := giver.get("ceded", {}).get(name, (0,)))[0] < lot:
            facts = slots.cession(giver, self.siblings, group, lot)
            giver = self.change(item["asks"], giver, facts)
        if span[0] > lot:  # somebody took it for the group, which has asked again
            return {}
        return slots.taken(item, self.siblings, span)

    def _look(self) -> list[Item]:
        """Return all groups; for one that asks, what it asks for is carried out."""
        found: list[Item] = []
        for group in range(self.read(0).get("groups", 1)):
            item = self.read(group)
            while item.get("asks") is not None:
                facts = self._took(group, item)
                item = self.change(group, item, facts) if facts else self.read(group)
            found.append(item)
        return found

    def _is_quiet(self, seen: list[Item]) -> bool:
        """Whether no child is left to begin: none was seen, and nothing has changed."""
        if any(map(self.left, seen)):
            return False
        return _stamps(seen) == _stamps(self._look())


def _stamps(seen: list[Item]) -> list[tuple[int, int]]:
    return [(item["next"], item["changes"]) for item in seen]
