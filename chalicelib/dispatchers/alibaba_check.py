"""What does a flow ask of AWS that AWS does not have?

CloudFlow's ``Action: <Product>:<Api>`` is an action of AWS where no row of ours is in
its place. See ``aws_check``, which asks here.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.dispatchers.alibaba_apis import find_api
from chalicelib.dispatchers.aws_model import NotInAws
from chalicelib.dispatchers.aws_shapes import LOOSE, Wrong, fit
from chalicelib.errors import Problem
from chalicelib.formats.cloudflow.actions import ACTIONS
from chalicelib.formats.document import Document, Place
from chalicelib.values import Json

_PRODUCTS = frozenset(name.partition(":")[0] for name in ACTIONS)


def check_flow(document: Document) -> list[Problem]:
    """Return the calls of a flow that AWS would not take."""
    return [
        problem
        for state, place in _tasks(document.value, ())
        for problem in _problems(document, state, place)
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


def _problems(
    document: Document, state: dict[str, Json], place: Place
) -> Iterator[Problem]:
    action = str(state.get("Action", "")).replace("::", ":")
    if action.count(":") != 1 or action.partition(":")[0] in _PRODUCTS:
        return
    try:
        found = find_api(action)
    except NotInAws as error:
        yield document.problem((*place, "Action"), str(error))
        return
    request = state.get("Parameters")
    if not isinstance(request, dict):  # the format says so
        return
    loose = LOOSE["sns"] if found.client == "sns" else frozenset()
    shape = found.operation.input_shape
    for fault in fit(shape, request, loose=loose, computed=_by_name)[1]:
        path = (*place, "Parameters", *fault.path)
        if fault.wrong is Wrong.UNKNOWN:
            yield document.problem(path, fault.advice, at="key")
        else:
            yield document.problem(path, fault.advice)


def _by_name(name: str, value: Json) -> bool:
    return name.endswith(".$")
