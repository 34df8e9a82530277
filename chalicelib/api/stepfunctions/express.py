"""How does StartSyncExecution answer? With the outcome: the request waits for it."""

from __future__ import annotations

import math

from chalicelib.api import tracing
from chalicelib.api.stepfunctions.arns import require_name
from chalicelib.api.stepfunctions.details import data
from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.api.stepfunctions.face import Ask
from chalicelib.api.stepfunctions.lookup import choose, facts_of
from chalicelib.engine.state import Status
from chalicelib.journal.heads import Head
from chalicelib.traces import to_w3c
from chalicelib.values import Json

#: Seconds. API Gateway waits for 29, and the answer takes time as well.
TIME = 25.0
#: What AWS bills: memory in steps of 64 MB, time in steps of 100 ms.
MEMORY, STEP = 64, 100


def start(ask: Ask) -> Json:
    """StartSyncExecution: in memory, within the request; nothing of it is kept."""
    name, value = ask.text("name"), ask.json("input")
    if "name" in ask.given:
        require_name(name)
    chosen = choose(ask, ask.text("stateMachineArn"), key=name)
    if facts_of(ask, chosen.workflow).about["type"] != "EXPRESS":
        message = "This operation is not supported by this type of state machine"
        raise Refused("StateMachineTypeNotSupported", message)
    ended = ask.face.express().run(
        ask.face.archive,
        chosen.workflow,
        value,
        name=name,
        version=chosen.version,
        trace=to_w3c(ask.text("traceHeader")) or tracing.current(),
        seconds=TIME,
    )
    return _answer(ask, ended.head)


def _answer(ask: Ask, head: Head) -> Json:
    with_data = ask.text("includedData") != "METADATA_ONLY"
    stopped_at = head.stopped_at or ask.service.clock.now()
    took = (stopped_at - head.started_at) * 1000
    details: dict[str, Json] = {
        "executionArn": ask.arns.express(head.workflow, head.name, head.started_at),
        "stateMachineArn": ask.arns.machine(head.workflow),
        "name": head.name,
        "startDate": head.started_at,
        "stopDate": stopped_at,
        "status": _STATUSES.get(head.status, "FAILED"),
        **data("input", head.input, with_data),
        "billingDetails": {
            "billedMemoryUsedInMB": MEMORY,
            "billedDurationInMilliseconds": max(1, math.ceil(took / STEP)) * STEP,
        },
    }
    if head.status is Status.SUCCEEDED:
        details |= data("output", head.output, with_data)
    given = {"traceHeader": ask.text("traceHeader")}
    texts = {"error": head.error, "cause": head.cause, **given}
    return details | {key: text for key, text in texts.items() if text}


_STATUSES = {Status.SUCCEEDED: "SUCCEEDED", Status.TIMED_OUT: "TIMED_OUT"}
