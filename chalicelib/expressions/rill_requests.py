"""What do Rill Flow's tasks, groups and DAGs receive, made of an input?

The fields of a function task's input travel in different parts of a request:

    query, query_params_*         an object: its fields go to the query
    header, request_header_*      an object: to the headers
    body, request_config_*        an object: to the body
    request_callback_*            an object: not sent
    everything else               to the body, under its own name
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions.constants import parse_constant
from chalicelib.expressions.scope import Facts, View
from chalicelib.model import expressions as nodes
from chalicelib.model.descriptors import execution_id
from chalicelib.values import Json, compact

_Evaluate = Callable[[Any, View], Json]

#: Requests of these methods have no body.
_BODILESS = frozenset({"GET", "HEAD"})
_PARTS = {"query": "query", "header": "headers", "body": "body"}
_PREFIXES = {
    "query_params_": "query",
    "request_header_": "headers",
    "request_config_": "body",
    "request_callback_": "",
}


def request(node: nodes.RillRequest, view: View, evaluate: _Evaluate) -> Json:
    """Return what a function task sends."""
    defaults = evaluate(node.parameters, view) if node.parameters else {}
    fields = {**defaults, **(view.input or {})}
    if node.kind in _KINDS:
        return _KINDS[node.kind](node, fields, view.facts)
    if node.kind == "workflow":
        root = view.variables.get("flow_root_execution_id", _execution_id(view.facts))
        return {"input": {"flow_root_execution_id": root, **fields}}
    return fields


def _http(node: nodes.RillRequest, fields: dict[str, Json], facts: Facts) -> Json:
    parts = _sorted_into_parts(fields)
    execution = {"execution_id": _execution_id(facts)}
    query = {name: _text(value) for name, value in parts["query"].items()}
    headers = {name: _text(value) for name, value in parts["headers"].items()}
    found: dict[str, Json] = {
        "method": node.method,
        # The name is last: nothing of the author's may stand in for it.
        "query": {**execution, **query, "name": _runtime_name(node.groups, facts)},
        "headers": headers,
    }
    if node.method not in _BODILESS:
        found["body"] = {**execution, **parts["body"]}
    patience = {"connect": node.connect, "read": node.read}
    if any(patience.values()):
        found["timeouts"] = {name: value for name, value in patience.items() if value}
    return found


def _sns(node: nodes.RillRequest, fields: dict[str, Json], facts: Facts) -> Json:
    return {"TopicArn": node.target, "Message": fields}


def _eventbridge(
    node: nodes.RillRequest, fields: dict[str, Json], facts: Facts
) -> Json:
    entry = {
        "EventBusName": node.target,
        "Source": facts.workflow,
        "DetailType": facts.state,
        "Detail": fields,
    }
    return {"Entries": [entry]}


_KINDS: Mapping[str, Callable[[nodes.RillRequest, dict[str, Json], Facts], Json]] = {
    "http": _http,
    "sns": _sns,
    "eventbridge": _eventbridge,
}


def _sorted_into_parts(fields: dict[str, Json]) -> dict[str, dict[str, Json]]:
    parts: dict[str, dict[str, Json]] = {"query": {}, "headers": {}, "body": {}}
    for name, value in fields.items():
        part = _part(name) if isinstance(value, dict) else None
        if part is None:
            parts["body"][name] = value
        elif part:
            parts[part].update(value)
    return parts


def _part(name: str) -> str | None:
    """Return the part that an object of this name goes to; empty: it is not sent."""
    if name in _PARTS:
        return _PARTS[name]
    for prefix, part in _PREFIXES.items():
        if name.startswith(prefix):
            return part
    return None


def _text(value: Json) -> str:
    return value if isinstance(value, str) else compact(value)


def _runtime_name(groups: tuple[str, ...], facts: Facts) -> str:
    """Return the task's name behind those of its groups: ``split_2-resize``."""
    outer = [
        # A branch of a choice has its number in its name already.
        group if "_" in group else f"{group}_{index}"
        for group, index in zip(groups, facts.indexes, strict=False)
    ]
    return "-".join((*outer, facts.state))


def group_context(node: nodes.GroupContext, view: View, evaluate: _Evaluate) -> Json:
    """Return the context of one group of a foreach."""
    found = _without(view.input, node.collection)
    found[node.item] = view.item
    if node.index:
        found[node.index] = view.index
    return found


def _without(value: Json, steps: nodes.Steps) -> dict[str, Json]:
    """Return ``value`` without the field at ``steps``, copied along the way."""
    if not steps:
        return dict(value)
    step, below = steps[0], steps[1:]
    if below:
        return {**value, str(step): _without(value[step], below)}
    return {name: each for name, each in value.items() if name != step}


def dag_context(node: nodes.DagContext, view: View, evaluate: _Evaluate) -> Json:
    """Return the first context of a DAG: defaults, what was submitted, its own id.

    Raises:
        EvaluationFailure: what was submitted is not an object.
    """
    submitted = {} if view.data is None else view.data
    if not isinstance(submitted, dict):
        raise EvaluationFailure("mapping_failed", "the context is not a JSON object")
    defaults = {name: parse_constant(text) for name, text in node.defaults}
    return {**defaults, **submitted, "flow_execution_id": _execution_id(view.facts)}


def _execution_id(facts: Facts) -> str:
    return execution_id(facts.workflow, facts.execution_name)
