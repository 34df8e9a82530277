"""What is a schedule? A workflow, when to start it, and what to do in a hard case."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import StrEnum

from chalicelib.errors import ScheduleRefused
from chalicelib.frozen import dataclass
from chalicelib.schedules import timing
from chalicelib.schedules.timing import Every
from chalicelib.values import Json, short_hash

#: Seconds that a due time may be late and is still started.
CATCH_UP = 3600.0
#: Seconds; nobody catches up more than a year.
LONGEST_CATCH_UP = 366 * 86400.0
#: Seconds by which starts may be spread.
LONGEST_JITTER = 86_400.0


#: Seconds since the epoch; the last year of a cron expression is over then.
LATEST = 7_258_118_400.0


class Overlap(StrEnum):
    """What happens when it is due and the execution before still runs?"""

    ALLOW = "allow"  # both run
    SKIP = "skip"  # this time is left out
    BUFFER_ONE = "bufferOne"  # one waits until the other has ended
    CANCEL_PREVIOUS = "cancelPrevious"  # the other is stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """As somebody wants it. Times are seconds since the epoch."""

    workflow: str
    name: str
    #: ``cron(…)``, 5 or 6 fields, ``rate(…)``, ``@every …``, ``at(…)``.
    when: str
    #: A name of the IANA database.
    time_zone: str = "UTC"
    #: The input of the executions; texts in it may name facts (``FACTS``).
    input: Json = field(default_factory=dict)
    #: A version or alias of the workflow, looked up at each due time; empty: the
    #: newest; ``*``: what the workflow's gray rules say of the input.
    version: str = ""
    overlap: Overlap = Overlap.ALLOW
    #: Seconds that a due time may be late and is still started.
    catch_up: float = CATCH_UP
    #: Starts are spread over so many seconds, always alike for the same due time.
    jitter: float = 0.0
    #: Nothing is due before, and nothing after; None: no such end.
    starts_at: float | None = None
    ends_at: float | None = None
    is_paused: bool = False
    description: str = ""
    #: Whether the workflow's own file says it.
    is_of_definition: bool = False

    def occurrences(
        self, after: float, until: float, *, anchor: float
    ) -> Iterator[float]:
        """Yield the due times later than ``after`` and not later than ``until``."""
        if self.starts_at is not None:
            after = max(after, self.starts_at - _HAIR)
        if self.ends_at is not None:
            until = min(until, self.ends_at)
        yield from timing.occurrences(
            timing.read(self.when),
            timing.zone(self.time_zone),
            after,
            until,
            anchor=self._anchor(anchor),
        )

    def next_after(self, after: float, *, anchor: float) -> float | None:
        """Return the first due time later than ``after``; None when there is none."""
        return next(self.occurrences(after, float("inf"), anchor=anchor), None)

    def _anchor(self, created_at: float) -> float:
        """Return where an interval is counted from: its start, or when it was made."""
        return created_at if self.starts_at is None else self.starts_at

    def begins_at(self, due_at: float) -> float:
        """Return when the start for ``due_at`` is made, jitter included."""
        if not self.jitter:
            return due_at
        share = int(short_hash(self.workflow, self.name, str(due_at)), 16) % 10_000
        return due_at + self.jitter * share / 10_000

    def execution_name(self, due_at: float) -> str:
        """Return the name of the execution for ``due_at``: always the same.

        >>> Schedule(workflow="w", name="nightly", when="@daily").execution_name(0)
        'nightly-19700101T000000Z'
        """
        return f"{self.name}-{_utc(due_at):%Y%m%dT%H%M%SZ}"

    def filled_input(self, due_at: float) -> Json:
        """Return the input for ``due_at``: each ``<schedule.…>`` is replaced."""
        facts = {
            "<schedule.due>": _utc(due_at).isoformat().replace("+00:00", "Z"),
            "<schedule.localDue>": _local(due_at, self.time_zone),
            "<schedule.name>": self.name,
            "<schedule.workflow>": self.workflow,
        }
        return _filled(self.input, facts)

    def require_sense(self) -> None:
        """Pass if it can ever be due, and its limits are ones.

        Raises:
            ScheduleRefused: it says something wrong.
        """
        if not 0 <= self.catch_up <= LONGEST_CATCH_UP:
            raise ScheduleRefused("catchUp: a year at most, and not below 0")
        if not 0 <= self.jitter <= LONGEST_JITTER:
            raise ScheduleRefused("jitter: a day at most, and not below 0")
        for end in (self.starts_at, self.ends_at):
            if end is not None and not 0 <= end < LATEST:
                raise ScheduleRefused("starts, ends: a time from 1970 to 2199")
        begin = 0.0 if self.starts_at is None else self.starts_at
        if self.ends_at is not None and self.ends_at <= begin:
            raise ScheduleRefused("ends: it is not after the beginning")
        found = timing.read(self.when)
        is_due = self.next_after(begin - _HAIR, anchor=begin) is not None
        if not (isinstance(found, Every) or is_due):
            raise ScheduleRefused(f"{self.when!r} is never due")


#: Seconds; less than any two due times are apart.
_HAIR = 1e-3


def _utc(at: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at, datetime.UTC)


def _local(at: float, zone: str) -> str:
    return datetime.datetime.fromtimestamp(at, timing.zone(zone)).isoformat()


def _filled(value: Json, facts: Mapping[str, str]) -> Json:
    match value:
        case str():
            for fact, text in facts.items():
                value = value.replace(fact, text)
            return value
        case list():
            return [_filled(each, facts) for each in value]
        case dict():
            return {name: _filled(each, facts) for name, each in value.items()}
    return value
