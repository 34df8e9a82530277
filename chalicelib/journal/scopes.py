"""The journal: records of scopes behind a fence, and the inbox beside them.

    load --> the last record, with the whole state (a delta is laid on its base)
    commit -> the next record, if nobody else wrote it first (I-1)
    post --> an event for whoever writes next, without a condition (I-7)

A warm process remembers the last state of the scopes it handled: reading is then
only needed when the fence says that somebody else was there.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from threading import Lock

from chalicelib.engine.state import ScopeState, Stored
from chalicelib.frozen import dataclass
from chalicelib.journal import keys, records
from chalicelib.journal.records import Content, Opened, Record
from chalicelib.journal.records import Draft as Draft
from chalicelib.journal.values import Values
from chalicelib.ports import Item, Table
from chalicelib.values import Json

#: Scopes a process remembers.
REMEMBERED = 2000
#: Entries of a state up to which its whole is tried first.
WHOLE = 8
#: Bytes of a write unit.
UNIT = 1024
#: How many times the bytes of the base its deltas may have, before the whole is written
#: again. A whole is written ever more rarely as it grows, so its share in a record's
#: cost does not; and no more is read than this, and one, times the whole.
SPAN = 4
#: Bytes of deltas that any base may have.
LEAST = 1200
#: Records read at a time when looking for the one with a cause.
PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A scope as it is: its last record, and events that wait in its inbox."""

    record: Record | None
    #: (cause, body of the event's message)
    inbox: tuple[tuple[str, Json], ...] = ()


