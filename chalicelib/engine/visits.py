"""What becomes of a visit: its data on the way in and out, and its failures.

finish: raw result --result--> result --output--> output, and assign beside it
fail:   retry, else catch, else tolerate, else give up (by the failure rule)
"""

from __future__ import annotations

from typing import Any

from chalicelib.engine.bounds import require_within
from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.flow import end_failed, is_container, leave, say_exited
from chalicelib.engine.history import Happened, Skip
from chalicelib.engine.recovery import catcher_for, next_retry
from chalicelib.engine.remains import leave_behind
from chalicelib.engine.state import Failure, Phase, Ready
from chalicelib.engine.visit import Visit
from chalicelib.engine.walk import Walk
from chalicelib.engine.weights import make
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import Facts, holds
from chalicelib.model import workflow as model
from chalicelib.values import Json


def read_input(walk: Walk, visit: Visit) -> None:
    """Make the state's input out of what it received."""
    program = visit.state.input
    if program is None:
        visit.input = visit.raw_input
    else:
        visit.input = make(walk, program, walk.view(visit, visit.raw_input))


def arguments(walk: Walk, visit: Visit) -> Json:
    """Return what the work receives."""
    program = visit.state.arguments
    if program is None:
        return visit.input
    return make(walk, program, walk.view(visit, visit.input))


def finish(
    walk: Walk,
    visit: Visit,
    raw_result: Json,
    *,
    alive: tuple[str, ...] | None = None,
) -> None:
    """The work is done: shape its result, keep what is assigned, go on."""
    try:
        output, assigned = outcome(walk, visit, raw_result)
    except EvaluationFailure as failure:
        fail(walk, visit, walk.broken(visit, failure))
        return
    walk.assign(assigned)
    leave(walk, visit, output, alive=alive, assigned=assigned)


def skip(walk: Walk, visit: Visit, raw_result: Json) -> None:
    """The work was left out: keep what is assigned all the same, and go on."""
    try:
        output, assigned = outcome(walk, visit, raw_result)
    except EvaluationFailure as failure:
        fail(walk, visit, walk.broken(visit, failure))
        return
    walk.assign(assigned)
    walk.say(Happened.STATE_SKIPPED, visit.state.name)
    leave(walk, visit, output, is_skipped=True)


def outcome(walk: Walk, visit: Visit, raw_result: Json) -> tuple[Json, Any]:
    """Return what the state gives, and what it assigns.

    Raises:
        EvaluationFailure: one of the two has no value, or too many bytes.
    """
    output, assigned = _shaped(walk, visit, raw_result)
    require_within(walk, visit, output)
    return output, assigned


def _shaped(walk: Walk, visit: Visit, raw_result: Json) -> tuple[Json, Any]:
    state = visit.state
    if state.result is None and state.output is None and state.assign is None:
        return raw_result, {}
    result = raw_result
    if state.result is not None:
        view = walk.view(visit, raw_result, result=raw_result)
        result = make(walk, state.result, view)
    output = result
    if state.output is not None:
        output = make(walk, state.output, walk.view(visit, result, result=result))
    assigned: Any = {}
    if state.assign is not None:
        assigned = make(walk, state.assign, walk.view(visit, result, result=result))
    return output, assigned


def fail(walk: Walk, visit: Visit, failure: Failure, output: Json = None) -> None:
    """An attempt failed: retry it, catch it, tolerate it, or fail the scope."""
    if _retry(walk, visit, failure, output) or _catch(walk, visit, failure):
        return
    if visit.state.assign_on_failure:
        _assign_anyway(walk, visit, output)
    if visit.state.tolerant:
        why = Skip.TOLERATED.value
        walk.say(Happened.STATE_SKIPPED, visit.state.name, why, failure=failure)
        leave(walk, visit, None, is_skipped=True)
        return
    walk.told += is_container(visit)
    leave_behind(walk, visit, failure)
    if walk.scope.failure is model.OnFailure.ABORT:
        end_failed(walk, failure)
        return
    walk.say(Happened.STATE_FAILED, visit.state.name, failure=failure)
    walk.failed = walk.failed or failure


def _assign_anyway(walk: Walk, visit: Visit, raw_result: Json) -> None:
    """Keep what a failed state gave (Rill Flow: foreach, tolerant tasks)."""
    if raw_result is None:
        return
    try:
        _, assigned = outcome(walk, visit, raw_result)
    except EvaluationFailure:  # it failed anyway
        return
    walk.assign(assigned)


def _retry(walk: Walk, visit: Visit, failure: Failure, output: Json) -> bool:
    retriers = visit.state.retry
    if not retriers:
        return False
    chance = Facts(salt=walk.salt(visit)).chance("retry")
    passes = [_condition_holds(walk, visit, each, output) for each in retriers]
    decision = next_retry(retriers, failure, visit.retries, chance, passes)
    if decision is None:
        return False
    position, seconds = decision
    made = list(visit.retries) or [0] * len(retriers)
    made[position] += 1
    visit.retries = tuple(made)
    due_at = walk.at + seconds
    walk.hold(visit, Phase.RETRYING, due_at=due_at, failure=failure)
    walk.say(Happened.RETRY_SCHEDULED, visit.state.name, seconds, activation=visit.id)
    walk.commands.append(
        StartTimer(
            timer=Timer.RETRY,
            due_at=due_at,
            activation=visit.id,
            attempt=visit.attempt,
        )
    )
    return True


def _condition_holds(
    walk: Walk, visit: Visit, retrier: model.Retrier, output: Json
) -> bool:
    if retrier.condition is None:
        return True
    try:
        return holds(retrier.condition, walk.view(visit, output, result=output))
    except EvaluationFailure:  # what cannot be asked does not hold
        return False


def _catch(walk: Walk, visit: Visit, failure: Failure) -> bool:
    catcher = catcher_for(visit.state.catch, failure)
    if catcher is None:
        return False
    error = {"Error": failure.error, "Cause": failure.cause}
    try:
        output, assigned = _caught(walk, visit, catcher, error)
    except EvaluationFailure as broken:
        leave_behind(walk, visit, failure)
        end_failed(walk, walk.broken(visit, broken))
        return True
    walk.assign(assigned)
    say_exited(walk, visit, output, assigned)
    walk.ready.append(Ready(state=catcher.next, input=output))
    return True


def _caught(
    walk: Walk, visit: Visit, catcher: model.Catcher, error: Json
) -> tuple[Json, Any]:
    if catcher.output is None and catcher.assign is None:
        return error, {}
    view = walk.view(visit, error, result=error, error=error)
    output = make(walk, catcher.output, view) if catcher.output else error
    return output, make(walk, catcher.assign, view) if catcher.assign else {}
