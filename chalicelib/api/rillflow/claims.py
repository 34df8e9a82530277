"""Whose answer is it, and for which attempt? A token says both; a task's name may too.

Rule 1  A token proves itself. Without one, an access key that may operate the workflow
        does; and where the stage allows unsigned triggers, nobody is asked.
Rule 2  A name means the task's last request, so that the same answer sent twice is
        known again.
"""

from __future__ import annotations

from chalicelib.api.auth import Scope
from chalicelib.api.rillflow import story
from chalicelib.api.rillflow.errors import DATA_FORMAT, ILLEGAL_STATE, Refused
from chalicelib.api.rillflow.face import face, required
from chalicelib.api.rillflow.runs import find_group, view_of
from chalicelib.api.rillflow.story import TOP, Told
from chalicelib.api.routes import Call, authorization, workflow_of
from chalicelib.engine.state import Phase
from chalicelib.errors import NotAuthenticated, TokenRefused
from chalicelib.model import descriptors
from chalicelib.model.workflow import Gate
from chalicelib.tokens import Claims


def claims_of(call: Call) -> Claims:
    """Return the attempt that a callback is about.

    Raises:
        TokenRefused: the token is not valid, or is for another execution.
        NotAuthenticated: there is no token and no key, and one is needed.
        NotAuthorized: the key may not do this.
        ExecutionNotFound: there is no such execution.
        Refused: there is no such task, or it has asked nobody yet.
    """
    named = descriptors.read_execution(call.query.get("execution_id", ""))
    if call.query.get("token"):
        claims = call.service.claims(call.query["token"])
        # A token for one execution proves nothing about another.
        if named and named != claims.execution:
            raise TokenRefused
        return claims
    return named_attempt(*named_task(call))


def named_task(call: Call) -> tuple[str, str]:
    """Return the execution and the runtime name of the task that a callback names.

    Raises:
        NotAuthenticated: there is no key, and one is needed.
        NotAuthorized: the key may not do this.
        Refused: a parameter is missing.
    """
    execution = descriptors.read_execution(call.query.get("execution_id", ""))
    _require_right(call, execution)
    required(call, "execution_id")
    return execution, required(call, "task_name")


def is_gate(execution: str, task: str) -> bool:
    """Whether a task waits to be woken, not for an answer.

    Raises:
        ExecutionNotFound: there is no such execution.
    """
    head = face().archive.head(execution)
    workflow = face().archive.workflow(head.workflow, head.version)
    name = task.rpartition("-")[2]
    found = (each.states.get(name) for each in workflow.scopes.values())
    return any(state is not None and isinstance(state.work, Gate) for state in found)


def _require_right(call: Call, execution: str) -> None:
    header = authorization(call.headers)
    if not header and face().allows_unsigned:
        return
    if not header:
        raise NotAuthenticated("a callback needs its token, or an access key")
    caller = call.service.keys.authenticate(header)
    caller.require(Scope.OPERATE)
    caller.require_workflow(workflow_of(execution))


def named_attempt(execution: str, task: str) -> Claims:
    """Return the attempt of a task that is asked last; ``task``: its runtime name."""
    group, _, name = task.rpartition("-")
    face().archive.head(execution)
    if not group and (waiting := _waiting(execution, name)):
        return _claims(execution, TOP, *waiting)
    view = view_of(execution)
    place = find_group(view, group)
    if name not in place.model.states:
        raise Refused(400, DATA_FORMAT, f"there is no task {task!r}")
    told = place.group.tasks.get(name, Told())
    if not told.asked[0]:
        raise Refused(409, ILLEGAL_STATE, _why_not(task, told))
    return _claims(execution, place.scope, *told.asked)


def _waiting(execution: str, name: str) -> tuple[int, int] | None:
    record = face().scopes.load(execution, TOP).record
    for held in record.state.active.values() if record else ():
        if held.state == name and held.phase is Phase.WAITING:
            return held.id, held.attempt
    return None


def _why_not(task: str, told: Told) -> str:
    if told.status in (story.TaskStatus.NOT_STARTED, story.TaskStatus.READY):
        return f"task {task!r} has not begun: nobody can have finished it"
    return f"task {task!r} waits for nobody's answer"


def _claims(execution: str, scope: str, activation: int, attempt: int) -> Claims:
    return Claims(
        execution=execution,
        scope=scope,
        activation=activation,
        attempt=attempt,
        expires_at=0,
    )
