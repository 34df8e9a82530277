"""What does a flow ask of AWS that AWS does not have?

CloudFlow's ``Action: <Product>:<Api>``, and the older language's ``action``, is an
action of AWS where no row of ours is in its place. See ``aws_check``, which asks here.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.dispatchers.alibaba_apis import STAND_INS, find_api
from chalicelib.dispatchers.aws_model import NotInAws
from chalicelib.dispatchers.aws_shapes import LOOSE, Computed, Wrong, fit
from chalicelib.errors import Problem
from chalicelib.formats.cloudflow.actions import ACTIONS
from chalicelib.formats.cloudflow_steps.paths import is_path
from chalicelib.formats.cloudflow_steps.services import OWN_PRODUCTS
from chalicelib.formats.document import Document, Place
from chalicelib.values import Json

_PRODUCTS = frozenset(name.partition(":")[0] for name in ACTIONS)


def check_flow(document: Document) -> list[Problem]:
    """Return the calls of a flow that AWS would not take."""
    return [
        problem
        for state, place in _tasks(document.value, ())
        for problem in _of_state(document, state, place)
    ]


def check_steps(document: Document) -> list[Problem]:
    """Return the calls of a flow of the older language that AWS would not take."""
    return [
        problem
        for step, place in _task_steps(document.value, ())
        for problem in _of_step(document, step, place)
    ]


def _tasks(scope: Json, place: Place) -> Iterator[tuple[dict[str, Json], Place]]:
    states = scope.get("States") if isinstance(scope, dict) else None
    for index, state in enumerate(states if isinstance(states, list) else ()):
        if not isinstance(state, dict):
            continue
        here = (*place, "States", index)
        if state.get("Type") == "Task":
            yield state, here
        branches = state.get("Branches")
        for number, branch in enumerate(branches if isinstance(branches, list) else ()):
            yield from _tasks(branch, (*here, "Branches", number))
        yield from _tasks(state.get("Processor"), (*here, "Processor"))


def _task_steps(
    sequence: Json, place: Place
) -> Iterator[tuple[dict[str, Json], Place]]:
    """Return the task steps of whatever has ``steps``, and of what is in those."""
    steps = sequence.get("steps") if isinstance(sequence, dict) else None
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if not isinstance(step, dict):
            continue
        here = (*place, "steps", index)
        if step.get("type") == "task":
            yield step, here
        yield from _task_steps(step, here)
        yield from _task_steps(step.get("default"), (*here, "default"))
        for name in ("branches", "choices"):
            inner = step.get(name)
            for number, each in enumerate(inner if isinstance(inner, list) else ()):
                yield from _task_steps(each, (*here, name, number))


def _of_state(
    document: Document, state: dict[str, Json], place: Place
) -> Iterator[Problem]:
    action = str(state.get("Action", "")).replace("::", ":")
    if action.partition(":")[0] not in _PRODUCTS:
        asked = (action, (*place, "Action"))
        request = (state.get("Parameters"), (*place, "Parameters"))
        yield from _problems(document, asked, request, _by_name)


def _of_step(
    document: Document, step: dict[str, Json], place: Place
) -> Iterator[Problem]:
    action = str(step.get("action", ""))
    if action.partition(":")[0].casefold() not in OWN_PRODUCTS:
        asked = (action, (*place, "action"))
        request = (step.get("serviceParams"), (*place, "serviceParams"))
        yield from _problems(document, asked, request, _by_value)


def _problems(
    document: Document,
    asked: tuple[str, Place],
    given: tuple[Json, Place],
    computed: Computed,
) -> Iterator[Problem]:
    """Return what is wrong with an action, or with its request; each with its place."""
    (action, place), (request, holder) = asked, given
    if action.count(":") != 1 or action in STAND_INS:  # the format says so
        return
    try:
        found = find_api(action)
    except NotInAws as error:
        yield document.problem(place, str(error))
        return
    if not isinstance(request, dict):  # the format says so, or it is the step's input
        return
    loose = LOOSE["sns"] if found.client == "sns" else frozenset()
    shape = found.operation.input_shape
    for fault in fit(shape, request, loose=loose, computed=computed)[1]:
        path = (*holder, *fault.path)
        if fault.wrong is Wrong.UNKNOWN:
            yield document.problem(path, fault.advice, at="key")
        else:
            yield document.problem(path, fault.advice)


def _by_value(name: str, value: Json) -> bool:
    return isinstance(value, str) and is_path(value)


def _by_name(name: str, value: Json) -> bool:
    return name.endswith(".$")
