"""How does an execution leave the table, with all that belongs to it?

Children lie in partitions of their own, and nothing lists them: who began more than
fits into one says so in the history. So all partitions are found first, by reading, and
then emptied, the one that was found last first: what leads to another one is there for
as long as that one has items. A crash, or the end of an invocation, anywhere, and the
same again goes on where it stopped.

HEAD comes last, and leaves a mark the first time: see ``keeping``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from chalicelib.errors import ValueLost
from chalicelib.journal import keeping, keys, parts, records
from chalicelib.journal.records import Record
from chalicelib.journal.values import Values
from chalicelib.ports import Clock, Item, Key, Table

#: Keys outside of the execution's partitions, of what a record has asked for.
Elsewhere = Callable[[Record], Iterable[Key]]

#: Items that are read at a time.
PAGE = 100


def remove(
    table: Table,
    values: Values,
    clock: Clock,
    head: Item,
    is_over: Callable[[], bool],
    elsewhere: Elsewhere,
) -> bool:
    """Remove what belongs to an execution; False when ``is_over`` came first."""
    is_last = keeping.is_mark(head)
    if is_last:
        found = head["partitions"]
    else:
        found = _partitions(table, values, head["pk"], elsewhere)
    for partition in reversed(found):
        if not _empty(table, values, partition, is_over):
            return False
    if is_last:
        table.delete((head["pk"], head["sk"]))
    else:
        table.put(keeping.mark(head, found, clock.now()))
    return True


def _partitions(
    table: Table, values: Values, execution: str, elsewhere: Elsewhere
) -> list[str]:
    """Return the execution's partitions, each behind the one that leads to it.

    What its records have left elsewhere is removed on the way.
    """
    found = [execution]
    for partition in found:
        after = "r"
        while page := table.query(partition, after=after, before="s", limit=PAGE):
            after = page[-1]["sk"]
            for item in page:
                record = _record(values, execution, item)
                if record is None:
                    continue
                table.discard(list(elsewhere(record)))
                wider = keys.shards(execution, "", parts.crowd(record))
                found.extend(each for each in wider if each not in found)
    return found


def _record(values: Values, execution: str, item: Item) -> Record | None:
    """Return what an item records; None for what waits in an inbox."""
    if keys.is_inbox(item["sk"]):
        return None
    scope = item["sk"].rpartition("#")[0]
    try:
        opened = records.open_item(item, partial(values.restore, execution))
        return records.decode_said(execution, scope, opened)
    except ValueLost:  # removed before: then the partitions that it leads to are, too
        return None


def _empty(
    table: Table, values: Values, partition: str, is_over: Callable[[], bool]
) -> bool:
    after = ""
    while page := table.query(partition, after=after, limit=PAGE):
        if is_over():
            return False
        after = page[-1]["sk"]
        items = [item for item in page if item["sk"] != "HEAD"]
        for item in items:
            values.discard(item)
        table.discard([(item["pk"], item["sk"]) for item in items])
    return True
