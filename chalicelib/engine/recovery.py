"""A state failed: try again, go elsewhere, or give up? Decisions, not acts."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.engine.state import Failure
from chalicelib.model.error_names import (
    NEVER_CAUGHT,
    NO_TASK_FAILED,
    TASK_FAILED,
    WILDCARDS,
)
from chalicelib.model.workflow import Catcher, Retrier

_WILDCARDS = frozenset(WILDCARDS.values())


def matches(errors: Sequence[str], error: str) -> bool:
    """Return whether a clause that names ``errors`` is about ``error``.

    ASL, "Errors": nothing catches States.Runtime; States.ALL matches any other error;
    States.TaskFailed any of these but a timeout and, measured, an expression without a
    value; States.Timeout also a missed heartbeat.

    >>> matches(("States.ALL",), "Custom"), matches(("States.ALL",), "States.Runtime")
    (True, False)
    """
    if error in NEVER_CAUGHT:
        return False
    if error in errors:
        return True
    if not _WILDCARDS.isdisjoint(errors):
        return True
    if error == "States.HeartbeatTimeout" and "States.Timeout" in errors:
        return True
    return TASK_FAILED in errors and error not in NO_TASK_FAILED


def next_retry(
    retriers: Sequence[Retrier],
    failure: Failure,
    made: Sequence[int],
    chance: float,
    passes: Sequence[bool] | None = None,
) -> tuple[int, float] | None:
    """Return (position of the retrier, seconds to wait), or None if it is over.

    Only the first clause that matches is asked. Has it no attempt left, then those
    behind it have no say (ASL, "Retrying after error"). ``made`` counts the retries per
    clause so far; ``chance`` is in [0, 1) and only a full-jitter clause uses it;
    ``passes`` says per clause whether its own condition holds.
    """
    for position, retrier in enumerate(retriers):
        if passes is not None and not passes[position]:
            continue
        if matches(retrier.errors, failure.error):
            count = made[position] if position < len(made) else 0
            if count >= retrier.max_attempts:
                return None
            return position, delay(retrier, count, chance)
    return None


def delay(retrier: Retrier, made: int, chance: float) -> float:
    """Return the seconds before the next retry.

    >>> delay(Retrier(errors=("E",), interval=3, backoff=2), 2, 0.0)
    12
    """
    try:
        seconds = retrier.interval * retrier.backoff**made
    except OverflowError:
        seconds = float("inf")
    if retrier.max_delay is not None:
        seconds = min(seconds, retrier.max_delay)
    seconds = min(seconds, MAX_DELAY)
    return seconds * chance if retrier.full_jitter else seconds


#: Seconds; no interval of a clause is longer than a year, whatever it multiplies to.
MAX_DELAY = 365 * 86400.0


def catcher_for(catchers: Sequence[Catcher], failure: Failure) -> Catcher | None:
    """Return the first catcher that is about ``failure``, or None."""
    for catcher in catchers:
        if matches(catcher.errors, failure.error):
            return catcher
    return None
