"""A flow's variables, as CreateFlow and UpdateFlow bring them."""

import json

import pytest

from tests.unit.api.cloudflow_stage import END, Flows, Refusal, a_pass

SAID = {"OutputConstructor": {"stage.$": "$Environment.STAGE"}}
OLDER = """
version: v1
type: flow
steps: [{type: pass, name: p}]
"""


@pytest.fixture
def flows():
    with Flows() as made:
        yield made


def variables(**values):
    return {
        "Variables": [{"Name": name, "Value": each} for name, each in values.items()]
    }


def outcome(flows, execution, **facts):
    this = flows.run(execution=execution, **facts)
    told = flows("DescribeExecution", **this)
    return json.loads(told["Output"]), told["Environment"]


def test_expressions_see_the_variables_of_the_flow(flows):
    flows.make(a_pass("P", **SAID), Environment=variables(STAGE="test"))

    assert outcome(flows, "o1") == ({"stage": "test"}, variables(STAGE="test"))


def test_a_variable_of_the_request_comes_before_that_of_the_definition(flows):
    own = {"Environment": variables(STAGE="own", BUCKET="films")}
    said = {"OutputConstructor": {"both.$": "$Environment"}}
    made = flows.make(a_pass("P", **said))
    definition = {**json.loads(made["Definition"]), **own}
    given = {"Definition": definition, "Environment": variables(STAGE="new")}
    flows("UpdateFlow", Name="order", **given)

    found, _ = outcome(flows, "o1")

    assert found == {"both": {"STAGE": "new", "BUCKET": "films"}}


def test_other_values_are_for_executions_that_begin_later(flows):
    wait = {"Type": "Wait", "Name": "W", "Seconds": 9, "Next": "P"}
    flows.make(wait, a_pass("P", **SAID), Environment=variables(STAGE="one"))
    before = flows.start(execution="o1")
    flows("UpdateFlow", Name="order", Environment=variables(STAGE="two"))

    after, _ = outcome(flows, "o2")
    flows.stage.settle("order:o1")

    assert after == {"stage": "two"}
    assert flows("DescribeExecution", **before)["Output"] == '{"stage":"one"}'


def test_another_definition_sees_the_values_that_are_kept(flows):
    made = flows.make(a_pass("P"), Environment=variables(STAGE="kept"))
    definition = {**json.loads(made["Definition"])}
    definition["States"] = [{**a_pass("P"), **SAID}]
    flows("UpdateFlow", Name="order", Definition=definition)

    assert outcome(flows, "o1")[0] == {"stage": "kept"}


def test_a_version_keeps_its_values(flows):
    flows.make(a_pass("P", **SAID), Environment=variables(STAGE="one"))
    flows("PublishFlowVersion", FlowName="order")
    flows("UpdateFlow", Name="order", Environment=variables(STAGE="two"))

    first = outcome(flows, "o1", Qualifier="1")
    now = outcome(flows, "o2")

    assert first == ({"stage": "one"}, variables(STAGE="one"))
    assert now == ({"stage": "two"}, variables(STAGE="two"))


def test_a_variable_that_is_used_cannot_be_taken_away(flows):
    flows.make(a_pass("P", **SAID), Environment=variables(STAGE="one"))

    with pytest.raises(Refusal, match="no environment variable 'STAGE'") as caught:
        flows("UpdateFlow", Name="order", Environment={"Variables": []})

    assert caught.value.code == "InvalidArgument"
    kept = flows("DescribeFlow", Name="order")["Environment"]
    assert kept == variables(STAGE="one")
    assert outcome(flows, "o1")[0] == {"stage": "one"}


def test_a_variable_without_a_value_is_empty(flows):
    flows.make(a_pass("P", **SAID), Environment={"Variables": [{"Name": "STAGE"}]})

    assert outcome(flows, "o1")[0] == {"stage": ""}


def test_variables_of_the_older_language_are_kept_and_shown(flows):
    given = {"Definition": OLDER, "Environment": variables(STAGE="test")}
    flows("CreateFlow", Name="order", **given)
    flows("UpdateFlow", Name="order", Environment=variables(STAGE="two"))

    assert outcome(flows, "o1") == ({}, variables(STAGE="two"))


def test_variables_of_a_flow_that_was_published_elsewhere_are_shown(flows):
    end = {"Type": "Pass", **END}
    flows.stage.publish({"StartAt": "P", "States": {"P": end}}, name="order")
    flows("UpdateFlow", Name="order", Environment=variables(STAGE="test"))

    shown = flows("DescribeFlow", Name="order")["Environment"]
    assert shown == variables(STAGE="test")
