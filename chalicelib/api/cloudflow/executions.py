"""What can be done with executions of flows?

Rule 1  The name of an execution that still runs leads to it: starting it again returns
        it. Afterwards the name is taken.
Rule 2  One that has no name gets that of the request's signature: a copy of the request
        is refused, and starts nothing.
Rule 3  A child of a distributed Map can be looked at like any execution.
"""

from __future__ import annotations

import secrets

from chalicelib.api.cloudflow.errors import Refused
from chalicelib.api.cloudflow.face import Ask, moment
from chalicelib.api.cloudflow.flows import is_express
from chalicelib.api.cloudflow.lookup import choose, environment_of, find
from chalicelib.api.cloudflow.runs import find_child
from chalicelib.api.nonces import used_before
from chalicelib.engine.state import Status
from chalicelib.errors import ExecutionExists
from chalicelib.journal.heads import Head
from chalicelib.journal.releases import Facts
from chalicelib.values import Json, compact

#: CloudFlow: characters of an error and of a cause.
LONGEST_ERROR, LONGEST_CAUSE = 128, 4096
#: Seconds. CloudFlow waits for 60; API Gateway waits for 29 in all.
LONGEST_WAIT = 25
#: Seconds between two looks at an execution that somebody waits for: the first, and
#: the longest. A wait of 25 seconds looks 16 times.
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0

STATUSES = {
    Status.RUNNING: "Running",
    Status.SUCCEEDED: "Succeeded",
    Status.FAILED: "Failed",
    Status.TIMED_OUT: "TimedOut",
    Status.ABORTED: "Stopped",
}


def start(ask: Ask) -> dict[str, Json]:
    """StartExecution: of a Standard flow."""
    flow = ask.flow()
    name = ask.new_name("ExecutionName") if ask.text("ExecutionName") else ""
    if is_express(ask.releases.facts(flow) or Facts()):
        message = f"flow {flow} is Express; StartSyncExecution starts it"
        raise Refused("ActionNotSupported", message)
    called = name or ask.drawn
    chosen = choose(ask, flow, called or secrets.token_hex())
    try:
        started = ask.service.start(
            flow,
            ask.object("Input"),
            name=called,
            version=chosen.version,
            parent=_callback(ask),
        )
        head, is_new = started.head, started.is_new
    except ExecutionExists:
        head, is_new = _running(ask, flow, called), False
    if not is_new and not name:
        raise used_before()
    if not is_new and head.status is not Status.RUNNING:
        raise _taken(flow, name)
    if is_new and chosen.number:
        ask.releases.note_start(head.execution, chosen.number, chosen.alias)
    return shown(ask, head, status="Starting" if is_new else "")


def _callback(ask: Ask) -> str:
    """Return the task token that the end of the execution answers; empty for none.

    Raises:
        TokenRefused: it is not one of this stage.
    """
    token = ask.text("CallbackFnFTaskToken")
    if token:
        ask.service.claims(token)
    return token


def _running(ask: Ask, flow: str, name: str) -> Head:
    """Return the execution that has the name, while it runs.

    Raises:
        Refused: ExecutionAlreadyExists, it has ended, or answers another task.
    """
    head = ask.face.archive.head(f"{flow}:{name}")
    token = ask.text("CallbackFnFTaskToken")
    if head.status is not Status.RUNNING or (token and token != head.parent):
        raise _taken(flow, name)
    return head


def _taken(flow: str, name: str) -> Refused:
    message = f"flow {flow} had an execution {name} before"
    return Refused("ExecutionAlreadyExists", message)


def stop(ask: Ask) -> dict[str, Json]:
    """StopExecution: one that has ended stays as it is."""
    head = find(ask)
    error = ask.text("Error", most=LONGEST_ERROR)
    cause = ask.text("Cause", most=LONGEST_CAUSE)
    ask.service.stop(head.execution, error=error, cause=cause)
    stopped = ask.face.archive.head(head.execution)
    facts = ask.releases.facts(head.workflow) or Facts()
    return {**shown(ask, stopped), "RoleArn": facts.about.get("roleArn", "")}


def describe(ask: Ask) -> dict[str, Json]:
    """DescribeExecution: at once, or when it has ended, or ``WaitTimeSeconds`` on."""
    seconds = ask.number("WaitTimeSeconds", 0, least=0, most=60)
    child = find_child(ask, with_data=True)
    head = child.head if child is not None else find(ask)
    if child is None and seconds and head.status is Status.RUNNING:
        head = _ended(ask, head.execution, min(seconds, LONGEST_WAIT))
    number, _ = ask.releases.started_by(head.execution)
    environment = environment_of(ask, head.workflow, number)
    seen = child.as_execution() if child is not None else head
    return {**shown(ask, seen), "Environment": environment}


def _ended(ask: Ask, execution: str, seconds: float) -> Head:
    """Return an execution at its end, or as it is after ``seconds``."""
    clock, pause = ask.service.clock, FIRST_PAUSE
    ends_at = clock.now() + seconds
    with ask.face.bell.listening(execution) as heard:
        while True:
            head = ask.face.archive.head(execution)
            left = ends_at - clock.now()
            if head.status is not Status.RUNNING or left <= 0:
                return head
            heard.wait(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE)


def shown(
    ask: Ask, head: Head, *, status: str = "", with_data: bool = True
) -> dict[str, Json]:
    """Return an execution as CloudFlow shows it."""
    told: dict[str, Json] = {
        "FlowName": head.workflow,
        "Name": head.name,
        "Status": status or STATUSES[head.status],
        "StartedTime": moment(head.started_at),
        "StoppedTime": moment(head.stopped_at),
    }
    if not with_data:
        return told
    text = ask.face.archive.definition(head.workflow, head.version).text
    has_output = head.status is Status.SUCCEEDED
    return {
        **told,
        "FlowDefinition": text,
        "Input": compact(head.input),
        "Output": compact(head.output) if has_output else "",
    }
