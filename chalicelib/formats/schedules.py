"""``x-schedules``: when is a workflow to be started by itself, as its own file says?

One list, the same in every format, beside the definition's own fields:

    x-schedules:
      - name: nightly
        when: cron(30 2 * * ? *)
        timeZone: Europe/Berlin
        input: {day: <schedule.due>}
        overlap: skip

It is taken off before the definition is compiled: no language has to know of it.
"""

from __future__ import annotations

from typing import Any

from chalicelib.errors import Problem, ScheduleRefused
from chalicelib.formats.document import Document
from chalicelib.formats.fields import (
    Field,
    Part,
    Report,
    Rule,
    Shape,
    anything,
    boolean,
    one_of,
    text,
)
from chalicelib.model.timestamps import epoch
from chalicelib.schedules import intervals, timing
from chalicelib.schedules.schedule import CATCH_UP, Overlap, Schedule
from chalicelib.values import Json, is_number

KEY = "x-schedules"


def _time(value: Json) -> str | None:
    is_right = epoch(value) is not None
    return None if is_right else "must be a time such as 2030-01-31T08:00:00Z"


def _duration(value: Json) -> str | None:
    try:
        seconds(value)
    except ScheduleRefused:
        return "must be a duration such as 90s, 10m or 1h30m"
    return None


def _when(value: Json) -> str | None:
    return _said(timing.read, value) if isinstance(value, str) else "must be a text"


def _zone(value: Json) -> str | None:
    return _said(timing.zone, value) if isinstance(value, str) else "must be a text"


def _said(read: Any, value: str) -> str | None:
    """Return what ``read`` has against ``value``, as the end of "must …"."""
    try:
        read(value)
    except ScheduleRefused as refused:
        return f"must say when: {refused}"
    return None


def _name(value: Json) -> str | None:
    is_right = (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_NAME
        and value.isascii()
        and value.replace("-", "").replace("_", "").isalnum()
    )
    return (
        None
        if is_right
        else f"must be 1 to {LONGEST_NAME} letters, digits, '-' and '_'"
    )


#: So that the time fits behind it in the name of an execution.
LONGEST_NAME = 60
NAME: Rule = _name
SCHEDULE = Shape(
    "a schedule",
    {
        "name": Field(NAME, required=True),
        "when": Field(_when, required=True),
        "timeZone": Field(_zone, default="UTC"),
        "input": Field(anything),
        "version": Field(text, default=""),
        "overlap": Field(
            one_of(*(each.value for each in Overlap)), default=Overlap.ALLOW.value
        ),
        "catchUp": Field(_duration),
        "jitter": Field(_duration),
        "starts": Field(_time),
        "ends": Field(_time),
        "paused": Field(boolean, default=False),
        "description": Field(text, default=""),
    },
)


def seconds(value: Json) -> float:
    """Return a duration, a text or a number of seconds, in seconds.

    Raises:
        ScheduleRefused: it is none.

    >>> seconds("1h30m"), seconds(5), seconds("0s")
    (5400.0, 5.0, 0.0)
    """
    if is_number(value):
        return float(value)
    if not isinstance(value, str):
        raise ScheduleRefused("a duration is a text such as 90s, 10m or 1h30m")
    return float(intervals.duration(value))


def split(document: Document) -> tuple[Document, tuple[Schedule, ...], list[Problem]]:
    """Return the definition proper, its schedules, and what is wrong with those.

    The schedules have no workflow yet: the definition gives it its name.
    """
    if not isinstance(document.value, dict) or KEY not in document.value:
        return document, (), []
    report = Report(document)
    part = report.root()[KEY]
    found: list[Schedule] = []
    if not isinstance(part.value, list):
        part.wrong("must be an array of schedules")
    for each in part.elements():
        schedule = read(each, workflow="")
        if schedule is None:
            continue
        if any(schedule.name == other.name for other in found):
            each["name"].wrong(f"there are two schedules {schedule.name!r}")
        found.append(schedule)
    rest = {name: each for name, each in document.value.items() if name != KEY}
    return document.with_value(rest), tuple(found), report.problems


def read(
    part: Part, *, workflow: str, is_of_definition: bool = True
) -> Schedule | None:
    """Return the schedule that ``part`` describes; None when something is wrong."""
    before = len(part.report.problems)
    found = part.read(SCHEDULE)
    if len(part.report.problems) > before:
        return None
    schedule = Schedule(
        workflow=workflow,
        name=found["name"],
        when=found["when"],
        time_zone=found["timeZone"],
        input=found.get("input", {}),
        version=found["version"],
        overlap=Overlap(found["overlap"]),
        catch_up=seconds(found.get("catchUp", CATCH_UP)),
        jitter=seconds(found.get("jitter", 0)),
        starts_at=epoch(found.get("starts")),
        ends_at=epoch(found.get("ends")),
        is_paused=found["paused"],
        description=found["description"],
        is_of_definition=is_of_definition,
    )
    try:
        schedule.require_sense()
    except ScheduleRefused as refused:
        part.wrong(str(refused))
        return None
    return schedule
