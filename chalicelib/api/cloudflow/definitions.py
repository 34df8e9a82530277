"""Can this text be the definition of this flow, and which variables does it see?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chalicelib.api.cloudflow.errors import invalid
from chalicelib.api.cloudflow.face import Ask
from chalicelib.errors import DefinitionRefused, Problem
from chalicelib.model.workflow import Map, Mode, Parallel, Scope, Task, Workflow
from chalicelib.values import Json

#: The environment of a flow that has none.
NO_VARIABLES: Final[dict[str, Any]] = {"Variables": []}


def compiled(
    ask: Ask, name: str, text: str, facts: Mapping[str, Json], *, is_express: bool
) -> Workflow:
    """Return what ``text`` defines: the flow ``name`` in CloudFlow's language.

    ``facts``: what is kept about the flow; expressions see its variables.

    Raises:
        DefinitionRefused: it is not, or an Express flow cannot do what it says.
    """
    variables = facts.get("Environment", NO_VARIABLES)["Variables"]
    environment = {each["Name"]: each.get("Value", "") for each in variables}
    workflow = ask.service.compile(
        text, format=None, name=name, environment=environment
    )
    problems = list(_problems(workflow, name))
    if is_express:
        problems += [_too_slow(state) for state in _waiting(workflow.scope)]
    if problems:
        raise DefinitionRefused(problems)
    return workflow


def environment(ask: Ask) -> Json:
    """Return the variables that the request brings, as they are shown again.

    Raises:
        Refused: InvalidArgument.
    """
    expected = '{"Variables": [{"Name": "STAGE", "Value": "test"}]}, each name once'
    variables = ask.object("Environment").get("Variables", [])
    if not isinstance(variables, list) or not all(map(_is_variable, variables)):
        raise invalid("Environment", expected)
    if len({each["Name"] for each in variables}) < len(variables):
        raise invalid("Environment", expected)
    return {"Variables": variables}


def _is_variable(value: Json) -> bool:
    match value:
        case {"Name": str(name)} if name:
            return all(isinstance(each, str) for each in value.values())
    return False


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
