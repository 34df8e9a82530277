"""How does a scope that failed go on? From what was left of it (``remains``).

    failed state ------------> entered again, with what it had received
    container of children ---> the same children; those that did not succeed go on
    states to be done anew --> they and all behind them, as if they never were (reset)

Rule 1  What goes on has a new activation, so that whatever comes late for the old one
        finds it gone.
Rule 2  A redrive has a number. A scope that knows the number was told before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from chalicelib.engine import crowds, errands
from chalicelib.engine.beginning import start, start_clock
from chalicelib.engine.cancelling import cancel
from chalicelib.engine.commands import EndScope
from chalicelib.engine.containers import start_command, wait_for_children
from chalicelib.engine.events import ScopeRedriven, ScopeReset
from chalicelib.engine.flow import revive
from chalicelib.engine.history import Happened
from chalicelib.engine.remains import goes_on
from chalicelib.engine.state import (
    Activation,
    Home,
    Ready,
    ScopeState,
    Status,
    Step,
)
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import fail
from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.model.workflow import Join, Parallel, Scope


def begin(walk: Walk, event: ScopeRedriven) -> None:
    """A child that had not begun begins now."""
    walk.redrives, walk.redriven_at = event.number, event.at
    start(walk, event.input, event.variables)


def adopt(walk: Walk, event: ScopeRedriven) -> None:
    """A child that still runs goes on, and tells another activation its end."""
    walk.redrives, walk.redriven_at = event.number, event.at
    if event.origin is not None:
        walk.origin = event.origin
        walk.scope = walk.setting.workflow.scopes[event.origin.scope]


def take_up(walk: Walk, event: ScopeRedriven) -> None:
    """Go on from what was left; a child that has succeeded says so once more."""
    adopt(walk, event)
    if walk.status is Status.SUCCEEDED:
        walk.commands.append(EndScope(status=walk.status, output=walk.output))
        return
    _run_again(walk)
    left, walk.left, walk.failed = walk.left, {}, None
    if _has_nothing(walk, left):
        start(walk, event.input, event.variables)
    for held in left.values():
        _go_on(walk, held)


def _has_nothing(walk: Walk, left: Mapping[int, Activation]) -> bool:
    """Whether nothing leads on: it was stopped before it began."""
    if left or walk.ready:
        return False
    return walk.scope.join is Join.ANY or not walk.transitions


def _run_again(walk: Walk) -> None:
    """Make an ended scope a running one."""
    is_top = walk.origin.index is None
    walk.status, walk.output, walk.failure = Status.RUNNING, None, None
    said = Happened.EXECUTION_REDRIVEN if is_top else Happened.SCOPE_REDRIVEN
    walk.say(said, value=walk.redrives)
    if is_top:
        start_clock(walk, walk.load(walk.origin.input), walk.at)


def _go_on(walk: Walk, held: Activation) -> None:
    if held.told:
        walk.say(Happened.STATE_REDRIVEN, held.state)
    if goes_on(held):
        _go_on_inside(walk, held)
    else:
        again = Ready(state=held.state, input=held.input, told=held.told)
        walk.ready.append(again)


def _go_on_inside(walk: Walk, held: Activation) -> None:
    """Go on with a container, under a new number."""
    visit = walk.reopen(held)
    errands.renumber(walk, visit)
    _say_inside(walk, visit)
    try:
        visit = _taken_up(walk, held, visit.id)
        if held.step is Step.WRITE:
            errands.begin(walk, visit, Step.WRITE)
        else:
            _rejoin(walk, visit, held)
    except EvaluationFailure as broken:
        fail(walk, visit, walk.broken(visit, broken))


def _say_inside(walk: Walk, visit: Visit) -> None:
    name, number = visit.state.name, visit.id
    walk.say(Happened.CHILDREN_REDRIVEN, name, activation=number)
    if errands.is_run(visit):
        walk.say(Happened.RUN_REDRIVEN, name, walk.redrives, activation=number)


def _taken_up(walk: Walk, held: Activation, number: int) -> Visit:
    """Return the visit with its input, under its new number."""
    renumbered = replace(held, id=number, attempt=1, retries=(), failure=None)
    again = walk.taken_up(renumbered)
    again.held = held
    return again


def _rejoin(walk: Walk, visit: Visit, held: Activation) -> None:
    """Wait for the children again; those that did not succeed are taken up."""
    named = held.home or Home(held.id, held.attempt, 0)
    visit.home = named._replace(redrive=walk.redrives)
    # The children's inputs are what they were: made at the time when they began.
    then = Walk(walk.setting, walk.frozen(), held.since, 0)
    is_parallel = isinstance(visit.state.work, Parallel)
    crowd_of = crowds.parallel_crowd if is_parallel else crowds.map_crowd
    walk.commands.append(start_command(then, visit, crowd_of(then, visit)))
    wait_for_children(walk, visit, held.children)
    again = replace(walk.active[visit.id], home=visit.home, since=held.since)
    walk.active[visit.id] = again


# -- states that are done anew -------------------------------------------------------


def undone(state: ScopeState, scope: Scope, wanted: Collection[str]) -> list[str]:
    """Return the states to do anew, those behind them included; none for no reason.

    ``wanted``: as far as they have begun; nothing: all that began without success.
    """
    open_now = {held.state for held in state.active.values()}
    left = {held.state for held in state.left.values()}
    ready = {each.state for each in state.ready}
    begun = open_now | left | ready | set(state.done)
    chosen = begun & set(wanted) if wanted else open_now | left | ready
    behind = _behind(scope, chosen)
    return [name for name in scope.states if name in behind]


def _behind(scope: Scope, names: Collection[str]) -> set[str]:
    found: set[str] = set()
    following = list(names)
    while following:
        name = following.pop()
        if name not in found:
            found.add(name)
            following.extend(scope.states[name].next)
    return found


def reset(walk: Walk, event: ScopeReset) -> None:
    """Do states anew (Rill Flow, redo): as if they, and all behind them, never were."""
    if event.context:
        walk.assign(event.context)
    names = set(event.states)
    for name in event.states:
        walk.say(Happened.STATE_RESET, name)
    for held in _all_of(walk, names):
        cancel(walk, held)
        del walk.active[held.id]
    ready = [each for each in walk.ready if each.state not in names]
    walk.ready.clear()
    walk.ready.extend(ready)
    walk.done = {name: walk.done[name] for name in walk.done if name not in names}
    walk.begun -= names
    left, walk.left = walk.left, {}
    if not walk.is_running:
        walk.redrives, walk.redriven_at = event.number, event.at
        _run_again(walk)
    _keep(walk, [held for held in left.values() if held.state not in names])
    revive(walk, event.states)


def _all_of(walk: Walk, names: set[str]) -> Iterator[Activation]:
    return (held for held in list(walk.active.values()) if held.state in names)


def _keep(walk: Walk, left: Collection[Activation]) -> None:
    """What failed stays failed; what was only broken off goes on."""
    failed = [held for held in left if held.failure is not None]
    walk.left = {held.id: held for held in failed}
    walk.failed = failed[0].failure if failed else None
    for held in left:
        if held.failure is None:
            _go_on(walk, held)
