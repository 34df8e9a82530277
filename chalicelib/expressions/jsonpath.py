"""Where does a path lead, and how is a value put at one?

Reference paths, nearly all there are, are walked step by step; the rest go through
``queries``. What a path starts from is a table from its root. Causes are worded as
AWS Step Functions words them, because people search for those words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import context
from chalicelib.expressions.queries import answer
from chalicelib.expressions.scope import View
from chalicelib.model import paths
from chalicelib.model.expressions import Path, Place, Steps
from chalicelib.values import Json, compact

_Evaluate = Callable[[Any, View], Json]

#: Characters of a value in a cause.
_MOST_QUOTED = 4_000
_MISSING = (KeyError, IndexError, TypeError)


def read(node: Path, view: View, evaluate: _Evaluate) -> Json:
    """Return what is at the path.

    Raises:
        EvaluationFailure: nothing is, and the path is not lenient.
    """
    value = view.data if node.root == "$" else _start(node, view)
    steps = node.steps
    if steps is None:
        return _ask(node, value)
    try:
        for step in steps:
            if step.__class__ is int and value.__class__ is not list:
                raise TypeError
            value = value[step]
    except _MISSING:
        if node.lenient:
            return None
        start = view.data if node.root == "$" else _start(node, view)
        raise _nothing_there(node, start, steps) from None
    return value


def is_present(node: Path, view: View, evaluate: _Evaluate) -> bool:
    """Return whether something is at the path, be it null."""
    try:
        value = read(node, view, evaluate)
    except EvaluationFailure:
        return False
    return node.steps is not None or value != []


@cache
def _foreign_roots() -> Mapping[str, Callable[[View], Json]]:
    # Imported late: that module reads paths too.
    from chalicelib.expressions.cloudflow import ROOTS

    return ROOTS


def _start(node: Path, view: View) -> Json:
    """Return what the path starts from."""
    root = node.root
    if root == "$$":
        return context.read(view, node.steps)
    if root[1:] in view.variables:
        return view.variables[root[1:]]
    foreign = _foreign_roots().get(root)
    if foreign is not None:
        return foreign(view)
    if node.lenient:
        return None
    raise EvaluationFailure(
        "States.Runtime", f"Invalid path '{node.text}' : No value for variable {root}"
    )


def _ask(node: Path, start: Json) -> Json:
    query = paths.parse(node.query)
    try:
        return answer(query, start)
    except _MISSING:
        if node.lenient:
            return None
        raise _failure(node, f"No results for path: {node.query}") from None


def _nothing_there(node: Path, value: Json, steps: Steps) -> EvaluationFailure:
    """Return the failure of a reference path, with the step where it broke off."""
    walked, rest = "$", list(steps)
    while _leads_on(value, rest[0]):
        walked += f"[{_shown(rest[0])}]"
        value = value[rest.pop(0)]
    step, place = rest[0], f"{walked}[{_shown(rest[0])}]"
    if isinstance(step, str) and isinstance(value, dict):
        is_last = len(rest) == 1
        says = "No results for path:" if is_last else "Missing property in path"
        return _failure(node, f"{says} {place}")
    if isinstance(step, int) and isinstance(value, list):
        return _failure(node, f"Index out of bound when evaluating path {place}")
    kind = "an array" if isinstance(step, int) else f"an object with property {step!r}"
    return _failure(node, f"Expected to find {kind} in path {walked}")


def _leads_on(value: Json, step: str | int) -> bool:
    if isinstance(step, str):
        return isinstance(value, dict) and step in value
    return isinstance(value, list) and -len(value) <= step < len(value)


def _shown(step: str | int) -> str:
    return str(step) if isinstance(step, int) else f"'{step}'"


def _failure(node: Path, why: str) -> EvaluationFailure:
    is_foreign = node.root in _foreign_roots()
    error = "FnF.RuntimeError" if is_foreign else "States.Runtime"
    return EvaluationFailure(error, f"Invalid path '{node.text}' : {why}")


def in_field(
    failure: EvaluationFailure, name: str, part: Any, view: View
) -> EvaluationFailure:
    """Return the failure of a template's field, worded for the field."""
    if not isinstance(part, Path) or part.root in _foreign_roots():
        return failure
    return EvaluationFailure(
        "States.Runtime",
        f"The JSONPath '{part.text}' specified for the field '{name}.$' "
        f"could not be found in the input '{_quoted(view.data)}'",
    )


def place(node: Place, view: View, evaluate: _Evaluate) -> Json:
    """Return the base with the value at its place; only what is on the way is copied.

    Raises:
        EvaluationFailure: the base has something else than an object on the way.
    """
    base = evaluate(node.base, view)
    if node.steps is None:
        return base
    value = evaluate(node.value, view)
    return _put(node, base, node.steps, value) if node.steps else value


def _put(node: Place, base: Json, steps: Steps, value: Json) -> Json:
    step, *rest = steps
    if isinstance(step, int):
        return _put_in_list(node, base, step, tuple(rest), value)
    if base is not None and not isinstance(base, dict):
        raise _cannot_place(node, base)
    changed = dict(base or {})
    inner = changed.get(step)
    changed[step] = _put(node, inner, tuple(rest), value) if rest else value
    return changed


def _put_in_list(
    node: Place, base: Json, position: int, rest: Steps, value: Json
) -> Json:
    # ASL, "Reference Paths": a position must be there already.
    if not isinstance(base, list) or not -len(base) <= position < len(base):
        raise _cannot_place(node, base)
    changed = list(base)
    changed[position] = _put(node, base[position], rest, value) if rest else value
    return changed


def _cannot_place(node: Place, base: Json) -> EvaluationFailure:
    return EvaluationFailure(
        "States.ResultPathMatchFailure",
        f"Unable to apply step '{node.text}' to input '{_quoted(base)}'",
    )


def _quoted(value: Json) -> str:
    """Return ``value`` as JSON for a cause: history should not keep it twice."""
    text = compact(value)
    return text if len(text) <= _MOST_QUOTED else f"{text[:_MOST_QUOTED]}…"
