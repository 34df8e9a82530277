"""What can happen to a scope? Nothing moves the engine but one of these.

Rule 1  An event is a fact: its name is in the past tense, and nothing changes it.
Rule 2  ``at`` (seconds since the epoch) says when, and is all the engine knows of time.
Rule 3  An event of a task names its activation and its attempt, so that a late one is
        recognised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum

from chalicelib.engine.state import Failure, Origin, RunLimits, Status, Stored
from chalicelib.frozen import dataclass
from chalicelib.model.error_names import Kind
from chalicelib.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a scope."""

    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeStarted(Event):
    """A scope was asked to begin."""

    origin: Origin
    #: (slot)
    input: Json | Stored = None
    #: (slots) What enclosing scopes let it see.
    variables: Mapping[str, Json | Stored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a dispatcher brought back from a request that reached its resource."""

    #: The answer as JSON; the text where it is not JSON.
    payload: Json = None
    #: HTTP status, or the like.
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    #: False where the payload is a text because it could not be read as JSON.
    is_json: bool = True
    #: Facts of the dispatcher's own, such as ``ExecutedVersion``.
    facts: Mapping[str, Json] = field(default_factory=dict)
    #: The work has ended, though only its acceptance was asked for.
    is_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskBegun(Event):
    """An at-most-once attempt is about to be requested; never twice."""

    activation: int
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAnswered(Event):
    """The request of an attempt was answered."""

    activation: int
    attempt: int
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSucceeded(Event):
    """Whoever did the work has answered, with what came of it."""

    activation: int
    attempt: int
    output: Json
    #: It was left out, and that is all right: the state counts as skipped.
    is_skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFailed(Event):
    """An attempt failed: in the worker, on the way, or by the stage's own rule."""

    activation: int
    attempt: int
    #: The error's own name; empty where ``kind`` names it.
    error: str = ""
    cause: str = ""
    kind: Kind = Kind.FUNCTION
    #: What the failed work answered, where it answered.
    output: Json = None
    #: What is known of the work, as in ``Answer``.
    facts: Mapping[str, Json] = field(default_factory=dict)
    #: The request for work that is answered later was not taken: nothing began.
    is_refusal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTaken(Event):
    """A worker came for the task of an attempt."""

    activation: int
    attempt: int
    #: What the worker calls itself; empty where it did not say.
    worker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskNotCancelled(Event):
    """Nobody waits for the work of an attempt, and it could not be stopped."""

    activation: int
    attempt: int
    state: str
    resource: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatReceived(Event):
    """A worker said that it is still at it."""

    activation: int
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWoken(Event):
    """Somebody woke a Gate, which may not have begun yet; named by its state."""

    state: str
    #: What they brought; null for nothing.
    output: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDegraded(Event):
    """Somebody changed what is left out at a state, and behind it."""

    state: str
    current: bool
    followers: bool


class Timer(StrEnum):
    """What a timer is for."""

    DELAY = "delay"
    WAIT = "wait"
    RETRY = "retry"
    TIMEOUT = "timeout"
    HEARTBEAT = "heartbeat"
    EXECUTION = "execution"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(Event):
    """A time we asked to be told of has come."""

    timer: Timer
    #: 0 for the execution's own timer.
    activation: int = 0
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildrenJoined(Event):
    """Every child scope of a container has ended."""

    activation: int
    attempt: int
    #: In index order; null for a child that failed or did not run.
    outputs: Sequence[Json]
    #: Failures by index.
    failures: Mapping[int, Failure] = field(default_factory=dict)
    #: The sum of ``ScopeState.told`` of all children.
    told: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildFailed(Event):
    """A child scope failed, and its container does not wait for the others."""

    activation: int
    attempt: int
    index: int
    failure: Failure
    #: How many children have failed by now; 0 where one is enough.
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChanged(Event):
    """Somebody changed the limits of a Map's run that goes on."""

    activation: int
    attempt: int
    limits: RunLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeStopped(Event):
    """Somebody stopped the execution, or the container cancelled this child."""

    error: str = ""
    cause: str = ""
    status: Status = Status.ABORTED
    #: Set where the scope has not begun: its record must say whose it is.
    origin: Origin | None = None
    #: Of a child: the redrive in which its container gave up on it. A later one has
    #: taken it up again.
    redrives: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRedriven(Event):
    """Somebody wants an execution to go on from where it failed.

    A child is told by its container: it may have ended, run still, or not have begun.
    """

    #: Which redrive of the execution: tells this from an earlier one.
    number: int
    #: Of a child: whom it tells its end now, and what it begins with if it did not yet.
    origin: Origin | None = None
    #: (slot)
    input: Json | Stored = None
    #: (slots)
    variables: Mapping[str, Json | Stored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeReset(Event):
    """Somebody wants states of a join-ALL scope, and all behind them, done anew."""

    #: As many redrives as the scope has, or one more where it has ended.
    number: int
    #: Names of states; what follows from them is theirs, too.
    states: Sequence[str]
    #: Variables that are changed before.
    context: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnResumed(Event):
    """A turn that a budget had ended goes on."""

    #: How many states had been entered then: tells this from an earlier one.
    transitions: int
