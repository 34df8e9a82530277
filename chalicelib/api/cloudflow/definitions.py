"""Can this text be the definition of this flow?"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.api.cloudflow.face import Ask
from chalicelib.errors import DefinitionRefused, Problem
from chalicelib.model.workflow import Map, Mode, Parallel, Scope, Task, Workflow


def require(ask: Ask, name: str, text: str, *, is_express: bool) -> None:
    """Pass if ``text`` is a definition of the flow ``name`` in CloudFlow's language.

    Raises:
        DefinitionRefused: it is not, or an Express flow cannot do what it says.
    """
    workflow = ask.service.compile(text, format=None, name=name)
    problems = list(_problems(workflow, name))
    if is_express:
        problems += [_too_slow(state) for state in _waiting(workflow.scope)]
    if problems:
        raise DefinitionRefused(problems)


def _problems(workflow: Workflow, name: str) -> Iterator[Problem]:
    if workflow.format != "cloudflow":
        message = "this is not CloudFlow's language; begin with Type: StateMachine"
        yield Problem(message=message)
    elif workflow.name != name:
        message = f"is {workflow.name!r} here and {name!r} in the request"
        yield Problem(message=message, path="/Name")


def _too_slow(state: str) -> Problem:
    message = (
        f"{state} waits for its callback, and an Express flow supports RequestComplete "
        "only; make the flow Standard, or leave out TaskMode"
    )
    return Problem(message=message)


def _waiting(scope: Scope) -> Iterator[str]:
    """Yield the tasks whose answer comes after that of their request."""
    for name, state in scope.states.items():
        match state.work:
            case Task(mode=Mode.CALLBACK | Mode.SYSTEM):
                yield name
            case Map(scope=inner):
                yield from _waiting(inner)
            case Parallel(branches=branches):
                for branch in branches:
                    yield from _waiting(branch.scope)
