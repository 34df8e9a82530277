"""What does a group of slots know, and what follows from it? Pure: items to items.

    slots    which child runs in which slot     retired  those that get no other child
    next     the next child to begin            until    where its children end
    changes  how often it was changed           resized  the record of the last change
    lot      how many lots it was ceded         asks     the group that is to cede one
    ceded    the lots it ceded, by group        over     no group has a child to begin
    held     who ran at the container's end     aborts, tolerated   how many failures
                                                end it all, since the last change

The first group says more: ``groups``, how many there are; ``opened``, how many children
ran at once in the beginning; ``room``, how many slots it has at most itself.

A slot holds a ticket: the child's number, and the lot it came with. A child's end gives
its slot the next ticket in one atomic write, even where no child is left: a ticket from
``until`` on is of nobody, and its slot is idle.
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.frozen import dataclass
from chalicelib.ports import Item

#: Slots of a group: so many, and all else, fit a write unit. No fewer than the children
#: that share a partition (``keys.LEAF``): a group lies in a partition of children.
SIZE = 100
#: Slots of a container whose limit is taken away.
MOST = 5000
#: A ticket of a slot that has nobody to run.
IDLE = -1
#: Numbers that fit a ticket beside its lot, places and groups that fit a slot's number.
_NUMBERS, _PLACES, _GROUPS = 10_000_000, 1_000_000, 10_000
#: Facts of a change that children are told when they begin.
TOLD = ("aborts", "tolerated")


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


class Slot(NamedTuple):
    """Where a child runs; children know it as one number.

    >>> Slot(3, group=2).code, Slot.of(Slot(3, group=2, lot=1).code)
    (2000003, Slot(place=3, group=2, lot=1))
    """

    place: int
    group: int = 0
    #: Which lot of its group the child came with.
    lot: int = 0

    @classmethod
    def of(cls, code: int) -> Slot:
        """Return the slot with this number; a small one is of the first group."""
        above, place = divmod(code, _PLACES)
        lot, group = divmod(above, _GROUPS)
        return cls(place, group, lot)

    @property
    def code(self) -> int:
        """Return the number that a child knows."""
        return self.place + _PLACES * (self.group + _GROUPS * self.lot)

    def ticket(self, number: int) -> int:
        """Return what the slot holds while that child runs."""
        return self.lot * _NUMBERS + number


def runs(group: int, place: str, ticket: int) -> tuple[int, int]:
    """Return the number of a slot, and of the child with a ticket."""
    lot, number = divmod(ticket, _NUMBERS)
    return Slot(int(place), group, lot).code, number


# -- what it is ------------------------------------------------------------------


def opened(group: int, limit: int, children: int) -> Item:
    """Return a group as it begins, with its share of the slots and of the children."""
    here, first = share(group, limit, SIZE), group * SIZE
    start = min(first, limit) * children // limit
    until = min(first + SIZE, limit) * children // limit
    return {
        "slots": {str(place): start + place for place in range(here)},
        "next": start + here,
        "until": until,
        "changes": 0,
    }


def share(group: int, limit: int, room: int) -> int:
    """Return how many of the slots a group has; a smaller limit never gives it more.

    >>> [share(group, 230, 100) for group in range(4)]
    [100, 100, 30, 0]
    """
    if group == 0:
        return min(limit, room)
    return max(0, min(limit - room - (group - 1) * SIZE, SIZE))


def groups_for(limit: int, room: int) -> int:
    """Return how many groups have so many slots."""
    return 1 + max(0, -(-(limit - room) // SIZE))


def left(item: Item, siblings: int) -> int:
    """Return how many children of a group have not begun."""
    return 0 if "held" in item else max(0, _until(item, siblings) - item["next"])


def _until(item: Item, siblings: int) -> int:
    return int(item.get("until", siblings))  # the first of all had them all


def idle(item: Item, siblings: int) -> list[str]:
    """Return the slots that have nobody to run."""
    until, lot = _until(item, siblings), item.get("lot", 0)
    return [
        place
        for place, ticket in item["slots"].items()
        if ticket == IDLE or (ticket >= until and ticket // _NUMBERS == lot)
    ]


def held(item: Item) -> dict[str, int]:
    """Return what all slots hold, of idle ones too."""
    everything: dict[str, int] = item["slots"] | item.get("retired", {})
    return everything


def running(item: Item, siblings: int) -> dict[str, int]:
    """Return who runs, by slot, those included that nobody follows."""
    none = frozenset(idle(item, siblings))
    busy = {slot: each for slot, each in item["slots"].items() if slot not in none}
    return {**busy, **item.get("retired", {})}


# -- what becomes of it ----------------------------------------------------------


def filled(item: Item, siblings: int, wanted: list[str]) -> Item:
    """Return what changes when idle slots get children of the group."""
    first = item["next"]
    tickets = range(first, first + min(len(wanted), left(item, siblings)))
    return {
        "slots": {**item["slots"], **dict(zip(wanted, tickets, strict=False))},
        "next": first + len(tickets),
    }


def cession(item: Item, siblings: int, taker: int, lot: int) -> Item:
    """Return what changes when another group gets half of what is left, its end.

    Where nothing is left, that it got nothing: who asked is answered once.
    """
    until = _until(item, siblings)
    kept = until - (left(item, siblings) + 1) // 2
    base = item.get("lot", 0) * _NUMBERS
    span = [lot, kept - base, until - base]
    return {"until": kept, "ceded": {**item.get("ceded", {}), str(taker): span}}


def taken(item: Item, siblings: int, span: list[int]) -> Item:
    """Return what changes when a group takes the lot that it was ceded."""
    lot, first, until = span
    nobody = dict.fromkeys(idle(item, siblings), IDLE)
    return {
        "slots": {**item["slots"], **nobody},
        "lot": lot,
        "next": lot * _NUMBERS + first,
        "until": lot * _NUMBERS + until,
        "asks": None,
    }


def resized(item: Item, siblings: int, wanted: int) -> Item:
    """Return what changes with the number of slots: some retire, or new ones are idle.

    Slots that are not wanted any more retire; their children run on.
    """
    busy = running(item, siblings)
    order = sorted(busy, key=int)
    names = (str(name) for name in range(len(busy) + wanted))
    free = [name for name in names if name not in busy]
    new = free[: max(0, wanted - len(busy))]
    return {
        "slots": {place: busy[place] for place in order[:wanted]}
        | dict.fromkeys(new, IDLE),
        "retired": {place: busy[place] for place in order[wanted:]},
    }
