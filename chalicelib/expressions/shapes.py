"""Objects and lists out of parts; stages; the stations of data by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import jsonpath
from chalicelib.expressions.scope import View
from chalicelib.model import expressions as nodes
from chalicelib.values import Json

_Evaluate = Callable[[Any, View], Json]


def literal(node: nodes.Literal, view: View, evaluate: _Evaluate) -> Json:
    """Return the constant itself; nobody changes a value, so it needs no copy."""
    return node.value


def build_object(node: nodes.Object, view: View, evaluate: _Evaluate) -> Json:
    """Return an object with a value for each field.

    Raises:
        EvaluationFailure: a field has none; the cause names the field.
    """
    found = {}
    name, part = "", None
    try:
        for name, part in node.fields:
            found[name] = evaluate(part, view)
    except EvaluationFailure as failure:
        raise jsonpath.in_field(failure, name, part, view) from None
    return found


def build_array(node: nodes.Array, view: View, evaluate: _Evaluate) -> Json:
    """Return a list with a value for each element."""
    return [evaluate(part, view) for part in node.items]


def pipe(node: nodes.Pipe, view: View, evaluate: _Evaluate) -> Json:
    """Return the value of the last stage; each sees the one before as ``$``."""
    first, *rest = node.stages
    value = evaluate(first, view)
    for stage in rest:
        value = evaluate(stage, view.at(value))
    return value


def _error(view: View) -> Json:
    return {} if view.error is None else view.error


_SOURCES: dict[str, Callable[[View], Json]] = {
    "data": lambda view: view.data,
    "input": lambda view: view.input,
    "raw_input": lambda view: view.raw_input,
    "result": lambda view: view.result,
    "variables": lambda view: dict(view.variables),
    "error": _error,
    "item": lambda view: view.item,
    "index": lambda view: view.index,
}


def source(node: nodes.Source, view: View, evaluate: _Evaluate) -> Json:
    """Return a station of data."""
    return _SOURCES[node.name](view)


def named(node: nodes.Named, view: View, evaluate: _Evaluate) -> Json:
    """Return the list ``$`` as an object: the prefix and a position name each."""
    return {f"{node.prefix}{at}": value for at, value in enumerate(view.data)}


def merge(node: nodes.Merge, view: View, evaluate: _Evaluate) -> Json:
    """Return the objects of the list ``$`` as one; later names win."""
    found: dict[str, Json] = {}
    for each in view.data:
        found |= each or {}
    return found
