"""What does an event of ours say, in the words of Step Functions?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.engine.history import Happened
from chalicelib.values import Json, short_hash

_LOCATION = re.compile(r"for the field '([^']+)'")


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


def evaluation_of(event: Mapping[str, Json], state: str) -> dict[str, Json]:
    """Return what an expression failed with, and where it stands."""
    location = _LOCATION.search(event.get("cause", ""))
    where = {"location": location[1]} if location else {}
    return {**failure_of(event), **where, "state": state}


def run_started(event: Mapping[str, Json], machine: str, label: str) -> dict[str, Json]:
    """Return the ARN of the run of a Map; that of its state machine begins it."""
    run = short_hash(event["scope"], event["activation"], length=32)
    runs = machine.replace(":stateMachine:", ":mapRun:", 1)
    return {"mapRunArn": f"{runs}/{label}:{run}"}
