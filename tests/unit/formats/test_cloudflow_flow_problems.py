import pytest

from chalicelib.errors import DefinitionRefused
from chalicelib.formats import document
from chalicelib.formats.cloudflow import compile_document
from tests.unit.formats.cloudflow_texts import HEAD, facts, problems


@pytest.mark.parametrize(
    ("before", "after", "place", "message"),
    [
        ("StartAt: S\n", "", (1, 1), "'StartAt' is missing in a flow; add it"),
        ("StartAt: S", "StartAt: T", (4, 10), "there is no state 'T' here"),
        ("StartAt: S", "StartAt: 1", (4, 10), "must be a text that is not empty"),
        ("SpecVersion: v1", "SpecVersion: v2", (3, 14), "must be 'v1', not 'v2'"),
        ("Name: order\n", "", (1, 1), "'Name' is missing in a flow; add it"),
        ("Name: order", "Name: 1", (2, 7), "must be a text that is not empty, not 1"),
        ("SpecVersion", "specVersion", (3, 1), "did you mean 'SpecVersion'?"),
        ("StateMachine", "flow", (1, 7), "must be 'StateMachine', not 'flow'"),
    ],
)
def test_problem_of_the_flow_itself(before, after, place, message):
    text = HEAD + "- {Type: Pass, Name: S, End: true}\n"
    found = problems(text.replace(before, after, 1))

    assert any(
        (line, column) == place and message in says
        for line, column, _path, says in facts(found)
    ), facts(found)


def test_all_problems_are_told_at_once_in_the_order_of_the_text():
    found = problems(
        HEAD
        + "- {Type: Pass, Name: S, Next: X}\n"
        + "- {Type: Task, Name: T, Action: HTTP:Request, Parameters: {}, End: true}\n"
        + "- {Type: Choice, Name: C, Default: Y}\n"
    )

    assert [each.line for each in found] == sorted(each.line for each in found)
    assert [each.path for each in found] == [
        "/States/0/Next",
        "/States/1/Parameters",
        "/States/2",
        "/States/2/Default",
    ]


def test_nothing_is_called_unreachable_while_a_name_leads_nowhere():
    states = "- {Type: Pass, Name: S, Next: Shp}\n- {Type: Pass, Name: Ship, End: true}"

    [problem] = problems(HEAD + states)
    assert "did you mean 'Ship'?" in problem.message


@pytest.mark.parametrize("value", [None, [], "text", 7, {}])
def test_what_is_no_flow_at_all_is_refused(value):
    with pytest.raises(DefinitionRefused):
        compile_document(document.of(value), name="")


@pytest.mark.parametrize(
    "state",
    [
        {"Type": ["Pass"]},
        {"Type": "Task", "Name": 7, "Action": 1, "Parameters": 1, "Retry": 3},
        {"Type": "Task", "Name": "S", "Action": "HTTP:Request", "Catch": [1, {}]},
        {"Type": "Map", "Name": "S", "ItemsPath": 1, "Processor": 1},
        {"Type": "Map", "Name": "S", "Processor": {"ProcessorConfig": 1}},
        {"Type": "Choice", "Name": "S", "Branches": [1, {"Next": 3}], "Default": 4},
        {"Type": "Choice", "Name": "S", "Branches": [{"Condition": 1}]},
        {"Type": "Parallel", "Name": "S", "Branches": [1]},
        {"Type": "Wait", "Name": "S", "Seconds": {}, "Next": [], "End": "yes"},
        {"Type": "Fail", "Name": None, "Code": 1},
    ],
)
def test_rubbish_is_refused_and_breaks_nothing(state):
    flow = {"Type": "StateMachine", "StartAt": "S", "States": [state]}

    with pytest.raises(DefinitionRefused):
        compile_document(document.of(flow), name="")
