"""What is a job: work that a request begins, and that says only when asked how it is?"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model.expressions import Expression


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
