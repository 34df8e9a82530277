"""What does a stage tell others of every execution, as it begins and as it ends?

    EVENT_BUS             an event, shaped as Step Functions' own status changes
    WEBHOOKS, x-webhooks  a POST, signed as Standard Webhooks say

Both tell the same ``detail``. The ``outbox`` sends them, until they are acknowledged.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.engine.state import Status
from chalicelib.journal.archive import Head
from chalicelib.journal.redaction import Mask
from chalicelib.orchestrator import webhooks
from chalicelib.orchestrator.receivers import Target
from chalicelib.orchestrator.world import World
from chalicelib.values import Json, compact

SOURCE = "millrace"
DETAIL_TYPE = "Step Functions Execution Status Change"
#: Bytes of an input or an output from which on it is left out: EventBridge takes 256 KB
#: for an entry, in which a character of the detail may take two.
MOST = 60_000


def beginning(head: Head) -> Head:
    """Return an execution as it was when it began."""
    nothing = {"output": None, "error": "", "cause": "", "stopped_at": None}
    return replace(head, status=Status.RUNNING, **nothing)  # type: ignore[arg-type]


def request(world: World, head: Head, target: Target, id: str) -> tuple[str, Json]:
    """Return the resource and the payload that tell ``target``."""
    said = detail(world, head)
    at = head.stopped_at or head.started_at
    if target.is_url:
        event = {
            "type": f"execution.{head.status.value.lower()}",
            "timestamp": _iso(at),
            "data": said,
        }
        now, secrets = int(world.clock.now()), world.webhook_secrets
        post = {"method": "POST", "body": event}
        return target.where, webhooks.signed(post, id, now, secrets)
    entry = {
        "Source": SOURCE,
        "DetailType": DETAIL_TYPE,
        "EventBusName": target.where,
        "Time": _iso(at),
        "Resources": [said["executionArn"]],
        "Detail": compact(said),
    }
    return "events:putEvents", {"Entries": [entry]}


def detail(world: World, head: Head) -> dict[str, Json]:
    """Return what is said of an execution, in Step Functions' words."""
    paths = world.archive.redacted(head)
    mask = Mask.of(paths, [head.input, head.output])
    names, workflow = world.naming, head.workflow
    is_done = head.status is Status.SUCCEEDED
    return {
        "executionArn": names.execution(workflow, head.name, head.started_at),
        "stateMachineArn": names.machine(workflow),
        "name": head.name,
        "status": head.status.value,
        "startDate": int(head.started_at * 1000),
        "stopDate": int(head.stopped_at * 1000) if head.stopped_at else None,
        **_data("input", mask.shown(head.input)),
        **(_data("output", mask.shown(head.output)) if is_done else _NO_OUTPUT),
        "error": mask.text(head.error) or None,
        "cause": mask.text(head.cause)[:MOST] or None,
        "redriveCount": head.redrives,
    }


_NO_OUTPUT = {"output": None, "outputDetails": None}


def _data(name: str, value: Json) -> dict[str, Json]:
    text = compact(value)
    is_short = len(text.encode("utf-8", "surrogatepass")) <= MOST
    return {
        name: text if is_short else None,
        f"{name}Details": {"included": is_short},
    }


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
