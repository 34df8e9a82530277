"""What is wrong with a definition, as Step Functions puts it?"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.api.stepfunctions.errors import code_of, sentence
from chalicelib.api.stepfunctions.face import Ask
from chalicelib.errors import DefinitionRefused, Problem
from chalicelib.model.workflow import Map, Mode, Parallel, Scope, State, Task, Workflow
from chalicelib.values import Json

#: Problems that one answer tells of (AWS: at most 100).
MOST = 100
_WAITING = {Mode.CALLBACK: ".waitForTaskToken", Mode.SYSTEM: ".sync"}


def validate(ask: Ask) -> Json:
    """ValidateStateMachineDefinition: every problem, and nothing is published."""
    found = problems(ask, ask.text("definition"), ask.text("type"))
    limit = ask.given.get("maxResults") or MOST
    return {
        "result": "FAIL" if found else "OK",
        "diagnostics": [_diagnostic(each) for each in found[:limit]],
        "truncated": len(found) > limit,
    }


def _diagnostic(problem: Problem) -> Json:
    location = {"location": problem.path} if problem.path else {}
    return {
        "severity": "ERROR",
        "code": code_of(problem),
        "message": sentence(problem),
        **location,
    }


def problems(ask: Ask, text: str, kind: str) -> list[Problem]:
    """Return everything that is wrong with a definition for a ``kind`` of machine."""
    try:
        workflow = ask.service.compile(text, format="asl", name="workflow")
        if kind == "EXPRESS":
            require_express(workflow)
    except DefinitionRefused as refused:
        return list(refused.problems)
    return []


def require_express(workflow: Workflow) -> None:
    """Pass if a workflow can run within one request (AWS: an Express workflow).

    Raises:
        DefinitionRefused: it waits for work that answers later.
    """
    found = [
        Problem(
            message=f"Express state machines do not support {_WAITING[mode]}; "
            "make the state machine STANDARD, or call without waiting",
            path=f"{path}/Resource",
        )
        for path, mode in _later(workflow.scope, "")
    ]
    if found:
        raise DefinitionRefused(found)


def _later(scope: Scope, path: str) -> Iterator[tuple[str, Mode]]:
    """Yield the tasks that wait, with the JSON pointers to their states."""
    for name, state in scope.states.items():
        place = f"{path}/States/{name.replace('~', '~0').replace('/', '~1')}"
        if isinstance(state.work, Task):
            mode = Mode.SYSTEM if state.work.job else state.work.mode
            if mode in _WAITING:
                yield place, mode
        for inner, below in _inside(state, place):
            yield from _later(inner, below)


def _inside(state: State, place: str) -> Iterator[tuple[Scope, str]]:
    match state.work:
        case Map(scope=scope):
            yield scope, f"{place}/ItemProcessor"
        case Parallel(branches=branches):
            for index, branch in enumerate(branches):
                yield branch.scope, f"{place}/Branches/{index}"
