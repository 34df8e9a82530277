import pytest

from chalicelib.errors import DefinitionRefused
from chalicelib.formats import check_definition, compile_definition
from chalicelib.formats.checks import reachable, unreachable

ASL = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'


def test_asl_is_recognised_and_named_after_its_file():
    workflow = compile_definition(ASL, file="workflows/orders/ship.asl.json")

    assert (workflow.format, workflow.name) == ("asl", "ship")


def test_a_given_name_comes_before_the_files():
    assert compile_definition(ASL, file="ship.json", name="pack").name == "pack"


def test_yaml_bytes_and_values_are_definitions_too():
    yaml = b"StartAt: A\nStates:\n  A:\n    Type: Succeed\n"
    value = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}

    assert (
        compile_definition(yaml) == compile_definition(value) == compile_definition(ASL)
    )
    assert compile_definition(yaml).name == "workflow"


def test_a_format_can_be_given():
    problems = check_definition({"States": []}, format="asl")

    assert "must be an object, not an array" in [each.message for each in problems]


def test_a_right_definition_has_no_problems():
    assert check_definition(ASL) == []


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        pytest.param(
            "Type: StateMachine\nStates: []\n", "a flow|States", id="cloudflow"
        ),
        pytest.param("States: [a]\n", "a flow|States", id="cloudflow without its type"),
        pytest.param("type: flow\n", "a flow|steps", id="steps of cloudflow"),
        pytest.param("steps: []\n", "a flow|'type'", id="steps without their type"),
        pytest.param("tasks: []\n", "", id="rillflow by its tasks"),
        pytest.param("workspace: a\ndagName: b\n", "", id="rillflow by its names"),
        pytest.param({"StartAt": "A"}, "'States' is missing", id="asl, half"),
    ],
)
def test_each_format_is_sent_to_its_own_compiler(definition, says):
    problems = [each.message for each in check_definition(definition)]

    assert problems
    assert not any(each.startswith("this is no definition") for each in problems)
    assert any(word in "\n".join(problems) for word in says.split("|"))


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        pytest.param("- a\n", "a definition is an object", id="a list"),
        pytest.param("{}", "no definition of a known format", id="nothing in it"),
        pytest.param("a: [", "this is not YAML", id="no YAML"),
    ],
)
def test_what_is_no_definition_is_refused(definition, says):
    (problem,) = check_definition(definition, file="x.yaml")

    assert says in problem.message
    assert (problem.file, problem.line) == ("x.yaml", problem.line or 1)


def test_an_unknown_format_is_refused():
    with pytest.raises(DefinitionRefused, match="there is no format 'bpmn'"):
        compile_definition(ASL, format="bpmn")


def test_states_without_a_way_to_them_are_found():
    edges = {"a": ["b", "gone"], "b": ["a"], "c": ["c"]}

    assert reachable(["a", "gone"], edges) == {"a", "b"}
    assert unreachable(["a"], edges) == ["c"]
