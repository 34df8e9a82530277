"""What happens in a state, from its input to its output?

    enter --> (input, arguments) --> work --> finish (result, output, assign) --> leave
                                      │
                                      └────--> fail: retry, catch, tolerate, give up

``enter`` is a table from the kind of work to the function that begins it; the kinds
that wait for something are finished by a later event (``transitions``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.engine import containers, delays, endings, gates, tasks, waits
from chalicelib.engine.commands import ResumeTurn
from chalicelib.engine.flow import end_failed, leave, let_readers_begin, settle
from chalicelib.engine.history import Happened, Skip
from chalicelib.engine.state import Activation, Failure, Ready
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import arguments, fail, finish, read_input
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.model import workflow as model
from chalicelib.model.error_names import Kind

Begin = Callable[[Walk, Visit], None]


def run(walk: Walk) -> None:
    """Enter what is ready, until nothing is or the turn's budget is used up."""
    while walk.ready and walk.is_running:
        if walk.budget <= 0:
            walk.commands.append(ResumeTurn(transitions=walk.transitions))
            return
        walk.budget -= 1
        ready = walk.ready.popleft()
        enter(walk, ready)
    settle(walk)


def enter(walk: Walk, ready: Ready) -> None:
    """Visit a state for the first time."""
    visit = walk.new_visit(ready)
    visit.told = ready.told or visit.told
    walk.transitions += 1
    if walk.transitions > walk.setting.transitions_per_scope:
        failure = Failure(
            error=walk.name_of(Kind.BUDGET),
            cause=f"more than {walk.setting.transitions_per_scope} states were entered",
        )
        walk.ready.appendleft(ready)
        end_failed(walk, failure)
        return
    try:
        visit.receive(walk.load(ready.input))
    except EvaluationFailure as lost:
        fail(walk, visit, Failure(error=lost.error, cause=lost.cause))
        return
    if _is_bypassed(walk, visit):
        return
    if ready.told:  # a redrive tries again what had begun
        let_readers_begin(walk, visit.state)
        attempt(walk, visit)
    elif visit.state.delay is None or not delays.begin(walk, visit):
        _first_attempt(walk, visit)


def _first_attempt(walk: Walk, visit: Visit) -> None:
    """Begin the work, and say so."""
    is_told_late = walk.scope.shares_variables
    let_readers_begin(walk, visit.state)
    if not is_told_late:
        walk.say(Happened.STATE_ENTERED, visit.state.name, visit.raw_input)
    attempt(walk, visit, announce=is_told_late)


def _is_bypassed(walk: Walk, visit: Visit) -> bool:
    """Skip a state that is degraded; its successors run."""
    if not walk.degrading(visit.state.name).current:
        return False
    walk.say(Happened.STATE_SKIPPED, visit.state.name, Skip.BYPASSED.value)
    leave(walk, visit, visit.raw_input, is_skipped=True)
    return True


def attempt(walk: Walk, visit: Visit, *, announce: bool = False) -> None:
    """Try the state's work; a failure on the way is the attempt's failure."""
    try:
        read_input(walk, visit)
        if announce:
            walk.say(Happened.STATE_ENTERED, visit.state.name, visit.input)
        BEGIN[type(visit.state.work)](walk, visit)
    except EvaluationFailure as failure:
        fail(walk, visit, walk.broken(visit, failure))


def again(walk: Walk, activation: Activation) -> None:
    """Begin the next attempt of a visit that waited for its retry."""
    visit = walk.reopen(activation)
    visit.receive(walk.load(activation.input))
    if _is_bypassed(walk, visit):
        return
    visit.attempt += 1
    attempt(walk, visit)


def after_delay(walk: Walk, activation: Activation) -> None:
    """Begin the work of a state whose delay is over."""
    visit = walk.reopen(activation)
    visit.receive(walk.load(activation.input))
    if not _is_bypassed(walk, visit):
        _first_attempt(walk, visit)


def _pass(walk: Walk, visit: Visit) -> None:
    finish(walk, visit, arguments(walk, visit))


BEGIN: dict[type[Any], Begin] = {
    model.Pass: _pass,
    model.Choice: endings.choose,
    model.Succeed: endings.succeed,
    model.Fail: endings.give_up,
    model.Wait: waits.begin,
    model.Gate: gates.begin,
    model.Task: tasks.begin,
    model.Parallel: lambda walk, visit: containers.begin_parallel(walk, visit, run),
    model.Map: lambda walk, visit: containers.begin_map(walk, visit, run),
}
