"""What are the details of an event, in the words of Step Functions?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.values import Json, short_hash

_LOCATION = re.compile(r"for the field '([^']+)'")


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