class Journal:
    """Records of scopes; see the top of the module."""

    def __init__(self, table: Table, values: Values) -> None:
        self._table = table
        self.values = values
        self._recall: OrderedDict[tuple[str, str], Record] = OrderedDict()
        self._lock = Lock()

    # -- reading -----------------------------------------------------------------

    def remembered(self, execution: str, scope: str) -> Record | None:
        """Return the last record this process knows of, without asking the table."""
        with self._lock:
            return self._recall.get((execution, scope))

    def load(self, execution: str, scope: str) -> Found:
        """Return the scope as the table has it now."""
        partition = keys.partition(execution, scope)
        newest = self._table.query(
            partition, prefix=f"{scope}#", descending=True, limit=1
        )
        inbox: tuple[tuple[str, Json], ...] = ()
        if newest and keys.is_inbox(newest[0]["sk"]):
            inbox = self._inbox(partition, scope)
            before = keys.inbox(scope, "")
            newest = self._table.query(
                partition,
                after=keys.record(scope, 0),
                before=before,
                descending=True,
                limit=1,
            )
        if not newest:
            return Found(record=None, inbox=inbox)
        record = self._whole(execution, scope, newest[0])
        self._remember(replace(record, history=()))
        return Found(record=record, inbox=inbox)

    def _inbox(self, partition: str, scope: str) -> tuple[tuple[str, Json], ...]:
        prefix = keys.inbox(scope, "")
        items = self._table.query(partition, prefix=prefix)
        return tuple(
            (item["sk"][len(prefix) :], json.loads(item["body"])) for item in items
        )

    def _whole(self, execution: str, scope: str, item: Item) -> Record:
        known = self.remembered(execution, scope)
        opened = self._open(execution, item)
        if known is not None and known.seq == opened.seq:
            return known
        state: ScopeState | None = None
        first = opened.base
        if known is not None and first <= known.seq < opened.seq:
            state, first = known.state, known.seq + 1
        if first < opened.seq:
            partition = keys.partition(execution, scope)
            after, before = (keys.record(scope, n) for n in (first - 1, opened.seq))
            for each in self._table.query(partition, after=after, before=before):
                delta = self._open(execution, each)
                state = records.decode(execution, scope, delta, state).state
        return records.decode(execution, scope, opened, state)

    def _open(self, execution: str, item: Item) -> Opened:
        return records.open_item(item, partial(self.values.restore, execution))

    def _remember(self, record: Record) -> None:
        key = (record.execution, record.scope)
        with self._lock:
            known = self._recall.pop(key, None)
            if known is not None and known.seq > record.seq:
                record = known
            self._recall[key] = record
            while len(self._recall) > REMEMBERED:
                self._recall.popitem(last=False)

    def forget(self, execution: str, scope: str) -> None:
        """Ask the table the next time."""
        with self._lock:
            self._recall.pop((execution, scope), None)

    def walk_back(self, execution: str, scope: str) -> Iterator[Record]:
        """Yield the scope's records, newest first, without their states."""
        before = keys.inbox(scope, "")
        while True:
            page = self._table.query(
                keys.partition(execution, scope),
                after=keys.record(scope, 0),
                before=before,
                descending=True,
                limit=PAGE,
            )
            for item in page:
                opened = self._open(execution, item)
                yield records.decode_said(execution, scope, opened)
            if len(page) < PAGE:
                return
            before = page[-1]["sk"]

    def said(self, execution: str, scope: str, seq: int) -> Record | None:
        """Return one record, without its state; None where it is not written."""
        key = (keys.partition(execution, scope), keys.record(scope, seq))
        item = self._table.get(key)
        if item is None:
            return None
        return records.decode_said(execution, scope, self._open(execution, item))

    def outcomes(
        self, execution: str, container: str, children: int
    ) -> dict[int, records.Ending]:
        """Return how each ended child of a container ended, by its position."""
        last: dict[int, Item] = {}
        for partition in keys.shards(execution, container, children):
            for item in self._table.query(partition, prefix=f"{container}-"):
                index = item["sk"][len(container) + 1 :].partition("#")[0]
                if index.isdigit() and not keys.is_inbox(item["sk"]):
                    last[int(index)] = item
        return {
            index: self._ending(execution, f"{container}-{index}", item)
            for index, item in last.items()
        }

    def _ending(self, execution: str, scope: str, item: Item) -> records.Ending:
        """Return what a record says of the end; a record is never written anew."""
        known = self.remembered(execution, scope)
        if known is not None and item["sk"] == keys.record(scope, known.seq):
            return records.ending(known.state)
        return records.decode_ending(self._open(execution, item))

    def restore(self, execution: str, slot: Json | Stored) -> Json:
        """Return the value in a slot.

        Raises:
            ValueLost: a part of it is gone.
        """
        if type(slot) is not Stored:
            return slot
        return self.values.restore(execution, json.loads(slot.reference))

    # -- writing -----------------------------------------------------------------

    def commit(
        self, execution: str, scope: str, before: Record | None, draft: Draft
    ) -> Record:
        """Write the record after ``before``.

        Raises:
            StaleRecord: somebody else wrote it; load and decide again.
        """
        partition = keys.partition(execution, scope)
        seq = before.seq + 1 if before else 1
        sort = keys.record(scope, seq)
        room = UNIT - len(f"{partition}{sort}pkskd".encode())
        base, written = self._encode(execution, before, draft, room)
        item = {"pk": partition, "sk": sort, "d": written.content}
        self._table.put(item, unless_exists=True)
        record = Record(
            execution=execution,
            scope=scope,
            seq=seq,
            at=draft.at,
            causes=draft.causes,
            tags=draft.tags,
            state=draft.state,
            base=seq if base is None else base.base,
            base_bytes=written.size if base is None else base.base_bytes,
            delta_bytes=0 if base is None else base.delta_bytes + written.size,
        )
        self._remember(record)
        return record

    def _encode(
        self, execution: str, before: Record | None, draft: Draft, room: int
    ) -> tuple[Record | None, Content]:
        """Return what to write: whole (None), or a delta on that record."""
        keep = partial(self.values.keep, execution)
        whole = None
        if before is None or _entries(draft.state) <= WHOLE:
            whole = records.encode(draft, None, keep)
            if before is None or whole.size <= room:
                return None, whole
        delta = records.encode(draft, before, keep)
        most = max(SPAN * before.base_bytes, LEAST)
        if before.delta_bytes + delta.size > most:
            return None, whole or records.encode(draft, None, keep)
        if whole is not None and _units(whole, room) <= _units(delta, room):
            return None, whole
        return before, delta

    # -- the inbox ---------------------------------------------------------------

    def post(self, execution: str, scope: str, cause: str, body: Json) -> None:
        """Leave an event for the next writer.

        Raises:
            StaleRecord: an event with this cause is there already.
        """
        partition = keys.partition(execution, scope)
        text = json.dumps(body, separators=(",", ":"))
        item = {"pk": partition, "sk": keys.inbox(scope, cause), "body": text}
        self._table.put(item, unless_exists=True)

    def settle(self, execution: str, scope: str, causes: Sequence[str]) -> None:
        """Take events out of the inbox: a record holds them now."""
        partition = keys.partition(execution, scope)
        for cause in causes:
            self._table.delete((partition, keys.inbox(scope, cause)))


def _entries(state: ScopeState) -> int:
    return len(state.variables) + len(state.active) + len(state.done)


def _units(written: Content, room: int) -> int:
    """Return the write units; the first has ``room``, its keys taken off."""
    return 1 + max(0, -((room - written.size) // UNIT))
