"""What does a state do that holds no scope? Its own work, and what a Map has done.

``workflow`` has the rest of the tree: the kinds of work that hold scopes, states,
scopes, and the workflow itself.
"""

from __future__ import annotations

from enum import StrEnum

from chalicelib.frozen import dataclass
from chalicelib.model.expressions import Expression


class Mode(StrEnum):
    """When is a task done?"""

    REQUEST = "request"  # when the answer to the request is there
    CALLBACK = "callback"  # when somebody answers its task token
    SYSTEM = "system"  # when the work that the request started ends by itself
    SUBMIT = "submit"  # when the request is accepted; nobody waits for the work


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that a request only begins; it is looked at until it has ended."""

    #: As a Task's: asks how the job is.
    look: str
    #: Evaluated once, with ``$`` = ``{"request": …, "answer": …}`` of the beginning.
    request: Expression
    #: Evaluated with ``$`` = the answer to a look.
    status: Expression
    #: Statuses of a job that has ended; with any other one it goes on.
    succeeded: tuple[str, ...]
    failed: tuple[str, ...]
    #: What becomes the task's result, or its cause, out of the last answer.
    result: Expression | None = None
    #: The error, less its service, by which a look says that the job succeeded, with
    #: the first answer as its result: what was to be deleted is gone. Empty: none does.
    gone: str = ""
    #: Leads to numbers that are all 0 where a job that has ended went well.
    codes: Expression | None = None
    #: As a Task's: stops the job; empty where nothing does.
    stop: str = ""
    stop_request: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work done elsewhere."""

    #: Evaluates to a resource such as ``lambda:resize``, ``https://…``, ``sqs:jobs``,
    #: ``workflow:ship``; a table in ``dispatchers`` finds who carries it there.
    resource: Expression
    mode: Mode = Mode.REQUEST
    #: Evaluates to the ARN of the role that its requests are made in; None: none.
    role: Expression | None = None
    #: How the raw answer becomes a result or a failure: a row of engine/readings.
    reading: str = "payload"
    #: Seconds; evaluated with ``$`` = the input. None: no limit.
    timeout: Expression | None = None
    heartbeat: Expression | None = None
    #: The intent is committed before the work is requested; an unknown outcome fails.
    at_most_once: bool = False
    #: CALLBACK: the request lasts as long as the work, and fails where that fails.
    is_awaited: bool = False
    #: Nothing is sent: a worker comes for it, and its silence counts from then on.
    fetched: bool = False
    #: What the format calls the resource, for history: ``lambda``, ``invoke`` …
    label: tuple[str, ...] = ()
    #: Set where the answer only says that the work has begun.
    job: Job | None = None
    #: Which of the stage's routes the callback URL leads to: a row of ``invitations``.
    answers_at: str = ""
    #: Somebody may be told of its callback URL before it begins, and answer early.
    is_addressed: bool = False
    #: History shows what a failed attempt answered, and not only its error and cause.
    shows_failures: bool = False
    #: All must hold of the output (``$``) for success; replaces the reading's verdict.
    success: tuple[Expression, ...] = ()
    #: All holding of the output is failure; asked only when ``success`` is empty.
    failure: tuple[Expression, ...] = ()
    #: How many levels of executions there may be with the one it starts; 0: the
    #: stage's own limit.
    levels: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """No work: only data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A branch of a Choice."""

    condition: Expression
    #: The edges that stay alive when this rule holds; () with ``ends`` False skips all.
    next: tuple[str, ...]
    output: Expression | None = None
    assign: Expression | None = None
    #: Later rules are not asked once this one held.
    final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which edges are taken; the others count as skipped under the join rule ALL."""

    rules: tuple[Rule, ...]
    #: Taken when no rule held. None: a failure (``NoChoiceMatched``).
    default: tuple[str, ...] | None = None
    #: Taking the default counts as being skipped, not as having run.
    default_skips: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Time that passes: exactly one of the two is set."""

    seconds: Expression | None = None
    #: RFC 3339.
    timestamp: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Waits until its conditions hold; asked when it begins and whenever it is woken.

    A waking brings a value: ``assign`` puts that into the variables, and the input is
    made of them anew, before the conditions are asked again.
    """

    #: All must hold of the input.
    conditions: tuple[Expression, ...]
    #: One of them holding is a failure, unless the conditions hold.
    interruptions: tuple[Expression, ...] = ()
    #: Seconds; evaluated with ``$`` = the input. None: no limit.
    timeout: Expression | None = None
    #: Running out of time counts as skipped instead of failed.
    skips_timeout: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeed:
    """The scope ends well, here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail:
    """The scope fails, here."""

    error: Expression | None = None
    cause: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a Map has done outside, before its iterations or after them."""

    #: As a Task's: ``s3:read``, ``s3:write``.
    resource: str
    #: Evaluated with ``$`` = the input; an object.
    arguments: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Batcher:
    """Items that reach an iteration several at a time, as ``Items`` of an object."""

    #: Evaluates to how many one batch has at most; 0 or None: no limit.
    max_items: Expression | None = None
    #: Evaluates to how many bytes one batch has at most; 0 or None: no limit.
    max_bytes: Expression | None = None
    #: What every batch gets beside its items, as ``BatchInput``.
    input: Expression | None = None
