"""Things to do. The engine asks for these; the orchestrator carries them out.

Commands are imperative and frozen. Each is named by what it is for (activation,
attempt), so doing it twice is doing it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from chalicelib.engine.events import Timer
from chalicelib.engine.state import Failure, Home, Status, Stored
from chalicelib.frozen import dataclass
from chalicelib.model.workflow import Mode
from chalicelib.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTask:
    """Hand ``payload`` to ``resource``; with mode REQUEST the answer is an event."""

    activation: int
    attempt: int
    resource: str
    payload: Json
    mode: Mode = Mode.REQUEST
    #: Seconds the attempt may take; None: as long as the stage lets it.
    timeout: float | None = None
    #: Proves the right to answer; empty where nobody needs to.
    token: str = ""
    at_most_once: bool = False
    #: As ``Task`` has it.
    is_awaited: bool = False
    #: Name of the state, for the dispatcher's headers and logs.
    state: str = ""
    #: Tells this call from the one that the attempt is for: ``look``, ``stop``.
    part: str = ""
    #: As ``Task`` has them.
    answers_at: str = ""
    is_addressed: bool = False
    #: ARN of the role that the request is made in; empty: the stage's own.
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """Tell us at ``due_at`` (seconds since the epoch)."""

    timer: Timer
    due_at: float
    activation: int = 0
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StartChildren:
    """Begin the child scopes of a container."""

    activation: int
    attempt: int
    #: ``Scope.id`` in the model, one for each child or one for all.
    scopes: Sequence[str]
    #: Inputs by index.
    inputs: Sequence[Json]
    #: The Map's raw items by index; empty for a Parallel.
    items: Sequence[Json] = ()
    #: How many run at once; 0: all.
    limit: int = 0
    #: Children whose failure is an event at once, not at the join.
    aborts: bool = True
    #: Without ``aborts``: more failures than this are an event at once; 0: none are.
    tolerated: int = 0
    #: ``Origin.told`` of every child.
    told: int = 0
    variables: Mapping[str, Json | Stored] = field(default_factory=dict)
    #: See ``Activation``: these children were there before.
    home: Home | None = None
    #: Those of them that are taken up again; all of them where there is no ``home``.
    chosen: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelChildren:
    """Stop the child scopes of a container that still run; best effort."""

    activation: int
    attempt: int
    children: int
    #: See ``Activation``.
    home: Home | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTask:
    """Stop the work of an attempt that nobody waits for now; best effort."""

    activation: int
    attempt: int
    resource: str
    #: What the author called the work, where the payload has a name for it.
    name: str = ""
    #: The request that stops it, where stopping is an action of its own.
    payload: Json = None
    #: Name of the state.
    state: str = ""
    #: As ``CallTask`` has it.
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndScope:
    """Tell whoever waits for this scope: its container, or the execution's HEAD."""

    status: Status
    output: Json | Stored = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeTurn:
    """Go on in a turn of its own: this one's budget is used up."""

    #: States entered so far.
    transitions: int


Command = (
    CallTask
    | StartTimer
    | StartChildren
    | CancelChildren
    | CancelTask
    | EndScope
    | ResumeTurn
)
