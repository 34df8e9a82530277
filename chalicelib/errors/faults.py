"""What stops the machine on its way: retried, loaded, buried, or a task's failure?"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors.refusals import MillraceError


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
