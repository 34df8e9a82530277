"""The states that decide or end: Choice, Succeed, Fail."""

from __future__ import annotations

from typing import Any

from chalicelib.engine.flow import end_here, leave, say_exited
from chalicelib.engine.history import Happened, Skip
from chalicelib.engine.state import Failure
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import arguments, fail, outcome
from chalicelib.engine.walk import Walk
from chalicelib.engine.weights import make
from chalicelib.expressions import evaluate, holds
from chalicelib.expressions.scope import View
from chalicelib.model.error_names import Kind
from chalicelib.model.expressions import Expression
from chalicelib.model.workflow import Choice, Fail, Rule
from chalicelib.values import Json


def choose(walk: Walk, visit: Visit) -> None:
    """Take the edges of the rules that hold; the default's when none does."""
    work = visit.state.work
    assert isinstance(work, Choice)  # noqa: S101 - the table's promise to the type checker
    view = walk.view(visit, visit.input)
    held = _rules_that_hold(work, view)
    if not held and work.default is None:
        cause = f"no rule of {visit.state.name!r} holds, and it has no default"
        fail(walk, visit, Failure(error=walk.name_of(Kind.NO_CHOICE), cause=cause))
        return
    output, assigned = _data(walk, visit, held, view)
    walk.assign(assigned)
    names = [name for rule in held for name in rule.next]
    alive = tuple(names) if held else work.default
    is_skipped = not held and work.default_skips
    if is_skipped:
        walk.say(Happened.STATE_SKIPPED, visit.state.name, Skip.UNMET.value)
    leave(walk, visit, output, alive=alive, is_skipped=is_skipped, assigned=assigned)


def _rules_that_hold(work: Choice, view: View) -> list[Rule]:
    held = []
    for rule in work.rules:
        if holds(rule.condition, view):
            held.append(rule)
            if rule.final:
                break
    return held


def _data(walk: Walk, visit: Visit, held: list[Rule], view: View) -> tuple[Json, Any]:
    """The first rule's own output and assignment come before the state's."""
    first = held[0] if held else None
    output: Expression | None = (first.output if first else None) or visit.state.output
    assign: Expression | None = (first.assign if first else None) or visit.state.assign
    value = visit.input if output is None else make(walk, output, view)
    return value, {} if assign is None else make(walk, assign, view)


def succeed(walk: Walk, visit: Visit) -> None:
    """End the scope well (ASL, "Succeed State"), whatever else of it still runs."""
    output, assigned = outcome(walk, visit, arguments(walk, visit))
    walk.assign(assigned)
    say_exited(walk, visit, output, assigned)
    end_here(walk, output)


def give_up(walk: Walk, visit: Visit) -> None:
    """Fail the scope with the author's own error (ASL, "Fail State")."""
    work = visit.state.work
    assert isinstance(work, Fail)  # noqa: S101 - the table's promise to the type checker
    view = walk.view(visit, visit.input)
    error = "" if work.error is None else str(evaluate(work.error, view))
    cause = "" if work.cause is None else str(evaluate(work.cause, view))
    fail(walk, visit, Failure(error=error, cause=cause))
