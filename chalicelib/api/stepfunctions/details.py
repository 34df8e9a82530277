"""What does an event of ours say, in the words of Step Functions?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.engine.history import Happened
from chalicelib.engine.runs import RunName
from chalicelib.model.arns import written
from chalicelib.values import Json, compact


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the history does not say itself."""

    region: str
    role: str
    #: ARN of the execution; its Maps' runs have theirs from it.
    execution: str = ""
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


#: Characters of an input or an output that an answer has room for (Lambda: 6 MB whole).
ROOM = 2_500_000


def data(name: str, value: Json, with_data: bool) -> dict[str, Json]:
    """Return an input or an output, and whether it is there."""
    text = compact(value) if with_data else ""
    is_shown = with_data and len(text) <= ROOM
    shown = {name: text} if is_shown else {}
    return {**shown, f"{name}Details": {"included": is_shown}}


def is_end(event: Mapping[str, Json]) -> bool:
    """Whether an event ends the execution: with AWS nothing comes after it.

    Here branches that are broken off may hear of it later.
    """
    return event["type"] in _ENDS


def in_order(events: Sequence[Mapping[str, Json]]) -> Iterator[Mapping[str, Json]]:
    """Yield the events, each run of the execution with its end behind the rest."""
    begin = 0
    for number, event in enumerate(events):
        if event["type"] == Happened.EXECUTION_REDRIVEN:
            yield from sorted(events[begin:number], key=is_end)
            begin = number
    yield from sorted(events[begin:], key=is_end)


def failure_of(event: Mapping[str, Json]) -> dict[str, Json]:
    """Return the error and the cause of an event, as far as it has them."""
    return {name: event[name] for name in ("error", "cause") if event.get(name)}


def detail(name: str, value: Json, with_data: bool) -> dict[str, Json]:
    """Return an input or an output of an event, with what AWS says beside it."""
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


def run_arn(event: Mapping[str, Json], execution: str, label: str) -> str:
    """Return the ARN of the run that an event begins; ``execution``: ARN it is in."""
    before, _, named = execution.partition(":execution:")
    workflow, _, name = named.partition(":")
    run = RunName(
        execution=f"{workflow}:{name}",
        scope=event["scope"],
        activation=event["activation"],
        attempt=event.get("attempt", 1),
    )
    return f"{before}:mapRun:{workflow}/{written(label)}:{run.text}"
