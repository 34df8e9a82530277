"""What is lent to a task whose resource is elsewhere: ``ab://``, ``resourceRef://``?

What an attempt was lent stays the same: it is looked up once, outside of the engine
(``journal/lending.py``), and kept for the attempt. A loan is an object:

    text         the resource, as ``Task.resource`` has it
    kind         how its request is built: a kind of ``RillRequest``
    target       the topic, or the bus
    method       of the request; empty where it does not matter
    parameters   an object; its fields stand in for those that the input lacks
    rules        mapping rules of the resource, encoded
    error        instead of all that: why nothing can be lent
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions.scope import View
from chalicelib.model import codec
from chalicelib.model import expressions as nodes
from chalicelib.values import Json

_Evaluate = Callable[[Any, View], Json]

#: As ``model.error_names`` calls a resource that is not there.
_NOT_FOUND = "not_found"


def resource(node: nodes.Loan, view: View, evaluate: _Evaluate) -> Json:
    """Return the resource that the task was lent."""
    return lent(node, view)["text"]


def lent(node: nodes.Loan, view: View) -> Mapping[str, Json]:
    """Return what the task was lent.

    Raises:
        EvaluationFailure: ``not_found``: there is nothing to lend.
        LoanNeeded: it must be looked up first.
    """
    # Rill Flow, "ab": the rules see the input. What a resource is referred to by is
    # known before the input, which its own mappings help to make.
    given = view.input if node.is_choice else view.variables
    found = view.facts.borrow(
        {
            "name": node.name,
            "business": node.business,
            "is_flow": node.is_flow,
            "input": dict(given or {}),
        }
    )
    if "error" in found:
        raise EvaluationFailure(_NOT_FOUND, found["error"])
    loan: Mapping[str, Json] = found
    return loan


def rules(node: nodes.Loan, view: View) -> tuple[nodes.Mapping, ...]:
    """Return the mapping rules that come with the resource."""
    found: tuple[nodes.Mapping, ...] = codec.decode(lent(node, view)["rules"])
    return found


def filled_in(node: nodes.RillRequest, loan: nodes.Loan, view: View) -> Any:
    """Return ``node`` with what the resource says where the task does not."""
    found = lent(loan, view)
    own = node.parameters.value if isinstance(node.parameters, nodes.Literal) else {}
    return replace(
        node,
        kind=found["kind"],
        target=found["target"],
        method=node.method or found["method"] or "POST",
        parameters=nodes.Literal(value={**found["parameters"], **own}),
    )
