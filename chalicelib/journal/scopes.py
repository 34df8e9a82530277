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
from dataclasses import dataclass, replace
from threading import Lock

from chalicelib.engine.history import HistoryEvent
from chalicelib.engine.owed import Tag
from chalicelib.engine.state import Failure, Origin, ScopeState, Status, Stored
from chalicelib.errors import StaleRecord
from chalicelib.ports import Item, Table
from chalicelib.journal import keys, records
from chalicelib.journal.records import Pool, Record, Shelf
from chalicelib.journal.values import Values
from chalicelib.values import Json

#: Scopes a process remembers.
REMEMBERED = 2000
#: Entries of a state up to which a record always holds all of it.
WHOLE = 8
#: Bytes; a whole state beyond this is written as a delta when that is smaller.
SMALL = 600
#: Records read at a time when looking for the one with a cause.
PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a turn wants to commit."""

    at: float
    causes: tuple[str, ...]
    tags: tuple[Tag, ...]
    state: ScopeState
    history: Sequence[HistoryEvent]


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
        self._remember(record)
        return Found(record=record, inbox=inbox)

    def _inbox(self, partition: str, scope: str) -> tuple[tuple[str, Json], ...]:
        prefix = keys.inbox(scope, "")
        items = self._table.query(partition, prefix=prefix)
        return tuple(
            (item["sk"][len(prefix) :], json.loads(item["body"])) for item in items
        )

    def _whole(self, execution: str, scope: str, item: Item) -> Record:
        known = self.remembered(execution, scope)
        seq = _seq(item)
        if known is not None and known.seq == seq:
            return known
        document = _open(item)
        if "b" not in document:
            return _decode(execution, scope, item, document, None)
        chain = self._table.query(
            keys.partition(execution, scope),
            after=keys.record(scope, document["b"] - 1),
            before=keys.record(scope, seq),
        )
        state: ScopeState | None = None
        for each in chain:
            state = _decode(execution, scope, each, _open(each), state).state
        return _decode(execution, scope, item, document, state)

    def _remember(self, record: Record) -> None:
        key = (record.execution, record.scope)
        with self._lock:
            known = self._recall.pop(key, None)
            if known is not None and known.seq > record.seq:
                record = known
            self._recall[key] = replace(record, history=())
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
                yield read_said(execution, scope, item)
            if len(page) < PAGE:
                return
            before = page[-1]["sk"]

    def outcomes(
        self, execution: str, container: str, children: int
    ) -> dict[int, tuple[Status, Json | Stored, Failure | None]]:
        """Return how each ended child of a container ended, by its position."""
        last: dict[int, Item] = {}
        for partition in keys.shards(execution, children):
            for item in self._table.query(partition, prefix=f"{container}-"):
                index = item["sk"][len(container) + 1 :].partition("#")[0]
                if index.isdigit() and not keys.is_inbox(item["sk"]):
                    last[int(index)] = item
        return {index: _outcome(item) for index, item in last.items()}

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
        seq = before.seq + 1 if before else 1
        content, base, sizes = self._encode(execution, before, draft, seq)
        partition = keys.partition(execution, scope)
        item = {"pk": partition, "sk": keys.record(scope, seq), "d": content}
        try:
            self._table.put(item, unless_exists=True)
        except StaleRecord:
            self.forget(execution, scope)
            raise
        record = Record(
            execution=execution,
            scope=scope,
            seq=seq,
            at=draft.at,
            causes=draft.causes,
            tags=draft.tags,
            state=draft.state,
            base=base,
            base_bytes=sizes[0],
            delta_bytes=sizes[1],
        )
        self._remember(record)
        return record

    def _encode(
        self, execution: str, before: Record | None, draft: Draft, seq: int
    ) -> tuple[bytes, int, tuple[int, int]]:
        """Return (content, base, (bytes of the base, bytes of deltas on it))."""
        whole = None
        if before is None or _entries(draft.state) <= WHOLE:
            whole = self._document(execution, None, draft, None)
            if before is None or len(whole) <= SMALL:
                return whole, seq, (len(whole), 0)
        delta = self._document(execution, before, draft, before.base)
        grown = before.delta_bytes + len(delta)
        is_smaller = whole is None or len(delta) < len(whole)
        if is_smaller and grown <= max(before.base_bytes, 2 * SMALL):
            return delta, before.base, (before.base_bytes, grown)
        whole = whole or self._document(execution, None, draft, None)
        return whole, seq, (len(whole), 0)

    def _document(
        self, execution: str, before: Record | None, draft: Draft, base: int | None
    ) -> bytes:
        pool = Pool(lambda value: self.values.keep(execution, value))
        document: dict[str, Json] = {"v": records.SCHEMA, "at": draft.at}
        document["c"] = list(draft.causes)
        if draft.tags:
            document["k"] = list(draft.tags)
        if base is not None and before is not None:
            document["b"] = base
            document["z"] = [before.base_bytes, before.delta_bytes]
        state = before.state if before else None
        document["s"] = records.encode_state(draft.state, state, pool)
        document["h"] = records.encode_history(draft.history, draft.at, pool)
        if len(pool.values) > 1:
            document["p"] = pool.values
        if pool.stored:
            document["r"] = pool.stored
        return records.pack(document)

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


def _open(item: Item) -> Json:
    document = records.unpack(item["d"])
    records.check_schema(document)
    return document


def _seq(item: Item) -> int:
    return int(item["sk"].rpartition("#")[2])


def _decode(
    execution: str, scope: str, item: Item, document: Json, before: ScopeState | None
) -> Record:
    shelf = Shelf(document)
    at = document["at"]
    base = document.get("b", _seq(item))
    state = records.decode_state(execution, document["s"], before, shelf)
    size = len(item["d"])
    base_bytes, delta_bytes = document.get("z", (size, -size))
    return Record(
        execution=execution,
        scope=scope,
        seq=_seq(item),
        at=at,
        causes=tuple(document["c"]),
        tags=tuple(document.get("k", ())),
        state=state,
        history=records.decode_history(document["h"], at, shelf),
        base=base,
        base_bytes=base_bytes,
        delta_bytes=delta_bytes + size,
    )


_BLANK = ScopeState(
    origin=Origin(execution="", workflow="", version="", name="", started_at=0)
)


def _outcome(item: Item) -> tuple[Status, Json | Stored, Failure | None]:
    document = _open(item)
    parts = document["s"]
    failure = parts.get("e")
    return (
        Status(parts.get("t", Status.RUNNING.value)),
        Shelf(document).take(parts.get("x", 0)),
        Failure(error=failure[0], cause=failure[1]) if failure else None,
    )


def read_said(execution: str, scope: str, item: Item) -> Record:
    """Return the record in an item, without its state: its causes and its history."""
    document = _open(item)
    shelf = Shelf(document)
    at = document["at"]
    return Record(
        execution=execution,
        scope=scope,
        seq=_seq(item),
        at=at,
        causes=tuple(document["c"]),
        tags=tuple(document.get("k", ())),
        state=_BLANK,
        history=records.decode_history(document["h"], at, shelf),
    )
