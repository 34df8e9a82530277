"""What is an execution from the outside?"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.engine.state import Status, Stored
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
    #: Of the input; tells a repeated start from another one.
    input_digest: str = ""


def summary(item: Item) -> Head:
    """Return what the list index knows of an execution."""
    return Head(
        execution=f"{item['workflow']}:{item['name']}",
        workflow=item["workflow"],
        version=item["version"],
        name=item["name"],
        status=Status(item["status"]),
        started_at=item["started_at"],
        stopped_at=item["stopped_at"],
    )
