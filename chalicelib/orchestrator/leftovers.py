"""What of an execution lies outside of its own partitions, and is to go with it?

    timer#<minute>     what was to come later than a message can be delayed
    activity#<name>    tasks that no worker has come for; they hold an input

Nothing lists them by execution: what a scope asked for is in its records, and they are
where these say. The looks of the watchdog are not told of; they end within a day.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.engine.events import Timer
from chalicelib.engine.history import Happened
from chalicelib.journal.activities import Activities
from chalicelib.journal.records import Record
from chalicelib.orchestrator import timers
from chalicelib.orchestrator.world import World
from chalicelib.ports import Key

#: How an activity is named by a task.
_ACTIVITY = "activity:"


def of(world: World, record: Record) -> Iterator[Key]:
    """Yield where a record's timers, and tasks of activities, wait."""
    now = world.clock.now()
    for tag in record.tags:
        if tag[0] == "timer" and tag[4] > now:
            _, activation, attempt, kind, due_at = tag
            address = (record.execution, record.scope)
            fired = timers.message(*address, Timer(kind), activation, attempt, due_at)
            yield timers.key(fired, due_at)
    for event in record.history:
        note = str(event.note or "")
        if event.kind is Happened.TASK_SCHEDULED and note.startswith(_ACTIVITY):
            known = Activities(world.table, world.clock)
            name = note.removeprefix(_ACTIVITY)
            yield from known.waiting(name, record.execution, event.at)
