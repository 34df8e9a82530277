"""How do the children of a distributed Map look, as executions of their own?"""

from __future__ import annotations

from chalicelib.api.stepfunctions.arns import InMap
from chalicelib.api.stepfunctions.details import data
from chalicelib.api.stepfunctions.face import Ask, following
from chalicelib.api.stepfunctions.map_runs import arn_of, find, find_child, glimpse
from chalicelib.api.stepfunctions.runs import Child, Run, child_story, child_workflow
from chalicelib.engine.runs import child_name
from chalicelib.engine.state import Status
from chalicelib.journal.heads import Head
from chalicelib.model.workflow import Workflow
from chalicelib.values import Json

#: Children that are read for a page at most: with a filter few may be shown.
LOOKED_AT = 1000
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
    with_data = ask.text("includedData") != "METADATA_ONLY"
    arn = ask.text("executionArn")
    head, run, child = find_child(ask, arn, named, with_data=with_data)
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
    """ListExecutions, of a run: those that have begun, the last ones first.

    They begin in order. A page is over, too, when ``LOOKED_AT`` children were seen.
    """
    head, run = find(ask, ask.text("mapRunArn"))
    reads, after = glimpse(ask, head), ask.after(int)
    end = run.total if after is None else max(0, min(after, run.total))
    last = max(0, end - LOOKED_AT)
    rows: list[Json] = []
    while end > last and len(rows) < ask.limit:
        begin = max(last, end - (ask.limit - len(rows)))
        found = reads.children(run, range(end - 1, begin - 1, -1))
        wanted = [child for child in found if _is_wanted(ask, child)]
        rows += [
            {**_row(ask, head, run, child), "itemCount": child.items}
            for child in wanted
        ]
        end = begin
    return {"executions": rows, **following(end or None)}


def _is_wanted(ask: Ask, child: Child) -> bool:
    redriven = {"REDRIVEN": True, "NOT_REDRIVEN": False}.get(ask.text("redriveFilter"))
    is_one = ask.text("statusFilter") in ("", child.status.value)
    return is_one and redriven in (None, child.redrives > 0)


def story(ask: Ask, named: InMap) -> tuple[Head, Workflow, list[dict[str, Json]]]:
    """Return what happened in a child, and the workflow that it ran.

    Raises:
        Refused: ExecutionDoesNotExist.
    """
    head, run, child = find_child(ask, ask.text("executionArn"), named)
    workflow = ask.face.archive.workflow(head.workflow, head.version)
    events = glimpse(ask, head).story_of(child.scope)
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
