"""Which call is an attempt of a task, and how long may it take?"""

from __future__ import annotations

from chalicelib.engine.commands import CallTask
from chalicelib.engine.sight import TOKEN_LIFE
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import arguments
from chalicelib.engine.waits import seconds
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import evaluate
from chalicelib.expressions.scope import View
from chalicelib.model.error_names import Kind
from chalicelib.model.expressions import Expression, Literal
from chalicelib.model.workflow import Mode, Task
from chalicelib.values import Json, compact

#: Modes whose answer is not that of the request.
ANSWERED_LATER = frozenset({Mode.CALLBACK, Mode.SYSTEM})


def plan(
    walk: Walk, visit: Visit, due_at: float | None
) -> tuple[CallTask, float | None]:
    """Return the call of an attempt, and the seconds it may be silent for.

    The same visit gives the same call, so a redelivery can ask for it again;
    ``due_at`` is when the attempt times out, where that is known already.

    Raises:
        EvaluationFailure: an expression of the task has no value.
    """
    work = task_of(visit)
    view = walk.view(visit, visit.input)
    _require_room(walk, work)
    timeout = _duration(walk, work.timeout, view, "the timeout")
    if work.mode in ANSWERED_LATER:
        if due_at is None and timeout is not None:
            due_at = walk.at + timeout
        expires_at = (due_at or visit.entered_at) + TOKEN_LIFE
        visit.token = walk.setting.mint(visit.id, visit.attempt, expires_at)
    call = CallTask(
        activation=visit.id,
        attempt=visit.attempt,
        resource=_resource(walk, work, view),
        payload=arguments(walk, visit),
        mode=work.mode,
        timeout=timeout,
        token=visit.token,
        at_most_once=work.at_most_once,
        is_awaited=work.is_awaited,
        state=visit.state.name,
        answers_at=work.answers_at,
        is_addressed=work.is_addressed,
        role=role_of(walk, visit),
    )
    return call, _duration(walk, work.heartbeat, view, "the heartbeat")


def task_of(visit: Visit) -> Task:
    """Return the task that a state is."""
    work = visit.state.work
    assert isinstance(work, Task)  # noqa: S101 - the table's promise to the type checker
    return work


def _require_room(walk: Walk, work: Task) -> None:
    """Pass if there may be one more level of executions below this one."""
    if work.levels and walk.origin.depth + 1 >= work.levels:
        cause = f"executions start each other on {work.levels} levels at most"
        raise EvaluationFailure(walk.name_of(Kind.DEPTH), cause)


def _resource(walk: Walk, work: Task, view: View) -> str:
    resource = evaluate(work.resource, view)
    if isinstance(resource, str) and resource:
        return resource
    cause = f"the resource of a task must be a text, not {compact(resource)}"
    raise EvaluationFailure(walk.name_of(Kind.RUNTIME), cause)


def role_of(walk: Walk, visit: Visit) -> str:
    """Return the ARN of the role that a task's requests are made in; empty for none.

    Raises:
        EvaluationFailure: it has no value, or one that names no role.
    """
    expression = task_of(visit).role
    if expression is None:
        return ""
    role = evaluate(expression, walk.view(visit, visit.input))
    if isinstance(role, str) and role:
        return role
    cause = f"the RoleArn of a task must be a text, not {compact(role)}"
    raise EvaluationFailure(walk.name_of(Kind.RUNTIME), cause)


def _duration(
    walk: Walk, expression: Expression | None, view: View, what: str
) -> float | None:
    if expression is None:
        return None
    value = evaluate(expression, view)
    if value is None:
        return None
    return seconds(value, walk.name_of(Kind.RUNTIME), what)


def beside(
    visit: Visit, call: CallTask, silence: float | None
) -> dict[str, Json] | None:
    """Return the role of an attempt, and those of its limits that were computed."""
    work = task_of(visit)
    limits = (
        ("timeout", work.timeout, call.timeout),
        ("heartbeat", work.heartbeat, silence),
    )
    found: dict[str, Json] = {
        name: seconds
        for name, written, seconds in limits
        if seconds is not None and not isinstance(written, Literal)
    }
    if call.role:
        found["role"] = call.role
    return found or None
