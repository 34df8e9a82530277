"""Who removes executions that have been kept for as long as they were to be?

    every hour: sweep ─▶ the workflows, the executions of each, oldest first ─▶ remove
                  └──◀── goes on by message where an invocation was too short

Rule 1  Nothing is written for it while executions run: their list is in the order of
        their start, so a sweep reads only what may be due, and what runs very long.
Rule 2  Removing is done in any order, by any number, as often as wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from chalicelib.engine.state import Status
from chalicelib.errors import ExecutionRunning
from chalicelib.journal import keeping
from chalicelib.orchestrator import leftovers, steps
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.world import World
from chalicelib.ports import Message

#: What these messages have in the place of a scope.
PLACE = "@sweep"
#: Seconds that must be left of an invocation to go on.
RESERVE = 20.0
#: Executions of the list that are looked at a time.
PAGE = 100


def first() -> Message:
    """Return the message that has everything looked through."""
    return _sweep("", "")


def _sweep(workflow: str, after: str) -> Message:
    return steps.step("sweep", PLACE, PLACE, w=workflow, i=after)


def _remove(execution: str, delay: float = 0.0) -> Message:
    return steps.step("remove", execution, PLACE, delay=delay)


def delete(world: World, execution: str) -> None:
    """Hide an execution that has ended from now on, and have it removed.

    Raises:
        ExecutionNotFound: there is none of that id.
        ExecutionRunning: it has not ended.
    """
    head = world.archive.head(execution)
    # It may be redriven at this very moment: then it runs.
    if head.status is Status.RUNNING or not world.archive.hide(head):
        raise ExecutionRunning(execution)
    world.queue.send([_remove(execution, keeping.GRACE + 1)])


def handle(world: World, found: Sequence[Step], ends_at: float) -> None:
    """Do what the messages ask for; what there is no time for is asked for again."""
    sweep = _Sweep(world, ends_at - RESERVE)
    for step in found:
        if step.do == "sweep":
            sweep.go_through(step.body["w"], step.body["i"])
        else:
            sweep.remove(step.execution)


class _Sweep:
    """One invocation's share."""

    def __init__(self, world: World, ends_at: float) -> None:
        self._world = world
        self._ends_at = ends_at

    def is_over(self) -> bool:
        """Whether the rest is for another invocation."""
        return self._world.clock.now() > self._ends_at

    def remove(self, execution: str) -> bool:
        """Remove an execution; False where the rest is asked for by a message."""
        is_done = self._world.archive.remove(
            execution, self.is_over, partial(leftovers.of, self._world)
        )
        if not is_done:
            self._world.queue.send([_remove(execution)])
        return is_done

    def go_through(self, workflow: str, after: str) -> None:
        """Remove what is due, from ``workflow`` and the place ``after`` in it on."""
        for name in self._world.archive.names():
            if name < workflow:
                continue
            place = after if name == workflow else ""
            if not self._go_through(name, place):
                return

    def _go_through(self, workflow: str, place: str) -> bool:
        while True:
            due, place_after = self._world.archive.due(workflow, place, PAGE)
            for execution in due:
                if self.is_over() or not self.remove(execution):
                    # From this page's beginning: what is removed is no more on it.
                    self._world.queue.send([_sweep(workflow, place)])
                    return False
            if not place_after:
                return True
            place = place_after
