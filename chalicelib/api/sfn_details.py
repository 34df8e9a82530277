"""What does an event of ours say, in the words of Step Functions?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.engine.history import Happened
from chalicelib.values import Json, compact, short_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the history does not say itself."""

    region: str
    role: str
    #: ARN of the state machine; its Maps' runs have theirs from it.
    machine: str = ""
    #: Whether inputs and outputs are shown.
    with_data: bool = True
    #: Of the release and alias that it was started by, as far as there are any.
    started_by: Mapping[str, str] = field(default_factory=dict)


_WHOLE = {"truncated": False}
_ENDS = frozenset(
    {
        Happened.EXECUTION_SUCCEEDED,
        Happened.EXECUTION_FAILED,
        Happened.EXECUTION_TIMED_OUT,
        Happened.EXECUTION_ABORTED,
    }
)


def is_end(event: Mapping[str, Json]) -> bool:
    """Whether an event ends the execution: with AWS nothing comes after it.

    Here branches that are broken off may hear of it later.
    """
    return event["type"] in _ENDS


def failure_of(event: Mapping[str, Json]) -> dict[str, Json]:
    """Return the error and the cause of an event, as far as it has them."""
    return {name: event[name] for name in ("error", "cause") if event.get(name)}


def data(name: str, value: Json, with_data: bool) -> dict[str, Json]:
    """Return an input or an output, with what AWS says beside it."""
    details = {f"{name}Details": _WHOLE}
    return {name: compact(value), **details} if with_data else details


def assigned_by(event: Mapping[str, Json], with_data: bool) -> dict[str, Json]:
    """Return the variables that a state assigned, as JSON texts."""
    if "assigned" not in event or not with_data:
        return {}
    texts = {name: compact(value) for name, value in event["assigned"].items()}
    return {"assignedVariables": texts, "assignedVariablesDetails": _WHOLE}


def evaluation_of(event: Mapping[str, Json]) -> dict[str, Json]:
    """Return what an expression failed with, and where it stands."""
    where = {"location": event["field"]} if "field" in event else {}
    return {**failure_of(event), **where, "state": event["state"]}


def run_started(event: Mapping[str, Json], machine: str, label: str) -> dict[str, Json]:
    """Return the ARN of the run of a Map; that of its state machine begins it."""
    run = short_hash(event["scope"], event["activation"], length=32)
    runs = machine.replace(":stateMachine:", ":mapRun:", 1)
    return {"mapRunArn": f"{runs}/{label}:{run}"}
