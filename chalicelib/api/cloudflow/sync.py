"""How does StartSyncExecution answer? With the outcome: the request waits for it."""

from __future__ import annotations

import secrets

from chalicelib.api.cloudflow.errors import Refused
from chalicelib.api.cloudflow.executions import STATUSES
from chalicelib.api.cloudflow.face import Ask, dashed, moment
from chalicelib.api.cloudflow.flows import is_express
from chalicelib.api.cloudflow.lookup import choose, environment_of
from chalicelib.engine.state import Status
from chalicelib.journal.heads import Head
from chalicelib.journal.releases import Facts
from chalicelib.values import Json, compact

#: Seconds. API Gateway waits for 29, and the answer takes time as well.
TIME = 25.0


def start(ask: Ask) -> dict[str, Json]:
    """StartSyncExecution: in memory, within the request; nothing of it is kept."""
    flow = ask.flow()
    name = ask.new_name("ExecutionName") if ask.text("ExecutionName") else ""
    facts = ask.releases.facts(flow) or Facts()
    if not is_express(facts):
        message = f"flow {flow} is Standard; StartExecution starts it"
        raise Refused("ActionNotSupported", message)
    drawn = dashed(secrets.token_hex(16))
    chosen = choose(ask, flow, name or drawn)
    ended = ask.face.express().run(
        ask.face.archive,
        flow,
        ask.object("Input"),
        name=name or drawn,
        version=chosen.version,
        seconds=TIME,
    )
    return {
        "FlowName": flow,
        "Name": f"{name}:{drawn}" if name else drawn,
        **_shown(ended.head, ask.service.clock.now()),
        "Environment": environment_of(ask, flow, chosen.number),
    }


def _shown(head: Head, now: float) -> dict[str, Json]:
    """Return how an execution ended."""
    has_output = head.status is Status.SUCCEEDED
    return {
        "Status": STATUSES[head.status],
        "Output": compact(head.output) if has_output else "",
        "ErrorCode": head.error,
        "ErrorMessage": head.cause,
        "StartedTime": moment(head.started_at),
        "StoppedTime": moment(head.stopped_at or now),
    }
