"""What the core asks of the world: five small seams.

    Table        items under (partition, sort), with a fence        DynamoDB, memory
    Blobs        large values by name                               S3, memory
    Queue        messages, at least once, with a delay              SQS, memory
    Dispatcher   a task handed to its resource                      Lambda, HTTP, SQS, …
    Clock        what time it is

Each has a twin in memory that ships, and one contract suite that judges both.
Every call may raise ``Unavailable``; the message being handled then comes again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Protocol, TypeAlias

from chalicelib.engine.events import Answer, TaskFailed
from chalicelib.frozen import dataclass
from chalicelib.model.workflow import Mode
from chalicelib.values import Json

#: Attributes of an item: str, int, float, bool, None, bytes, sets of int, and JSON-like
#: maps and lists of those. ``pk`` and ``sk`` (str) are its key; ``expires_at`` (int,
#: epoch seconds) lets the table delete it some time after.
Item: TypeAlias = dict[str, Json]
#: (partition, sort)
Key: TypeAlias = tuple[str, str]


class Table(Protocol):
    """Items under a partition, ordered by sort key. Reads are strongly consistent."""

    def put(
        self,
        item: Item,
        *,
        unless_exists: bool = False,
        where: Mapping[str, Json] | None = None,
    ) -> None:
        """Write ``item`` whole.

        ``unless_exists``: only if no item has its key (the fence, I-1).
        ``where``: only if the item there has these values now.

        Raises:
            StaleRecord: the condition does not hold.
        """
        ...

    def get(self, key: Key) -> Item | None:
        """Return the item, or None."""
        ...

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        after: str = "",
        before: str = "",
        descending: bool = False,
        limit: int | None = None,
        index: bool = False,
    ) -> list[Item]:
        """Return the partition's items in order of sort key.

        ``prefix``, or the open interval (``after``, ``before``): exclusive ends, each
        may be empty. ``limit``: at most so many; None: all. ``index``: ask the list
        index, whose keys are the attributes ``ipk`` and ``isk`` of the items; it may
        lag and gives only the attributes it projects (``LISTED``).
        """
        ...

    def delete(self, key: Key) -> None:
        """Remove the item if it is there."""
        ...

    def discard(self, keys: Sequence[Key]) -> None:
        """Remove the items that are there; some may be gone when it fails."""
        ...

    def add(self, key: Key, members: frozenset[int], *, failed: bool = False) -> Item:
        """Add ``members`` to the number set ``done`` (and ``failed``) of an item.

        Makes the item if it is absent. One write; returns the item after it.
        """
        ...

    def claim(self, key: Key, slot: str, held: int) -> Item:
        """Give slot ``slot`` the next index: ``slots[slot] = next; next += 1``.

        Only if the slot holds ``held`` now; otherwise nothing changes. Returns the
        item as it is afterwards, so a second call for the same ``held`` sees what
        the first one did.

        Raises:
            StaleRecord: there is no such item.
        """
        ...


#: Attributes that the list index projects, besides the keys.
LISTED = (
    *("name", "status", "started_at", "stopped_at", "workflow", "version"),
    *("redrives", "redriven_at"),  # of an execution that was redriven
    "kept_until",  # of one that is not kept for ever
)


class Blobs(Protocol):
    """Large values by name; a name is written once and never changed."""

    def put(self, name: str, content: bytes) -> None:
        """Keep ``content`` under ``name``."""
        ...

    def get(self, name: str) -> bytes:
        """Return what was kept.

        Raises:
            ValueLost: nothing is kept under ``name``.
        """
        ...

    def delete(self, name: str) -> None:
        """Remove what is kept under ``name``, if anything is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A step message: JSON, and the seconds it stays invisible (0 to 900)."""

    body: Json
    delay: int = 0


class Queue(Protocol):
    """The step queue: at least once, in no particular order."""

    def send(self, messages: Sequence[Message]) -> None:
        """Send all of them; a part that fails is sent again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One attempt of a task on its way to a resource."""

    resource: str
    payload: Json
    mode: Mode
    #: The same for every delivery of one attempt.
    idempotency_key: str
    #: Seconds until the attempt has failed.
    timeout: float
    execution: str
    #: Name of the state, with its position in a fan-out: ``Each_3-Polish``.
    task: str
    #: Set where somebody is to answer later.
    token: str = ""
    callback_url: str = ""
    #: Address of the stage, for those who want to be told of it; empty for none.
    server: str = ""
    #: W3C ``traceparent`` and, behind a space, ``tracestate``; empty for none.
    trace: str = ""
    depth: int = 0
    #: CALLBACK: the work is waited for, though its answer comes by the token.
    is_awaited: bool = False
    #: ARN of the role that the request is made in; empty: the stage's own.
    role: str = ""


#: Where the event of an asynchronous function has the token of its attempt: the record
#: of its end brings the event back.
TOKEN_FIELD = "millraceTaskToken"

#: Begins the parent of an execution that a task has started under a name, and that
#: tells nobody of its end: the rest is the task's idempotency key.
STARTED_BY = "by "

#: What a dispatcher brings back: an answer, or why there is none. A ``TaskFailed``
#: from here has activation and attempt 0; the orchestrator fills them in.
Outcome: TypeAlias = Answer | TaskFailed


class Dispatcher(Protocol):
    """Hands a task to the outside by its resource."""

    def dispatch(self, call: Call) -> Outcome:
        """Make one request; never raises for what the resource did.

        Mode REQUEST waits for the work; the others for its acceptance.
        """
        ...

    def cancel(self, call: Call) -> bool:
        """Try to stop the work of an earlier call; True if it was stopped."""
        ...


class Clock(Protocol):
    """Time, as an object, so that tests can move it."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Budgets of a stage; the defaults are generous."""

    #: Pure transitions in one turn, before it goes on by message.
    transitions_per_turn: int = 500
    #: States that one execution's scope may enter, ever.
    transitions_per_scope: int = 1_000_000
    #: Bytes of what a state receives, and of what it gives; of a step of CloudFlow's
    #: older language, of both and what is local together; 0: as many as there are.
    state_bytes: int = 0
    step_bytes: int = 0
    #: Seconds that must be left in an invocation to begin another task.
    turn_reserve: float = 5.0
    #: Seconds that a synchronous task may take when it names no timeout.
    task_timeout: float = 840.0
    #: Seconds to get a connection to an HTTP service, and that it may be silent.
    http_connect: float = 10.0
    http_read: float = 840.0
    #: Bytes that a function's answer, or a callback's body, may have.
    answer_bytes: int = 32 * 1024 * 1024
    #: Bytes of an execution's input.
    input_bytes: int = 32 * 1024 * 1024
    #: Requests a second, and at once, that one access key may make of one container;
    #: 0: as many as it likes, and what two seconds bring.
    key_rate: float = 0.0
    key_burst: int = 0
    #: Children started by one spawn message.
    spawn_batch: int = 100
    #: Levels of sub-workflows.
    depth: int = 16
    #: Seconds for which an execution is kept after its end, where its workflow does not
    #: say; ``inf``: for ever.
    retention: float = inf
    #: Seconds until an execution is looked at for the first time, and the growth.
    watch_after: float = 300.0
    watch_growth: float = 4.0
