"""What has happened in an execution? Its history, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.api.cloudflow.face import Ask
from chalicelib.api.cloudflow.lookup import find
from chalicelib.api.cloudflow.runs import find_child, glimpse
from chalicelib.api.cloudflow.story import Event, Neutral, tell
from chalicelib.api.stepfunctions.glimpses import Glimpse
from chalicelib.api.stepfunctions.places import TOP, Places
from chalicelib.api.stepfunctions.runs import Run, child_story, child_workflow, runs_of
from chalicelib.model.workflow import Workflow
from chalicelib.tokens import Claims
from chalicelib.values import Json

#: Records of a history that is not read only to number one of its events.
LONG = 200


def history(ask: Ask) -> dict[str, Json]:
    """GetExecutionHistory: ``NextToken`` is the id of the first event to come."""
    begin = ask.number("NextToken", 0, least=0, most=10**9)
    limit = ask.limit()
    reads, told = _told(ask)
    rest = [event for event in told if event.id >= begin]
    rows = [event.shown(reads.value) for event in rest[:limit]]
    following = str(rest[limit].id) if len(rest) > limit else ""
    return {"Events": rows, "NextToken": following}


def _told(ask: Ask) -> tuple[Glimpse, list[Event]]:
    child = find_child(ask)
    head = child.head if child else find(ask)
    reads = glimpse(ask, head)
    if child:
        scope = child.child.scope
        events = reads.story_of(scope)
        return reads, _of_child(events, reads.workflow, child.run, scope)
    return reads, tell(reads.story(), Places(reads.workflow), head.execution)


def _of_child(
    events: Sequence[Neutral], workflow: Workflow, run: Run, scope: str
) -> list[Event]:
    own = Places(child_workflow(workflow, run))
    return tell(list(child_story(events, scope)), own, run.name.execution)


def event_of(ask: Ask, claims: Claims) -> int:
    """Return the id of the event that tells how an attempt ended; 0: none does yet.

    Of a task inside a child of a distributed Map: its id in the child's history. Ids
    come from reading the history; where that is long, nobody is told one.
    """
    if ask.face.archive.is_long(claims.execution, LONG):
        return 0
    head = ask.face.archive.head(claims.execution)
    workflow = ask.face.archive.workflow(head.workflow, head.version)
    events = ask.service.journal.history(head.execution)
    scope, told = claims.scope, []
    within = _child_around(runs_of(events, workflow, head.execution), scope)
    if within is None:
        told = tell(events, Places(workflow), head.execution)
    else:
        run, child = within
        told = _of_child(events, workflow, run, child)
        scope = TOP + scope[len(child) :]
    attempt = (scope, claims.activation, claims.attempt)
    ends = [event.id for event in told if event.attempt == attempt and event.is_end]
    return ends[-1] if ends else 0


def _child_around(runs: Sequence[Run], scope: str) -> tuple[Run, str] | None:
    """Return the innermost child of a run that a scope is in, or None."""
    found = [
        (run, child)
        for run in runs
        for child in run.children
        if f"{scope}.".startswith(f"{child}.")
    ]
    return max(found, key=lambda each: len(each[1]), default=None)
