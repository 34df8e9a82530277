"""What can be done with the runs of distributed Maps, and with their children?

A run is called by where it began, and a child by its run and position, so nothing is
kept to find them: what became of them is in the history of the scopes around them, of
which only these are read (``glimpses``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.api.cloudflow.errors import Refused, invalid
from chalicelib.api.cloudflow.face import Ask, moment
from chalicelib.api.cloudflow.lookup import head_of
from chalicelib.api.stepfunctions.counting import counts
from chalicelib.api.stepfunctions.glimpses import Glimpse
from chalicelib.api.stepfunctions.runs import Child, Run
from chalicelib.engine.runs import child_name, read_child, read_run
from chalicelib.engine.state import RunLimits, Status
from chalicelib.journal.heads import Head
from chalicelib.values import Json

#: Times that a change is tried: while it was, the items may have been read.
TRIES = 3
MOST = 10**6
_STATUSES = {
    Status.RUNNING: "Running",
    Status.SUCCEEDED: "Succeeded",
    Status.FAILED: "Failed",
    Status.ABORTED: "Stopped",
}
#: CloudFlow's counts, by what they are called in a run.
_COUNTS = {
    "Total": "total",
    "Pending": "pending",
    "Running": "running",
    "Succeed": "succeeded",
    "Failed": "failed",
    "Aborted": "aborted",
}
#: CloudFlow's limits, likewise.
_LIMITS = {
    "Concurrency": "maxConcurrency",
    "ToleratedFailedCount": "toleratedFailureCount",
    "ToleratedFailedPercentage": "toleratedFailurePercentage",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfRun:
    """A child of a run."""

    head: Head
    run: Run
    child: Child

    def as_execution(self) -> Head:
        """Return it as an execution of its own."""
        child = self.child
        return replace(
            self.head,
            name=child_name(self.head.execution, child.scope),
            status=child.status,
            started_at=child.started_at,
            stopped_at=child.stopped_at,
            input=child.input,
            output=child.output,
            error=child.error,
            cause=child.cause,
        )


def find_child(ask: Ask, *, with_data: bool = False) -> OfRun | None:
    """Return the child that ``ExecutionName`` means, or None where it means none."""
    flow, name = ask.workflow(), ask.needed("ExecutionName")
    read = read_child(flow, name)
    if read is None or head_of(ask, flow, name) is not None:
        return None
    execution, scope = read
    head = head_of(ask, flow, execution.rpartition(":")[2])
    if head is None:
        return None
    found = glimpse(ask, head).child(scope, with_data=with_data)
    return None if found is None else OfRun(head=head, run=found[0], child=found[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    """The children of a run, read as they are asked for."""

    head: Head
    run: Run
    reads: Glimpse

    def between(self, begin: int, end: int, *, with_data: bool) -> list[Head]:
        """Return those at some positions that have begun, as executions."""
        found = self.reads.children(self.run, range(begin, end), with_data=with_data)
        begun = [OfRun(head=self.head, run=self.run, child=each) for each in found]
        return [each.as_execution() for each in begun]


def children(ask: Ask) -> Children:
    """Return the children of the run that ``MapRunName`` means.

    Raises:
        Refused: FlowNotExists, or MapRunNotExists.
    """
    head, run = _find(ask)
    return Children(head=head, run=run, reads=glimpse(ask, head))


def describe(ask: Ask) -> dict[str, Json]:
    """DescribeMapRun."""
    ask.needed("ExecutionName")
    head, run = _find(ask)
    run = glimpse(ask, head).counted(run)
    counted = counts(run, of_items=True)
    return {
        **_limits(head, run),
        "Status": _STATUSES[run.status],
        "ItemCounts": {name: counted[ours] for name, ours in _COUNTS.items()},
        "StartedTime": moment(run.started_at),
        "StoppedTime": moment(run.stopped_at),
    }


def update(ask: Ask) -> dict[str, Json]:
    """UpdateMapRun: what the request does not name stays as it is."""
    ask.needed("ExecutionName")
    wanted = RunLimits(
        concurrency=_number(ask, "Concurrency"),
        tolerated_count=_number(ask, "ToleratedFailedCount"),
        tolerated_percentage=_percentage(ask),
    )
    if all(each is None for each in wanted):
        raise Refused("InvalidArgument", f"one of {', '.join(_LIMITS)} is required")
    for _ in range(TRIES):
        head, run = _find(ask)
        if run.status is not Status.RUNNING:
            break
        orchestrator = ask.service.orchestrator
        if orchestrator.change_run(head.execution, run.place, wanted):
            return {"FlowName": head.workflow, **_limits(*_find(ask))}
    message = f"the run {ask.text('MapRunName')} has ended"
    raise Refused("ActionNotSupported", message)


def _number(ask: Ask, name: str) -> int | None:
    return ask.number(name, 0, least=0, most=MOST) if ask.text(name) else None


def _percentage(ask: Ask) -> float | None:
    name = "ToleratedFailedPercentage"
    text = ask.text(name)
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 100:
        raise invalid(name, f"a number from 0 to 100, found {text[:40]!r}")
    return found


def _find(ask: Ask) -> tuple[Head, Run]:
    """Return the run that a request means, and the execution that it belongs to.

    Raises:
        Refused: FlowNotExists, or MapRunNotExists.
    """
    flow, text = ask.flow(), ask.needed("MapRunName")
    name = read_run(flow, text)
    head = head_of(ask, flow, name.execution.rpartition(":")[2]) if name else None
    if name is not None and head is not None:
        run = glimpse(ask, head).run(name)
        within = ask.text("ExecutionName")
        if run is not None and within in ("", _executor(head, run)):
            return head, run
    raise Refused("MapRunNotExists", f"flow {flow} has no such run {text[:200]!r}")


def glimpse(ask: Ask, head: Head) -> Glimpse:
    """Return what reads parts of an execution."""
    workflow = ask.face.archive.workflow(head.workflow, head.version)
    return Glimpse(
        archive=ask.service.journal, workflow=workflow, execution=head.execution
    )


def _executor(head: Head, run: Run) -> str:
    """Return the name of the execution that a run's Map is in: it may be a child."""
    if run.within is None:
        return head.name
    return child_name(head.execution, run.within[1])


def _limits(head: Head, run: Run) -> dict[str, Json]:
    return {
        "MapRunName": run.name.text,
        "ExecutionName": _executor(head, run),
        **{name: run.limits.get(ours, 0) for name, ours in _LIMITS.items()},
    }
