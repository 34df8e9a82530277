"""What can be done with executions of state machines?

Rule 1  The same name and input again, while it runs, is the same execution. Afterwards,
        or with another input, the name is taken.
Rule 2  An execution of an EXPRESS state machine is as durable here as any other, unless
        it is started by StartSyncExecution; it can be described like any other, too.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from chalicelib.api.stepfunctions import children
from chalicelib.api.stepfunctions.arns import InMap, require_name
from chalicelib.api.stepfunctions.details import Setting, data
from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.api.stepfunctions.face import Ask, following
from chalicelib.api.stepfunctions.history import sources, translate
from chalicelib.api.stepfunctions.lookup import Chosen, choose, facts_of, head_of
from chalicelib.api.stepfunctions.machines import described
from chalicelib.api.stepfunctions.map_runs import glimpse
from chalicelib.api.stepfunctions.places import Places
from chalicelib.engine.state import Status
from chalicelib.errors import ExecutionExists, NotRedrivable
from chalicelib.journal.heads import Head, why_not_redrivable
from chalicelib.traces import to_w3c, to_xray
from chalicelib.values import Json


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


def _arn(ask: Ask, head: Head) -> str:
    """Return the ARN of an execution, in the shape that its kind of machine has."""
    if _is_express(ask, head):
        return ask.arns.express(head.workflow, head.name, head.started_at)
    return ask.arns.execution(head.workflow, head.name)


def find(ask: Ask) -> Head:
    """Return the execution that the request names.

    Raises:
        Refused: InvalidArn, ValidationException for a child of a Map, or
            ExecutionDoesNotExist.
        NotAuthorized: the key does not see its workflow.
    """
    return head_of(ask, ask.text("executionArn"))


def _child(ask: Ask) -> InMap | None:
    """Return the child of a Map that the request names; None: another execution."""
    return ask.arns.read_child(ask.text("executionArn"))


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
    child = _child(ask)
    if child is not None:
        return children.describe(ask, child)
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


def _redrive(ask: Ask, head: Head) -> dict[str, Json]:
    if reason := _why_not(ask, head):
        return {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
    return {"redriveStatus": "REDRIVABLE"}


def _why_not(ask: Ask, head: Head) -> str:
    """Return why an execution cannot be redriven; empty: it can."""
    if _is_express(ask, head):
        return "Execution is of an EXPRESS state machine and cannot be redriven"
    return why_not_redrivable(head, ask.service.clock.now())


def _is_express(ask: Ask, head: Head) -> bool:
    return bool(facts_of(ask, head.workflow).about["type"] == "EXPRESS")


def _row(ask: Ask, head: Head, via: Mapping[str, str]) -> dict[str, Json]:
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
    return _via(ask, head, *ask.releases.started_by(head.execution))


def _via(ask: Ask, head: Head, number: int, alias: str) -> dict[str, str]:
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
    if bool(arn) == bool(ask.text("mapRunArn")):
        message = "Specify either a stateMachineArn or a mapRunArn"
        raise Refused("ValidationException", message)
    if not arn:
        return children.list_children(ask)
    chosen = choose(ask, arn)
    wanted, after = ask.text("statusFilter"), ask.after(str)
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
            via = ask.releases.started_by(head.execution) if chosen.number else (0, "")
            if chosen.is_of(*via):
                rows.append(_row(ask, head, _via(ask, head, *via)))
        if after is None or len(rows) >= ask.limit:
            return {"executions": rows, **following(after)}


def history(ask: Ask) -> Json:
    """GetExecutionHistory: large values are read of the page that is shown."""
    child = _child(ask)
    if child is not None:
        head, workflow, told = children.story(ask, child)
    else:
        head = find(ask)
        workflow = ask.face.archive.workflow(head.workflow, head.version)
        told = glimpse(ask, head).story()
    setting = Setting(
        region=ask.arns.region,
        role=facts_of(ask, head.workflow).about["roleArn"],
        execution=ask.text("executionArn"),
        with_data=ask.given.get("includeExecutionData", True),
        started_by=started_by(ask, head),
    )
    shown = sources(told, Places(workflow), setting)
    order = range(len(shown))
    page, rest = ask.slice(order[::-1] if ask.given.get("reverseOrder") else order)
    wanted = {shown[place] for place in page} if setting.with_data else ()
    filled = glimpse(ask, head).filled(told, wanted)
    events = translate(filled, Places(workflow), setting)
    return {"events": [events[place] for place in page], **rest}


def describe_machine(ask: Ask) -> Json:
    """DescribeStateMachineForExecution: the version that it runs, not the current."""
    child = _child(ask)
    if child is not None:
        head, within = children.machine(ask, child)
    else:
        head, within = find(ask), {}
    chosen = Chosen(workflow=head.workflow, version=head.version)
    found = described(ask, chosen, None)
    found["updateDate"] = found["creationDate"]
    left_out = ("creationDate", "status", "type", "description")
    kept = {key: value for key, value in found.items() if key not in left_out}
    return kept | within
