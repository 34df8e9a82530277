"""Which executions does a schedule start now, and when does it look again?

Rule 1  Every due time up to ``done_until`` is decided: started, or left out for good.
Rule 2  The same schedule, progress and time decide the same. Whoever carries a
        decision out and dies before it is kept has it made again; the executions have
        the same names.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from chalicelib.frozen import dataclass
from chalicelib.schedules.schedule import Overlap, Schedule

#: Starts of one decision; the rest is decided right after.
BATCH = 50
#: Where it has to be fewer: what is started is stopped by the next one, so each is kept
#: before the next is looked at.
MOST = {Overlap.CANCEL_PREVIOUS: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a schedule has come. Times are seconds since the epoch."""

    created_at: float
    done_until: float
    #: A due time that waits for the end of the execution before; None: none waits.
    buffered: float | None = None
    #: The name of the execution that was started last.
    last: str = ""
    #: Due times that were left out: too late, or while another one ran.
    missed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do now."""

    #: Due times to start, in order.
    starts: tuple[float, ...] = ()
    #: Whether the execution before is stopped first.
    cancels: bool = False
    progress: Progress
    #: When to look again; None: it is never due again.
    next_at: float | None = None


def decide(
    schedule: Schedule, progress: Progress, now: float, *, is_running: bool
) -> Decision:
    """Return what ``schedule`` does at ``now``.

    ``is_running``: whether the execution that was started last still runs.
    """
    most = MOST.get(schedule.overlap, BATCH)
    dues = _ready(schedule, progress, now, most)
    late = [due for due in dues if due < now - schedule.catch_up]
    if len(late) == most:
        return _skipped_far(schedule, progress, now, most)
    live = [due for due in dues if due >= now - schedule.catch_up]
    done = dues[-1] if dues else progress.done_until
    seen = replace(
        progress, done_until=done, missed=progress.missed + len(late), buffered=None
    )
    chosen = _CHOICES[schedule.overlap](live, progress.buffered, is_running)
    starts, buffered, left_out = chosen
    return Decision(
        starts=starts,
        cancels=bool(starts) and schedule.overlap is Overlap.CANCEL_PREVIOUS,
        progress=replace(
            seen,
            buffered=buffered,
            missed=seen.missed + left_out,
            last=schedule.execution_name(starts[-1]) if starts else progress.last,
        ),
        next_at=_next(schedule, seen, now),
    )


def _ready(
    schedule: Schedule, progress: Progress, now: float, most: int
) -> list[float]:
    """Return the first due times that are to be decided at ``now``."""
    dues = schedule.occurrences(progress.done_until, now, anchor=progress.created_at)
    ready = []
    for due in islice(dues, most):
        if schedule.begins_at(due) > now:
            break
        ready.append(due)
    return ready


def _skipped_far(
    schedule: Schedule, progress: Progress, now: float, missed: int
) -> Decision:
    """Leave out what is too late in one go: nobody counts the seconds of a year."""
    edge = now - schedule.catch_up - 1e-3
    seen = replace(progress, done_until=edge, missed=progress.missed + missed)
    return Decision(progress=seen, next_at=now)


def _next(schedule: Schedule, progress: Progress, now: float) -> float | None:
    due = schedule.next_after(progress.done_until, anchor=progress.created_at)
    return None if due is None else max(now, schedule.begins_at(due))


#: Starts, the due time that waits, and how many are left out.
_Chosen = tuple[tuple[float, ...], float | None, int]


def _allow(live: list[float], _: float | None, _running: bool) -> _Chosen:
    return tuple(live), None, 0


def _skip(live: list[float], _: float | None, is_running: bool) -> _Chosen:
    starts = () if is_running else tuple(live[:1])
    return starts, None, len(live) - len(starts)


def _buffer(live: list[float], waiting: float | None, is_running: bool) -> _Chosen:
    queue = ([] if waiting is None else [waiting]) + live
    starts = () if is_running else tuple(queue[:1])
    behind = queue[len(starts) :]
    return starts, behind[0] if behind else None, max(0, len(behind) - 1)


_CHOICES = {
    Overlap.ALLOW: _allow,
    Overlap.SKIP: _skip,
    Overlap.BUFFER_ONE: _buffer,
    Overlap.CANCEL_PREVIOUS: _allow,
}
