"""What a distributed Map, and an environment, may not be."""

import pytest

from chalicelib.errors import DefinitionRefused
from chalicelib.formats import compile_definition

MAP = {
    "Type": "Map",
    "Name": "Each",
    "ItemsPath": "$Input.list",
    "Processor": {
        "StartAt": "P",
        "States": [{"Type": "Pass", "Name": "P", "End": True}],
    },
    "End": True,
}
READER = {"SourceType": "OSS.CSV", "SourceParameters": {"Bucket": "b"}}


def flow(state=None, **facts):
    first = state or {"Type": "Pass", "Name": "Each", "End": True}
    head = {"Type": "StateMachine", "Name": "f", "SpecVersion": "v1"}
    return {**head, "StartAt": "Each", "States": [first], **facts}


def problems(definition, **options):
    with pytest.raises(DefinitionRefused) as refused:
        compile_definition(definition, **options)
    return [(each.path, each.message) for each in refused.value.problems]


def without(*names, **facts):
    return {k: v for k, v in MAP.items() if k not in names} | facts


@pytest.mark.parametrize(
    ("state", "path", "message"),
    [
        pytest.param(
            without("ItemsPath"), "/States/0", "'ItemsPath' is missing", id="no items"
        ),
        pytest.param(
            without(ItemReader=READER),
            "/States/0/ItemReader",
            "ItemsPath brings the items already; remove one",
            id="two sources",
        ),
        pytest.param(
            without("ItemsPath", ItemReader=READER),
            "/States/0/ItemReader/SourceParameters",
            "'ObjectName' is missing; add it",
            id="no object",
        ),
        pytest.param(
            without("ItemsPath", ItemReader={**READER, "SourceType": "OSS.XML"}),
            "/States/0/ItemReader/SourceType",
            "there is no SourceType 'OSS.XML' here; known are OSS.CSV, ",
            id="unknown source",
        ),
        pytest.param(
            without("ItemsPath", ItemReader={"SourceType": "OSS.CSV"}),
            "/States/0/ItemReader",
            "'SourceParameters' is missing in an ItemReader; add it",
            id="no parameters",
        ),
        pytest.param(
            without(ItemBatcher={}),
            "/States/0/ItemBatcher",
            "nothing limits a batch",
            id="a batch without limits",
        ),
        pytest.param(
            without(ResultWriter={"Parameters": {"Prefix": "x"}}),
            "/States/0/ResultWriter/Parameters",
            "'Bucket' is missing; add it",
            id="no bucket",
        ),
        pytest.param(
            without(ResultWriter={}),
            "/States/0/ResultWriter",
            "'Parameters' is missing in a ResultWriter; add it",
            id="no place for results",
        ),
        pytest.param(
            {**MAP, "MaxItems": 0},
            "/States/0/MaxItems",
            "must be a whole number",
            id="no items at most",
        ),
    ],
)
def test_problem_of_a_distributed_map_has_a_way_out(state, path, message):
    found = problems(flow(state))

    assert any(at == path and text.startswith(message) for at, text in found), found


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        pytest.param({}, "", id="inline"),
        pytest.param({"MaxItems": 3}, "Each", id="what only a distributed one has"),
        pytest.param(
            {
                "Processor": {
                    **MAP["Processor"],
                    "ProcessorConfig": {"ExecutionMode": "Standard"},
                }
            },
            "Each",
            id="by its mode",
        ),
    ],
)
def test_a_distributed_map_has_a_run_of_its_own(facts, label):
    work = compile_definition(flow({**MAP, **facts})).scope.states["Each"].work

    assert work.label == label


def said(text):
    state = {"Type": "Pass", "Name": "Each", "End": True}
    return {**state, "OutputConstructor": {"x.$": text}}


def variables(*pairs):
    return {"Variables": [{"Name": name, "Value": value} for name, value in pairs]}


@pytest.mark.parametrize(
    ("environment", "text", "path", "message"),
    [
        pytest.param(
            variables(("BUCKET", "b")),
            "$Environment.BUCKT",
            "/States/0/OutputConstructor/x.$",
            "there is no environment variable 'BUCKT'; did you mean 'BUCKET'?",
            id="a slip",
        ),
        pytest.param(
            variables(("BUCKET", "b")),
            "$Environment.zzz",
            "/States/0/OutputConstructor/x.$",
            "there is no environment variable 'zzz'; known are BUCKET",
            id="another name",
        ),
        pytest.param(
            {"Variables": []},
            "$Environment.zzz",
            "/States/0/OutputConstructor/x.$",
            "there is no environment variable 'zzz'; add it to Environment",
            id="none at all",
        ),
        pytest.param(
            variables(("BUCKET", "b")),
            "$Environment.BUCKET.x",
            "/States/0/OutputConstructor/x.$",
            "the variable 'BUCKET' is a text and has no parts",
            id="a part of a text",
        ),
        pytest.param(
            variables(("A", "1"), ("A", "2")),
            "$Environment.A",
            "/Environment/Variables/1/Name",
            "there is a variable 'A' above; remove one of them",
            id="twice",
        ),
        pytest.param(
            {"Variables": [{"Name": "A", "Value": 3}, {"Name": 5, "Value": "x"}]},
            "$Input",
            "/Environment/Variables/0/Value",
            "must be a text, not 3",
            id="no text",
        ),
        pytest.param(
            [],
            "$Input",
            "/Environment",
            "must be an object",
            id="no object",
        ),
    ],
)
def test_problem_of_an_environment_has_a_way_out(environment, text, path, message):
    found = problems(flow(said(text), Environment=environment))

    assert any(at == path and said.startswith(message) for at, said in found), found


def output(definition, environment):
    workflow = compile_definition(definition, environment=environment)
    return workflow.scope.states["Each"].output.value


def test_who_publishes_may_bring_variables():
    definition = flow(said("$Environment"), Environment=variables(("A", "1")))

    assert output(definition, {"B": "2"}) == {"x": {"A": "1", "B": "2"}}
    assert output(definition, {"A": "3"}) == {"x": {"A": "3"}}
    assert output(flow(said("$Environment.B")), {"B": "2"}) == {"x": "2"}


def test_variables_do_not_make_a_definition_of_what_is_none():
    assert "a definition is an object" in problems([], environment={"A": "1"})[0][1]
