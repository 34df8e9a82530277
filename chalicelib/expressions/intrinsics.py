"""What does a built-in function give? The table from its full name to the function.

``States.*`` are the intrinsic functions of the Amazon States Language, ``Field.*`` the
checks its ``…Path`` fields make of a value, ``CloudFlow.*`` CloudFlow's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import asl_fields, intrinsic_functions
from chalicelib.expressions.intrinsic_texts import BadArgument
from chalicelib.expressions.scope import View
from chalicelib.model.expressions import Call, Path
from chalicelib.values import Json

_Evaluate = Callable[[Any, View], Json]


def call(node: Call, view: View, evaluate: _Evaluate) -> Json:
    """Return what the function gives for its arguments.

    Raises:
        EvaluationFailure: an argument has no value, or is not of the needed kind.
    """
    reader = _FAMILIES[node.name.partition(".")[0]]
    return reader(node, view, evaluate)


def _states(node: Call, view: View, evaluate: _Evaluate) -> Json:
    arguments = [_argument(node, part, view, evaluate) for part in node.arguments]
    chance = intrinsic_functions.Chance(view, node.place)
    try:
        return intrinsic_functions.FUNCTIONS[node.name](chance, *arguments)
    except BadArgument as error:
        # Measured: it is not the error that the specification names.
        cause = "There was an error while evaluating the intrinsic function: "
        shown = error.shown or f"Invalid arguments in {node.name}"
        raise EvaluationFailure(
            "States.Runtime", f"{cause}{node.text}. {shown}"
        ) from None


def _argument(node: Call, part: Any, view: View, evaluate: _Evaluate) -> Json:
    try:
        return evaluate(part, view)
    except EvaluationFailure as failure:
        if not isinstance(part, Path):
            raise
        why = (
            f"The JsonPath argument for the field '{part.text}' could not be found: "
            f"{failure.cause}"
        )
        raise EvaluationFailure(failure.error, _had_error(node, why)) from None


def _had_error(node: Call, why: str) -> str:
    return f"The function '{node.text}' had the following error: {why}"


def _field(node: Call, view: View, evaluate: _Evaluate) -> Json:
    (part,) = node.arguments
    return asl_fields.FIELDS[node.name](node.text, part, evaluate(part, view))


@cache
def _cloudflow_functions() -> Mapping[str, Callable[[list[Json], View], Json]]:
    # Imported late: that module reads expressions too.
    from chalicelib.expressions.cloudflow import FUNCTIONS

    return FUNCTIONS


def _cloudflow(node: Call, view: View, evaluate: _Evaluate) -> Json:
    arguments = [evaluate(part, view) for part in node.arguments]
    return _cloudflow_functions()[node.name](arguments, view)


_FAMILIES: dict[str, Callable[[Call, View, _Evaluate], Json]] = {
    "States": _states,
    "Field": _field,
    "CloudFlow": _cloudflow,
}
