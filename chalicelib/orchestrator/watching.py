"""Is an execution stuck? Looked at some minutes after its start, then ever more rarely.

An execution that waits for nothing outside and has not moved since the last look has
lost something: a message, or a command of its last record. Everything its scopes owe is
then carried out again; each of those deeds may be done twice (I-5).
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.engine import owed
from chalicelib.engine.state import Activation, Phase, ScopeState, Status
from chalicelib.errors import ExecutionNotFound
from chalicelib.orchestrator import beginnings, crowds, endings, running, steps, timers
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World, log
from chalicelib.ports import Message
from chalicelib.journal.archive import Head

#: Seconds; an execution that may run for a year is still looked at once a day.
LONGEST = 86_400.0
#: Seconds past its time after which a timer counts as lost.
OVERDUE = 60.0


def first_look(world: World, execution: str) -> Message:
    """Return the message that has an execution looked at for the first time."""
    after = world.limits.watch_after
    return steps.step("watch", execution, "r", delay=after, after=after, seen=-1)


def watch(turn: Turn, found: Step) -> None:
    """Look at an execution; mend it if it is stuck, and look again later."""
    world = turn.world
    try:
        head = world.archive.head(turn.execution)
    except ExecutionNotFound:
        return  # its start was never finished, and its starter was told so
    if head.status is not Status.RUNNING:
        return
    turn.load()
    if turn.state is None:
        _begin_again(world, head)
    elif turn.state.is_ended:
        turn.send(_end_again(turn))
    else:
        mend(turn)
    _look_again(turn, found)


def _begin_again(world: World, head: Head) -> None:
    log.warning("%s has not begun; its first message is sent again", head.execution)
    world.queue.send([beginnings.message(world, head)])


def _end_again(turn: Turn) -> list[Message]:
    command = turn.restored(["end"])
    log.warning("%s has ended, but its HEAD was not written", turn.execution)
    return endings.end(turn, command) if command is not None else []  # type: ignore[arg-type]


def _look_again(turn: Turn, found: Step) -> None:
    after = min(LONGEST, found.body["after"] * turn.world.limits.watch_growth)
    seen = turn.record.seq if turn.record else 0
    message = steps.step(
        "watch", turn.execution, "r", delay=after, after=after, seen=seen
    )
    turn.send(timers.later(turn.world, message, turn.now + after))


def mend(turn: Turn) -> None:
    """Carry out again what this scope owes, and what its children do."""
    if turn.state is None:
        return
    overdue = list(_overdue(turn.state, turn.now, _quiet_since(turn)))
    if overdue:
        log.warning("%s %s: carried out again: %s", turn.execution, turn.scope, overdue)
        running.carry_out_again(turn, overdue)
    for held in list(turn.state.active.values()):
        if held.phase is Phase.JOINING:
            _mend_children(turn, held)


def _quiet_since(turn: Turn) -> float:
    return turn.record.at if turn.record else turn.now


def _overdue(state: ScopeState, now: float, quiet_since: float) -> Iterator[owed.Tag]:
    """Yield what should have happened by now."""
    patience = OVERDUE + (900.0 if _is_calling(state) else 0.0)
    for tag in owed.everything(state):
        if tag[0] == "timer":
            is_lost = now > tag[4] + OVERDUE
        else:
            is_lost = tag[0] != "children" and now > quiet_since + patience
        if is_lost:
            yield tag


def _is_calling(state: ScopeState) -> bool:
    """Whether a request may still be under way: an invocation lasts 15 minutes."""
    return any(held.phase is Phase.CALLED for held in state.active.values())


def _mend_children(turn: Turn, held: Activation) -> None:
    above = crowds.container(turn.scope, held.id, held.attempt)
    ends = turn.world.journal.outcomes(turn.execution, above, held.children)
    running_now = [i for i, (status, _, _) in ends.items() if status is Status.RUNNING]
    for index in running_now:
        child = Turn(turn.world, turn.execution, f"{above}-{index}", turn.ends_at)
        child.load()
        mend(child)
    if len(ends) == held.children and not running_now:
        log.warning("%s %s: its children are done", turn.execution, above)
        turn.send(_tell_again(turn, held, above))
    elif turn.now > held.since + 2 * OVERDUE and not running_now:
        running.carry_out_again(turn, [["children", held.id, held.attempt]])


def _tell_again(turn: Turn, held: Activation, above: str) -> list[Message]:
    """Have the end of every child told again; the container hears what it missed."""
    messages = []
    for index in range(held.children):
        child = Turn(turn.world, turn.execution, f"{above}-{index}", turn.ends_at)
        child.load()
        command = child.restored(["end"]) if child.state is not None else None
        if command is not None:
            messages.extend(endings.end(child, command))  # type: ignore[arg-type]
    return messages
