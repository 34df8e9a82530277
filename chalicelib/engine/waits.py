"""The state that lets time pass."""

from __future__ import annotations

from datetime import datetime

from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.history import Happened
from chalicelib.engine.state import Phase
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import finish
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import evaluate
from chalicelib.expressions.scope import View
from chalicelib.model.error_names import Kind
from chalicelib.model.expressions import Expression
from chalicelib.model.workflow import Wait
from chalicelib.values import Json

#: Seconds; a longer wait is a mistake in the data (ASL, "Wait State": 99999999).
LONGEST = 100_000_000.0


def begin(walk: Walk, visit: Visit) -> None:
    """Sleep until the time that the state names; not at all when it is past."""
    work = visit.state.work
    assert isinstance(work, Wait)  # noqa: S101 - the table's promise to the type checker
    due_at = _due_at(walk, work, walk.view(visit, visit.input))
    if due_at <= walk.at:
        finish(walk, visit, visit.input)
        return
    walk.hold(visit, Phase.SLEEPING, due_at=due_at)
    walk.say(Happened.WAIT_STARTED, visit.state.name, due_at, activation=visit.id)
    walk.commands.append(
        StartTimer(
            timer=Timer.WAIT,
            due_at=due_at,
            activation=visit.id,
            attempt=visit.attempt,
        )
    )


def _due_at(walk: Walk, work: Wait, view: View) -> float:
    name = walk.name_of(Kind.RUNTIME)
    if work.seconds is not None:
        return walk.at + seconds(evaluate(work.seconds, view), name, "Seconds")
    assert work.timestamp is not None  # noqa: S101 - the model's rule: one of the two
    text = evaluate(work.timestamp, view)
    try:
        return timestamp(text)
    except (ValueError, TypeError, AttributeError):
        cause = f"{text!r} is not an RFC 3339 timestamp with a time zone"
        raise EvaluationFailure(name, cause) from None


def timestamp(text: str) -> float:
    """Return the epoch seconds of an RFC 3339 text.

    >>> timestamp("1970-01-01T00:01:00Z")
    60.0
    """
    written = text.upper()
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None or "T" not in written:
        raise ValueError(text)
    return moment.timestamp()


def time_limit(walk: Walk, visit: Visit, expression: Expression | None) -> float | None:
    """Return when a visit that begins now runs out of time; None for never.

    Raises:
        EvaluationFailure: the limit is not a number of seconds.
    """
    if expression is None:
        return None
    value = evaluate(expression, walk.view(visit, visit.input))
    if value is None:
        return None
    return walk.at + seconds(value, walk.name_of(Kind.RUNTIME), "the timeout")


def seconds(value: Json, error: str, what: str) -> float:
    """Return a number of seconds out of an author's data.

    Raises:
        EvaluationFailure: it is not a number, or out of range.
    """
    try:
        number = float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError, OverflowError):
        number = None
    if number is None or not 0 <= number <= LONGEST:
        cause = f"{what} must be a number from 0 to {LONGEST:.0f}, not {value!r}"
        raise EvaluationFailure(error, cause)
    return number
