"""Why does an execution not go on? What the watchdog would carry out again, said.

A scope is stuck where something of it is overdue; a container also where a child of its
is, where all of them have ended and it was not told, or where some have never begun.
"""

from __future__ import annotations

from chalicelib.engine.commands import StartChildren
from chalicelib.engine.state import Activation, Phase, Status
from chalicelib.journal.records import Record
from chalicelib.orchestrator import crowds, watching
from chalicelib.orchestrator.turn import Turn


def why_stuck(turn: Turn) -> str:
    """Return why a loaded top scope, whose HEAD says that it runs, does not go on.

    Empty: it does, or it waits for what may still come.
    """
    if turn.record is None:
        return "it was started and has never begun"
    if turn.record.state.is_ended:
        return "it has ended, and nobody was told"
    return _why(turn, turn.record)


def _why(turn: Turn, record: Record) -> str:
    """Return why a scope that has begun does not go on."""
    state = record.state
    kinds = {str(tag[0]) for tag in watching.overdue(state, turn.now, record.at)}
    if kinds:
        return f"overdue: {', '.join(sorted(kinds))}"
    joining = (held for held in state.active.values() if held.phase is Phase.JOINING)
    return next(filter(None, (_children(turn, held) for held in joining)), "")


def _children(turn: Turn, held: Activation) -> str:
    """Return what is wrong with the children of a container."""
    above = crowds.container(turn.scope, held.id, held.attempt, held.home)
    ends = turn.world.journal.outcomes(turn.execution, above, held.children)
    runs = [index for index, end in ends.items() if end.status is Status.RUNNING]
    for child in watching.children(turn, above, runs):
        if child.record and (says := _why(child, child.record)):
            return f"{child.scope}: {says}"
    if turn.now <= held.since + 2 * watching.OVERDUE:
        return ""
    lost = set(watching.missing(held, ends)) - set(runs)
    if not lost:
        return "" if runs else f"{above}: its children have ended, and it was not told"
    # Where so many may run at once only, the others have their turn to wait for.
    is_waited = bool(runs) and _is_limited(turn, held)
    return "" if is_waited else f"{above}: {len(lost)} children have never begun"


def _is_limited(turn: Turn, held: Activation) -> bool:
    command = turn.restored(["children", held.id, held.attempt])
    return isinstance(command, StartChildren) and command.limit > 0
