"""What is asked to stop when nobody waits for it any more, and in which order?

Children of a container, executions that the system awaits, jobs of AWS: best effort,
once the record is written that says so.
"""

from __future__ import annotations

from chalicelib.engine.commands import CancelChildren, CancelTask, Command
from chalicelib.engine.state import Activation, Phase, Step
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import evaluate
from chalicelib.model.workflow import Mode, Task

#: What begins the resource of a task that is another execution.
WORKFLOW = "workflow:"


def rank(command: Command) -> int:
    """Return when a stop is carried out: what is nearest to its own end comes first.

    CloudFlow, "Wait for system callback": the executions that the flow contains are
    stopped first, and then its asynchronous tasks.
    """
    if isinstance(command, CancelChildren):
        return 0
    starts = isinstance(command, CancelTask) and command.resource.startswith(WORKFLOW)
    return 1 if starts else 2


def cancel(walk: Walk, activation: Activation) -> None:
    """Ask for the end of what an activation waits for; best effort."""
    if activation.step is Step.LOOK:
        _stop_job(walk, activation)
        return
    if activation.phase is Phase.JOINING:
        walk.commands.append(
            CancelChildren(
                activation=activation.id,
                attempt=activation.attempt,
                children=activation.children,
                home=activation.home,
            )
        )
        return
    if activation.phase is not Phase.WAITING:
        return
    state = walk.scope.states[activation.state]
    if isinstance(state.work, Task) and state.work.mode is Mode.SYSTEM:
        _cancel_task(walk, activation, state.work)


def _stop_job(walk: Walk, activation: Activation) -> None:
    work = walk.scope.states[activation.state].work
    if not isinstance(work, Task) or work.job is None or not work.job.stop:
        return
    try:
        known = walk.load(activation.items)
    except EvaluationFailure:  # nobody knows its name any more
        return
    walk.commands.append(
        CancelTask(
            activation=activation.id,
            attempt=activation.attempt,
            resource=work.job.stop,
            payload=known["stop"],
            state=activation.state,
            role=known.get("role", ""),
        )
    )


def _cancel_task(walk: Walk, activation: Activation, work: Task) -> None:
    try:
        visit = walk.taken_up(activation)
        view = walk.view(visit, visit.input)
        resource = evaluate(work.resource, view)
        program = visit.state.arguments
        payload = evaluate(program, view) if program else visit.input
    except EvaluationFailure:  # it was readable when the task began
        return
    name = payload.get("name") if isinstance(payload, dict) else None
    walk.commands.append(
        CancelTask(
            activation=activation.id,
            attempt=activation.attempt,
            resource=str(resource),
            name=name if isinstance(name, str) else "",
            state=activation.state,
        )
    )
