"""How does an execution leave the table, with all that belongs to it?

Children lie in partitions of their own, and nothing lists them: who began more than
fits into one says so in the history. So all partitions are found first, by reading, and
then emptied, the one that was found last first: what leads to another one is there for
as long as that one has items. A crash, or the end of an invocation, anywhere, and the
same again goes on where it stopped.

HEAD comes last, and leaves a mark the first time: see ``keeping``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chalicelib.errors import ValueLost
from chalicelib.journal import keeping, keys, records, story
from chalicelib.journal.values import Values
from chalicelib.ports import Clock, Item, Table

#: Items that are read at a time.
PAGE = 100


def remove(
    table: Table,
    values: Values,
    clock: Clock,
    head: Item,
    is_over: Callable[[], bool],
) -> bool:
    """Remove what belongs to an execution; False when ``is_over`` came first."""
    is_last = keeping.is_mark(head)
    found = head["partitions"] if is_last else _partitions(table, values, head["pk"])
    for partition in reversed(found):
        if not _empty(table, values, partition, is_over):
            return False
    if is_last:
        table.delete((head["pk"], head["sk"]))
    else:
        table.put(keeping.mark(head, found, clock.now()))
    return True


def _partitions(table: Table, values: Values, execution: str) -> list[str]:
    """Return the execution's partitions, each behind the one that leads to it."""
    found = [execution]
    for partition in found:
        after = "r"
        while page := table.query(partition, after=after, before="s", limit=PAGE):
            after = page[-1]["sk"]
            for item in page:
                children = _children(values, execution, item)
                wider = keys.shards(execution, "", children)
                found.extend(each for each in wider if each not in found)
    return found


def _children(values: Values, execution: str, item: Item) -> int:
    """Return how many children the scopes of a record were told to begin, at most."""
    if keys.is_inbox(item["sk"]):
        return 0
    scope = item["sk"].rpartition("#")[0]
    try:
        opened = records.open_item(item, partial(values.restore, execution))
        return story.crowd(records.decode_said(execution, scope, opened))
    except ValueLost:  # removed before: then the partitions that it leads to are, too
        return 0


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
