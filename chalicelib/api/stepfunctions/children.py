"""How do the children of a distributed Map look, as executions of their own?"""

from __future__ import annotations

from chalicelib.api.stepfunctions.arns import InMap
from chalicelib.api.stepfunctions.details import data
from chalicelib.api.stepfunctions.face import Ask, following
from chalicelib.api.stepfunctions.map_runs import arn_of, find, find_child
from chalicelib.api.stepfunctions.runs import Child, Run, child_story, child_workflow
from chalicelib.engine.runs import child_name
from chalicelib.engine.state import Status
from chalicelib.journal.heads import Head
from chalicelib.model.workflow import Workflow
from chalicelib.values import Json

_ENDED_BADLY = (Status.FAILED, Status.ABORTED)


def _row(ask: Ask, head: Head, run: Run, child: Child) -> dict[str, Json]:
    name, label = child_name(head.execution, child.scope), run.work.label
    stopped = {} if child.stopped_at is None else {"stopDate": child.stopped_at}
    return {
        "executionArn": ask.arns.child(head.workflow, label, name),
        "stateMachineArn": ask.arns.within(head.workflow, label),
        "name": name,
        "status": child.status.value,
        "startDate": child.started_at,
        "mapRunArn": arn_of(ask, head, run),
        **stopped,
    }


def describe(ask: Ask, named: InMap) -> Json:
    """DescribeExecution, of a child."""
    head, run, child = find_child(ask, ask.text("executionArn"), named)
    with_data = ask.text("includedData") != "METADATA_ONLY"
    details: dict[str, Json] = {
        **_row(ask, head, run, child),
        **data("input", child.input, with_data),
        **_redrive(child),
    }
    if child.status is Status.SUCCEEDED:
        details |= data("output", child.output, with_data)
    failure = {"error": child.error, "cause": child.cause}
    return details | {name: text for name, text in failure.items() if text}


def _redrive(child: Child) -> dict[str, Json]:
    count: dict[str, Json] = {"redriveCount": child.redrives}
    if child.redriven_at is not None:
        count["redriveDate"] = child.redriven_at
    if child.status in _ENDED_BADLY:
        return {**count, "redriveStatus": "REDRIVABLE_BY_MAP_RUN"}
    return {
        **count,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": f"Execution is {child.status} and cannot be redriven",
    }


def list_children(ask: Ask) -> Json:
    """ListExecutions, of a run: those that have begun, the newest first."""
    head, run = find(ask, ask.text("mapRunArn"))
    wanted, after = ask.text("statusFilter"), ask.after(list)
    redriven = {"REDRIVEN": True, "NOT_REDRIVEN": False}.get(ask.text("redriveFilter"))
    found = [
        child
        for child in sorted(run.children.values(), key=_place, reverse=True)
        if wanted in ("", child.status.value)
        and redriven in (None, child.redrives > 0)
        and (after is None or _place(child) < after)
    ]
    page = found[: ask.limit]
    rows = [{**_row(ask, head, run, child), "itemCount": child.items} for child in page]
    rest = following(_place(page[-1]) if len(found) > len(page) else None)
    return {"executions": rows, **rest}


def _place(child: Child) -> list[float]:
    return [child.started_at, child.index]


def story(ask: Ask, named: InMap) -> tuple[Head, Workflow, list[dict[str, Json]]]:
    """Return what happened in a child, and the workflow that it ran.

    Raises:
        Refused: ExecutionDoesNotExist.
    """
    head, run, child = find_child(ask, ask.text("executionArn"), named)
    workflow = ask.face.archive.workflow(head.workflow, head.version)
    events = ask.service.journal.history(head.execution)
    told = [dict(event) for event in child_story(events, child.scope)]
    return head, child_workflow(workflow, run), told


def machine(ask: Ask, named: InMap) -> tuple[Head, dict[str, str]]:
    """Return the execution that a child belongs to, and what is said of its machine.

    Raises:
        Refused: ExecutionDoesNotExist.
    """
    head, run, _ = find_child(ask, ask.text("executionArn"), named)
    label = run.work.label
    return head, {
        "stateMachineArn": ask.arns.within(head.workflow, label),
        "mapRunArn": arn_of(ask, head, run),
        "label": label,
    }
