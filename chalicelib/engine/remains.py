"""What is left of a scope that ends badly, for a redrive to take up?

A state that failed, or that the end broke off, is to be tried again with what it had
received. A container whose children had begun, or whose results were being written,
goes on from there instead: what succeeded in it is not done again.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.engine.state import Activation, Failure, Phase, Step
from chalicelib.engine.visit import Visit
from chalicelib.engine.walk import Walk
from chalicelib.model.workflow import Join


def leave_behind(walk: Walk, visit: Visit, failure: Failure) -> None:
    """Keep what a redrive needs of a visit that failed."""
    held = visit.held
    if held is None or not goes_on(held):
        held = Activation(
            id=visit.id,
            state=visit.state.name,
            phase=Phase.CALLED,
            input=None if walk.scope.join is Join.ALL else visit.slot,
            entered_at=visit.entered_at,
            told=visit.told,
        )
    walk.left[held.id] = replace(held, failure=failure)


def break_off(walk: Walk) -> None:
    """Keep what a redrive needs of everything that the scope's end breaks off."""
    for held in walk.active.values():
        walk.left[held.id] = held if goes_on(held) else _bare(walk, held)


def _bare(walk: Walk, held: Activation) -> Activation:
    """Return the activation without what another attempt has no use for.

    One that was to begin later has not been entered: it is as if it never was due.
    """
    return Activation(
        id=held.id,
        state=held.state,
        phase=Phase.CALLED,
        input=None if walk.scope.join is Join.ALL else held.input,
        entered_at=held.entered_at,
        told=0 if held.phase is Phase.DELAYED else held.told,
    )


def goes_on(held: Activation) -> bool:
    """Whether a redrive goes on with an activation, instead of trying it again."""
    return held.phase is Phase.JOINING or held.step is Step.WRITE
