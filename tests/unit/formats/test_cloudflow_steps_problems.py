import pytest

from chalicelib.errors import DefinitionRefused
from chalicelib.formats import compile_definition

HEAD = "version: v1\ntype: flow\nsteps:\n"
FINE = "- {type: pass, name: a}\n"


def problems(text):
    with pytest.raises(DefinitionRefused) as refused:
        compile_definition(text, name="flow")
    return refused.value.problems


def only(text):
    (found,) = problems(text)
    return (found.line, found.column, found.path), found.message


@pytest.mark.parametrize(
    ("before", "after", "place", "message"),
    [
        ("version: v1\n", "", (1, 1), "'version' is missing in a flow; add it"),
        ("v1", "v2", (1, 10), "must be one of 'v1', 'v1beta1', 'v1.0', not 'v2'"),
        ("type: flow\n", "", (1, 1), "'type' is missing in a flow; add it"),
        ("type: flow", "type: graph", (2, 7), "must be 'flow', not 'graph'"),
        ("type: flow", "type: flow\nname: ''", (3, 7), "a text that is not empty"),
        ("version", "vresion", (1, 1), "unknown field 'vresion' in a flow; did you"),
        ("type: flow", "type: flow\nStates: {}", (3, 1), "write steps"),
        ("type: flow", "type: flow\ntimeoutSeconds: 0", (3, 17), "at least 1, not 0"),
    ],
)
def test_problem_of_the_flow_itself(before, after, place, message):
    found = problems((HEAD + FINE).replace(before, after, 1))

    assert any(
        (each.line, each.column) == place and message in each.message for each in found
    ), found


def test_a_flow_has_steps():
    assert only("version: v1\ntype: flow\n") == (
        (1, 1, ""),
        "'steps' is missing in a flow; add it",
    )
    assert "at least 1 element" in only("version: v1\ntype: flow\nsteps: []\n")[1]


def test_a_flow_has_a_name_from_somewhere():
    with pytest.raises(DefinitionRefused, match="'name' is missing in a flow"):
        compile_definition(HEAD + FINE)


STEPS = [
    ("{name: a}", (4, 3), "/steps/0", "'type' is missing in a step; add it, as in"),
    ("{type: tsak, name: a}", (4, 10), "/steps/0/type", "did you mean 'task'?"),
    ("{type: pass}", (4, 3), "/steps/0", "'name' is missing in a pass step; add it"),
    ("{type: pass, name: a, nmae: b}", (4, 25), "/steps/0/nmae", "did you mean 'name'"),
    (
        "{type: pass, name: a, goto: a}",
        (4, 25),
        "/steps/0/goto",
        "a goto stands in a choice, its default, or a catch",
    ),
    (
        "{type: pass, name: a, retry: []}",
        (4, 25),
        "/steps/0/retry",
        "only a task step has retry; put these steps into a flow of their own",
    ),
    (
        "{type: foreach, name: a, catch: [], iterationMapping: {collection: $.l, "
        "item: i}, steps: [{type: pass, name: b}]}",
        (4, 28),
        "/steps/0/catch",
        "only a task step has catch; put these steps into a flow of their own",
    ),
    (
        "{type: pass, name: a, errorMappings: []}",
        (4, 25),
        "/steps/0/errorMappings",
        "only a task step has errorMappings",
    ),
    ("{type: pass, name: a, end: yes}", (4, 30), "/steps/0/end", "true or false"),
    # -- wait --
    ("{type: wait, name: a}", (4, 3), "/steps/0", "'duration' or 'timestamp'; add one"),
    (
        "{type: wait, name: a, duration: 1, timestamp: $.t}",
        (4, 3),
        "/steps/0",
        "either 'duration' or 'timestamp'; remove one",
    ),
    *(
        (
            f"{{type: wait, name: a, duration: {bad}}}",
            (4, 35),
            "/steps/0/duration",
            "must be whole seconds from 0 to 172800 (two days), or a path",
        )
        for bad in ("-1", "1.5", "172801", "'10'", "soon", "true")
    ),
    *(
        (
            f"{{type: wait, name: a, timestamp: {bad}}}",
            (4, 36),
            "/steps/0/timestamp",
            "must be a time such as 2030-01-31T08:00:00Z, or a path",
        )
        for bad in ("tomorrow", "2030-01-31", "12")
    ),
    (
        "{type: wait, name: a, duration: $local.n}",
        (4, 35),
        "/steps/0/duration",
        "nothing is called '$local' here; here a path begins with '$.'",
    ),
    # -- choice --
    (
        "{type: choice, name: a}",
        (4, 3),
        "/steps/0",
        "'choices' is missing in a choice step",
    ),
    (
        "{type: choice, name: a, choices: []}",
        (4, 36),
        "/steps/0/choices",
        "must have at least 1 element",
    ),
    (
        "{type: choice, name: a, choices: [{goto: a}]}",
        (4, 37),
        "/steps/0/choices/0",
        "'condition' is missing in one of the choices",
    ),
    (
        "{type: choice, name: a, choices: [{condition: $.n >}]}",
        (4, 49),
        "/steps/0/choices/0/condition",
        "a path, a function or a constant must be here, not the end (character 6)",
    ),
    (
        "{type: choice, name: a, choices: [{condition: $local.n > 1}]}",
        (4, 49),
        "/steps/0/choices/0/condition",
        "here a path begins with '$.'",
    ),
    (
        "{type: choice, name: a, choices: [{condition: $.n}], default: {gotto: a}}",
        (4, 66),
        "/steps/0/default/gotto",
        "did you mean 'goto'?",
    ),
    (
        "{type: choice, name: a, choices: [{condition: $.n}], steps: []}",
        (4, 56),
        "/steps/0/steps",
        "stand in its choices, or in its default",
    ),
    # -- parallel and foreach --
    (
        "{type: parallel, name: a}",
        (4, 3),
        "/steps/0",
        "'branches' is missing in a parallel step",
    ),
    (
        "{type: parallel, name: a, branches: [{}]}",
        (4, 40),
        "/steps/0/branches/0",
        "'steps' is missing in a branch of a parallel step",
    ),
    (
        "{type: foreach, name: a, steps: [{type: pass, name: b}]}",
        (4, 3),
        "/steps/0",
        "'iterationMapping' is missing in a foreach step; add it, as in {collection",
    ),
    (
        "{type: foreach, name: a, iterationMapping: {collection: $.l}, "
        "steps: [{type: pass, name: b}]}",
        (4, 46),
        "/steps/0/iterationMapping",
        "'item' is missing in iterationMapping",
    ),
    (
        "{type: foreach, name: a, iterationMapping: {item: i}, "
        "steps: [{type: pass, name: b}]}",
        (4, 46),
        "/steps/0/iterationMapping",
        "'collection' is missing in iterationMapping",
    ),
    (
        "{type: foreach, name: a, iterationMapping: {collection: l, item: i}, "
        "steps: [{type: pass, name: b}]}",
        (4, 59),
        "/steps/0/iterationMapping/collection",
        "must be a path to an array, such as $.orders",
    ),
    (
        "{type: foreach, name: a, iterationMapping: {collection: $.l, item: i}}",
        (4, 3),
        "/steps/0",
        "'steps' is missing in a foreach step",
    ),
    (
        "{type: fail, name: a, error: 5}",
        (4, 32),
        "/steps/0/error",
        "must be a text, not 5",
    ),
]


