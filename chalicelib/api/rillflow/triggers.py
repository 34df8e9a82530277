"""How are flows started by the clock in Rill Flow's way? Triggers are schedules.

A trigger is a schedule of the flow's workflow, so it is kept, starts each due time once
and can be changed like any other (docs/schedules.md). An alias is looked up at each due
time, and gray rules choose where none is named.
"""

from __future__ import annotations

import re
import secrets

from chalicelib.api.rillflow.errors import DATA_FORMAT, UNSUPPORTED, Refused
from chalicelib.api.rillflow.face import (
    context_in,
    descriptor_in,
    face,
    required,
    version_of,
)
from chalicelib.api.routes import Call, Reply
from chalicelib.errors import InputRefused, ScheduleNotFound
from chalicelib.model.descriptors import BY_RULE, service_id, workflow_name
from chalicelib.schedules.schedule import Schedule

#: What the names of the schedules begin with that are triggers.
PREFIX = "trigger-"
_TASK = re.compile(r"([A-Za-z0-9]+):([A-Za-z0-9]+)#([A-Za-z0-9_-]+)")


def add_trigger(call: Call) -> Reply:
    """Start a flow whenever a cron expression says so."""
    _require_cron(call)
    found = descriptor_in(call)
    for name in ("callback", "resource_check"):
        if name in call.query:
            reason = f"{name} cannot be given to a trigger; the flow's own holds"
            raise Refused(400, DATA_FORMAT, reason)
    body = context_in(call)
    when, context = body.get("cron"), body.get("context", {})
    if not isinstance(when, str) or not when:
        raise InputRefused("a cron expression is expected", path="cron")
    if not isinstance(context, dict):
        raise InputRefused("a JSON object is expected", path="context")
    schedule = Schedule(
        workflow=found.workflow,
        name=f"{PREFIX}{secrets.token_hex(6)}",
        when=when,
        input=context,
        version=found.version or BY_RULE,
    )
    # An alias that leads nowhere is refused now, not when it is due.
    version = version_of(found, "", context)
    face().archive.definition(found.workflow, version)
    call.service.planning.create(schedule)
    task = f"{service_id(schedule.workflow)}#{schedule.name}"
    return Reply(body={"code": 0, "data": {"task_id": task}})


def cancel_trigger(call: Call) -> Reply:
    """End a trigger; what it started goes on."""
    _require_cron(call)
    found = _TASK.fullmatch(required(call, "task_id"))
    if found is None or not found[3].startswith(PREFIX):
        return Reply(body={"code": -1})
    workflow = workflow_name(found[1], found[2])
    call.caller.require_workflow(workflow)
    try:
        call.service.planning.remove(workflow, found[3])
    except ScheduleNotFound:
        return Reply(body={"code": -1})
    return Reply(body={"code": 0})


def get_trigger_tasks(call: Call) -> Reply:
    """List the triggers."""
    _require_cron(call)
    tasks = {}
    for planned in call.service.planning.list():
        schedule = planned.schedule
        is_mine = schedule.name.startswith(PREFIX)
        if is_mine and call.caller.sees(schedule.workflow):
            named = service_id(schedule.workflow)
            alias = schedule.version if schedule.version != BY_RULE else ""
            tasks[f"{named}#{schedule.name}"] = {
                "descriptor_id": ":".join(filter(None, (named, alias))),
                "cron": schedule.when,
                "context": schedule.input,
            }
    return Reply(body={"code": 0, "data": tasks})


def _require_cron(call: Call) -> None:
    kind = required(call, "type")
    if kind != "cron":
        reason = f"there are no {kind} triggers here, only cron"
        raise Refused(400, UNSUPPORTED, reason)
