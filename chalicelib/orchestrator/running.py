"""A turn, in straight-line code: load, advance, commit, carry out.

    load the last record -> advance(event) -> ... -> commit the next record
                                  ^                        |
                                  └-- answer of a task <-- carry out its commands

Rule 1  What a task answered is committed before anything that depends on it is done.
Rule 2  Commands are carried out after the record that holds them is committed. The
        message that caused the turn is deleted only then, so a crash has them carried
        out again.
Rule 3  An event that changes nothing was decided before: the commands of the record
        that decided it are carried out again, as far as they are still due.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.engine.commands import CallTask
from chalicelib.engine.owed import Tag
from chalicelib.model.workflow import Mode
from chalicelib.orchestrator.carrying import Carrier
from chalicelib.orchestrator.turn import Arrival, Turn


def run(turn: Turn, arrivals: Sequence[Arrival]) -> None:
    """Apply the events and go on for as long as the scope can.

    Raises:
        Crowded: the events are in the inbox; the winner will apply them.
    """
    for arrival in arrivals:
        turn.apply(arrival)
    turn.take_inbox()
    go_on(turn)
    _repeat_late(turn)


def go_on(turn: Turn) -> None:
    """Make calls, commit and carry out, until nothing is left to do here."""
    while turn.dirt.arrivals:
        call = _only_call(turn)
        if call is not None:
            turn.dirt.commands = []
            turn.apply(Carrier(turn).call(call))
        else:
            Carrier(turn).carry_out(turn.commit())
    if turn.reminders:
        reminders, turn.reminders = turn.reminders, []
        Carrier(turn).carry_out(reminders)


def make(turn: Turn, call: CallTask) -> None:
    """Make a call that has an invocation of its own, and go on from its answer."""
    Carrier(turn).make(call)
    go_on(turn)
    _repeat_late(turn)


def _only_call(turn: Turn) -> CallTask | None:
    """Return the call that may be made before anything is committed."""
    if len(turn.dirt.commands) != 1 or turn.dirt.has_answer:
        return None
    call = turn.dirt.commands[0]
    if not isinstance(call, CallTask) or call.at_most_once:
        return None
    if call.mode not in (Mode.REQUEST, Mode.SUBMIT):
        return None
    return call if Carrier(turn).has_time(call) else None


def _repeat_late(turn: Turn) -> None:
    """Carry out again what the records of late events had asked for (rule 3)."""
    late, turn.late = turn.late, []
    for arrival in late:
        if not turn.is_fresh:
            turn.load()
        record = turn.record_of(arrival.cause)
        if record is not None:
            carry_out_again(turn, record.tags)


def carry_out_again(turn: Turn, tags: Sequence[Tag]) -> None:
    """Carry out the commands behind ``tags`` that are still due."""
    if turn.state is None:
        return
    due = [turn.restored(tag) for tag in tags]
    wanted = [command for command in due if command is not None]
    Carrier(turn).carry_out(wanted)
    go_on(turn)
