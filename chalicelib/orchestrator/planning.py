"""What can be asked about schedules? To make, change, pause, remove and catch up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.errors import (
    ScheduleChanged,
    ScheduleExists,
    ScheduleNotFound,
    StaleRecord,
)
from chalicelib.journal.schedules import Planned, Schedules
from chalicelib.orchestrator import schedules
from chalicelib.orchestrator.world import World
from chalicelib.schedules.firing import Progress
from chalicelib.schedules.schedule import Schedule


class Planning:
    """The schedules of a stage, for those who ask."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept = Schedules(world.table)

    def get(self, workflow: str, name: str) -> Planned:
        """Return a schedule.

        Raises:
            ScheduleNotFound: the workflow has none of that name.
        """
        return self._kept.get(workflow, name)

    def list(self, workflow: str = "") -> list[Planned]:
        """Return the schedules of a workflow, or all of them, by name."""
        return self._kept.list(workflow)

    def create(self, schedule: Schedule) -> Planned:
        """Begin a schedule; the same one again is the same one.

        Raises:
            ScheduleRefused: it says something wrong.
            WorkflowNotFound: there is nothing of that name to start.
            ScheduleExists: the workflow has another one of that name.
        """
        schedule.require_sense()
        self._world.archive.current(schedule.workflow)
        now = self._world.clock.now()
        progress = Progress(created_at=now, done_until=now)
        planned = Planned(schedule=schedule, progress=progress, changed_at=now)
        try:
            self._kept.add(planned)
        except ScheduleExists:
            planned = self._kept.get(schedule.workflow, schedule.name)
            if planned.schedule != schedule:
                raise
        self._arm(planned)
        return planned

    def change(self, schedule: Schedule, *, revision: int | None = None) -> Planned:
        """Have ``schedule`` in the place of the one of its name.

        ``revision``: of the one that the caller saw; None: whatever is there.

        Raises:
            ScheduleRefused: it says something wrong.
            ScheduleNotFound: the workflow has none of that name.
            ScheduleChanged: somebody else changed it meanwhile.
        """
        schedule.require_sense()
        planned = self._kept.get(schedule.workflow, schedule.name)
        if revision not in (None, planned.revision):
            raise ScheduleChanged(schedule.workflow, schedule.name)
        now = self._world.clock.now()
        try:
            changed = self._kept.change(planned, schedule, now)
        except StaleRecord:
            raise ScheduleChanged(schedule.workflow, schedule.name) from None
        self._arm(changed)
        return changed

    def pause(self, workflow: str, name: str, *, is_paused: bool) -> Planned:
        """Hold a schedule, or have it go on from now.

        Raises:
            ScheduleNotFound: the workflow has none of that name.
            ScheduleChanged: somebody else changed it meanwhile.
        """
        planned = self._kept.get(workflow, name)
        if planned.schedule.is_paused == is_paused:
            self._arm(planned)
            return planned
        wanted = replace(planned.schedule, is_paused=is_paused)
        return self.change(wanted, revision=planned.revision)

    def remove(self, workflow: str, name: str) -> None:
        """End a schedule; what it started goes on.

        Raises:
            ScheduleNotFound: the workflow has none of that name.
        """
        self._kept.get(workflow, name)
        self._kept.remove(workflow, name)

    def backfill(self, workflow: str, name: str, begin: float, end: float) -> None:
        """Start what was due from ``begin`` to ``end``, both included.

        What was started then is not started again. Overlaps are allowed.

        Raises:
            ScheduleNotFound: the workflow has none of that name.
        """
        planned = self._kept.get(workflow, name)
        message = schedules.backfill(planned.schedule, begin - 1e-3, end)
        self._world.queue.send([message])

    def apply(self, workflow: str, wanted: Iterable[Schedule]) -> None:
        """Have exactly ``wanted`` as the schedules that the workflow's file says.

        Those that came by other ways stay; one that somebody paused stays paused.

        Raises:
            ScheduleExists: one of that name came by another way.
            ScheduleChanged: somebody else changed one meanwhile.
        """
        told = {each.name: each for each in wanted}
        for planned in self._kept.list(workflow):
            if planned.schedule.is_of_definition and planned.schedule.name not in told:
                self._kept.remove(workflow, planned.schedule.name)
        for schedule in told.values():
            self._apply(schedule)

    def _apply(self, schedule: Schedule) -> None:
        try:
            planned = self._kept.get(schedule.workflow, schedule.name)
        except ScheduleNotFound:
            self.create(schedule)
            return
        if not planned.schedule.is_of_definition:
            raise ScheduleExists(schedule.workflow, schedule.name)
        is_paused = schedule.is_paused or planned.schedule.is_paused
        wanted = replace(schedule, is_paused=is_paused)
        if wanted == planned.schedule:
            self._arm(planned)
        else:
            self.change(wanted, revision=planned.revision)

    def wake_forgotten(self) -> int:
        """Look at the schedules whose message was lost; return how many."""
        return schedules.wake_forgotten(self._world)

    def _arm(self, planned: Planned) -> None:
        """Have it looked at when it is due: more often than once is harmless."""
        if planned.schedule.is_paused:
            return
        progress = planned.progress
        due = planned.schedule.next_after(
            progress.done_until, anchor=progress.created_at
        )
        if due is not None:
            schedules.arm(self._world, planned, planned.schedule.begins_at(due))
