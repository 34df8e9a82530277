"""How long is an execution kept after its end, and who sees it then?

    ended --retention--> hidden --a while--> removed --a day--> its name is free again

An execution's end says until when it is kept (``kept_until``). From then on nobody
sees it; its items are removed a while later (``removal``). For a day a mark stays in
the place of its HEAD. A process may still remember its values, so its name is not given
to another one; and a message that came very late may have written something, so there
is removed again what is there, when the mark goes.
"""

from __future__ import annotations

from math import inf

from chalicelib.ports import Item

#: Seconds between being hidden and being removed: the longest delay of a message.
GRACE = 900.0
#: Seconds that the mark of a removed execution stays: longer than a process lives, and
#: than a message comes back that fails each time.
MARKED = 86_400.0
#: What the mark has for a status.
REMOVED = "REMOVED"
#: What the mark has of the HEAD, so that a sweep finds it.
_PLACE = ("pk", "sk", "ipk", "isk", "name", "workflow", "version", "started_at")


def kept_until(stopped_at: float, retention: float) -> float | None:
    """Return when an execution is hidden; None: never.

    >>> kept_until(1000.0, 60.0), kept_until(1000.0, float("inf"))
    (1060.0, None)
    """
    return None if retention == inf else stopped_at + retention


def is_mark(item: Item) -> bool:
    """Whether an item stands in the place of the HEAD of a removed execution."""
    return bool(item["status"] == REMOVED)


def is_hidden(item: Item, now: float) -> bool:
    """Whether nobody is to see the execution of a HEAD any more."""
    until = item.get("kept_until")
    return is_mark(item) or (until is not None and until <= now)


def is_due(item: Item, now: float) -> bool:
    """Whether an execution, of which the list index told, is to be removed."""
    until = item.get("kept_until")
    return until is not None and until + GRACE <= now


def mark(head: Item, partitions: list[str], now: float) -> Item:
    """Return what stands in the place of a HEAD, and knows where its items were."""
    return {
        **{name: head[name] for name in _PLACE},
        "status": REMOVED,
        "stopped_at": None,
        "partitions": partitions,
        "kept_until": now + MARKED - GRACE,
    }
