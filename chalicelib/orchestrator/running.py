"""A turn, in straight-line code: load, advance, commit, carry out.

    load the last record -> advance(event) -> ... -> commit the next record
                                  ^                        |
                                  └-- answer of a task <-- carry out its commands

Rule 1  What a task answered is committed before anything that depends on it is done.
Rule 2  Commands are carried out after the record that holds them is committed. The
        message that caused the turn is deleted only then, so a crash has them carried
        out again.
Rule 3  A message that comes again has the commands of every record that its earlier
        deliveries had written carried out again, as far as they are still due.
Rule 4  A call may be made before its record is committed, and share it with the answer,
        where nothing else can happen to the scope first. Elsewhere a lost turn could be
        followed by another one, in which the same attempt is that of another task.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.engine import events
from chalicelib.engine.commands import CallTask, Command
from chalicelib.engine.events import Event, Timer
from chalicelib.engine.owed import Tag
from chalicelib.engine.state import Failure
from chalicelib.errors import EvaluationFailure
from chalicelib.orchestrator import again
from chalicelib.orchestrator.carrying import INLINE, Carrier
from chalicelib.orchestrator.dirt import Arrival, Crowded
from chalicelib.orchestrator.turn import Turn


def run(turn: Turn, arrivals: Sequence[Arrival]) -> None:
    """Apply the events and go on for as long as the scope can.

    Raises:
        Crowded: too many races were lost; the messages must come again.
    """
    turn.take(arrivals)
    go_on(turn)


def go_on(turn: Turn) -> None:
    """Make calls, commit and carry out, until nothing is left to do here."""
    try:
        while turn.dirt.arrivals:
            _go_a_step(turn)
    except Crowded:
        _remind(turn)
        raise
    _remind(turn)


def _go_a_step(turn: Turn) -> None:
    call = _only_call(turn)
    if call is not None:
        turn.dirt.commands = []
        turn.apply(Carrier(turn).call(call))
    else:
        Carrier(turn).carry_out(turn.commit())


def _remind(turn: Turn) -> None:
    """Ask again for the timers that came too early; that needs no record."""
    reminders, turn.reminders = turn.reminders, []
    if reminders:
        Carrier(turn).carry_out(reminders)


def make(turn: Turn, call: CallTask) -> None:
    """Make a call that has an invocation of its own, and go on from its answer."""
    Carrier(turn).make(call)
    go_on(turn)


def _only_call(turn: Turn) -> CallTask | None:
    """Return the call that may be made before anything is committed (rule 4)."""
    if len(turn.dirt.commands) != 1 or not _must_come_next(turn):
        return None
    call = turn.dirt.commands[0]
    if not isinstance(call, CallTask) or call.at_most_once or call.mode not in INLINE:
        return None
    return call if Carrier(turn).has_time(call) else None


def _must_come_next(turn: Turn) -> bool:
    """Whether what happened is what happens again, should this turn be lost."""
    if turn.state is None or len(turn.state.active) != 1 or turn.may_be_woken:
        return False
    return all(_has_no_rival(each.event) for each in turn.dirt.arrivals)


def _has_no_rival(event: Event) -> bool:
    if isinstance(event, events.TimerFired):
        return event.timer in (Timer.WAIT, Timer.RETRY, Timer.DELAY)
    return isinstance(
        event, events.ScopeStarted | events.ChildrenJoined | events.TurnResumed
    )


def repeat(turn: Turn, since: float) -> None:
    """Carry out what earlier deliveries decided and may have left undone (rule 3)."""
    decided = again.decided(turn, since)
    run(turn, ())  # the inbox may hold what a call would ask for again
    carry_out_again(turn, decided)


def carry_out_again(turn: Turn, tags: Sequence[Tag]) -> None:
    """Carry out the commands behind ``tags`` that are still due."""
    wanted = [command for tag in tags if (command := restored(turn, tag)) is not None]
    Carrier(turn).carry_out(wanted)
    go_on(turn)


def restored(turn: Turn, tag: Tag) -> Command | None:
    """Return the command behind a tag; where it is lost, its state has failed now."""
    try:
        return turn.restored(tag)
    except EvaluationFailure as lost:
        # What the command was made of is gone for good: its state fails.
        event = _failed(turn, tag, lost)
        turn.apply(Arrival(cause=f"answer {tag[1]} {tag[2]}", event=event))
        return None


def _failed(turn: Turn, tag: Tag, lost: EvaluationFailure) -> Event:
    kind, activation, attempt = tag[:3]
    if kind == "children":
        return events.ChildFailed(
            at=turn.now,
            activation=activation,
            attempt=attempt,
            index=0,
            failure=Failure(error=lost.error, cause=lost.cause),
        )
    return events.TaskFailed(
        at=turn.now,
        activation=activation,
        attempt=attempt,
        error=lost.error,
        cause=lost.cause,
    )
