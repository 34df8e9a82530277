"""How did an execution end, as those are told who asked?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.engine.history import Happened
from chalicelib.engine.state import Status
from chalicelib.journal import keys
from chalicelib.journal.archive import Head
from chalicelib.orchestrator.world import World
from chalicelib.values import Json

_LEFT = {
    Happened.STATE_EXITED.value: "SUCCEEDED",
    Happened.STATE_SKIPPED.value: "SKIPPED",
    Happened.STATE_FAILED.value: "FAILED",
}


def of(world: World, head: Head) -> dict[str, Json]:
    """Return how an execution ended: see ``model.expressions.RillNotice``."""
    events = world.archive.history(head.execution)
    return {
        "workflow": head.workflow,
        "name": head.name,
        "status": head.status.value,
        "error": head.error,
        "cause": head.cause,
        "started_at": head.started_at,
        "stopped_at": head.stopped_at,
        "states": _states(events),
        "failures": _failures(events) if head.status is not Status.SUCCEEDED else {},
    }


def _states(events: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """Return how each state of the top scope was left."""
    found: dict[str, Json] = {}
    for event in events:
        if event["scope"] == "r" and event["type"] in _LEFT:
            found[event["state"]] = _LEFT[event["type"]]
    return found


def _failures(events: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """Return why states failed, by their runtime names: ``Each_17-Polish``."""
    containers: dict[str, str] = {}
    found: dict[str, Json] = {}
    for event in events:
        if event["type"] == Happened.CHILDREN_STARTED:
            place = f"{event['scope']}.{event['activation']}"
            containers[place] = event["state"]
        if event["type"] == Happened.STATE_FAILED:
            name = _runtime_name(event["scope"], event["state"], containers)
            found[name] = event.get("cause") or event.get("error", "")
    return found


def _runtime_name(scope: str, state: str, containers: Mapping[str, str]) -> str:
    parts = [state]
    while "-" in scope:
        scope, activation, _, index = keys.parent(scope)
        name = containers.get(f"{scope}.{activation}", "")
        parts.insert(0, f"{name}_{index}")
    return "-".join(parts)
