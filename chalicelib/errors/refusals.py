"""Every exception this package raises on purpose.

    MillraceError
    ├── DefinitionRefused        the author's text is wrong              400
    ├── InputRefused             the caller's input is wrong             400
    ├── ScheduleRefused          nobody can tell when that is            400
    ├── PayloadTooLarge          more bytes than the stage takes         413
    ├── MediaRefused             a body that is not said to be JSON      415
    ├── NotAuthenticated         no key, or not one of ours              401
    ├── NotAuthorized            a key that may not do this              403
    ├── TooManyRequests          a key that asks too often               429
    ├── WorkflowNotFound         no workflow has that name               404
    ├── ActivityNotFound         no activity has that name               404
    ├── ExecutionNotFound        no execution has that id                404
    ├── TaskNotFound             no task of an execution has that name   404
    ├── NoticeNotFound           no such notice was given up             404
    ├── TaskEnded                what was said of a task comes too late  409
    ├── ExecutionRunning         it must have ended for that             409
    ├── ExecutionExists          that name ran with another input        409
    ├── NotRedrivable            it runs, has succeeded, or is too old   409
    ├── ScheduleNotFound         the workflow has no such schedule       404
    ├── ScheduleExists           the workflow has a schedule of that name 409
    ├── ScheduleChanged          somebody else changed it meanwhile      409
    ├── DeploymentRefused        a stage cannot be deployed like this     told
    ├── TokenRefused             forged, cut, foreign or expired token   401
    ├── TokenDecided             the attempt already has another outcome 409
    ├── TokenGone                timeout, stop or a newer attempt        410
    ├── TransitionError          the machine does not accept this event  bug
    ├── MessageRefused           a queue message nobody can read         dead letter
    ├── StaleRecord              somebody else committed first           retried
    ├── ValueNeeded              the engine needs a stored value         loaded
    │   └── LoanNeeded           … or what a task takes from elsewhere   looked up
    ├── ValueLost                a stored value is not there any more    task failure
    ├── Unavailable              the world did not answer; try again     redelivered
    └── EvaluationFailure        an expression has no value              task failure
        └── QueryFailure         its field cannot have that value        task failure

A workflow's own failure is not an exception: it travels as ``Failure`` in events.
Everything else imports this module, so it imports nothing but the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.frozen import dataclass


class MillraceError(Exception):
    """The root: something this package refuses, with its facts as attributes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a definition, and the way out."""

    message: str
    #: 1-based; 0 where the definition came as a value and has no text.
    line: int = 0
    column: int = 0
    #: JSON pointer to the place, such as ``/States/Ship/Next``.
    path: str = ""
    file: str = ""
    #: By which number the language's own tools know it; 0 for none.
    code: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return " ".join(part for part in (place.strip(":"), self.path) if part) + (
            f": {self.message}" if place or self.path else self.message
        )


class DefinitionRefused(MillraceError):
    """A definition with problems; nothing of it was published."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class InputRefused(MillraceError):
    """An input, or another part of a request, that cannot be accepted."""

    def __init__(self, reason: str, *, path: str = "") -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.reason = reason
        self.path = path


class ScheduleRefused(MillraceError):
    """A schedule that says something wrong; the message says what, and the way out."""


class PayloadTooLarge(MillraceError):
    """A body of more bytes than the stage accepts."""

    def __init__(self, what: str, size: int, limit: int) -> None:
        super().__init__(f"{what} has {size} bytes; this stage accepts {limit}")
        self.size = size
        self.limit = limit


class MediaRefused(MillraceError):
    """A body whose content type the route does not take."""

    def __init__(self, found: str, expected: str) -> None:
        said = f"content type {found!r}" if found else "no content type"
        super().__init__(f"the body has {said}; send it as {expected}")
        self.found = found
        self.expected = expected


class NotAuthenticated(MillraceError):
    """A request without a key, or with one that this stage did not issue."""

    def __init__(self, reason: str = "an access key of this stage is required") -> None:
        super().__init__(reason)


class NotAuthorized(MillraceError):
    """A request whose key lacks the scope it needs."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"this access key lacks the scope {scope!r}")
        self.scope = scope


class TooManyRequests(MillraceError):
    """An access key that asks too often; ``wait``: seconds until it may again."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"this access key asks too often; ask again in {wait} s")
        self.wait = wait


class WorkflowNotFound(MillraceError):
    """No workflow of that name (or version) is published."""

    def __init__(self, name: str, version: str = "") -> None:
        which = f"{name!r} version {version!r}" if version else repr(name)
        super().__init__(f"no workflow {which} is published")
        self.name = name
        self.version = version


