"""What does a task's ``timeline`` ask for: a later beginning, an end in time?

A suspense task is here as well: it is the one that only waits.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.formats.rillflow.functions import conditions, positive
from chalicelib.formats.rillflow.shapes import is_on
from chalicelib.model import expressions as nodes
from chalicelib.model.workflow import Delay, Gate
from chalicelib.values import Json


def delay(task: Mapping[str, Json]) -> Delay | None:
    """Return when a task begins that is due; None where that is at once."""
    timeline = task.get("timeline") or {}
    until = positive(timeline.get("suspenseTimestamp"), "input")
    seconds = positive(timeline.get("suspenseIntervalSeconds"), "input")
    return Delay(until=until, seconds=seconds) if until or seconds else None


def timeout(task: Mapping[str, Json]) -> nodes.Expression | None:
    """Return the seconds that a task has from its beginning; None for no limit."""
    timeline = task.get("timeline") or {}
    return positive(timeline.get("timeoutInSeconds"), "input")


def suspense(task: Mapping[str, Json]) -> Gate:
    """Return the work of a suspense task."""
    timeline = task.get("timeline") or {}
    return Gate(
        conditions=conditions(task["conditions"], "input"),
        interruptions=conditions(task.get("interruptions"), "input"),
        timeout=timeout(task),
        skips_timeout=is_on(task.get("tolerance"))
        and is_on(timeline.get("skipOnTimeout")),
    )
