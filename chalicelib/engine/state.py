"""Everything needed to continue a scope; nothing else is remembered.

Rule 1  A ``ScopeState`` is replaced, never changed.
Rule 2  A large value is a ``Stored`` name in one of the slots marked (slot) below;
        ``ValueNeeded`` asks the orchestrator to load it.
Rule 3  What a state owes the world follows from it (``commands.owed``), so a
        redelivered message can always have it carried out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import NamedTuple

from chalicelib.frozen import dataclass
from chalicelib.values import Json


class Status(StrEnum):
    """How an execution, or a scope of it, is; AWS's words."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"


ENDED = frozenset(Status) - {Status.RUNNING}


class Phase(StrEnum):
    """What an activation, or a scope, is waiting for."""

    CALLED = "called"  # the answer to a request, within this turn
    WAITING = "waiting"  # somebody to answer its task token
    SLEEPING = "sleeping"  # the end of a Wait
    DELAYED = "delayed"  # the time before which its state does not begin
    GATED = "gated"  # somebody to wake it
    RETRYING = "retrying"  # the interval before its next attempt
    JOINING = "joining"  # its child scopes
    GONE = "gone"  # no such activation, or a newer attempt: late events find this
    # ... and what a scope itself may be, for the events that concern all of it:
    NEW = "new"  # nothing is recorded of it
    RUNNING = "running"
    ENDED = "ended"


class Step(StrEnum):
    """Which errand of a Map an activation is at, or whether it watches a job."""

    NONE = ""  # not at one: everything else that waits
    READ = "read"  # its items are being brought
    WRITE = "write"  # its results are being taken
    LOOK = "look"  # a job was begun, and is looked at until it has ended


@dataclass(frozen=True, slots=True)
class Stored:
    """A value some part of which is kept beside the journal."""

    #: JSON text of the value with references in place of its large parts.
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why something failed: data of the workflow, not an exception."""

    error: str
    cause: str = ""


class Rejoin(NamedTuple):
    """Whom a child tells its end that was taken up again, and among how many."""

    #: Of the container, which has a new activation since.
    activation: int
    attempt: int
    #: Its place among the children that were taken up with it, and their number.
    place: int
    among: int


class Home(NamedTuple):
    """Where the children of a container are that a redrive took up again."""

    #: Which activation and attempt they are named by.
    activation: int
    attempt: int
    #: The redrive that took them up.
    redrive: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The facts of a scope that never change, unless it is redriven."""

    #: Execution id: unique in the stage.
    execution: str
    workflow: str
    version: str
    #: Name of the execution, as its starter gave it.
    name: str
    started_at: float
    #: (slot) Input of the whole execution.
    input: Json | Stored = None
    #: ``Scope.id`` in the model.
    scope: str = "0"
    #: Position among its siblings; None at the top level.
    index: int | None = None
    #: (slot) The Map's item, before ``item_input`` shaped it.
    item: Json | Stored = None
    #: Trace of the request that started it, see ``traces``.
    trace: str = ""
    #: How many sub-workflow levels are above.
    depth: int = 0
    #: Task token that the end of this execution answers; empty for none.
    parent: str = ""
    #: Children of the same container, this one included.
    siblings: int = 0
    #: How many of them run at once; 0: all.
    limit: int = 0
    #: A failure of this one is told at once, not at the join.
    aborts: bool = True
    #: Which of the ``limit`` slots it runs in.
    slot: int = 0
    #: Of the execution's input; tells a repeated start from another one.
    input_digest: str = ""
    #: Of a child that was taken up again; None: its name says whom it tells.
    rejoin: Rejoin | None = None
    #: Without ``aborts``: more failed siblings than this are told at once; 0: none are.
    tolerated: int = 0
    #: ``Walk.told`` of the scope around, as this one began; its own goes on from there.
    told: int = 0
    #: Encoded ``Notice``s of this execution, in place of its workflow's.
    notices: Json = None
    #: What started it, a list: execution, runtime name of the task, its mode; null
    #: where it was no task.
    caller: Json = None


class RunLimits(NamedTuple):
    """What somebody changed of a Map's run while it went on; None: not that."""

    #: How many children run at once; 0: all of them.
    concurrency: float | None = None
    tolerated_count: float | None = None
    tolerated_percentage: float | None = None


AS_WRITTEN = RunLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """One visit to one state, while something of it is outstanding."""

    #: Unique in its scope; counts up.
    id: int
    state: str
    phase: Phase
    #: (slot) What the state received.
    input: Json | Stored
    entered_at: float
    #: Tries so far, the present one included.
    attempt: int = 1
    #: Retries so far, per retrier of the state.
    retries: tuple[int, ...] = ()
    #: When the present phase ends by itself: a Wait, an interval, a timeout.
    due_at: float | None = None
    #: When a silent task fails.
    silent_at: float | None = None
    #: Children of a container.
    children: int = 0
    #: What the last attempt failed with.
    failure: Failure | None = None
    #: When the present phase began: the time that its expressions saw.
    since: float = 0.0
    #: At most once: the request of this attempt was made, or is about to be.
    begun: bool = False
    #: ``Walk.told`` when the state was entered.
    told: int = 0
    step: Step = Step.NONE
    #: (slot) The items that were read; while they are being written, the results; of
    #: a job, how to ask for it: see ``jobs.watch``.
    items: Json | Stored = None
    #: A worker came for the task of this attempt.
    taken: bool = False
    limits: RunLimits = AS_WRITTEN
    #: Of children that were taken up again; None: they are named by this activation.
    home: Home | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Degrading:
    """What is left out at a state: ``State.bypassed`` and ``State.cuts_followers``."""

    current: bool
    followers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A state about to be entered when a budget ended the turn."""

    state: str
    #: (slot)
    input: Json | Stored
    #: ``Activation.told`` of the visit that a redrive tries again; 0: the first one.
    told: int = 0


#: How a finished state of a join-ALL scope left its edges: all alive, all dead, or
#: the names of the dead ones.
Edges = bool | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeState:
    """One scope of one execution, after its last transition."""

    origin: Origin
    status: Status = Status.RUNNING
    #: The id of the next activation.
    next_id: int = 1
    active: Mapping[int, Activation] = field(default_factory=dict)
    ready: tuple[Ready, ...] = ()
    #: Join ALL: finished states and what became of their edges.
    done: Mapping[str, Edges] = field(default_factory=dict)
    #: Join ALL, drain: the first failure; the scope will fail with it.
    failed: Failure | None = None
    #: (slots) Variables by name; those of enclosing scopes are copied in at the start.
    variables: Mapping[str, Json | Stored] = field(default_factory=dict)
    #: States entered so far, for the budget.
    transitions: int = 0
    #: Events that Step Functions would have shown so far; causes name them.
    told: int = 0
    #: When the whole execution times out; top level only.
    due_at: float | None = None
    #: Join ALL: the readers of streams that have begun.
    begun: frozenset[str] = frozenset()
    #: States whose degrading was changed while this runs.
    degraded: Mapping[str, Degrading] = field(default_factory=dict)
    #: (slot) Of an ended scope.
    output: Json | Stored = None
    failure: Failure | None = None
    #: What failed, or was broken off by an end that was no success: a redrive takes it
    #: up. Each says with ``failure`` if it was what failed.
    left: Mapping[int, Activation] = field(default_factory=dict)
    #: How many times it was redriven, and when last.
    redrives: int = 0
    redriven_at: float | None = None

    @property
    def is_ended(self) -> bool:
        """Whether nothing can happen any more."""
        return self.status in ENDED
