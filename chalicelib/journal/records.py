"""How does a journal record become bytes, and come back?

A record holds the scope's state after a turn, what happened in the turn, and the tags
of the commands it asked for. To stay under 1 KB (one write unit) it keeps each value
once, in a pool that state and history point into; writes only what changed when the
whole state would be larger (a delta on an earlier record); and is compressed with a
dictionary of the words that every record has.

    v schema    at seconds    c causes    k tags    s state    h history
    b seq of the record with the whole state    z bytes of that one and of deltas since
    p, r the pool (``pools``)    D all of it by reference: too large for an item

Schema 1. A reader refuses a schema it does not know: the message comes again, when
newer code is there.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from chalicelib.engine.history import HistoryEvent
from chalicelib.engine.owed import Tag
from chalicelib.engine.state import Failure, ScopeState, Status, Stored
from chalicelib.errors import Unavailable
from chalicelib.frozen import dataclass
from chalicelib.journal import histories, states
from chalicelib.journal.parcels import ITEM_CONTENT
from chalicelib.journal.pools import Pool, Shelf
from chalicelib.ports import Item
from chalicelib.values import Json, compact

SCHEMA = 1

_WORDS = (
    b'{"v":1,"at":"c":["start"],"k":[["call",1,1],["end"],["timer","children"]],"s":'
    b'{"o":["r","t":"SUCCEEDED""RUNNING""FAILED","n":,"a":{"1":["called""waiting"'
    b'"sleeping""retrying""joining","y":[],"q":,"w":{},"x":}},"h":[["StateEntered"'
    b'["StateExited"["TaskScheduled"["TaskSucceeded"["TaskFailed"["ScopeStarted"'
    b'["ScopeSucceeded"["ExecutionStarted"["ExecutionSucceeded"lambda:"],"p":[{"'
    b'"id":"name":"status":"value":"type":"input":"output":"result":"error":null,'
    b"true,false]}"
)
#: Window and memory of the compressor: with the largest of both it spends more time on
#: getting memory than on a record. What it writes is read with any window.
_WINDOW, _MEMORY = -13, 6

#: Makes references of the large parts of a value, or values of references.
Exchange: TypeAlias = Callable[[Json], Json]


def pack(document: Json) -> bytes:
    """Return the compressed JSON of a small document."""
    packer = zlib.compressobj(
        6, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, _WORDS
    )
    text = compact(document).encode("utf-8", "surrogatepass")
    return packer.compress(text) + packer.flush()


def unpack(content: bytes) -> Json:
    """Return the document that ``pack`` was given."""
    unpacker = zlib.decompressobj(-15, _WORDS)
    text = unpacker.decompress(bytes(content)) + unpacker.flush()
    return json.loads(text.decode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a turn wants to commit."""

    at: float
    causes: tuple[str, ...]
    tags: tuple[Tag, ...]
    state: ScopeState
    history: Sequence[HistoryEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A scope after one turn, and what the turn did."""

    execution: str
    scope: str
    #: 1 for the first; the fence.
    seq: int
    #: Seconds since the epoch.
    at: float
    #: What the turn was about; a redelivery finds its record by this.
    causes: tuple[str, ...]
    tags: tuple[Tag, ...]
    state: ScopeState
    history: tuple[HistoryEvent, ...] = ()
    #: seq of the record that holds the whole state; its own seq when it does itself.
    base: int = 0
    #: Bytes of the base, and of the deltas on it up to here.
    base_bytes: int = 0
    delta_bytes: int = 0


class Content(NamedTuple):
    """A record as it is written."""

    content: bytes
    #: Bytes, those that are kept elsewhere included.
    size: int


def encode(draft: Draft, before: Record | None, keep: Exchange) -> Content:
    """Return what is written of a draft: whole, or as a delta on ``before``."""
    pool = Pool(keep)
    document: dict[str, Json] = {"v": SCHEMA, "at": draft.at}
    document["c"] = list(draft.causes)
    if draft.tags:
        document["k"] = list(draft.tags)
    if before is not None:
        document["b"] = before.base
        document["z"] = [before.base_bytes, before.delta_bytes]
    state = before.state if before else None
    document["s"] = states.encode_state(draft.state, state, pool)
    document["h"] = histories.encode_history(draft.history, draft.at, pool)
    if len(pool.values) > 1:
        document["p"] = pool.values
    if pool.stored:
        document["r"] = pool.stored
    content = pack(document)
    size = len(content)
    if size > ITEM_CONTENT:
        content = pack({"v": SCHEMA, "n": size, "D": keep(document)})
    return Content(content, size)


class Opened(NamedTuple):
    """An item of a record, its text read but not yet understood."""

    seq: int
    document: Json
    size: int

    @property
    def base(self) -> int:
        """See ``Record``."""
        return int(self.document.get("b", self.seq))


def open_item(item: Item, restore: Exchange) -> Opened:
    """Read the text of a record's item.

    Raises:
        Unavailable: the schema is not known here; newer code will read it.
        ValueLost: a part that is kept elsewhere is gone.
    """
    document = unpack(item["d"])
    size = len(item["d"])
    if document.get("v") != SCHEMA:
        raise Unavailable(f"a reader of schema {document.get('v')}")
    if "D" in document:
        size, document = document["n"], restore(document["D"])
    return Opened(int(item["sk"].rpartition("#")[2]), document, size)


def decode(
    execution: str, scope: str, opened: Opened, before: ScopeState | None
) -> Record:
    """Return the record; ``before`` is the state that a delta is laid on."""
    document, size = opened.document, opened.size
    shelf = Shelf(document)
    base_bytes, delta_bytes = document.get("z", (size, -size))
    return Record(
        execution=execution,
        scope=scope,
        seq=opened.seq,
        at=document["at"],
        causes=tuple(document["c"]),
        tags=tuple(document.get("k", ())),
        state=states.decode_state(execution, document["s"], before, shelf),
        history=histories.decode_history(document["h"], document["at"], shelf),
        base=opened.base,
        base_bytes=base_bytes,
        delta_bytes=delta_bytes + size,
    )


def decode_said(execution: str, scope: str, opened: Opened) -> Record:
    """Return the record without its state: its causes, its tags, its history."""
    document = opened.document
    shelf = Shelf(document)
    return Record(
        execution=execution,
        scope=scope,
        seq=opened.seq,
        at=document["at"],
        causes=tuple(document["c"]),
        tags=tuple(document.get("k", ())),
        state=states.BLANK,
        history=histories.decode_history(document["h"], document["at"], shelf),
    )


class Ending(NamedTuple):
    """How a scope ended, if it has."""

    status: Status
    #: (slot)
    output: Json | Stored
    failure: Failure | None
    #: See ``ScopeState``.
    told: int


def ending(state: ScopeState) -> Ending:
    """Return how a scope ended, if it has."""
    return Ending(state.status, state.output, state.failure, state.told)


def decode_ending(opened: Opened) -> Ending:
    """Return only how the scope ended."""
    parts = opened.document["s"]
    failure = parts.get("e")
    return Ending(
        Status(parts.get("t", Status.RUNNING.value)),
        Shelf(opened.document).take(parts.get("x", 0)),
        Failure(error=failure[0], cause=failure[1]) if failure else None,
        parts.get("k", 0),
    )
