"""What do the steps of CloudFlow's older language see, and how do outputs add up?

CloudFlow, "Inputs and outputs": the local variable of a flow, a branch, an iteration
or a choice is the union of what its finished steps gave.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions.scope import View
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.model.expressions import Union
from chalicelib.values import Json, compact, short_hash

_Evaluate = Callable[[Any, View], Json]
#: Characters of a value in a cause.
_MOST_QUOTED = 200


def flow_id(name: str) -> str:
    """Return what stands for a flow besides its name: the same for the same name."""
    return short_hash(name, length=32)


def context(view: View) -> Json:
    """Return what ``$context`` is; the token is null where there is none."""
    facts = view.facts
    return {
        "flow": {"id": flow_id(facts.workflow), "name": facts.workflow},
        "execution": {"name": facts.execution_name},
        "task": {"token": facts.token or None},
        "step": {"name": facts.state, "eventId": facts.event},
    }


def failure(view: View) -> Json:
    """Return what errorMappings see of the error that is being caught."""
    error = view.error or {}
    return {"error": error.get("Error"), "cause": error.get("Cause")}


def union(node: Union, view: View, evaluate: _Evaluate) -> Json:
    """Return the objects one over the other; later names win.

    Raises:
        EvaluationFailure: ``FnF.InvalidLocal``: one is no object.
    """
    found: dict[str, Json] = {}
    for part in node.parts:
        value = evaluate(part, view)
        if not isinstance(value, dict):
            cause = f"a result must be an object, not {compact(value)[:_MOST_QUOTED]}"
            raise EvaluationFailure(TABLES["cloudflow_steps"][Kind.BAD_OUTPUT], cause)
        found |= value
    return found
