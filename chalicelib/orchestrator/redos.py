"""How are many executions of a DAG redone? A page of the list at a time.

    message "redo" --read--> a page of heads --> so many are redone --> the next message

Rule 1  Each message redoes as many as may be redone in a second, and sends the next
        one with a delay of a second. The place in the list is in the message.
Rule 2  A message that comes twice redoes each execution once: the redo has a token, and
        what was redriven since the request counts as one of those that were wanted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from chalicelib.engine.state import Status
from chalicelib.errors import ExecutionNotFound, InputRefused
from chalicelib.journal.heads import Head, listed_at
from chalicelib.orchestrator import steps
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.world import World, log
from chalicelib.ports import Message
from chalicelib.values import Json

#: What the messages of redos have in the place of a scope.
PLACE = "@redo"
#: Rows of the list that one message looks at.
ROWS = 200
#: Seconds between one message and the next; after one that failed every time.
PACE, PATIENCE = 1, 300


class Redoer(Protocol):
    """Redoes executions: the orchestrator."""

    world: World

    def redo(
        self,
        execution: str,
        tasks: Sequence[str],
        context: Mapping[str, Json],
        *,
        token: str = "",
    ) -> Head:
        """Do tasks of a DAG anew; the same token again is the same redo."""
        ...


def first(
    world: World,
    workflow: str,
    *,
    statuses: Sequence[Status],
    tasks: Sequence[str],
    code: str,
    until: float,
    count: int,
    pace: int,
) -> Message:
    """Return the message that begins; see ``Asking.redo_many``."""
    token = world.new_name()
    return steps.step(
        "redo",
        f"redo#{workflow}#{token}",
        PLACE,
        w=workflow,
        st=[each.value for each in statuses],
        p=list(tasks),
        e=code,
        b=f"{until + 0.000001:017.6f}",
        left=count,
        per=pace,
        t=token,
        at=world.clock.now(),
    )


def handle(redoer: Redoer, found: Sequence[Step]) -> None:
    """Do what the messages of one request ask for."""
    for step in found:
        _redo_some(redoer, step.body)


def anew(found: Step) -> Message:
    """Return a message that failed every time, to be tried once more."""
    return Message(body=dict(found.body), delay=PATIENCE)


def _redo_some(redoer: Redoer, body: Mapping[str, Any]) -> None:
    world = redoer.world
    heads, more = world.archive.heads(body["w"], limit=ROWS, after=body["b"])
    done, last = 0, ""
    for head in heads:
        if done == min(body["per"], body["left"]):
            break
        last = listed_at(head)
        done += _is_taken(redoer, head.execution, body)
    left = body["left"] - done
    if left and (more or (heads and last != listed_at(heads[-1]))):
        rest = {**body, "b": last, "left": left}
        world.queue.send([Message(body=rest, delay=PACE)])


def _is_taken(redoer: Redoer, execution: str, body: Mapping[str, Any]) -> bool:
    """Redo an execution if it is meant; whether it is one of those that were wanted."""
    try:
        head = redoer.world.archive.head(execution)
        if head.status.value not in body["st"] or body["e"] not in ("", head.error):
            return bool((head.redriven_at or 0.0) >= body["at"])
        redoer.redo(execution, body["p"], {}, token=body["t"])
    except (ExecutionNotFound, InputRefused) as refused:
        log.warning("%s is not redone: %s", execution, refused)
        return False
    return True
