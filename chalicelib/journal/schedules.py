"""Where are schedules kept, and how far has each come?

    schedule / <workflow>#<name>      one item: what is wanted, and the progress

All are in one partition: a list is a query, never a scan. What somebody wants is
changed under a ``revision``, the progress under ``done_until``; whoever loses such a
race reads again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from chalicelib.errors import ScheduleExists, ScheduleNotFound
from chalicelib.errors import StaleRecord as Stale
from chalicelib.frozen import dataclass
from chalicelib.ports import Item, Key, Table
from chalicelib.schedules.firing import Progress
from chalicelib.schedules.schedule import Overlap, Schedule
from chalicelib.values import Json, compact, parse

PARTITION = "schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A schedule, as it is kept."""

    schedule: Schedule
    progress: Progress
    #: Counts the changes of what somebody wants; a message of another one is void.
    revision: int = 1
    changed_at: float = 0.0
    #: What went wrong at the last start; empty: nothing.
    error: str = ""


class Schedules:
    """The schedules of a stage."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, workflow: str, name: str) -> Planned:
        """Return a schedule.

        Raises:
            ScheduleNotFound: the workflow has none of that name.
        """
        item = self._table.get(_key(workflow, name))
        if item is None:
            raise ScheduleNotFound(workflow, name)
        return _planned(item)

    def list(self, workflow: str = "") -> list[Planned]:
        """Return the schedules of a workflow, or all of them, by name."""
        prefix = f"{workflow}#" if workflow else ""
        return [_planned(item) for item in self._table.query(PARTITION, prefix=prefix)]

    def add(self, planned: Planned) -> None:
        """Keep a new schedule.

        Raises:
            ScheduleExists: the workflow has one of that name.
        """
        try:
            self._table.put(_item(planned), unless_exists=True)
        except Stale:
            schedule = planned.schedule
            raise ScheduleExists(schedule.workflow, schedule.name) from None

    def change(self, planned: Planned, schedule: Schedule, now: float) -> Planned:
        """Have ``schedule`` in the place of ``planned``, from now on.

        Due times that have passed stay decided.

        Raises:
            StaleRecord: somebody else changed it, or it was due, in the meantime.
        """
        progress = replace(planned.progress, done_until=now, buffered=None)
        changed = replace(
            planned,
            schedule=schedule,
            progress=progress,
            revision=planned.revision + 1,
            changed_at=now,
            error="",
        )
        self._table.put(_item(changed), where=_fence(planned))
        return changed

    def advance(self, planned: Planned, progress: Progress, error: str) -> None:
        """Keep how far ``planned`` has come.

        Raises:
            StaleRecord: somebody else was faster.
        """
        after = replace(planned, progress=progress, error=error)
        if after != planned:
            self._table.put(_item(after), where=_fence(planned))

    def remove(self, workflow: str, name: str) -> None:
        """Forget a schedule; what it started goes on."""
        self._table.delete(_key(workflow, name))


def _key(workflow: str, name: str) -> Key:
    return PARTITION, f"{workflow}#{name}"


def _fence(planned: Planned) -> Mapping[str, Json]:
    return {
        "revision": planned.revision,
        "done_until": planned.progress.done_until,
        "buffered": planned.progress.buffered,
    }


def _item(planned: Planned) -> Item:
    schedule = planned.schedule
    wanted: dict[str, Any] = asdict(schedule)
    del wanted["workflow"], wanted["name"]
    partition, place = _key(schedule.workflow, schedule.name)
    return {
        "pk": partition,
        "sk": place,
        "wanted": compact(wanted),
        "revision": planned.revision,
        "changed_at": planned.changed_at,
        "error": planned.error,
        **asdict(planned.progress),
    }


def _planned(item: Item) -> Planned:
    workflow, _, name = item["sk"].rpartition("#")
    wanted: Any = parse(item["wanted"])
    wanted["overlap"] = Overlap(wanted["overlap"])
    return Planned(
        schedule=Schedule(workflow=workflow, name=name, **wanted),
        progress=Progress(
            created_at=item["created_at"],
            done_until=item["done_until"],
            buffered=item["buffered"],
            last=item["last"],
            missed=item["missed"],
        ),
        revision=item["revision"],
        changed_at=item["changed_at"],
        error=item["error"],
    )
