"""StartAt and States -> a scope; and is its graph whole?"""

from __future__ import annotations

from chalicelib.formats.asl.dataflow import compile_flow
from chalicelib.formats.asl.recovery import compile_catch, compile_retry
from chalicelib.formats.asl.states import Made, Place, compile_work
from chalicelib.formats.asl.vocabulary import JSONATA, MAX_NAME, STATES
from chalicelib.formats.checks import unreachable
from chalicelib.formats.fields import Part, Shape, listed, mapping, suggestion
from chalicelib.model import workflow as model

#: Where a state leads: the parts that name a target.
_Targets = list[Part]


def compile_scope(part: Part, id_: str, taken: set[str]) -> model.Scope:
    """Return the scope that ``part`` describes; ``taken`` are names used elsewhere."""
    states = part["States"]
    if isinstance(states.value, dict) and not states.value:
        states.wrong("there are no states; add one")
    for name, state in states.members():
        _check_name(name, state, taken)
    compiled = {
        name: _compile_state(name, state, id_, taken)
        for name, state in states.members()
    }
    _check_graph(part)
    start = part["StartAt"].value
    return model.Scope(id=id_, start=(str(start),), states=compiled)


def _check_name(name: str, state: Part, taken: set[str]) -> None:
    if name in taken:
        state.wrong(
            f"there is a state {name!r} elsewhere; names are unique in a state machine",
            at="key",
        )
    if not name.strip() or len(name) > MAX_NAME:
        state.wrong(f"a state's name has 1 to {MAX_NAME} characters", at="key")
    taken.add(name)


def _compile_state(name: str, part: Part, id_: str, taken: set[str]) -> model.State:
    nothing = model.State(name=name, work=model.Pass())
    if not part.obeys(mapping):
        return nothing
    if part["QueryLanguage"].value == "JSONata":
        part["QueryLanguage"].wrong(JSONATA)
        return nothing
    kind = part["Type"].value
    if not isinstance(kind, str) or kind not in STATES:
        _refuse_type(part)
        return nothing
    found = part.read(STATES[kind])

    def compile_inner(inner: Part, shape: Shape, inner_id: str) -> model.Scope:
        inner.read(shape)
        return compile_scope(inner, inner_id, taken)

    # A slash in a name must not make two ids alike.
    place = Place(f"{id_}/{name.replace('/', '~1')}", compile_inner)
    made = compile_work(part, found, place)
    return _state(name, part, made)


def _refuse_type(part: Part) -> None:
    kind = part["Type"]
    if "Type" not in part:
        part.wrong(f"'Type' is missing; add one of {listed(STATES)}")
        return
    hint = suggestion(str(kind.value), STATES) or f"known are {listed(STATES)}"
    kind.wrong(f"there is no type of state {kind.value!r}; {hint}")


def _state(name: str, part: Part, made: Made) -> model.State:
    flow = compile_flow(part)
    arguments = made.arguments if made.takes_parameters else flow.arguments
    target = part["Next"].value
    return model.State(
        name=name,
        work=made.work,
        next=(target,) if isinstance(target, str) else (),
        input=flow.input,
        arguments=arguments,
        result=flow.result,
        output=flow.output,
        assign=flow.assign,
        retry=compile_retry(part["Retry"]) if "Retry" in part else (),
        catch=compile_catch(part["Catch"]) if "Catch" in part else (),
    )


def _targets(state: Part) -> _Targets:
    """Return the parts of a state that name where it leads."""
    found = [state[name] for name in ("Next", "Default") if name in state]
    for name in ("Choices", "Catch"):
        found += [each["Next"] for each in state[name].elements() if "Next" in each]
    return [each for each in found if isinstance(each.value, str)]


def _check_graph(part: Part) -> None:
    states = part["States"]
    if not isinstance(states.value, dict) or not states.value:
        return
    start = part["StartAt"]
    is_known = isinstance(start.value, str) and start.require_known(
        start.value, states.value, "state"
    )
    edges: dict[str, list[str]] = {}
    for name, state in states.members():
        targets = _targets(state)
        for target in targets:
            target.require_known(target.value, states.value, "state")
        edges[name] = [target.value for target in targets]
        _check_end(state)
    for name in unreachable([start.value], edges) if is_known else ():
        states[name].wrong(
            f"nothing leads to the state {name!r}; lead to it, or remove it", at="key"
        )
    if not any(_ends(state) for _, state in states.members()):
        states.wrong("no state ends this; add End: true to the last one")


def _ends(state: Part) -> bool:
    return state["End"].value is True or state["Type"].value in ("Succeed", "Fail")


def _check_end(state: Part) -> None:
    """A state that can lead on says where, or that it is the last, and not both."""
    shape = STATES.get(str(state["Type"].value))
    if shape is None or "Next" not in shape.fields:
        return
    ends = state["End"].value is True
    if ends and "Next" in state:
        state["End"].wrong("a state with Next does not end; remove one", at="key")
    elif not ends and "Next" not in state:
        state.wrong("where does this lead? add Next, or End: true")
