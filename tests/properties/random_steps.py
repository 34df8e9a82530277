"""Flows of CloudFlow's older language, and what its rules of data say they give.

``flows()`` draws them; ``given`` is a reading of the rules that knows no engine: a step
has an input, a result and an output, and what is local is the union of outputs.
"""

from hypothesis import strategies as st

KEYS = st.sampled_from("abc")
CONSTANTS = st.sampled_from((0, 1, "x", None, [1, 2], {"a": 1}, True))
PATHS = st.builds(
    lambda root, key: f"${root}.{key}", st.sampled_from(("input", "local")), KEYS
)
WHOLE = st.sampled_from(("$input", "$local"))
MAPPINGS = st.dictionaries(KEYS, CONSTANTS | PATHS | WHOLE, max_size=3).map(
    lambda made: [{"target": key, "source": each} for key, each in made.items()]
)
CONDITIONS = st.builds(
    lambda key, value: f"$.{key} == {value}", KEYS, st.integers(0, 1)
)


@st.composite
def flows(draw):
    """A flow without tasks and loops."""
    flow = {"version": "v1", "type": "flow", "steps": draw(sequences(2))}
    return flow | draw(some_mappings())


@st.composite
def some_mappings(draw, names=("outputMappings",)):
    return {name: draw(MAPPINGS) for name in names if draw(st.booleans())}


@st.composite
def sequences(draw, depth, least=1):
    count = draw(st.integers(least, 3))
    return [draw(steps(f"s{at}", depth)) for at in range(count)]


@st.composite
def steps(draw, name, depth):
    kinds = ["pass", "pass", "wait"] + ["choice", "parallel", "foreach"] * (depth > 0)
    kind = draw(st.sampled_from(kinds))
    both = draw(some_mappings(("inputMappings", "outputMappings")))
    step = {"type": kind, "name": name, **both, **draw(WORK[kind](depth - 1))}
    return step | ({"end": True} if draw(st.integers(0, 9)) == 0 else {})


def choices(depth):
    branches = st.builds(
        lambda condition, inner: {"condition": condition, "steps": inner},
        CONDITIONS,
        sequences(depth, least=0),
    )
    default = st.builds(lambda inner: {"steps": inner}, sequences(depth, least=0))
    return st.builds(
        lambda made, other: {"choices": made} | ({"default": other} if other else {}),
        st.lists(branches, min_size=1, max_size=2),
        st.none() | default,
    )


def parallels(depth):
    branches = st.builds(lambda inner: {"steps": inner}, sequences(depth))
    return st.builds(
        lambda made: {"branches": made}, st.lists(branches, min_size=1, max_size=2)
    )


def foreachs(depth):
    around = {"collection": "$.list", "item": "a", "index": "at"}
    return st.builds(
        lambda inner: {
            "iterationMapping": around,
            "steps": inner,
            "inputMappings": [
                {"target": "list", "source": [1, 0]},
                {"target": "b", "source": "$local.b"},
            ],
        },
        sequences(depth),
    )


WORK = {
    "pass": lambda depth: st.just({}),
    "wait": lambda depth: st.just({"duration": 1}),
    "choice": choices,
    "parallel": parallels,
    "foreach": foreachs,
}


# -- what they give ------------------------------------------------------------------


def given(flow, value):
    """Return the output of a flow."""
    local = after(flow["steps"], value)
    return mapped(flow.get("outputMappings"), value, local, local)


def mapped(mappings, value, local, otherwise):
    if mappings is None:
        return otherwise
    return {each["target"]: source(each["source"], value, local) for each in mappings}


def source(text, value, local):
    if not (isinstance(text, str) and text.startswith("$")):
        return text
    root, _, key = text.partition(".")
    found = {"$input": value, "$local": local}[root]
    if not key:
        return found
    return found.get(key) if isinstance(found, dict) else None


def after(sequence, value):
    """Return what is local once a sequence of steps has ended."""
    local = {}
    for step in sequence:
        received = mapped(step.get("inputMappings"), value, local, {**value, **local})
        result = RESULTS[step["type"]](step, received)
        otherwise = result if step["type"] == "choice" else {}
        local = {
            **local,
            **mapped(step.get("outputMappings"), received, result, otherwise),
        }
        if step.get("end"):
            break
    return local


def chosen(step, value):
    for each in step["choices"]:
        key, _, wanted = each["condition"].removeprefix("$.").partition(" == ")
        found = value.get(key)
        if found == int(wanted) and not isinstance(found, bool):
            return after(each["steps"], value)
    return after(step.get("default", {}).get("steps", []), value)


RESULTS = {
    "pass": lambda step, value: {},
    "wait": lambda step, value: {},
    "choice": chosen,
    "parallel": lambda step, value: [
        after(each["steps"], value) for each in step["branches"]
    ],
    "foreach": lambda step, value: [
        after(step["steps"], {**value, "a": each, "at": at})
        for at, each in enumerate(value["list"])
    ],
}
