"""What is an execution from the outside?"""

from __future__ import annotations

from chalicelib.engine.state import Status, Stored
from chalicelib.frozen import dataclass
from chalicelib.ports import Item
from chalicelib.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """An execution from the outside."""

    execution: str
    workflow: str
    version: str
    name: str
    status: Status = Status.RUNNING
    started_at: float
    stopped_at: float | None = None
    #: (slot)
    input: Json | Stored = None
    #: (slot)
    output: Json | Stored = None
    error: str = ""
    cause: str = ""
    #: Trace of the request that started it, see ``traces``.
    trace: str = ""
    #: Task token that its end answers; empty for none.
    parent: str = ""
    depth: int = 0
    #: As ``Origin`` has it.
    caller: Json = None
    #: Of the input; tells a repeated start from another one.
    input_digest: str = ""
    #: How many times it was redriven, and when last.
    redrives: int = 0
    redriven_at: float | None = None
    #: See ``keeping``; None: for ever.
    kept_until: float | None = None
    #: Encoded ``Notice``s of this execution, in place of its workflow's.
    notices: Json = None


#: Seconds after its end for which an execution may be redriven, and after its start.
#: AWS, "Redriving executions": 14 days, and the year that one may be open.
REDRIVABLE = 14 * 86_400.0
LONGEST_OPEN = 365 * 86_400.0


def why_not_redrivable(head: Head, now: float) -> str:
    """Return why an execution cannot be redriven, in AWS's words; empty: it can."""
    if head.status in (Status.RUNNING, Status.SUCCEEDED):
        return f"Execution is {head.status} and cannot be redriven"
    if now - head.started_at > LONGEST_OPEN:
        return "Execution has exceeded the max execution time"
    if now - (head.stopped_at or now) > REDRIVABLE:
        return "Execution redrivable period exceeded"
    return ""


def listed_at(head: Head) -> str:
    """Return the place of an execution in the list of its workflow's."""
    return f"{head.started_at:017.6f}#{head.name}"


def summary(item: Item) -> Head:
    """Return what the list index knows of an execution."""
    status = Status(item["status"])
    return Head(
        execution=f"{item['workflow']}:{item['name']}",
        workflow=item["workflow"],
        version=item["version"],
        name=item["name"],
        status=status,
        started_at=item["started_at"],
        # At rest, one that was redriven keeps its former end: ``Archive.end``.
        stopped_at=None if status is Status.RUNNING else item["stopped_at"],
        redrives=item.get("redrives", 0),
        redriven_at=item.get("redriven_at"),
        kept_until=item.get("kept_until"),
    )
