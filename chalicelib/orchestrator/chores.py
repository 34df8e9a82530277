"""Messages that are chores, not events: calls to make, children to begin, looks."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.engine.commands import CallTask, CancelTask, Command, StartChildren
from chalicelib.engine.owed import Tag
from chalicelib.orchestrator import (
    crowds,
    outbox,
    rejoining,
    running,
    steps,
    watching,
)
from chalicelib.orchestrator.carrying import Carrier, cancel_now
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.turn import Turn

#: Seconds of an invocation in which it counts as new: nothing slow was done in it yet.
NEW = 1.0
#: Seconds over which drains are spread, for each event that waits.
ASIDE = 0.05
#: Chores that need no state of the scope.
STATELESS = frozenset({"start", "cancel", "watch", "notify"})
#: Chores for which what the process remembers is not good enough: a call may be
#: answered by now, an answer may wait in the inbox, a limit may have been changed.
FRESH = frozenset({"call", "drain", "resize"})


def _call(turn: Turn, found: Step, began_at: float) -> None:
    """Make the request of one attempt here, if there is time for it."""
    call = running.restored(turn, ["call", found.body["a"], found.body["n"]])
    if not isinstance(call, CallTask):
        running.go_on(turn)
        return
    carrier = Carrier(turn)
    if carrier.has_time(call) or turn.now < began_at + NEW:
        running.make(turn, call)
    else:
        turn.send([carrier.by_message(call)])


def _restored(turn: Turn, tag: Tag) -> Command | None:
    command = running.restored(turn, tag)
    if command is None and not turn.is_fresh:
        turn.load()
        command = running.restored(turn, tag)
    return command


def _carry(turn: Turn, found: Step, _: float) -> None:
    """Carry out the commands of a record that the API committed."""
    seq = found.body["q"]
    if turn.record is None or turn.record.seq < seq:
        turn.load()
    if turn.record is not None and turn.record.seq == seq:
        running.carry_out_again(turn, turn.record.tags)
        return
    for record in turn.world.journal.walk_back(turn.execution, turn.scope):
        if record.seq == seq:
            running.carry_out_again(turn, record.tags)
            return


def _spawn(turn: Turn, found: Step, _: float) -> None:
    """Begin a range of children."""
    command = _restored(turn, ["children", found.body["a"], found.body["n"]])
    if isinstance(command, StartChildren):
        command = rejoining.chosen(turn, command)
        turn.send(list(crowds.begin(turn, command, _range(found))))
    running.go_on(turn)


def _cancel(turn: Turn, found: Step, _: float) -> None:
    """Stop a range of children."""
    home = steps.home_of(found)
    above = crowds.container(turn.scope, found.body["a"], found.body["n"], home)
    turn.send(list(crowds.stops(turn.execution, above, _range(found), home)))


def _cease(turn: Turn, found: Step, _: float) -> None:
    """Stop the work of a function, now that executions beside it were told to stop."""
    command = running.restored(turn, found.body["of"])
    if isinstance(command, CancelTask):
        cancel_now(turn, command)
    running.go_on(turn)


def _range(found: Step) -> range:
    return range(found.body["i"], found.body["to"])


def step_aside(turn: Turn) -> None:
    """Let one of many drains go first: it serves the others too."""
    others = len(turn.waiting) - 1
    if others > 0:
        pause = turn.world.chance() * min(ASIDE * others, NEW)
        turn.world.clock.sleep(pause)
        turn.load()


def _resize(turn: Turn, found: Step, _: float) -> None:
    """Have another number of a container's children run at once."""
    command = _restored(turn, ["children", found.body["a"], found.body["n"]])
    if isinstance(command, StartChildren) and command.limit:
        limit, seq = found.body.get("limit"), found.body["q"]
        turn.send(crowds.resize(turn, command, limit, seq))


def _drain(turn: Turn, found: Step, _: float) -> None:
    """Take an event out of the inbox: by now it is decided."""
    slot = found.body["i"]
    if any(place == slot for place, _ in turn.waiting):
        turn.world.journal.settle(turn.execution, turn.scope, [slot])


def _watch(turn: Turn, found: Step, _: float) -> None:
    watching.watch(turn, found)


def _notify(turn: Turn, found: Step, _: float) -> None:
    outbox.tell(turn.world, found)


CHORES: dict[str, Callable[[Turn, Step, float], None]] = {
    "call": _call,
    "carry": _carry,
    "spawn": _spawn,
    "cancel": _cancel,
    "cease": _cease,
    "drain": _drain,
    "watch": _watch,
    "resize": _resize,
    "notify": _notify,
}
