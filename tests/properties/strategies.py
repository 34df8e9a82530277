"""Which small workflows are worth running? Any shape of graph, on simple data.

    @given(workflow=workflows())
    def test_something(workflow): ...

Every task has a resource ``lambda:<name>`` with a name out of ``FUNCTIONS``. Edges lead
forward only, so every workflow ends once each of its tasks is answered. States read
only what came before them and assign only variables of their own name, so the order in
which parallel states are done does not show in the output.

``may_fail=False``: nothing but a function can fail; no timeouts, no tolerance, no Fail.
"""

from functools import cache
from typing import NamedTuple

from hypothesis import strategies as st

from chalicelib.model import expressions as nodes
from chalicelib.model import workflow as model

FUNCTIONS = ("f0", "f1", "f2", "f3", "f4")

THIS = nodes.Path(text="$")
NUMBER = nodes.Path(text="$.n", steps=("n",))


class Kind(NamedTuple):
    """What the states of a workflow may be like."""

    modes: tuple
    may_fail: bool
    #: Gates, and states that begin later than they are due.
    may_pause: bool = False


# Making a strategy takes longer than drawing from it: each is made once.


def literals(*values):
    return st.sampled_from(values).map(lambda value: nodes.Literal(value=value))


@cache
def rarely(strategy):
    """None most of the time."""
    return st.one_of(st.none(), st.none(), strategy)


@st.composite
def delays(draw, kind):
    """When a state begins; most of them at once."""
    is_late = kind.may_pause and draw(st.integers(0, 4)) == 0
    return model.Delay(seconds=draw(DELAYS)) if is_late else None


#: The longest is more than a queue's delay.
DELAYS = literals(0, 1, 30, 2000)
LIMITS = rarely(literals(100_000))
ONE = rarely(literals(1))
SOME = rarely(literals(0, 1, 2))
SHAPES = rarely(literals({"n": 1}, {"n": 2}))
ITEM = nodes.Object(
    fields=(("n", nodes.Source(name="index")), ("item", nodes.Source(name="item")))
)

conditions = st.one_of(
    literals(True, False),
    st.builds(nodes.Is, kind=st.just("IsPresent"), subject=st.just(NUMBER)),
    st.builds(
        nodes.Compare,
        operator=st.just("NumericGreaterThan"),
        left=st.just(NUMBER),
        right=literals(0, 1),
    ),
)
GATES = st.builds(
    model.Gate,
    conditions=st.lists(conditions, max_size=2).map(tuple),
    interruptions=st.lists(conditions, max_size=1).map(tuple),
    timeout=rarely(literals(50, 5000)),
    skips_timeout=st.booleans(),
)
retriers = st.lists(
    st.builds(
        model.Retrier,
        errors=st.just(("States.ALL",)),
        interval=st.sampled_from((0.0, 1.0, 1000.0)),
        max_attempts=st.integers(0, 2),
        full_jitter=st.booleans(),
    ),
    max_size=1,
).map(tuple)


@st.composite
def workflows(
    draw, *, modes=(model.Mode.REQUEST,), may_fail=False, may_pause=False, depth=2
):
    """Small workflows; ``depth`` is how far containers may stand in each other."""
    kind = Kind(modes=tuple(modes), may_fail=may_fail, may_pause=may_pause)
    timeout = draw(LIMITS) if may_fail else None
    scope = draw(scopes(kind, "0", "s", depth))
    return model.Workflow(name="any", format="asl", scope=scope, timeout=timeout)


@cache
def tasks(kind):
    return st.builds(
        model.Task,
        resource=literals(*(f"lambda:{name}" for name in FUNCTIONS)),
        mode=st.sampled_from(kind.modes),
        timeout=rarely(literals(50, 5000)) if kind.may_fail else st.none(),
        heartbeat=rarely(literals(20)) if kind.may_fail else st.none(),
        at_most_once=st.booleans() if kind.may_fail else st.just(False),
    )


@st.composite
def scopes(draw, kind, id_, prefix, depth):
    """A graph whose edges lead forward, with either join rule."""
    count = draw(st.integers(1, 4))
    names = tuple(f"{prefix}{position}" for position in range(count))
    is_dag = draw(st.booleans())
    states = [
        draw(states_of_dag(kind, id_, names, at, depth))
        if is_dag
        else draw(states_of_chain(kind, id_, names, at, depth))
        for at in range(len(names))
    ]
    named = {state.name: state for state in states}
    if not is_dag:
        return model.Scope(id=id_, start=(names[0],), states=named)
    behind = {name for state in states for name in state.next}
    return model.Scope(
        id=id_,
        start=tuple(name for name in names if name not in behind),
        states=named,
        join=model.Join.ALL,
        failure=draw(st.sampled_from(model.OnFailure)),
        shares_variables=draw(st.booleans()),
    )


# -- the work of a state -----------------------------------------------------------


