"""What can be done with the runs of distributed Maps?

Rule 1  Nothing is kept about a run: its ARN leads to the Map's state, and what became
        of it is in the history of the scope around it (``glimpses``).
Rule 2  Changed limits hold for children that have not begun. How many run at once can
        be changed where the Map had a limit; otherwise all have begun.
"""

from __future__ import annotations

from chalicelib.api.stepfunctions.arns import InMap
from chalicelib.api.stepfunctions.counting import counts
from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.api.stepfunctions.face import Ask
from chalicelib.api.stepfunctions.glimpses import Glimpse
from chalicelib.api.stepfunctions.lookup import head_of, no_execution
from chalicelib.api.stepfunctions.places import TOP
from chalicelib.api.stepfunctions.runs import Child, Run
from chalicelib.engine.runs import child_name, read_child, read_run
from chalicelib.engine.state import RunLimits, Status
from chalicelib.errors import ExecutionNotFound
from chalicelib.journal.heads import Head, why_not_redrivable
from chalicelib.values import Json

#: Times that a change is tried: while it was, the items may have been read.
TRIES = 3


def glimpse(ask: Ask, head: Head) -> Glimpse:
    """Return what reads parts of an execution."""
    workflow = ask.face.archive.workflow(head.workflow, head.version)
    return Glimpse(
        archive=ask.service.journal, workflow=workflow, execution=head.execution
    )


def find(ask: Ask, arn: str) -> tuple[Head, Run]:
    """Return the run that an ARN names, and the execution that it belongs to.

    Raises:
        Refused: InvalidArn, or ResourceNotFound.
        NotAuthorized: the key does not see its workflow.
    """
    named = ask.arns.read_map_run(arn)
    ask.caller.require_workflow(named.workflow)
    name = read_run(named.workflow, named.name)
    head = None if name is None else _head(ask, name.execution)
    if name is not None and head is not None:
        run = glimpse(ask, head).run(name)
        if run is not None and run.work.label == named.label:
            return head, run
    raise Refused("ResourceNotFound", f"Resource not found: '{arn}'")


def _head(ask: Ask, execution: str) -> Head | None:
    try:
        return ask.face.archive.head(execution)
    except ExecutionNotFound:
        return None


def arn_of(ask: Ask, head: Head, run: Run) -> str:
    """Return the ARN of a run."""
    return ask.arns.map_run(head.workflow, run.work.label, run.name.text)


def executor(ask: Ask, head: Head, run: Run) -> str:
    """Return the ARN of the execution that a run's Map is in: it may be a child's."""
    if run.within is None:
        return ask.arns.execution(head.workflow, head.name)
    label, scope = run.within
    return ask.arns.child(head.workflow, label, child_name(head.execution, scope))


def describe(ask: Ask) -> Json:
    """DescribeMapRun."""
    head, run = find(ask, ask.text("mapRunArn"))
    run = glimpse(ask, head).counted(run)
    limits = {"maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage"}
    is_over = head.status is not Status.RUNNING
    is_final = is_over and bool(why_not_redrivable(head, ask.service.clock.now()))
    return {
        "mapRunArn": arn_of(ask, head, run),
        "executionArn": executor(ask, head, run),
        "status": run.status.value,
        **_times(run),
        **{name: run.limits.get(name, 0) for name in limits},
        "itemCounts": counts(run, of_items=True, is_final=is_final),
        "executionCounts": counts(run, of_items=False, is_final=is_final),
        "redriveCount": run.redrives,
        **({"redriveDate": run.redriven_at} if run.redriven_at else {}),
    }


def _times(run: Run) -> dict[str, Json]:
    stopped = {} if run.stopped_at is None else {"stopDate": run.stopped_at}
    return {"startDate": run.started_at, **stopped}


def list_runs(ask: Ask) -> Json:
    """ListMapRuns: of an execution, or of a child of a run; the newest first."""
    arn = ask.text("executionArn")
    head, within = _owner(ask, arn)
    page, rest = ask.slice(glimpse(ask, head).runs_in(within)[::-1])
    rows = [
        {
            "executionArn": executor(ask, head, run),
            "mapRunArn": arn_of(ask, head, run),
            "stateMachineArn": ask.arns.machine(head.workflow),
            **_times(run),
        }
        for run in page
    ]
    return {"mapRuns": rows, **rest}


def _owner(ask: Ask, arn: str) -> tuple[Head, str]:
    """Return the execution behind an ARN, and the scope that its own runs are in."""
    named = ask.arns.read_child(arn)
    if named is None:
        return head_of(ask, arn), TOP
    head, _, found = find_child(ask, arn, named)
    return head, found.scope


def find_child(
    ask: Ask, arn: str, named: InMap, *, with_data: bool = False
) -> tuple[Head, Run, Child]:
    """Return a child of a run, with the run and the execution that it belongs to.

    Raises:
        Refused: ExecutionDoesNotExist.
        NotAuthorized: the key does not see its workflow.
    """
    ask.caller.require_workflow(named.workflow)
    read = read_child(named.workflow, named.name)
    head = None if read is None else _head(ask, read[0])
    if read is not None and head is not None:
        found = glimpse(ask, head).child(read[1], with_data=with_data)
        if found is not None and found[0].work.label == named.label:
            return head, *found
    raise no_execution(arn)


def update(ask: Ask) -> Json:
    """UpdateMapRun: what the request does not name stays as it is."""
    arn = ask.text("mapRunArn")
    wanted = RunLimits(
        concurrency=ask.given.get("maxConcurrency"),
        tolerated_count=ask.given.get("toleratedFailureCount"),
        tolerated_percentage=ask.given.get("toleratedFailurePercentage"),
    )
    for _ in range(TRIES):
        head, run = find(ask, arn)
        if all(each is None for each in wanted):
            message = "At least one of maxConcurrency, toleratedFailureCount, "
            message += "toleratedFailurePercentage must be specified"
            raise Refused("ValidationException", message)
        if run.status is not Status.RUNNING:
            break
        orchestrator = ask.service.orchestrator
        if orchestrator.change_run(head.execution, run.place, wanted):
            return {}
    raise Refused("ValidationException", f"Map Run is not running: '{arn}'")
