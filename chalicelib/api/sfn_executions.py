"""What can be done with executions of state machines?

Rule 1  The same name and input again, while it runs, is the same execution. Afterwards,
        or with another input, the name is taken.
Rule 2  An execution of an EXPRESS state machine is as durable here as any other, unless
        it is started by StartSyncExecution; it can be described like any other, too.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from chalicelib.api import collaborators
from chalicelib.api.sfn_arns import require_name
from chalicelib.api.sfn_details import Setting
from chalicelib.api.sfn_errors import Refused
from chalicelib.api.sfn_face import Ask, following
from chalicelib.api.sfn_history import translate
from chalicelib.api.sfn_lookup import Chosen, choose, facts_of
from chalicelib.api.sfn_machines import described
from chalicelib.api.sfn_places import Places
from chalicelib.api.sfn_traces import to_w3c, to_xray
from chalicelib.engine.state import Status
from chalicelib.errors import ExecutionExists, ExecutionNotFound, NotRedrivable
from chalicelib.journal.heads import Head, why_not_redrivable
from chalicelib.values import Json, compact

#: Characters of an input or an output that an answer has room for (Lambda: 6 MB whole).
ROOM = 2_500_000


def start(ask: Ask) -> Json:
    """StartExecution."""
    name, value = ask.text("name"), ask.json("input")
    if "name" in ask.given:
        require_name(name)
    arn = ask.text("stateMachineArn")
    chosen = choose(ask, arn, key=name or secrets.token_hex())
    try:
        started = ask.service.start(
            chosen.workflow,
            value,
            name=name,
            version=chosen.version,
            trace=to_w3c(ask.text("traceHeader")),
        )
    except ExecutionExists:
        raise _taken(ask, chosen, name) from None
    if not started.is_new and started.head.status is not Status.RUNNING:
        raise _taken(ask, chosen, name)
    if started.is_new and chosen.number:
        execution = started.head.execution
        ask.releases.note_start(execution, chosen.number, chosen.alias)
    return {
        "executionArn": _arn(ask, started.head),
        "startDate": started.head.started_at,
    }


def _taken(ask: Ask, chosen: Chosen, name: str) -> Refused:
    arn = ask.arns.execution(chosen.workflow, name)
    return Refused("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")


def _arn(ask: Ask, head: collaborators.Head) -> str:
    """Return the ARN of an execution, in the shape that its kind of machine has."""
    if _is_express(ask, head):
        return ask.arns.express(head.workflow, head.name, head.started_at)
    return ask.arns.execution(head.workflow, head.name)


def find(ask: Ask) -> Head:
    """Return the execution that the request names.

    Raises:
        Refused: InvalidArn, or ExecutionDoesNotExist.
        NotAuthorized: the key does not see its workflow.
    """
    arn = ask.text("executionArn")
    execution = ask.arns.read_execution(arn)
    ask.caller.require_workflow(execution.rpartition(":")[0])
    try:
        return ask.face.archive.head(execution)
    except ExecutionNotFound:
        message = f"Execution Does Not Exist: '{arn}'"
        raise Refused("ExecutionDoesNotExist", message) from None


def stop(ask: Ask) -> Json:
    """StopExecution: one that has ended stays as it is."""
    head = find(ask)
    stopped = ask.service.stop(
        head.execution, error=ask.text("error"), cause=ask.text("cause")
    )
    return {"stopDate": stopped.stopped_at or ask.service.clock.now()}


def redrive(ask: Ask) -> Json:
    """RedriveExecution: the same client token within 15 minutes is the same redrive."""
    head = find(ask)
    if _is_express(ask, head):
        raise NotRedrivable(head.execution, _why_not(ask, head))
    redriven = ask.service.redrive(head.execution, token=ask.text("clientToken"))
    return {"redriveDate": redriven.redriven_at}


def describe(ask: Ask) -> Json:
    """DescribeExecution."""
    head = find(ask)
    with_data = ask.text("includedData") != "METADATA_ONLY"
    details: dict[str, Json] = {
        **_row(ask, head, started_by(ask, head)),
        "executionArn": _arn(ask, head),
        **data("input", head.input, with_data),
        **_redrive(ask, head),
    }
    if head.status is Status.SUCCEEDED:
        details |= data("output", head.output, with_data)
    failure = {"error": head.error, "cause": head.cause}
    trace = {"traceHeader": to_xray(head.trace)}
    return details | {key: text for key, text in (failure | trace).items() if text}


def data(name: str, value: Json, with_data: bool) -> dict[str, Json]:
    """Return an input or an output, and whether it is there."""
    text = compact(value) if with_data else ""
    is_shown = with_data and len(text) <= ROOM
    shown = {name: text} if is_shown else {}
    return {**shown, f"{name}Details": {"included": is_shown}}


def _redrive(ask: Ask, head: Head) -> dict[str, Json]:
    if reason := _why_not(ask, head):
        return {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
    return {"redriveStatus": "REDRIVABLE"}


def _why_not(ask: Ask, head: Head) -> str:
    """Return why an execution cannot be redriven; empty: it can."""
    if _is_express(ask, head):
        return "Execution is of an EXPRESS state machine and cannot be redriven"
    return why_not_redrivable(head, ask.service.clock.now())


def _is_express(ask: Ask, head: collaborators.Head) -> bool:
    return bool(facts_of(ask, head.workflow).about["type"] == "EXPRESS")


def _row(ask: Ask, head: collaborators.Head, via: Mapping[str, str]) -> dict[str, Json]:
    dates = {"stopDate": head.stopped_at, "redriveDate": head.redriven_at}
    return {
        "executionArn": ask.arns.execution(head.workflow, head.name),
        "stateMachineArn": ask.arns.machine(head.workflow),
        "name": head.name,
        "status": head.status.value,
        "startDate": head.started_at,
        "redriveCount": head.redrives,
        **{name: at for name, at in dates.items() if at is not None},
        **via,
    }


def started_by(ask: Ask, head: Head) -> dict[str, str]:
    """Return the ARNs of the version and the alias that an execution was started by."""
    number, alias = ask.releases.started_by(head.execution)
    found = {}
    if number:
        found["stateMachineVersionArn"] = ask.arns.machine(head.workflow, number)
    if alias:
        found["stateMachineAliasArn"] = ask.arns.machine(head.workflow, alias)
    return found


_REDRIVEN = {"": None, "REDRIVEN": True, "NOT_REDRIVEN": False}


def list_executions(ask: Ask) -> Json:
    """ListExecutions: the newest first; of a version or alias, those started by it."""
    arn = ask.text("stateMachineArn")
    if not arn:
        message = "This stage lists executions by stateMachineArn"
        raise Refused("ValidationException", message)
    chosen = choose(ask, arn)
    wanted, after = ask.text("statusFilter"), ask.after
    rows: list[Json] = []
    if wanted == "PENDING_REDRIVE":  # nothing has to wait for its redrive here
        return {"executions": []}
    while True:
        heads, after = ask.service.journal.heads(
            chosen.workflow,
            status=Status(wanted) if wanted else None,
            redriven=_REDRIVEN[ask.text("redriveFilter")],
            limit=ask.limit - len(rows),
            after=after,
        )
        for head in heads:
            via = started_by(ask, head) if chosen.number else {}
            if not chosen.number or arn in via.values():
                rows.append(_row(ask, head, via))
        if after is None or len(rows) >= ask.limit:
            return {"executions": rows, **following(after)}


def history(ask: Ask) -> Json:
    """GetExecutionHistory."""
    head = find(ask)
    workflow = ask.face.archive.workflow(head.workflow, head.version)
    setting = Setting(
        region=ask.arns.region,
        role=facts_of(ask, head.workflow).about["roleArn"],
        machine=ask.arns.machine(head.workflow),
        with_data=ask.given.get("includeExecutionData", True),
        started_by=started_by(ask, head),
    )
    told = ask.service.journal.history(head.execution)
    events = translate(told, Places(workflow), setting)
    if ask.given.get("reverseOrder"):
        events.reverse()
    begin = ask.after or 0
    end = begin + ask.limit
    return {
        "events": events[begin:end],
        **following(end if len(events) > end else None),
    }


def describe_machine(ask: Ask) -> Json:
    """DescribeStateMachineForExecution: the version that it runs, not the current."""
    head = find(ask)
    chosen = Chosen(workflow=head.workflow, version=head.version)
    found = described(ask, chosen, None)
    found["updateDate"] = found["creationDate"]
    left_out = ("creationDate", "status", "type", "description")
    return {key: value for key, value in found.items() if key not in left_out}
