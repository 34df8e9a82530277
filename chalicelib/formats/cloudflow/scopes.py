"""StartAt and States -> a scope, with the checks that need all its states."""

from __future__ import annotations

from chalicelib.formats.checks import unreachable
from chalicelib.formats.cloudflow.states import Around, compile_state
from chalicelib.formats.fields import Part, Shape
from chalicelib.model.workflow import Choice, Scope, State


def compile_scope(part: Part, shape: Shape, scope_id: str) -> Scope:
    """Return the scope; its problems go to the report of ``part``."""
    part.read(shape)
    named = _named(part["States"])
    around = Around(scope_id, named, compile_scope)
    states: dict[str, State] = {}
    for each in part["States"].elements():
        state = compile_state(each, around)
        states.setdefault(state.name, state)
    start = (part["StartAt"].value,) if around.knows(part["StartAt"]) else ()
    if start and not around.astray:
        _require_reachable(start, states, named)
    return Scope(id=scope_id, start=start, states=states)


def _named(states: Part) -> dict[str, Part]:
    """Return the states by name; a second one of the same name is reported."""
    found: dict[str, Part] = {}
    for state in states.elements():
        name = state["Name"]
        if not isinstance(name.value, str):
            continue
        if name.value in found:
            name.wrong(f"a state {name.value!r} stands above; rename one of them")
        found.setdefault(name.value, state)
    return found


def _require_reachable(
    start: tuple[str, ...], states: dict[str, State], named: dict[str, Part]
) -> None:
    edges = {name: _followers(states[name]) for name in named}
    for name in unreachable(start, edges):
        named[name].wrong(f"nothing leads to {name!r}; name it in a Next or remove it")


def _followers(state: State) -> set[str]:
    found = {*state.next, *(catcher.next for catcher in state.catch)}
    if isinstance(state.work, Choice):
        found.update(*(rule.next for rule in state.work.rules))
        found.update(state.work.default or ())
    return found
