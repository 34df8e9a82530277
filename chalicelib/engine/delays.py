"""Does a state that is due begin now, or later?

Rill Flow, "Timeline": until then it is READY; what it maps is read when it begins.
"""

from __future__ import annotations

from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.history import Happened
from chalicelib.engine.state import Phase
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import read_input
from chalicelib.engine.waits import LONGEST
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import evaluate
from chalicelib.expressions.scope import View
from chalicelib.model.expressions import Expression
from chalicelib.model.workflow import Delay


def begin(walk: Walk, visit: Visit) -> bool:
    """Hold the visit until the state begins; False when that is now."""
    delay = visit.state.delay
    assert delay is not None  # noqa: S101 - the caller asked
    due_at = _due_at(walk, visit, delay)
    if due_at <= walk.at:
        return False
    walk.hold(visit, Phase.DELAYED, due_at=due_at)
    name = visit.state.name
    walk.say(Happened.STATE_DELAYED, name, due_at, activation=visit.id)
    walk.commands.append(
        StartTimer(
            timer=Timer.DELAY,
            due_at=due_at,
            activation=visit.id,
            attempt=visit.attempt,
        )
    )
    return True


def _due_at(walk: Walk, visit: Visit, delay: Delay) -> float:
    """Return when the state begins; what cannot be worked out is no delay."""
    try:
        read_input(walk, visit)
        view = walk.view(visit, visit.input)
        until = _positive(delay.until, view)
        seconds = _positive(delay.seconds, view)
    except EvaluationFailure:  # the attempt itself will say so
        return 0.0
    wanted = until / 1000 if until else visit.entered_at + seconds
    return min(wanted, walk.at + LONGEST)


def _positive(expression: Expression | None, view: View) -> float:
    value = None if expression is None else evaluate(expression, view)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return max(0.0, float(value))
