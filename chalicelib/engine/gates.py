"""When does a Gate open? Asked when it begins, and whenever somebody wakes it.

Rill Flow, "suspense":

    begin --> conditions? -- yes --> done
                   └ no --> an interruption? -- yes --> failed
                                 └ no --> wait: woken, or out of time
    woken --> what was brought goes to the variables --> the input is made anew --> ↑
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.flow import leave
from chalicelib.engine.history import Happened, Skip
from chalicelib.engine.state import Activation, Phase
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import fail, read_input
from chalicelib.engine.waits import time_limit
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import evaluate, holds
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Gate
from chalicelib.values import Json


def begin(walk: Walk, visit: Visit) -> None:
    """Go on at once where the conditions hold; else wait to be woken."""
    if _is_decided(walk, visit):
        return
    due_at = time_limit(walk, visit, _gate(visit).timeout)
    walk.hold(visit, Phase.GATED, due_at=due_at)
    if due_at is not None:
        walk.commands.append(
            StartTimer(
                timer=Timer.TIMEOUT,
                due_at=due_at,
                activation=visit.id,
                attempt=visit.attempt,
            )
        )


def _gate(visit: Visit) -> Gate:
    work: Any = visit.state.work
    assert isinstance(work, Gate)  # noqa: S101 - the table's promise to the type checker
    return work


def _is_decided(walk: Walk, visit: Visit) -> bool:
    """Leave the state, or fail it, where what it asks for is there."""
    gate = _gate(visit)
    view = walk.view(visit, visit.input)
    if all(holds(each, view) for each in gate.conditions):
        leave(walk, visit, visit.input)
        return True
    if any(holds(each, view) for each in gate.interruptions):
        fail(walk, visit, walk.failure_of(Kind.INTERRUPTED))
        return True
    return False


def woken(walk: Walk, activation: Activation, output: Json) -> None:
    """Take what was brought, and ask the conditions again.

    Raises:
        EvaluationFailure: a strict rule failed, or a value is lost.
    """
    visit = walk.taken_up(activation)
    _say(walk, activation.state, output, activation.id)
    _keep(walk, visit, output)
    read_input(walk, visit)
    del walk.active[activation.id]
    if not _is_decided(walk, visit):
        walk.active[activation.id] = replace(activation, input=visit.input)


def woken_early(walk: Walk, name: str, output: Json) -> None:
    """Take what was brought to a Gate that has not begun: that stays to be asked."""
    visit = Visit(walk.scope.states[name], None, 0, walk.at)
    _say(walk, name, output, 0)
    try:
        _keep(walk, visit, output)
    except EvaluationFailure:  # a strict rule: nothing of it is kept
        return


def _say(walk: Walk, name: str, output: Json, activation: int) -> None:
    walk.say(Happened.TASK_WOKEN, name, output, activation=activation)


def _keep(walk: Walk, visit: Visit, output: Json) -> None:
    program = visit.state.assign
    if program is not None and output is not None:
        assigned: Any = evaluate(program, walk.view(visit, output, result=output))
        walk.assign(assigned)


def timed_out(walk: Walk, activation: Activation) -> None:
    """Nobody woke it in time, or not with what it asks for."""
    del walk.active[activation.id]
    visit = walk.taken_up(activation)
    failure = walk.failure_of(Kind.TIMEOUT)
    if not _gate(visit).skips_timeout:
        fail(walk, visit, failure)
        return
    why = Skip.TOLERATED.value
    walk.say(Happened.STATE_SKIPPED, activation.state, why, failure=failure)
    leave(walk, visit, None, is_skipped=True)
