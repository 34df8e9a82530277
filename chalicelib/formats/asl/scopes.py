"""StartAt and States -> a scope; and is its graph whole?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.formats.asl.dialects import DIALECTS, Dialect
from chalicelib.formats.asl.labels import check_labels
from chalicelib.formats.asl.recovery import compile_retry
from chalicelib.formats.asl.states import Made, Place
from chalicelib.formats.asl.variables import Ways, check_assigned
from chalicelib.formats.asl.vocabulary import JSONATA, JSONPATH, MAX_NAME, STATES
from chalicelib.formats.checks import unreachable
from chalicelib.formats.fields import Part, Shape, listed, mapping, suggestion
from chalicelib.model import workflow as model

#: Where a state leads: the parts that name a target.
_Targets = list[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a scope has to know of the definition around it."""

    #: Names of states used elsewhere.
    taken: set[str]
    #: The query language of states that name none.
    language: str = JSONPATH
    #: Variables assigned in the scopes around, before this one begins.
    variables: frozenset[str] = frozenset()


def compile_machine(part: Part) -> model.Scope:
    """Return the top level of a state machine."""
    check_labels(part)
    return _compile_scope(part, "0", Around(taken=set()))


def _compile_scope(part: Part, id_: str, around: Around) -> model.Scope:
    states = part["States"]
    if isinstance(states.value, dict) and not states.value:
        states.wrong("there are no states; add one")
    for name, state in states.members():
        _check_name(name, state, around.taken)
    check_assigned(part, around.variables)
    inside = replace(around, language=_language(part, around))
    ways = Ways(part)
    compiled = {
        name: _compile_state(name, state, id_, inside, ways)
        for name, state in states.members()
    }
    _check_graph(part)
    start = part["StartAt"].value
    return model.Scope(id=id_, start=(str(start),), states=compiled)


def _language(part: Part, around: Around) -> str:
    """Return the query language of a part; what is wrong with it is reported."""
    written = part["QueryLanguage"].value
    if not isinstance(written, str) or written not in DIALECTS:
        return around.language
    # AWS, "QueryLanguage": a machine of JSONPath may have states of JSONata, and not
    # the other way round.
    machine = part.report.root()["QueryLanguage"].value
    if machine == JSONATA and written == JSONPATH:
        part["QueryLanguage"].wrong(
            "in a state machine of QueryLanguage JSONata every state is of JSONata; "
            "remove this, or the one at the top"
        )
    return written


def _check_name(name: str, state: Part, taken: set[str]) -> None:
    if name in taken:
        state.wrong(
            f"there is a state {name!r} elsewhere; names are unique in a state machine",
            at="key",
        )
    if not name.strip() or len(name) > MAX_NAME:
        state.wrong(f"a state's name has 1 to {MAX_NAME} characters", at="key")
    taken.add(name)


def _compile_state(
    name: str, part: Part, id_: str, around: Around, ways: Ways
) -> model.State:
    nothing = model.State(name=name, work=model.Pass())
    if not part.obeys(mapping):
        return nothing
    kind = part["Type"].value
    if not isinstance(kind, str) or kind not in STATES:
        _refuse_type(part)
        return nothing
    dialect = DIALECTS[_language(part, around)]
    found = part.read(dialect.shapes[kind])

    def compile_inner(inner: Part, shape: Shape, inner_id: str) -> model.Scope:
        inner.read(shape)
        before = around.variables | ways.assigned_before(name)
        return _compile_scope(inner, inner_id, replace(around, variables=before))

    # A slash in a name must not make two ids alike.
    place = Place(f"{id_}/{name.replace('/', '~1')}", compile_inner)
    made = dialect.compile_work(part, found, place)
    return _state(name, part, made, dialect)


def _refuse_type(part: Part) -> None:
    kind = part["Type"]
    if "Type" not in part:
        part.wrong(f"'Type' is missing; add one of {listed(STATES)}")
        return
    hint = suggestion(str(kind.value), STATES) or f"known are {listed(STATES)}"
    kind.wrong(f"there is no type of state {kind.value!r}; {hint}")


def _state(name: str, part: Part, made: Made, dialect: Dialect) -> model.State:
    flow = dialect.compile_flow(part)
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
        catch=dialect.compile_catch(part["Catch"]) if "Catch" in part else (),
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
