"""What do CloudFlow's roots and operators give?

Rule 1  A condition sees a missing path as null; null is equal to null only, is in
        no order, and counts as false.
Rule 2  Texts are compared with texts and numbers with numbers; any other pair has
        no order, which is a failure and not a silent ``false``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import NoReturn

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import cloudflow_steps
from chalicelib.expressions.cloudflow_functions import FUNCTIONS, identity
from chalicelib.expressions.scope import View
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.model.expressions import Expression, Operation
from chalicelib.values import Json

__all__ = ["FUNCTIONS", "ROOTS", "operate"]

Evaluate = Callable[[Expression, View], Json]


def _input(view: View) -> Json:
    """Return the constructed input; before it is there, what the state received."""
    return view.raw_input if view.input is None else view.input


def _context(view: View) -> Json:
    facts = view.facts
    error = view.error or {}
    return {
        "Execution": {
            "Name": facts.execution_name,
            "Input": facts.execution_input,
            # Functions have roles of their own here; an execution has none.
            "RoleArn": "",
        },
        "Current": {
            "Name": facts.state,
            "Input": _input(view),
            "Output": view.result,
            "Error": {"Code": error.get("Error"), "Detail": error.get("Cause")},
            "RetryCount": facts.retry_count,
            "TaskToken": facts.token,
        },
    }


ROOTS: dict[str, Callable[[View], Json]] = {
    "$Input": _input,
    "$Output": lambda view: view.result,
    "$Context": _context,
    "$Item": lambda view: view.item,
    # One variable holds them all, so that none can stand before a root.
    "$Global": lambda view: view.variables.get("Global", {}),
    "$context": cloudflow_steps.context,
    "$Failure": cloudflow_steps.failure,
}


def operate(node: Operation, view: View, evaluate: Evaluate) -> Json:
    """Return the value of an operator of a condition.

    Raises:
        EvaluationFailure: it does not work on values of these kinds.
    """
    left = evaluate(node.left, view)
    if node.right is None:
        return _UNARY[node.operator](left)
    if node.operator in _STOPS_AT:
        is_true = _truth(node.operator, left)
        if is_true is _STOPS_AT[node.operator]:
            return is_true
        return _truth(node.operator, evaluate(node.right, view))
    return _BINARY[node.operator](left, evaluate(node.right, view))


#: The left side that decides alone, so that the right side is not asked.
_STOPS_AT = {"&&": False, "||": True}


def _truth(symbol: str, value: Json) -> bool:
    if value is None or isinstance(value, bool):
        return value is True
    _refuse(f"{symbol} works on true and false, not on {_kind(value)}")


def _negative(value: Json) -> Json:
    if _kind(value) != "a number":
        _refuse(f"- works on numbers, not on {_kind(value)}")
    return -value


def _contains(value: Json, among: Json) -> bool:
    if among is None:
        return False
    if not isinstance(among, list):
        _refuse(f"in looks into an array, not into {_kind(among)}")
    wanted = identity(value)
    return any(identity(each) == wanted for each in among)


def _ordered(
    symbol: str, compare: Callable[[Json, Json], bool]
) -> Callable[[Json, Json], bool]:
    def ordered(left: Json, right: Json) -> bool:
        if left is None or right is None:
            return False
        kind = _kind(left)
        if kind != _kind(right) or kind not in ("a number", "a text"):
            _refuse(f"{symbol} cannot order {kind} and {_kind(right)}")
        return compare(left, right)

    return ordered


_UNARY: dict[str, Callable[[Json], Json]] = {
    "!": lambda value: not _truth("!", value),
    "-": _negative,
}
_BINARY: dict[str, Callable[[Json, Json], bool]] = {
    "==": lambda left, right: identity(left) == identity(right),
    "!=": lambda left, right: identity(left) != identity(right),
    "<": _ordered("<", operator.lt),
    "<=": _ordered("<=", operator.le),
    ">": _ordered(">", operator.gt),
    ">=": _ordered(">=", operator.ge),
    "in": _contains,
}
_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def _kind(value: Json) -> str:
    return _KINDS[type(value)]


def _refuse(cause: str) -> NoReturn:
    raise EvaluationFailure(TABLES["cloudflow"][Kind.RUNTIME], cause)
