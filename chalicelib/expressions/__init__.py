"""Expression + what it can see -> value.

``evaluate`` is a table from the class of a node to the function that reads it. Each
language has its module: ``jsonpath``, ``intrinsics`` and ``comparisons`` for the
Amazon States Language, and ``jsonata`` for its other query language; ``cloudflow``
and ``cloudflow_steps`` for its older one;
``mappings`` (with ``jayway``, ``constants`` and ``rill_…``) for Rill Flow;
``shapes`` builds objects and lists out of parts.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from chalicelib.expressions import comparisons, intrinsics, jsonpath, shapes
from chalicelib.expressions.scope import Facts, View
from chalicelib.model import expressions as nodes
from chalicelib.model.expressions import Expression
from chalicelib.values import Json

__all__ = ["Facts", "View", "evaluate", "holds"]

#: A reader gets the node, the view, and ``evaluate`` for the node's own parts.
Evaluate = Callable[[Expression, View], Json]
Reader = Callable[[Any, View, Evaluate], Json]


def _later(module: str, name: str) -> Reader:
    """Return a reader that is loaded with the first expression of its language."""

    def read(expression: Any, view: View, evaluate: Evaluate) -> Json:
        language = importlib.import_module(f"chalicelib.expressions.{module}")
        found: Reader = getattr(language, name)
        READERS[type(expression)] = found
        return found(expression, view, evaluate)

    return read


READERS: dict[type[Any], Reader] = {
    nodes.Literal: shapes.literal,
    nodes.Object: shapes.build_object,
    nodes.Array: shapes.build_array,
    nodes.Pipe: shapes.pipe,
    nodes.Source: shapes.source,
    nodes.Named: shapes.named,
    nodes.Merge: shapes.merge,
    nodes.Path: jsonpath.read,
    nodes.Place: jsonpath.place,
    nodes.Call: intrinsics.call,
    nodes.Compare: comparisons.compare,
    nodes.Is: comparisons.test_type,
    nodes.And: comparisons.every,
    nodes.Or: comparisons.either,
    nodes.Not: comparisons.negate,
    nodes.Jsonata: _later("jsonata", "read"),
    nodes.Operation: _later("cloudflow", "operate"),
    nodes.Union: _later("cloudflow_steps", "union"),
    nodes.Mappings: _later("mappings", "apply"),
    nodes.Condition: _later("mappings", "holds"),
    nodes.Jayway: _later("mappings", "read"),
    nodes.When: _later("mappings", "when"),
    nodes.GroupContext: _later("rill_requests", "group_context"),
    nodes.DagContext: _later("rill_requests", "dag_context"),
    nodes.Loan: _later("rill_loans", "resource"),
    nodes.RillRequest: _later("rill_requests", "request"),
    nodes.RillNotice: _later("rill_notices", "notice"),
}


def evaluate(expression: Expression, view: View) -> Json:
    """Return the value of ``expression``.

    Raises:
        EvaluationFailure: it has none; named as its language names such errors.
    """
    return READERS[type(expression)](expression, view, evaluate)


def holds(expression: Expression, view: View) -> bool:
    """Return whether ``expression`` is true; anything but ``true`` is not."""
    return evaluate(expression, view) is True
