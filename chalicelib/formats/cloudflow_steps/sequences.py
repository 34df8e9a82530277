"""Steps one after the other -> a scope, with the checks that need all of them."""

from __future__ import annotations

from chalicelib.formats.cloudflow_steps.mappings import LOCAL
from chalicelib.formats.cloudflow_steps.steps import Around, compile_step
from chalicelib.formats.fields import Part
from chalicelib.model.expressions import Expression, Literal, Object, Path
from chalicelib.model.workflow import Scope, State

#: CloudFlow, "Inputs and outputs": nothing has finished yet, so nothing is local.
_VARIABLES = Object(fields=(("input", Path(text="$")), ("local", Literal(value={}))))


def compile_sequence(
    steps: Part, scope_id: str, gives: Expression | None = None
) -> Scope:
    """Return the scope; ``gives``: what it gives at its end, else all that is local."""
    names = _names(steps)
    around = Around(scope_id, names, compile_sequence)
    states: dict[str, State] = {}
    written = list(steps.elements())
    following = [step["name"].value for step in written[1:]]
    for step, leads_to in zip(written, [*following, ""], strict=False):
        state = compile_step(step, around, leads_to)
        states.setdefault(state.name, state)
    return Scope(
        id=scope_id,
        start=tuple(states)[:1],
        states=states,
        variables=_VARIABLES,
        output=LOCAL if gives is None else gives,
    )


def _names(steps: Part) -> set[str]:
    """Return the names of the steps; a second one of the same name is reported."""
    found: set[str] = set()
    for step in steps.elements():
        name = step["name"]
        if not isinstance(name.value, str):
            continue
        if name.value in found:
            name.wrong(
                f"a step {name.value!r} stands above in this sequence; rename one"
            )
        found.add(name.value)
    return found