@pytest.mark.parametrize(
    ("step", "place", "path", "message"),
    [pytest.param(*each, id=f"{each[2]} {each[3][:40]}") for each in STEPS],
)
def test_problem_of_a_step_has_its_place_and_a_way_out(step, place, path, message):
    where, says = only(f"{HEAD}- {step}\n")

    assert (where, message in says) == ((*place, path), True), (where, says)


def test_names_are_unique_in_their_sequence():
    where, says = only(f"{HEAD}{FINE}- {{type: wait, name: a, duration: 1}}\n")

    assert where == (5, 22, "/steps/1/name")
    assert says == "a step 'a' stands above in this sequence; rename one"


INNER = """\
- type: parallel
  name: both
  branches:
  - steps: [{type: pass, name: inner}]
  - steps:
    - {type: choice, name: way, choices: [{condition: $.n, goto: WHERE}]}
    - {type: pass, name: way out}
- {type: pass, name: outer}
"""


@pytest.mark.parametrize("where", ["outer", "inner", "both"])
def test_a_goto_does_not_leave_its_sequence(where):
    place, says = only(HEAD + INNER.replace("WHERE", where))

    assert place == (9, 66, "/steps/0/branches/1/steps/0/choices/0/goto")
    assert says.startswith(f"{where!r} stands in another sequence of steps; a goto")


def test_a_goto_that_is_nowhere_is_told_what_is_near():
    _, says = only(HEAD + INNER.replace("WHERE", "wayout"))

    assert says == "there is no step 'wayout' here; did you mean 'way out'?"


def test_a_goto_may_be_no_text_and_is_told_once():
    place, says = only(HEAD + INNER.replace("WHERE", "[way]"))

    assert place == (9, 66, "/steps/0/branches/1/steps/0/choices/0/goto")
    assert says == "must be a text that is not empty, not an array"


def test_a_parallel_step_has_a_hundred_branches_at_most():
    branches = "  - steps: [{type: pass, name: p}]\n" * 101
    place, says = only(f"{HEAD}- type: parallel\n  name: many\n  branches:\n{branches}")

    assert place == (7, 3, "/steps/0/branches")
    assert "has at most 100 branches, not 101" in says


def test_a_flow_has_nothing_local_before_its_first_step():
    text = "inputMappings: [{target: a, source: $local.a}]\n"
    place, says = only(HEAD + FINE + text)

    assert place == (5, 37, "/inputMappings/0/source")
    assert says.endswith("a flow has no local variable; write $input")


def test_all_problems_are_told_at_once_in_the_order_of_the_text():
    found = problems(
        f"{HEAD}- {{type: pass, name: a, end: 1}}\n- {{type: wait, name: b}}\n"
        "- {type: task, name: c, action: nothing}\noutputMappings: 5\n"
    )

    assert [(each.line, each.path) for each in found] == [
        (4, "/steps/0/end"),
        (5, "/steps/1"),
        (6, "/steps/2/action"),
        (7, "/outputMappings"),
    ]


@pytest.mark.parametrize(
    "steps", ["5", "[5]", "[{}]", "[{type: [], name: {}}]", "{a: 1}", "[null]"]
)
def test_what_is_no_list_of_steps_is_a_problem_and_no_crash(steps):
    assert problems(f"version: v1\ntype: flow\nsteps: {steps}\n")
