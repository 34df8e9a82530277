"""What can be asked about schedules over REST? The table is at the end."""

from __future__ import annotations

from http import HTTPStatus

from chalicelib.api import shapes
from chalicelib.api.auth import Scope
from chalicelib.api.routes import Call, Reply, Route
from chalicelib.errors import InputRefused
from chalicelib.journal.schedules import Planned
from chalicelib.model.timestamps import epoch
from chalicelib.schedules.schedule import Schedule
from chalicelib.values import Json


def create(call: Call) -> Reply:
    """Begin a schedule of a workflow."""
    planned = call.service.planning.create(_wanted(call))
    return Reply(body=shown(planned))


def change(call: Call) -> Reply:
    """Have another schedule in the place of the one of that name."""
    revision = call.number("revision", 0, least=0, most=10**9)
    wanted = _wanted(call, name=call.parameters["schedule"])
    planned = call.service.planning.change(wanted, revision=revision or None)
    return Reply(body=shown(planned))


def list_(call: Call) -> Reply:
    """List schedules by workflow and name, as far as the key sees them."""
    workflow = call.query.get("workflow", "")
    found = call.service.planning.list(workflow)
    seen = [each for each in found if call.caller.sees(each.schedule.workflow)]
    return Reply(body={"schedules": [shown(each) for each in seen]})


def get(call: Call) -> Reply:
    """Show a schedule and when it is due next."""
    return Reply(body=shown(call.service.planning.get(*_named(call))))


def remove(call: Call) -> Reply:
    """End a schedule; what it started goes on."""
    workflow, name = _named(call)
    call.service.planning.remove(workflow, name)
    return Reply(body={"workflow": workflow, "name": name})


def pause(call: Call) -> Reply:
    """Hold a schedule."""
    planned = call.service.planning.pause(*_named(call), is_paused=True)
    return Reply(body=shown(planned))


def resume(call: Call) -> Reply:
    """Have a schedule go on; what was due meanwhile is left out."""
    planned = call.service.planning.pause(*_named(call), is_paused=False)
    return Reply(body=shown(planned))


def backfill(call: Call) -> Reply:
    """Start what was due in a range of the past, as far as it was not started then."""
    body = call.json("the body", limit=call.service.limits.input_bytes, default={})
    begin, end = shapes.strings(body, ("from", "to"))
    first, last = _time(begin, "from"), _time(end, "to")
    if last < first:
        raise InputRefused("it is before `from`", path="to")
    if last > call.service.clock.now():
        raise InputRefused(
            "it is in the future; only the past can be filled", path="to"
        )
    workflow, name = _named(call)
    call.service.planning.backfill(workflow, name, first, last)
    return Reply(body={"workflow": workflow, "name": name})


def _named(call: Call) -> tuple[str, str]:
    return call.parameters["workflow"], call.parameters["schedule"]


def _time(text: str, name: str) -> float:
    at = epoch(text)
    if at is None:
        raise InputRefused("write a time such as 2030-01-31T08:00:00Z", path=name)
    return at


def _wanted(call: Call, name: str = "") -> Schedule:
    """Return the schedule that the body describes.

    Raises:
        DefinitionRefused: it does not describe one.
    """
    # Here: most requests do not need what reads texts.
    from chalicelib.formats import document as documents
    from chalicelib.formats import schedules as formats
    from chalicelib.formats.fields import Report

    body = call.json("the schedule", limit=call.service.limits.input_bytes, default={})
    if name and isinstance(body, dict):
        body = {**body, "name": name}
    report = Report(documents.of(body))
    schedule = formats.read(
        report.root(), workflow=call.parameters["workflow"], is_of_definition=False
    )
    report.require_none()
    assert schedule is not None  # noqa: S101 - or there was a problem
    return schedule


def shown(planned: Planned) -> Json:
    """Return a schedule as JSON."""
    schedule, progress = planned.schedule, planned.progress
    due = schedule.next_after(progress.done_until, anchor=progress.created_at)
    return {
        "workflow": schedule.workflow,
        "name": schedule.name,
        "when": schedule.when,
        "timeZone": schedule.time_zone,
        "input": schedule.input,
        "version": schedule.version or None,
        "overlap": schedule.overlap,
        "catchUp": schedule.catch_up,
        "jitter": schedule.jitter,
        "starts": shapes.time(schedule.starts_at),
        "ends": shapes.time(schedule.ends_at),
        "paused": schedule.is_paused,
        "description": schedule.description,
        "source": "definition" if schedule.is_of_definition else "api",
        "revision": planned.revision,
        "createdAt": shapes.time(progress.created_at),
        "changedAt": shapes.time(planned.changed_at),
        "nextDueAt": None if schedule.is_paused else shapes.time(due),
        "lastExecution": progress.last and f"{schedule.workflow}:{progress.last}",
        "missed": progress.missed,
        "error": planned.error or None,
    }


_ALL = "/v1/workflows/{workflow}/schedules"
_ONE = f"{_ALL}/{{schedule}}"

ROUTES = (
    Route(
        "GET",
        "/v1/schedules",
        list_,
        Scope.READ,
        "List schedules, of all workflows or of one",
        response="Schedules",
        takes=("of",),
    ),
    Route(
        "POST",
        _ALL,
        create,
        Scope.ADMIN,
        "Begin a schedule",
        request="WantedSchedule",
        response="Schedule",
        status=HTTPStatus.CREATED,
    ),
    Route("GET", _ONE, get, Scope.READ, "Show a schedule", response="Schedule"),
    Route(
        "PUT",
        _ONE,
        change,
        Scope.ADMIN,
        "Change a schedule",
        request="WantedSchedule",
        response="Schedule",
        takes=("revision",),
    ),
    Route("DELETE", _ONE, remove, Scope.ADMIN, "End a schedule", response="Removed"),
    Route(
        "POST",
        f"{_ONE}/pause",
        pause,
        Scope.OPERATE,
        "Hold a schedule",
        response="Schedule",
    ),
    Route(
        "POST",
        f"{_ONE}/resume",
        resume,
        Scope.OPERATE,
        "Let a schedule go on",
        response="Schedule",
    ),
    Route(
        "POST",
        f"{_ONE}/backfill",
        backfill,
        Scope.OPERATE,
        "Start what was due in a past range",
        request="Range",
        response="Removed",
        status=HTTPStatus.ACCEPTED,
    ),
)
