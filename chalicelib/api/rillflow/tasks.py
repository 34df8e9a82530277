"""How do the end of a task, and what wakes one, arrive in Rill Flow's way?"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.api import tasks
from chalicelib.api.rillflow.claims import claims_of, is_gate, named_task
from chalicelib.api.rillflow.face import execution_in, flag, required
from chalicelib.api.routes import Call, Reply
from chalicelib.api.task_reports import body_of, rillflow_finish, rillflow_report
from chalicelib.tokens import Failed, Succeeded
from chalicelib.values import Json

#: What says whose answer it is; the query's word comes first.
_NAMES = ("token", "execution_id", "task_name")


def trigger(call: Call) -> Reply:
    """Take the end of a task, or what wakes one that is suspended."""
    if call.query.get("token"):
        return tasks.tell(call, claims_of(call), rillflow_report(call))
    execution, task = named_task(call)
    if not is_gate(execution, task):
        return tasks.tell(call, claims_of(call), rillflow_report(call))
    report = rillflow_report(call)
    # How it ended is nobody's question: a suspended task has not begun to work.
    data = report.output if isinstance(report, Succeeded | Failed) else None
    return _woken(call, execution, task, data)


def wake_up(call: Call) -> Reply:
    """Wake a task that is suspended; the body goes to the context."""
    execution, task = named_task(call)
    return _woken(call, execution, task, body_of(call))


def _woken(call: Call, execution: str, task: str, data: Json) -> Reply:
    answer = call.service.wake_up(execution, task, data)
    return Reply(body={"result": "ok", "replayed": answer == "replayed"})


def degrade(call: Call) -> Reply:
    """Leave out a task, or what is behind it, in one execution."""
    call.service.degrade(
        execution_in(call),
        required(call, "task_name"),
        current=flag(call, "degrade_current_task"),
        following=flag(call, "degrade_following_tasks"),
    )
    return Reply(body={"result": "ok"})


def finish(call: Call) -> Reply:
    """Take the end of a task; ``result_type`` of the body says how it ended."""
    is_named = any(name in call.query for name in _NAMES)
    claims = claims_of(call) if is_named else None
    passed, report = rillflow_finish(call)
    if claims is None:  # the envelope names the task
        named = {name: str(passed[name]) for name in _NAMES if passed.get(name)}
        claims = claims_of(replace(call, query={**named, **call.query}))
    return tasks.tell(call, claims, report)
