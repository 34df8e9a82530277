"""How does a task start another execution?

    SYSTEM             the child's end answers the task's token
    SUBMIT, REQUEST    started, and no more heard of
    CALLBACK           started; whoever the author gave the token to answers

The payload is ``{"input": …, "name": …}``, or the input itself. Without a name the
child is named by the attempt, so a dispatch that comes twice starts it once. A workflow
may be named by the ARN of a state machine, and may have a version, or an alias.
"""

from __future__ import annotations

from chalicelib.dispatchers.seams import Start, Stop, failed
from chalicelib.engine.events import Answer, TaskFailed
from chalicelib.errors import (
    ExecutionExists,
    ExecutionNotFound,
    InputRefused,
    MillraceError,
    PayloadTooLarge,
    WorkflowNotFound,
)
from chalicelib.model.error_names import Kind
from chalicelib.model.machine_arns import workflow_named
from chalicelib.model.workflow import Mode
from chalicelib.ports import STARTED_BY, Call, Clock, Limits, Outcome
from chalicelib.values import Json, short_hash

PREFIX = "workflow:"

#: What a refused start is called, in every format.
_REFUSALS: dict[type[MillraceError], Kind] = {
    WorkflowNotFound: Kind.NO_WORKFLOW,
    ExecutionExists: Kind.NAME_TAKEN,
    InputRefused: Kind.NO_INPUT,
    PayloadTooLarge: Kind.TOO_LARGE,
}


class WorkflowDispatcher:
    """Starts executions. See ``ports.Dispatcher``."""

    def __init__(
        self, start: Start, stop: Stop, clock: Clock, *, limits: Limits | None = None
    ) -> None:
        self._start = start
        self._stop = stop
        self._clock = clock
        self._limits = limits or Limits()

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        workflow = _workflow(call)
        if workflow is None:
            cause = f"{call.resource.removeprefix(PREFIX)!r} is no state machine's ARN"
            return failed(Kind.NO_WORKFLOW, cause)
        depth = call.depth + 1
        if depth > self._limits.depth:
            cause = f"{self._limits.depth} levels of sub-workflows are the most"
            return failed(Kind.BUDGET, cause)
        given = _input(call.payload)
        name = _name(call)
        if not isinstance(name, str) or not name:
            return failed(Kind.RUNTIME, "the name of an execution must be a text")
        try:
            execution = self._start(
                workflow,
                given,
                name=name,
                parent_token=_parent(call),
                depth=depth,
                trace=call.trace,
                caller=[call.execution, call.task, call.mode.value],
            )
        except tuple(_REFUSALS) as error:
            return _refused(error)
        payload = {"execution": execution, "workflow": workflow, "name": name}
        return Answer(payload=payload, facts={"started_at": self._clock.now()})

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``."""
        workflow = _workflow(call)
        if workflow is None:
            return False
        cause = f"{call.execution}, which had started it, waits for it no more"
        try:
            self._stop(workflow, _name(call), cause)
        except ExecutionNotFound:
            return False
        return True


def _workflow(call: Call) -> str | None:
    """Return the workflow with its version; None for an ARN of something else."""
    return workflow_named(call.resource.removeprefix(PREFIX))


def _parent(call: Call) -> str:
    """Return what tells a start by this attempt from one by anybody else."""
    if call.mode is Mode.SYSTEM:
        return call.token
    is_named = _is_spelled_out(call.payload) and call.payload.get("name") is not None
    return f"{STARTED_BY}{call.idempotency_key}" if is_named else ""


def _is_spelled_out(payload: Json) -> bool:
    return (
        isinstance(payload, dict)
        and "input" in payload
        and payload.keys() <= {"input", "name"}
    )


def _input(payload: Json) -> Json:
    return payload["input"] if _is_spelled_out(payload) else payload


def _name(call: Call) -> Json:
    named = call.payload.get("name") if _is_spelled_out(call.payload) else None
    return short_hash(call.idempotency_key, length=32) if named is None else named


def _refused(error: MillraceError) -> TaskFailed:
    return failed(_REFUSALS[type(error)], str(error))
