"""Which notices were given up, and how is one of them sent again?

    given up --> record notice#<name> --asked for--> one try --2xx--> no record
                        ^                               └--else--> why, anew

Rule 1  A record is there from giving up until somebody acknowledges the notice.
Rule 2  Who asks for it again gets one try more, at once: what it came to is seen in the
        record. Who asks again before that has asked for the same try.
Rule 3  A late delivery of such a try finds no record, or one of more tries, and changes
        nothing.
Rule 4  The end of an execution that was redriven is told anew: what was given up of an
        earlier end is nobody's any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from chalicelib.errors import NoticeNotFound, StaleRecord
from chalicelib.frozen import dataclass
from chalicelib.journal import keys
from chalicelib.journal.archive import Head
from chalicelib.journal.redaction import Mask
from chalicelib.orchestrator import receivers, steps
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.world import World, log
from chalicelib.ports import Item
from chalicelib.values import Json

#: Names the record of a notice that was given up.
UNDELIVERED = "Millrace.NoticeUndelivered"
#: Characters of the reason that are kept.
_MOST = 1024
TOP = "r"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """A notice that was given up."""

    #: The receiver's position; ``-start`` follows where it tells of the beginning.
    name: str
    number: int
    is_of_start: bool
    #: Who is at that position now; None: nobody any more.
    receiver: str | None
    error: str
    cause: str
    #: How often it was sent in all.
    tries: int
    #: When it was given up, the last time.
    at: float


def of(world: World, execution: str) -> list[Undelivered]:
    """Return the notices of an execution that were given up, and can be sent again.

    Raises:
        ExecutionNotFound: there is none of that id.
    """
    return list(_found(world, world.archive.head(execution)))


def send_again(world: World, execution: str, name: str) -> Undelivered:
    """Have a notice that was given up be sent once more.

    Raises:
        ExecutionNotFound: there is none of that id.
        NoticeNotFound: no such notice was given up, or nobody is there to be told.
    """
    head = world.archive.head(execution)
    named = (each for each in _found(world, head) if each.name == name)
    notice = next(named, None)
    if notice is None or notice.receiver is None:
        raise NoticeNotFound(execution, name, is_for_nobody=notice is not None)
    facts: dict[str, Json] = {"i": notice.number, "n": notice.tries, "once": 1}
    if notice.is_of_start:
        facts["b"] = 1
    elif head.redrives:
        facts["g"] = head.redrives
    world.queue.send([steps.step("notify", execution, TOP, **facts)])
    return notice


def _found(world: World, head: Head) -> Iterator[Undelivered]:
    items = world.table.query(head.execution, prefix=keys.NOTICE)
    current = [each for each in items if _is_current(each, head)]
    if not current:
        return
    known = [receivers.shown(each) for each in receivers.of(world, head)]
    mask = Mask.of(world.archive.redacted(head), [head.input, head.output])
    for item in current:
        number, is_of_start = keys.notice_named(item["sk"])
        yield Undelivered(
            name=item["sk"].removeprefix(keys.NOTICE),
            number=number,
            is_of_start=is_of_start,
            receiver=known[number] if number < len(known) else None,
            error=item["error"],
            cause=mask.text(item["cause"]),
            tries=item["tries"],
            at=item["at"],
        )


def _is_current(item: Item, head: Head) -> bool:
    # Releases before this one did not say which end: the first.
    _, is_of_start = keys.notice_named(item["sk"])
    return is_of_start or item.get("run", 0) == head.redrives


# -- its tries ---------------------------------------------------------------------


def record_of(world: World, found: Step) -> Item | None:
    """Return the record that a try is made for; None where it has come to its end."""
    item = world.table.get(_key(found))
    return item if item and item["tries"] == found.body["n"] else None


def give_up(world: World, found: Step, before: Item | None, why: str) -> None:
    """Keep why a notice is given up; ``before``: the record that it was sent for."""
    number = found.body["i"]
    log.error("%s: notice %s is given up: %s", found.execution, number, why)
    partition, sort = _key(found)
    item: Item = {
        "pk": partition,
        "sk": sort,
        "error": UNDELIVERED,
        "cause": why[:_MOST],
        "tries": found.body["n"] + 1,
        "run": found.body.get("g", 0),
        "at": world.clock.now(),
    }
    if before is None:
        world.table.put(item)
        return
    with suppress(StaleRecord):  # another delivery of this try had its end before
        world.table.put(item, where={"tries": before["tries"]})


def acknowledged(world: World, found: Step) -> None:
    """Forget that a notice was given up."""
    world.table.delete(_key(found))


def _key(found: Step) -> tuple[str, str]:
    sort = keys.notice(found.body["i"], is_of_start="b" in found.body)
    return found.execution, sort
