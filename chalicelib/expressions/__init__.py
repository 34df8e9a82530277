"""Expression + what it can see -> value.

``evaluate`` is a table from the class of a node to the function that reads it. Each
language has its module: ``jsonpath``, ``intrinsics`` and ``comparisons`` for the
Amazon States Language, and ``jsonata`` for its other query language; ``cloudflow``;
``mappings`` (with ``jayway``, ``constants`` and ``rill_requests``) for Rill Flow;
``shapes`` builds objects and lists out of parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from chalicelib.expressions import (
    cloudflow,
    comparisons,
    intrinsics,
    jsonata,
    jsonpath,
    mappings,
    rill_notices,
    rill_requests,
    shapes,
)
from chalicelib.expressions.scope import Facts, View
from chalicelib.model import expressions as nodes
from chalicelib.model.expressions import Expression
from chalicelib.values import Json

__all__ = ["Facts", "View", "evaluate", "holds"]

#: A reader gets the node, the view, and ``evaluate`` for the node's own parts.
Evaluate = Callable[[Expression, View], Json]
Reader = Callable[[Any, View, Evaluate], Json]

READERS: Mapping[type[Any], Reader] = MappingProxyType(
    {
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
        nodes.Operation: cloudflow.operate,
        nodes.Jsonata: jsonata.read,
        nodes.Mappings: mappings.apply,
        nodes.Condition: mappings.holds,
        nodes.Jayway: mappings.read,
        nodes.When: mappings.when,
        nodes.GroupContext: rill_requests.group_context,
        nodes.DagContext: rill_requests.dag_context,
        nodes.RillRequest: rill_requests.request,
        nodes.RillNotice: rill_notices.notice,
    }
)


def evaluate(expression: Expression, view: View) -> Json:
    """Return the value of ``expression``.

    Raises:
        EvaluationFailure: it has none; named as its language names such errors.
    """
    return READERS[type(expression)](expression, view, evaluate)


def holds(expression: Expression, view: View) -> bool:
    """Return whether ``expression`` is true; anything but ``true`` is not."""
    return evaluate(expression, view) is True
