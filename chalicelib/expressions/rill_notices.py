"""What does the completion callback of a Rill Flow DAG say?

query     execution_id, and the fields of the input's ``query``
headers   the fields of the input's ``header``
body      the input's ``body``, or else all of it, and beside that how it ended
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.expressions.scope import View
from chalicelib.model import expressions as nodes
from chalicelib.model.descriptors import execution_id
from chalicelib.values import Json, compact

_Evaluate = Callable[[Any, View], Json]

_PARTS = ("query", "header", "body")
_STATUSES = {"SUCCEEDED": "succeed", "RUNNING": "running"}


def notice(node: nodes.RillNotice, view: View, evaluate: _Evaluate) -> Json:
    """Return the request that tells of the end."""
    given = evaluate(node.mappings, view) if node.mappings else {}
    parts = {name: given.get(name) for name in _PARTS}
    own = {name: each for name, each in given.items() if name not in _PARTS}
    body = parts["body"] if isinstance(parts["body"], dict) else own
    name = execution_id(view.data["workflow"], view.data["name"])
    return {
        "method": "POST",
        "query": {"execution_id": name, **_texts(parts["query"])},
        "headers": _texts(parts["header"]),
        "body": {**body, **_told(node, view, name)},
    }


def _texts(fields: Json) -> dict[str, str]:
    if not isinstance(fields, Mapping):
        return {}
    return {
        name: value if isinstance(value, str) else compact(value)
        for name, value in fields.items()
    }


def _told(node: nodes.RillNotice, view: View, name: str) -> dict[str, Json]:
    end = view.data
    status = _STATUSES.get(end["status"], "failed")
    told: dict[str, Json] = {"execution_id": name, "dag_status": status}
    if status == "failed":
        told["error_info"] = {
            "dag_invoke_info": end["cause"] or end["error"],
            "failed_tasks_invoke_info": end["failures"],
        }
    if node.full_dag:
        told["dag_info"] = _dag(end, name, status)
    if node.full_context:
        told["data"] = dict(view.variables)
    return told


def _dag(end: Mapping[str, Json], name: str, status: str) -> Json:
    return {
        "execution_id": name,
        "dag_status": status.upper(),
        "dag_invoke_msg": {
            "msg": end["cause"],
            "invoke_time_infos": [
                {
                    "start_time": round(end["started_at"] * 1000),
                    "end_time": round(end["stopped_at"] * 1000),
                }
            ],
        },
        "tasks": {
            state: {"name": state, "status": left}
            for state, left in end["states"].items()
        },
    }
