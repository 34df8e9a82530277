"""What can be done with the schedules of a flow? They are the stage's own.

CloudFlow's times are six fields with seconds, or ``@every 10m``; any other way of
saying when that this stage knows is taken as well. An execution gets
``{"triggerTime": …, "triggerName": …, "payload": …}``.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.api.cloudflow.face import Ask, moment
from chalicelib.api.cloudflow.flows import LONGEST_DESCRIPTION, flow_id
from chalicelib.journal.schedules import Planned
from chalicelib.schedules.schedule import Schedule
from chalicelib.values import Json, compact


def create(ask: Ask) -> dict[str, Json]:
    """CreateSchedule: the same again is the same one."""
    flow, name = ask.flow(), ask.new_name("ScheduleName")
    schedule = Schedule(
        workflow=flow,
        name=name,
        when=ask.needed("CronExpression"),
        input=_input(ask.json("Payload")),
        is_paused=not ask.flag("Enable", default=True),
        description=ask.text("Description", most=LONGEST_DESCRIPTION),
    )
    return _shown(ask.service.planning.create(schedule))


def update(ask: Ask) -> dict[str, Json]:
    """UpdateSchedule: what the request does not name stays as it is."""
    planned = _known(ask)
    schedule = planned.schedule
    if "Payload" in ask.given:
        schedule = replace(schedule, input=_input(ask.json("Payload")))
    if ask.text("CronExpression"):
        schedule = replace(schedule, when=ask.text("CronExpression"))
    if ask.text("Enable"):
        schedule = replace(schedule, is_paused=not ask.flag("Enable"))
    if "Description" in ask.given:
        description = ask.text("Description", most=LONGEST_DESCRIPTION)
        schedule = replace(schedule, description=description)
    changed = ask.service.planning.change(schedule, revision=planned.revision)
    return _shown(changed)


def describe(ask: Ask) -> dict[str, Json]:
    """DescribeSchedule."""
    return _shown(_known(ask))


def list_schedules(ask: Ask) -> dict[str, Json]:
    """ListSchedules: by name."""
    flow = ask.flow()
    page, following = ask.page(
        ask.service.planning.list(flow), lambda planned: planned.schedule.name
    )
    return {"Schedules": [_shown(each) for each in page], "NextToken": following}


def delete(ask: Ask) -> dict[str, Json]:
    """DeleteSchedule: what it started goes on."""
    schedule = _known(ask).schedule
    ask.service.planning.remove(schedule.workflow, schedule.name)
    return {}


def _known(ask: Ask) -> Planned:
    flow, name = ask.flow(), ask.needed("ScheduleName")
    return ask.service.planning.get(flow, name)


def _input(payload: Json) -> Json:
    """Return what an execution that the schedule starts gets."""
    return {
        "triggerTime": "<schedule.due>",
        "triggerName": "<schedule.name>",
        "payload": payload,
    }


def _payload(value: Json) -> str:
    """Return the payload in an input; an input of another shape is one itself."""
    match value:
        case {"triggerTime": _, "triggerName": _, "payload": payload}:
            return "" if payload is None else compact(payload)
    return compact(value)


def _shown(planned: Planned) -> dict[str, Json]:
    schedule, created_at = planned.schedule, planned.progress.created_at
    return {
        "ScheduleId": flow_id(f"{schedule.workflow}#{schedule.name}", created_at),
        "ScheduleName": schedule.name,
        "CronExpression": schedule.when,
        "Payload": _payload(schedule.input),
        "Enable": not schedule.is_paused,
        "Description": schedule.description,
        "CreatedTime": moment(created_at),
        "LastModifiedTime": moment(planned.changed_at),
    }
