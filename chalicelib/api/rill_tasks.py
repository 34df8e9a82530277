"""How does the end of a task arrive in Rill Flow's way? finish.json."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.api import tasks
from chalicelib.api.rill_claims import claims_of
from chalicelib.api.routes import Call, Reply
from chalicelib.api.task_reports import rillflow_finish

#: What says whose answer it is; the query's word comes first.
_NAMES = ("token", "execution_id", "task_name")


def finish(call: Call) -> Reply:
    """Take the end of a task; ``result_type`` of the body says how it ended."""
    is_named = any(name in call.query for name in _NAMES)
    claims = claims_of(call) if is_named else None
    passed, report = rillflow_finish(call)
    if claims is None:  # the envelope names the task
        named = {name: str(passed[name]) for name in _NAMES if passed.get(name)}
        claims = claims_of(replace(call, query={**named, **call.query}))
    return tasks.tell(call, claims, report)
