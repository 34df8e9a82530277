"""How are all executions of a workflow stopped that was deleted?

    message "halt" --read--> a page of the list --> those that run are stopped
          └──◀── goes on by message where the list or the invocation is at its end

Rule 1  The first message is sent before the workflow goes, and comes after that: a
        crash in between leaves either the workflow, or the message. It says which
        workflow was meant, by its birth: while that one is there, none is stopped.
Rule 2  A message that comes twice stops nothing twice: what has ended stays as it is.
Rule 3  A workflow of the same name that was made since keeps its executions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from chalicelib.engine.state import Status
from chalicelib.errors import MillraceError, Unavailable
from chalicelib.journal.heads import Head, listed_at
from chalicelib.orchestrator import steps, stopping
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.world import World, log
from chalicelib.ports import Message

#: What these messages have in the place of a scope.
PLACE = "@halt"
#: Seconds after which the workflow is gone, and whoever was starting it has done so.
DELAY = 5
#: Seconds after which a request that is at it was cut off.
LONGEST = 60
#: Seconds by which the clocks of two processes may differ.
HAIR = 5.0
#: Seconds that must be left of an invocation to go on.
RESERVE = 20.0
#: Rows of the list that are looked at in one go.
ROWS = 100
#: Seconds after which a message that failed every time comes once more.
PATIENCE = 300


def withdraw(world: World, workflow: str, cause: str) -> None:
    """Take a workflow off the lists, and have its executions stopped."""
    born, now = world.archive.birth(workflow), world.clock.now()
    if born is not None:
        facts = {"w": workflow, "b": "", "c": cause, "born": born, "at": now}
        name = f"halt#{workflow}#{now}"
        world.queue.send([steps.step("halt", name, PLACE, DELAY, **facts)])
    world.archive.withdraw(workflow)


def handle(world: World, found: Sequence[Step], ends_at: float) -> None:
    """Do what the messages ask for; what there is no time for is asked for again."""
    for step in found:
        _halt(world, step.body, ends_at - RESERVE)


def anew(found: Step) -> Message:
    """Return a message that failed every time, to be tried once more."""
    return Message(body=dict(found.body), delay=PATIENCE)


def _halt(world: World, body: Mapping[str, Any], ends_at: float) -> None:
    born = world.archive.birth(body["w"])
    if born == body["born"]:
        _wait_or_leave(world, body)
        return
    # An execution that began before the new workflow is of the old one.
    until = inf if born is None else max(body["at"], born - HAIR)
    place = body["b"]
    while True:
        heads, more = world.archive.heads(body["w"], limit=ROWS, after=place)
        for head in heads:
            if world.clock.now() > ends_at:
                world.queue.send([Message(body={**body, "b": place})])
                return
            if head.status is Status.RUNNING and head.started_at <= until:
                _stop(world, head, body["c"])
            place = listed_at(head)
        if more is None:
            return


def _wait_or_leave(world: World, body: Mapping[str, Any]) -> None:
    """The workflow is there: it is about to go, or the request was cut off."""
    if world.clock.now() < body["at"] + LONGEST:
        world.queue.send([Message(body=dict(body), delay=LONGEST)])
    else:
        log.warning("%s was not deleted: its executions go on", body["w"])


def _stop(world: World, row: Head, cause: str) -> None:
    """Stop an execution; one that cannot be stopped keeps none of the others."""
    try:
        head = world.archive.head(row.execution)
        if head.status is Status.RUNNING:
            stopping.end(world, head, Status.ABORTED, "", cause)
    except Unavailable:
        raise
    except MillraceError as error:
        log.warning("%s is not stopped: %s", row.execution, error)
