"""How does the end of a task arrive in Rill Flow's way? finish.json."""

from __future__ import annotations

from chalicelib.api import tasks
from chalicelib.api.rill_claims import claims_of
from chalicelib.api.rill_errors import DATA_FORMAT, Refused
from chalicelib.api.routes import Call, Reply


def finish(call: Call) -> Reply:
    """Take the end of a task; ``result_type`` of the body says how it ended."""
    claims = claims_of(call)
    body = call.json("the body", limit=call.service.limits.answer_bytes)
    if not isinstance(body, dict):
        raise Refused(422, DATA_FORMAT, "the body is not a JSON object")
    return tasks.tell(call, claims, tasks.ended("", body))
