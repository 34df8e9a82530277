"""How does one state become a workflow of its own? For TestState.

Ways out of the state lead to states that only end the execution; their names say where
the way would have led, so a state that leads to itself does not run twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.engine.state import Failure
from chalicelib.model.expressions import Literal
from chalicelib.model.workflow import Choice, Fail, Pass, State, Succeed, Workflow
from chalicelib.values import Json

_BEFORE = "Variables"
_TARGETS = ("Next", "Default")
_CLAUSES = ("Choices", "Catch")


def alone(definition: Json, name: str, variables: Json) -> tuple[Json, str]:
    """Return a machine of one state, and the state's name.

    ``definition``: the state, or a machine that has a state of that name.

    Raises:
        Refused: ValidationException or InvalidDefinition.
    """
    if not isinstance(definition, dict):
        message = "Invalid State Machine Definition: 'a state is a JSON object'"
        raise Refused("InvalidDefinition", message)
    machine: dict[str, Json] = {}
    state = definition
    if "States" in definition and "Type" not in definition:
        states = definition["States"]
        if not isinstance(states, dict) or name not in states:
            message = f"stateName: there is no state {name!r} in the definition"
            raise Refused("ValidationException", message)
        machine = {k: v for k, v in definition.items() if k == "QueryLanguage"}
        state = states[name]
    state = _led_elsewhere(state, name)
    others = {each: {"Type": "Succeed"} for each in _targets(state)}
    states = {**others, name: state}
    start = name
    if variables:
        start = f"{_BEFORE} of {name}"[:80]
        states[start] = {"Type": "Pass", "Assign": variables, "Next": name}
    return {**machine, "StartAt": start, "States": states}, name


def _again(name: str) -> str:
    """Return what stands for the state itself among its ways out."""
    return f"{name}, again"


def _led_elsewhere(state: Json, name: str) -> Json:
    """Return the state with ways back to itself led to ``_again``."""
    if not isinstance(state, dict):
        return state
    led: dict[str, Json] = {
        field: _again(name) for field in _TARGETS if state.get(field) == name
    }
    for field in _CLAUSES:
        if isinstance(state.get(field), list):
            led[field] = [_led_elsewhere(each, name) for each in state[field]]
    return {**state, **led}


def _targets(state: Json) -> Iterator[str]:
    """Yield the names of states that a state's own fields lead to."""
    found = state if isinstance(state, dict) else {}
    yield from (found[each] for each in _TARGETS if isinstance(found.get(each), str))
    for field in _CLAUSES:
        clauses = found.get(field)
        for clause in clauses if isinstance(clauses, list) else ():
            yield from _targets(clause)


def inner_names(state: Json) -> Iterator[str]:
    """Yield the names of the states inside of a state, at any depth."""
    scopes = [state.get("ItemProcessor"), state.get("Iterator")]
    for scope in (*scopes, *state.get("Branches", ())):
        for name, inner in (scope or {}).get("States", {}).items():
            yield name
            yield from inner_names(inner)


def mocked(state: State, result: Json) -> State:
    """Return the state with ``result`` in the place of its work."""
    return replace(state, work=Pass(), arguments=Literal(value=result))


def failing(state: State, failure: Failure) -> State:
    """Return the state with a failure in the place of its work."""
    work = Fail(error=Literal(value=failure.error), cause=Literal(value=failure.cause))
    return replace(state, work=work, retry=())


class Only:
    """Definitions of nothing but the workflow under test. See ``express``."""

    def __init__(self, workflow: Workflow, state: State) -> None:
        #: Name of the end -> (where it stands for, position of the catcher).
        self._ends: dict[str, tuple[str, int | None]] = {}
        self._name = state.name
        state = self._led(state)
        ends = {name: State(name=name, work=Succeed()) for name in self._ends}
        # What comes before the state stays: it assigns the variables.
        before = {
            name: found
            for name, found in workflow.scope.states.items()
            if name in workflow.scope.start
        }
        states = {**before, state.name: state, **ends}
        scope = replace(workflow.scope, states=states)
        self._workflow = replace(workflow, scope=scope)

    def workflow(self, name: str, version: str) -> Workflow:
        """See ``express.Definitions``."""
        del name, version
        return self._workflow

    def current(self, name: str) -> str:
        """See ``express.Definitions``."""
        del name
        return "test"

    def way_out(self, name: str) -> tuple[str, int | None]:
        """Return the state that an end stands for, and the catcher that led to it."""
        return self._ends.get(name, ("", None))

    def _end(self, target: str, catcher: int | None = None) -> str:
        name = f"{target}, by {'Next' if catcher is None else f'Catch {catcher}'}"
        is_again = target == _again(self._name)
        self._ends[name] = (self._name if is_again else target, catcher)
        return name

    def _led(self, state: State) -> State:
        """Return the state with every way out led to an end."""
        work = state.work
        if isinstance(work, Choice):
            rules = tuple(
                replace(rule, next=tuple(map(self._end, rule.next)))
                for rule in work.rules
            )
            default = work.default and tuple(map(self._end, work.default))
            work = replace(work, rules=rules, default=default)
        catch = tuple(
            replace(each, next=self._end(each.next, position))
            for position, each in enumerate(state.catch)
        )
        following = tuple(map(self._end, state.next))
        return replace(state, work=work, next=following, catch=catch)
