"""What is an author, a caller, a worker or an operator told when we say no?"""

from __future__ import annotations

from collections.abc import Sequence

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
