"""How much may a state hold? As much as its stage says, and by default anything.

AWS, "Quotas": input and output have at most 256 KiB, each. CloudFlow, "Limits": 64 KiB,
each; in the older language, a step's input, output and local variables have 32 KiB
together.
"""

from __future__ import annotations

from chalicelib.engine.visit import Visit
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.model.error_names import Kind
from chalicelib.values import Json, size


def require_within(walk: Walk, visit: Visit, output: Json) -> None:
    """Pass if a state's input and output, as JSON, are within the stage's bounds.

    Raises:
        EvaluationFailure: they have more bytes.
    """
    setting = walk.setting
    if setting.state_bytes:
        _require(walk, "input", visit, visit.input, setting.state_bytes)
        _require(walk, "output", visit, output, setting.state_bytes)
    # Of such a scope, what a state receives has the local variables in it.
    if setting.step_bytes and walk.scope.variables is not None:
        both = [visit.input, output]
        _require(walk, "input and output", visit, both, setting.step_bytes)


def _require(walk: Walk, what: str, visit: Visit, value: Json, most: int) -> None:
    if (length := size(value)) > most:
        cause = f"{length} bytes of {what} at {visit.state.name!r}; "
        cause += f"this stage takes {most}"
        raise EvaluationFailure(walk.name_of(Kind.TOO_LARGE), cause)
