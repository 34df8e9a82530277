"""How are tasks done anew in Rill Flow's way: of one execution, or of many?"""

from __future__ import annotations

from chalicelib.api.rillflow.face import context_in, execution_in, service_in
from chalicelib.api.rillflow.lists import KINDS, LONGEST_AGO
from chalicelib.api.routes import Call, Reply

#: What may be redone at once, and in a second: asked for, and at most.
COUNT, LARGEST_COUNT = 100, 30_000
RATE, LARGEST_RATE = 30, 50
_KINDS = ("failed", "running")
_DONE = {"result": "ok"}


def redo(call: Call) -> Reply:
    """Do tasks anew, and all behind them; the body is merged into the context."""
    call.service.redo(execution_in(call), _tasks(call), context_in(call))
    return Reply(body=_DONE)


def redo_many(call: Call) -> Reply:
    """Have executions of a flow redone, newest first, so many in a second."""
    found = service_in(call)
    kind = call.choice("type", _KINDS) or "failed"
    ago = call.number("offset_in_minute", 0, least=0, most=LONGEST_AGO)
    call.service.orchestrator.redo_many(
        found.workflow,
        statuses=KINDS[kind],
        tasks=_tasks(call),
        code=call.query.get("code", ""),
        until=call.service.clock.now() - 60 * ago,
        count=call.number("count", COUNT, least=1, most=LARGEST_COUNT),
        pace=call.number("rate_limit", RATE, least=1, most=LARGEST_RATE),
    )
    return Reply(body=_DONE)


def _tasks(call: Call) -> list[str]:
    """Return the names of tasks, with commas between them."""
    names = call.query.get("task_names", "").split(",")
    return [name.strip() for name in names if name.strip()]
