"""What has happened in an execution? Its history, page by page."""

from __future__ import annotations

from chalicelib.api.cloudflow_executions import find
from chalicelib.api.cloudflow_face import Ask
from chalicelib.api.cloudflow_story import Event, tell
from chalicelib.api.sfn_places import Places
from chalicelib.tokens import Claims
from chalicelib.values import Json


def history(ask: Ask) -> dict[str, Json]:
    """GetExecutionHistory: ``NextToken`` is the id of the first event to come."""
    head = find(ask)
    begin = ask.number("NextToken", 0, least=0, most=10**9)
    limit = ask.limit()
    told = _told(ask, head.execution, head.workflow, head.version)
    rest = [event for event in told if event.id >= begin]
    rows = [event.shown() for event in rest[:limit]]
    following = str(rest[limit].id) if len(rest) > limit else ""
    return {"Events": rows, "NextToken": following}


def event_of(ask: Ask, claims: Claims) -> int:
    """Return the id of the event that tells how an attempt ended; 0: none does yet."""
    head = ask.face.archive.head(claims.execution)
    told = _told(ask, head.execution, head.workflow, head.version)
    attempt = (claims.scope, claims.activation, claims.attempt)
    ends = [event.id for event in told if event.attempt == attempt and event.is_end]
    return ends[-1] if ends else 0


def _told(ask: Ask, execution: str, workflow: str, version: str) -> list[Event]:
    compiled = ask.face.archive.workflow(workflow, version)
    return tell(ask.service.journal.history(execution), Places(compiled))
