"""How does a scope begin: what are its variables, and which states come first?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from chalicelib.engine.commands import StartTimer
from chalicelib.engine.events import Timer
from chalicelib.engine.history import Happened
from chalicelib.engine.state import Ready, Stored
from chalicelib.engine.walk import Walk
from chalicelib.expressions import Facts, View, evaluate
from chalicelib.values import Json


def start(
    walk: Walk, given: Json | Stored, variables: Mapping[str, Json | Stored]
) -> None:
    """Begin a scope with what it was given; the top scope has a time, and a shape.

    Raises:
        EvaluationFailure: the workflow's timeout or input has no value.
    """
    value = walk.load(given)
    workflow = walk.setting.workflow
    is_top = walk.origin.index is None
    if is_top:
        start_clock(walk, value, walk.origin.started_at)
    if is_top and workflow.input is not None:
        facts = partial(_facts, walk, value)
        view = View(value, raw_input=value, input=value, facts=facts)
        value = evaluate(workflow.input, view)
    begin_scope(walk, value, variables)


def start_clock(walk: Walk, value: Json, since: float) -> None:
    """Start the time that the whole execution has; ``value``: its input.

    Raises:
        EvaluationFailure: the workflow's timeout has no value.
    """
    timeout = walk.setting.workflow.timeout
    view = View(value, raw_input=value, input=value)
    seconds = None if timeout is None else evaluate(timeout, view)
    if not isinstance(seconds, int | float) or seconds <= 0:
        return
    walk.due_at = since + seconds
    walk.commands.append(StartTimer(timer=Timer.EXECUTION, due_at=walk.due_at))


def _facts(walk: Walk, value: Json) -> Facts:
    origin = walk.origin
    return Facts(
        execution=origin.execution,
        execution_name=origin.name,
        execution_input=value,
        started_at=origin.started_at,
        workflow=origin.workflow,
        version=origin.version,
        at=walk.at,
    )


def begin_scope(
    walk: Walk, value: Json, variables: Mapping[str, Json | Stored]
) -> None:
    """Set up a new scope with its input; ``run`` then enters its first states."""
    is_top = walk.origin.index is None and not walk.inline_key
    walk.say(
        Happened.EXECUTION_STARTED if is_top else Happened.SCOPE_STARTED, value=value
    )
    if walk.scope.shares_variables:
        walk.variables = value if isinstance(value, dict) else {}
        value = {}
    else:
        walk.variables = variables
    for name in walk.scope.start:
        walk.ready.append(Ready(state=name, input=value))
