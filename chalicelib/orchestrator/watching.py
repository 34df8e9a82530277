"""Is an execution stuck? Looked at some minutes after its start, then ever more rarely.

What should have happened by now and did not is carried out again: a timer, a request,
the beginning or the end of a child, the end of a sub-workflow. Each of those deeds may
be done twice (I-5). A request that somebody is to answer later is not repeated: nobody
can tell a lost one from a slow worker, and the message that makes it is not lost before
it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from chalicelib.engine import owed
from chalicelib.engine.commands import CallTask, EndScope, StartChildren
from chalicelib.engine.state import Activation, Phase, ScopeState, Status
from chalicelib.errors import EvaluationFailure, ExecutionNotFound
from chalicelib.journal.archive import Head
from chalicelib.journal.records import Ending
from chalicelib.model.workflow import Mode
from chalicelib.orchestrator import (
    again,
    beginnings,
    counting,
    crowds,
    endings,
    requests,
    running,
    steps,
    timers,
)
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World, log
from chalicelib.ports import Message
from chalicelib.values import Json

#: Seconds; an execution that may run for a year is still looked at once a day.
LONGEST = 86_400.0
#: Seconds past its time after which something counts as lost.
OVERDUE = 60.0
#: Seconds that an invocation may last, and a call in it.
INVOCATION = 900.0
#: Index -> how a child ended, or that it runs.
Ends = Mapping[int, Ending]
#: Resources that are workflows of this stage.
PREFIX = "workflow:"


def first_look(world: World, execution: str, redrive: int = 0) -> Message:
    """Return the message that has an execution looked at for the first time.

    ``redrive``: since it goes on, or is about to.
    """
    after = world.limits.watch_after
    facts: dict[str, Json] = {"after": after, **({"g": redrive} if redrive else {})}
    return steps.step("watch", execution, beginnings.TOP, delay=after, **facts)


def watch(turn: Turn, found: Step) -> None:
    """Look at an execution; mend it if it is stuck, and look again later."""
    world = turn.world
    try:
        head = world.archive.head(turn.execution)
    except ExecutionNotFound:
        return  # its start was never finished, and its starter was told so
    if found.body.get("g", 0) > head.redrives:
        turn.load()
        head = finish_redrive(turn, head)
    if head.status is not Status.RUNNING:
        return
    turn.load()
    if turn.state is None:
        _begin_again(world, head)
    elif turn.state.is_ended:
        log.warning("%s has ended, but its HEAD was not written", turn.execution)
        counting.mended(world, turn.execution)
        end_again(turn)
    else:
        mend(turn)
    if "once" not in found.body:
        _look_again(turn, found)


def finish_redrive(turn: Turn, head: Head) -> Head:
    """Return the HEAD after a redrive: who had it decided may have come no further."""
    state = turn.state
    if state is None or state.redrives <= head.redrives:
        return head
    turn.world.archive.redrive(head, state.redrives, state.redriven_at or turn.now)
    decided = again.record_of(turn, f"redrive {state.redrives} ")
    seqs = {record.seq for record in (decided, turn.record) if record is not None}
    for seq in sorted(seqs):
        requests.carry(turn, seq)
    return turn.world.archive.head(turn.execution)


def end_again(turn: Turn) -> None:
    """Carry out the end of a scope that has ended."""
    turn.send(_end_again(turn))


def _begin_again(world: World, head: Head) -> None:
    log.warning("%s has not begun; its first message is sent again", head.execution)
    counting.mended(world, head.execution)
    world.queue.send([beginnings.message(world, head)])


def _end_again(turn: Turn) -> list[Message]:
    command = turn.restored(["end"])
    return endings.end(turn, command) if isinstance(command, EndScope) else []


def _look_again(turn: Turn, found: Step) -> None:
    after = min(LONGEST, found.body["after"] * turn.world.limits.watch_growth)
    message = steps.step(
        "watch", turn.execution, beginnings.TOP, delay=after, after=after
    )
    turn.send(timers.later(turn.world, message, turn.now + after))


# -- what a scope should have done by now ------------------------------------------


def mend(turn: Turn) -> None:
    """Carry out again what this scope owes, and what its children do."""
    if turn.state is None or turn.record is None:
        return
    lost = list(overdue(turn.state, turn.now, turn.record.at))
    if lost:
        log.warning("%s %s: carried out again: %s", turn.execution, turn.scope, lost)
        counting.mended(turn.world, turn.execution)
    if tags := [*lost, *_told_nobody(turn)]:
        running.carry_out_again(turn, tags)
    for held in list(turn.state.active.values()):
        if held.phase is Phase.JOINING:
            _mend_children(turn, held)


def overdue(state: ScopeState, now: float, quiet_since: float) -> Iterator[owed.Tag]:
    """Yield what should have happened by now."""
    is_calling = any(held.phase is Phase.CALLED for held in state.active.values())
    patience = OVERDUE + (INVOCATION if is_calling else 0.0)
    for tag in owed.everything(state):
        if tag[0] == "timer":
            is_lost = now > tag[4] + OVERDUE
        else:
            is_lost = tag[0] != "children" and now > quiet_since + patience
        if is_lost:
            yield tag


def _told_nobody(turn: Turn) -> Iterator[owed.Tag]:
    """Yield the sub-workflows waited for: to start one that has ended has it say so."""
    assert turn.state is not None  # noqa: S101 - the caller has one
    for held in turn.state.active.values():
        if held.phase is not Phase.WAITING or turn.now <= held.since + OVERDUE:
            continue
        tag = ["call", held.id, held.attempt]
        if _starts_workflow(turn, tag):
            yield tag


def _starts_workflow(turn: Turn, tag: owed.Tag) -> bool:
    try:
        call = turn.restored(tag)
    except EvaluationFailure:  # its input is lost; its answer will say so
        return False
    if not isinstance(call, CallTask) or call.mode is not Mode.SYSTEM:
        return False
    return call.resource.startswith(PREFIX)


def _mend_children(turn: Turn, held: Activation) -> None:
    above = crowds.container(turn.scope, held.id, held.attempt, held.home)
    ends = turn.world.journal.outcomes(turn.execution, above, held.children)
    runs = [index for index, end in ends.items() if end.status is Status.RUNNING]
    for child in children(turn, above, runs):
        mend(child)
    if turn.now <= held.since + 2 * OVERDUE:
        return
    untold = list(_broken(ends) if runs else ends)
    if untold:
        log.warning("%s %s: children end again: %s", turn.execution, above, untold)
        counting.mended(turn.world, turn.execution)
    for child in children(turn, above, untold):
        turn.send(_end_again(child))
    _begin_missing(turn, held, missing(held, ends))


def missing(held: Activation, ends: Ends) -> list[int]:
    """Return the children that did not begin, or were not taken up, as it seems."""
    every = range(held.children)
    if held.home is None:
        return [index for index in every if index not in ends]
    return [i for i in every if i not in ends or ends[i][0] is not Status.SUCCEEDED]


def _begin_missing(turn: Turn, held: Activation, lost: Sequence[int]) -> None:
    """Begin the children of which nothing is recorded, as far as they may run."""
    if not lost:
        return
    command = turn.restored(["children", held.id, held.attempt])
    if not isinstance(command, StartChildren):
        return
    is_crowd = len(lost) > turn.world.limits.spawn_batch
    if command.limit or command.home or is_crowd:
        turn.send(crowds.start(turn, command))
    else:
        turn.send(list(crowds.begin(turn, command, lost)))


def _broken(ends: Ends) -> Iterator[int]:
    """Yield the children whose failure a container may not wait with."""
    return (index for index, end in ends.items() if end.failure is not None)


def children(turn: Turn, above: str, indexes: Iterable[int]) -> Iterator[Turn]:
    """Yield children as they are, while there is time: the next look goes on."""
    for index in indexes:
        if turn.now > turn.ends_at - turn.world.limits.turn_reserve:
            return
        child = Turn(turn.world, turn.execution, f"{above}-{index}", turn.ends_at)
        child.load()
        yield child
