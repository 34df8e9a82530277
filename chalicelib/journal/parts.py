"""What has to be read of an execution, where only a part of it is shown?

A scope lies behind a prefix of its own, so it is read without its children, and one
child without its siblings. Of one that is only listed, the first record and the last
say all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from chalicelib.engine.history import Happened
from chalicelib.frozen import dataclass
from chalicelib.journal import keys, records
from chalicelib.journal.records import Opened, Record
from chalicelib.journal.values import Values
from chalicelib.ports import Item, Table

#: Records that are read at a time; of a child that is only counted, so many at most.
PAGE = 100

_ENDS = frozenset(
    {Happened.SCOPE_SUCCEEDED, Happened.SCOPE_FAILED, Happened.SCOPE_ABORTED}
)


def _all(_scope: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is read of an execution; nothing named: all of it."""

    #: Runtime ids of those that are read whole, without what is below them.
    scopes: tuple[str, ...] = ()
    #: Of those that are read with all that is below them.
    trees: tuple[str, ...] = ()
    #: Of those of which the beginning and the end are read.
    ends: tuple[str, ...] = ()
    #: Containers, and how many children they have: these, with all that is below.
    groups: tuple[tuple[str, int], ...] = ()
    #: Containers likewise, of whose children the beginning and the end are read.
    crowds: tuple[tuple[str, int], ...] = ()
    #: Containers, and which hundred of their children: likewise.
    leaves: tuple[tuple[str, int], ...] = ()
    #: Whether the large values of a scope are read.
    shows: Callable[[str], bool] = _all
    #: They are left where they are, as references, for who reads them one by one.
    is_outline: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether everything is read."""
        one_by_one = (self.scopes, self.trees, self.ends)
        return not any((*one_by_one, self.groups, self.crowds, self.leaves))


WHOLE = Part()


class Reader:
    """Reads records of one execution."""

    def __init__(self, table: Table, values: Values, execution: str) -> None:
        self._table = table
        self._values = values
        self._execution = execution
        self._found: dict[str, list[Record]] = {}

    def read(self, part: Part) -> dict[str, list[Record]]:
        """Return the records of every scope of a part, oldest first.

        Raises:
            ValueLost: a record that is kept elsewhere is gone.
        """
        for scope in dict.fromkeys(part.scopes):
            self._keep(scope, self._own(scope))
        if part.is_whole:
            self._below("", 1, ("r",))
        for scope in part.trees:
            self._below(scope, 1, (f"{scope}#", f"{scope}."))
        for container, children in part.groups:
            self._below(container, children, (f"{container}-",))
        self._glimpse(part)
        return self._found

    def _glimpse(self, part: Part) -> None:
        """Read what is only listed, or counted."""
        for scope in part.ends:
            if scope not in self._found:
                self._keep(scope, self._ends(scope, self._newest(scope)))
        for container, children in part.crowds:
            self._crowd(container, children)
        for container, leaf in part.leaves:
            self._leaf(container, leaf)

    def _keep(self, scope: str, said: Iterable[Record]) -> None:
        kept = list(said)
        if kept:
            self._found[scope] = kept

    def _open(self, item: Item) -> Opened:
        return records.open_item(item, partial(self._values.restore, self._execution))

    def _said(self, scope: str, opened: Opened) -> Record:
        return records.decode_said(self._execution, scope, opened)

    # -- whole scopes --------------------------------------------------------------

    def _own(self, scope: str) -> Iterator[Record]:
        items = self._table.query(
            keys.partition(self._execution, scope),
            after=keys.record(scope, 0),
            before=keys.inbox(scope, ""),
        )
        for item in items:
            yield self._said(scope, self._open(item))

    def _below(self, top: str, children: int, prefixes: Iterable[str]) -> None:
        """Read all that is below; what has many children leads to more partitions."""
        partitions = keys.shards(self._execution, top, children)
        for partition in partitions:
            for item in self._records(partition, prefixes):
                scope = item["sk"].rpartition("#")[0]
                record = self._said(scope, self._open(item))
                self._found.setdefault(scope, []).append(record)
                wider = keys.shards(self._execution, top, crowd(record))
                partitions.extend(each for each in wider if each not in partitions)

    def _records(self, partition: str, prefixes: Iterable[str]) -> Iterator[Item]:
        for prefix in prefixes:
            for item in self._table.query(partition, prefix=prefix):
                if not keys.is_inbox(item["sk"]):
                    yield item

    # -- children that are only listed, or counted -----------------------------------

    def _newest(self, scope: str) -> list[Item]:
        return self._table.query(
            keys.partition(self._execution, scope),
            after=keys.record(scope, 0),
            before=keys.inbox(scope, ""),
            descending=True,
            limit=1,
        )

    def _ends(self, scope: str, newest: list[Item]) -> Iterator[Record]:
        """Yield the first record and the last; of one that was redriven, all."""
        if not newest:
            return
        opened = self._open(newest[0])
        last = self._said(scope, opened)
        if not _says_all(opened, last):
            yield from self._own(scope)
            return
        if last.seq > 1:
            key = keys.partition(self._execution, scope), keys.record(scope, 1)
            first = self._table.get(key)
            if first is not None:
                yield self._said(scope, self._open(first))
        yield last

    def _crowd(self, container: str, children: int) -> None:
        """Read the children of a container."""
        for partition in keys.shards(self._execution, container, children):
            self._scan(partition, container, f"{container}-", f"{container}.")

    def _leaf(self, container: str, leaf: int) -> None:
        """Read a hundred children: all of them begin with the number of that."""
        partition = keys.partition(self._execution, f"{container}-{leaf * keys.LEAF}")
        after = f"{container}-{leaf or ''}"
        self._scan(partition, container, after, f"{after}:")

    def _scan(self, partition: str, container: str, after: str, before: str) -> None:
        """Read children in a partition, a page of records after the other."""
        while page := self._table.query(
            partition, after=after, before=before, limit=PAGE
        ):
            for scope, items in _by_child(container, page).items():
                self._child(scope, items)
            if len(page) < PAGE:
                return
            # What else the last one has, and what is below it, is left out.
            scope = _child_of(container, page[-1]["sk"])
            self._keep(scope, self._ends(scope, self._newest(scope)))
            after = f"{scope}/"

    def _child(self, scope: str, items: list[Item]) -> None:
        opened = self._open(items[-1])
        last = self._said(scope, opened)
        if len(items) == 1:
            self._keep(scope, [last])
        elif _says_all(opened, last):
            self._keep(scope, [self._said(scope, self._open(items[0])), last])
        else:
            self._keep(scope, (self._said(scope, self._open(each)) for each in items))


def _says_all(opened: Opened, last: Record) -> bool:
    """Whether the last record says how a scope ended, and that it began only once."""
    state = opened.document["s"]
    has_ended = any(not each.scope and each.kind in _ENDS for each in last.history)
    return "r" not in state and ("t" not in state or has_ended)


def _child_of(container: str, sort: str) -> str:
    """Return the child that a sort key belongs to, or what is below it does."""
    index = len(container) + 1
    while index < len(sort) and sort[index].isdigit():
        index += 1
    return sort[:index]


def _by_child(container: str, page: Iterable[Item]) -> dict[str, list[Item]]:
    """Return the records of children, by runtime id; without what is below them."""
    found: dict[str, list[Item]] = {}
    for item in page:
        scope = item["sk"].rpartition("#")[0]
        if scope == _child_of(container, item["sk"]) and not keys.is_inbox(item["sk"]):
            found.setdefault(scope, []).append(item)
    return found


def crowd(record: Record) -> int:
    """Return how many children a scope was told to begin, at most."""
    return max(
        (e.value for e in record.history if e.kind is Happened.CHILDREN_STARTED),
        default=0,
    )