@st.composite
def works(draw, kind, id_, name, depth):
    """What any state may do, whatever its scope's join rule."""
    kinds = ["task", "task", "pass", "wait"] + ["parallel", "map"] * (depth > 0)
    kinds += ["gate"] * kind.may_pause
    match draw(st.sampled_from(kinds)):
        case "task":
            return draw(tasks(kind))
        case "pass":
            return model.Pass()
        case "wait":
            return model.Wait(seconds=draw(DELAYS))
        case "gate":
            return draw(GATES)
        case "parallel":
            return draw(parallels(kind, f"{id_}/{name}", f"{name}_", depth - 1))
    return draw(maps(kind, f"{id_}/{name}", f"{name}_", depth - 1))


@st.composite
def parallels(draw, kind, id_, prefix, depth):
    branches = [
        model.Branch(
            scope=draw(scopes(kind, f"{id_}/{at}", f"{prefix}{at}_", depth)),
            condition=draw(rarely(conditions)),
        )
        for at in range(draw(st.integers(1, 3)))
    ]
    failure = draw(st.sampled_from(model.OnFailure))
    return model.Parallel(branches=tuple(branches), failure=failure)


@st.composite
def maps(draw, kind, id_, prefix, depth):
    items = [{"n": position} for position in range(draw(st.integers(0, 3)))]
    return model.Map(
        scope=draw(scopes(kind, id_, prefix, depth)),
        items=nodes.Literal(value=items),
        item_input=draw(st.sampled_from((None, ITEM))),
        max_concurrency=draw(SOME),
        failure=draw(st.sampled_from(model.OnFailure)),
        tolerated_count=draw(ONE) if kind.may_fail else None,
        skip_when_empty=draw(st.booleans()),
    )


# -- join ANY: one state after the other ---------------------------------------------


@st.composite
def states_of_chain(draw, kind, id_, names, at, depth):
    name, later = names[at], names[at + 1 :]
    if later and draw(st.integers(0, 3)) == 0:
        return model.State(name=name, work=draw(choices_of_chain(kind, later)))
    if draw(st.integers(0, 5)) == 0:
        return model.State(name=name, work=draw(endings(kind)))
    work = draw(works(kind, id_, name, depth))
    following = draw(st.sampled_from(later)) if later else ""
    catcher = model.Catcher(errors=("States.ALL",), next=following)
    return model.State(
        name=name,
        work=work,
        next=(following,) if following else (),
        arguments=draw(arguments(name)),
        output=draw(SHAPES),
        assign=draw(assignments(name)),
        retry=draw(retriers),
        catch=(catcher,) if following and draw(st.booleans()) else (),
    )


@st.composite
def choices_of_chain(draw, kind, later):
    targets, rules = edges_of_chain(later)
    default = draw(st.one_of(targets, st.none()) if kind.may_fail else targets)
    return model.Choice(rules=tuple(draw(rules)), default=default)


@cache
def edges_of_chain(later):
    targets = st.sampled_from([(name,) for name in later])
    rule = st.builds(model.Rule, condition=conditions, next=targets)
    return targets, st.lists(rule, max_size=2)


@cache
def endings(kind):
    named = st.builds(model.Fail, error=literals("Broken"), cause=literals("so it is"))
    return st.one_of(st.just(model.Succeed()), *[named] * kind.may_fail)


# -- join ALL: several states at once ------------------------------------------------


@st.composite
def states_of_dag(draw, kind, id_, names, at, depth):
    name, later = names[at], names[at + 1 :]
    following = tuple(each for each in later if draw(st.booleans()))
    is_choice = bool(following) and draw(st.integers(0, 3)) == 0
    return model.State(
        name=name,
        work=draw(choices_of_dag(kind, following))
        if is_choice
        else draw(works(kind, id_, name, depth)),
        next=following,
        arguments=draw(arguments(name)),
        assign=draw(assignments(name)),
        retry=() if is_choice else draw(retriers),
        tolerant=draw(st.booleans()),
        assign_on_failure=kind.may_fail and draw(st.booleans()),
        delay=draw(delays(kind)),
        bypassed=draw(st.integers(0, 9)) == 0,
        cuts_followers=draw(st.integers(0, 9)) == 0,
    )


@st.composite
def choices_of_dag(draw, kind, following):
    some, rules = edges_of_dag(following)
    default = draw(st.one_of(some, st.none()) if kind.may_fail else some)
    return model.Choice(rules=tuple(draw(rules)), default=default)


@cache
def edges_of_dag(following):
    some = st.lists(st.sampled_from(following), unique=True).map(tuple)
    rule = st.builds(model.Rule, condition=conditions, next=some, final=st.booleans())
    return some, st.lists(rule, max_size=3)


# -- data ------------------------------------------------------------------------------


@cache
def arguments(name):
    """What a state's work receives: its input, a constant, or both."""
    fields = (("of", nodes.Literal(value=name)), ("with", THIS))
    return st.one_of(
        st.none(),
        literals({"n": 1}, {"n": 0}, [1, 2], "text"),
        st.just(nodes.Object(fields=fields)),
    )


@cache
def assignments(name):
    return rarely(st.just(nodes.Object(fields=((name, THIS),))))