class ActivityNotFound(MillraceError):
    """Nobody made an activity of that name, or somebody deleted it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no activity {name!r}; CreateActivity makes one")
        self.name = name


class ExecutionNotFound(MillraceError):
    """No execution has that id."""

    def __init__(self, execution: str) -> None:
        super().__init__(f"no execution {execution!r}")
        self.execution = execution


class TaskNotFound(MillraceError):
    """No task of the execution has that name; a group's tasks exist while it runs."""

    def __init__(self, execution: str, task: str) -> None:
        super().__init__(f"execution {execution!r} has no task {task!r}")
        self.execution = execution
        self.task = task


class NoticeNotFound(MillraceError):
    """No notice of that name was given up, or there is nobody to tell it to."""

    def __init__(
        self, execution: str, notice: str, *, is_for_nobody: bool = False
    ) -> None:
        why = "has no receiver any more" if is_for_nobody else "was not given up"
        super().__init__(
            f"notice {notice!r} of {execution!r} {why}; "
            "`millrace notices` lists those that can be sent again"
        )
        self.execution = execution
        self.notice = notice


class TaskEnded(MillraceError):
    """The task is over, so that what was said of it changes nothing."""

    def __init__(self, execution: str, task: str) -> None:
        super().__init__(f"task {task!r} of {execution!r} is over; nothing was changed")
        self.execution = execution
        self.task = task


class ExecutionExists(MillraceError):
    """An execution of that name was started before, with another input."""

    def __init__(self, execution: str, *, is_gone: bool = False) -> None:
        was = (
            "was deleted not long ago" if is_gone else "was started with another input"
        )
        super().__init__(f"execution {execution!r} {was}")
        self.execution = execution


class NotRedrivable(MillraceError):
    """An execution that cannot go on from where it failed."""

    def __init__(self, execution: str, reason: str) -> None:
        super().__init__(reason)
        self.execution = execution
        self.reason = reason


class ExecutionRunning(MillraceError):
    """An execution that has not ended, and must have for what was asked."""

    def __init__(self, execution: str) -> None:
        super().__init__(f"execution {execution!r} still runs; stop it first")
        self.execution = execution


class ScheduleNotFound(MillraceError):
    """The workflow has no schedule of that name."""

    def __init__(self, workflow: str, name: str) -> None:
        super().__init__(f"workflow {workflow!r} has no schedule {name!r}")
        self.workflow = workflow
        self.name = name


class ScheduleExists(MillraceError):
    """The workflow has another schedule of that name."""

    def __init__(self, workflow: str, name: str) -> None:
        super().__init__(f"workflow {workflow!r} has a schedule {name!r} already")
        self.workflow = workflow
        self.name = name


class ScheduleChanged(MillraceError):
    """Somebody else changed the schedule; look at it again."""

    def __init__(self, workflow: str, name: str) -> None:
        super().__init__(f"schedule {name!r} of {workflow!r} was changed meanwhile")
        self.workflow = workflow
        self.name = name


class DeploymentRefused(MillraceError):
    """A stage that cannot be deployed like this; the message says why."""


class TokenRefused(MillraceError):
    """A task token that this stage did not issue, or one that has expired."""

    def __init__(self) -> None:
        super().__init__("this task token is not valid")


class TokenDecided(MillraceError):
    """The attempt behind the token already has a different outcome."""

    def __init__(self) -> None:
        super().__init__("this attempt was already answered with another outcome")


class TokenGone(MillraceError):
    """The attempt behind the token timed out, was stopped, or was superseded."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"this attempt is over: {reason}")
        self.reason = reason


class TransitionError(MillraceError):
    """An event arrived that the machine does not accept in this phase."""

    def __init__(self, phase: str, event: str) -> None:
        super().__init__(f"{phase}: no row of the table takes {event}")
        self.phase = phase
        self.event = event


class MessageRefused(MillraceError):
    """A queue message that nobody can read; retrying cannot help."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"this message cannot be read: {reason}")
        self.reason = reason


class StaleRecord(MillraceError):
    """The fence was lost: somebody else put this item first."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} was written by somebody else")
        self.key = key


class ValueNeeded(MillraceError):
    """The engine met a stored value that has not been loaded yet."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"value {reference} is needed")
        self.reference = reference


class LoanNeeded(ValueNeeded):
    """The engine met a resource that has not been looked up yet."""

    def __init__(self, reference: str, question: Mapping[str, object]) -> None:
        super().__init__(reference)
        #: What is asked, as ``journal.lending`` reads it.
        self.question = question


class ValueLost(MillraceError):
    """A stored value is not where it was put."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"value {digest} is lost")
        self.digest = digest


class Unavailable(MillraceError):
    """The world did not answer in time; the message will come again."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not available now")
        self.what = what


class EvaluationFailure(MillraceError):
    """An expression that has no value; becomes a failure inside the workflow."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


class QueryFailure(EvaluationFailure):
    """A value that its field cannot have; AWS tells of it in an event of its own."""

    def __init__(self, error: str, cause: str, field: str = "") -> None:
        super().__init__(error, cause)
        #: Where the expression stands, such as ``Output/total``; empty for all of it.
        self.field = field
