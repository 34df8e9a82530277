"""State machines, tags and definitions, as Step Functions' clients see them."""

import json

import pytest

from tests.unit.api.step_functions_stage import PASS, ROLE, States, a_machine, refused

ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:order"
OTHER = a_machine({"Type": "Succeed"})
OTHER["States"]["Only"].pop("End")


@pytest.fixture
def states():
    with States() as made:
        yield made


def test_a_machine_is_described_as_it_was_made(states):
    logging = {"level": "ALL", "includeExecutionData": True}
    assert states.make(PASS, type="EXPRESS", loggingConfiguration=logging) == ARN

    found = states("DescribeStateMachine", stateMachineArn=ARN)

    assert json.loads(found["definition"]) == PASS
    assert found["loggingConfiguration"] == logging
    assert found["tracingConfiguration"] == {"enabled": False}
    assert (found["type"], found["roleArn"], found["status"]) == (
        "EXPRESS",
        ROLE,
        "ACTIVE",
    )
    assert found["creationDate"] == states.stage.loop.now


SUM = "{% ($n := $size; $sum($map([$n], λ($x) { $x + $n }))) %}"
READING = {
    "StartAt": "Begin",
    "States": {
        "Begin": {"Type": "Pass", "Assign": {"size": 3, "list.$": "$"}, "Next": "Each"},
        "Each": {
            "Type": "Map",
            "ItemsPath": "$list",
            "ItemProcessor": {
                "StartAt": "Inside",
                "States": {
                    "Inside": {
                        "Type": "Pass",
                        "QueryLanguage": "JSONata",
                        "Output": SUM,
                        "End": True,
                    }
                },
            },
            "Next": "Choose",
        },
        "Choose": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$size", "NumericLessThanPath": "$list[0]", "Next": "Done"}
            ],
            "Default": "Done",
        },
        "Done": {"Type": "Succeed"},
    },
}


def test_a_description_says_which_states_read_which_variables(states):
    arn = states.make(READING)

    assert states("DescribeStateMachine", stateMachineArn=arn)[
        "variableReferences"
    ] == {
        "Each": ["$list"],
        "Inside": ["$size"],
        "Choose": ["$size", "$list"],
    }


def test_without_its_data_a_machine_is_described_without_a_definition(states):
    arn = states.make(READING)
    given = {"includedData": "METADATA_ONLY"}

    found = states("DescribeStateMachine", stateMachineArn=arn, **given)
    made = states("StartExecution", stateMachineArn=arn)["executionArn"]
    run = states("DescribeStateMachineForExecution", executionArn=made, **given)

    assert (found["definition"], run["definition"]) == ("{}", "{}")
    assert "variableReferences" not in found | run


def test_the_same_machine_again_is_the_same(states):
    first = states("CreateStateMachine", name="a", definition=TEXT, roleArn=ROLE)
    states.stage.loop.pause(60)
    again = states(
        "CreateStateMachine",
        name="a",
        definition=TEXT,
        roleArn=ROLE + "-other",
        tags=[{"key": "k", "value": "v"}],
    )
    assert again == first
    kept = states("ListTagsForResource", resourceArn=first["stateMachineArn"])
    assert kept == {"tags": []}


TEXT = json.dumps(PASS)


@pytest.mark.parametrize(
    "facts",
    [
        {"definition": json.dumps(OTHER)},
        {"type": "EXPRESS"},
        {"loggingConfiguration": {"level": "ALL"}},
        {"tracingConfiguration": {"enabled": True}},
    ],
)
def test_another_machine_of_that_name_is_refused(states, facts):
    states.make(PASS)
    given = {"name": "order", "definition": TEXT, "roleArn": ROLE, **facts}
    message = refused(
        "StateMachineAlreadyExists", states, "CreateStateMachine", **given
    )
    assert message == f"State Machine Already Exists: '{ARN}'"


@pytest.mark.parametrize(
    "name", ["", "a b", "a:b", "a/b", "x" * 81, "tab\t", "what?", "\ufffe"]
)
def test_a_name_that_aws_refuses_is_refused(states, name):
    message = refused("InvalidName", states.make, PASS, name=name)
    assert message == f"Invalid Name: '{name}'"


def test_a_name_of_eighty_characters_of_any_language_is_fine(states):
    assert states.make(PASS, name="名" * 80).startswith("arn:aws:states:")


def test_problems_of_a_definition_are_told_with_their_places(states):
    wrong = a_machine({"Type": "Pass", "Next": "Nowhere", "Speed": 3})
    message = refused("InvalidDefinition", states.make, wrong)
    assert message.startswith("Invalid State Machine Definition: '")
    assert "MISSING_TRANSITION_TARGET: " in message
    assert " at /States/Only/Next" in message
    assert "SCHEMA_VALIDATION_FAILED: unknown field 'Speed'" in message
    assert states("ListStateMachines") == {"stateMachines": []}


def test_what_is_there_twice_has_a_code_of_its_own(states):
    def names(state):
        body = {"StartAt": "A", "States": {"A": state}}
        parallel = {"Type": "Parallel", "Branches": [body], "End": True}
        begin = {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"}
        definition = {"StartAt": "Begin", "States": {"Begin": begin, "B": parallel}}
        definition["States"]["Lost"] = {"Type": "Succeed"}
        definition["States"]["Lost"] |= {"Comment": "nothing leads here"}
        found = states(
            "ValidateStateMachineDefinition", definition=json.dumps(definition)
        )
        return {each["code"] for each in found["diagnostics"]}

    assert names({"Type": "Pass", "Assign": {"x": 2}, "End": True}) == {
        "DUPLICATE_VARIABLE_NAME",
        "MISSING_TRANSITION_TARGET",
    }


@pytest.mark.parametrize("action", ["CreateStateMachine", "UpdateStateMachine"])
def test_a_role_is_the_arn_of_one(states, action):
    arn = states.make(PASS)
    named = {
        "CreateStateMachine": {"name": "other", "definition": json.dumps(PASS)},
        "UpdateStateMachine": {"stateMachineArn": arn},
    }
    message = refused("InvalidArn", states, action, **named[action], roleArn="admin")
    assert message == "Invalid Role Arn: 'admin'"


def test_what_is_no_json_is_no_definition(states):
    message = refused("InvalidDefinition", states.make, "{")
    assert "INVALID_JSON_DESCRIPTION" in message


WAITING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Parameters": {"FunctionName": "f", "Payload": {"token.$": "$$.Task.Token"}},
}


def test_an_express_machine_waits_for_nobody_wherever_it_is(states):
    each = {"StartAt": "Each", "States": {"Each": {**WAITING, "End": True}}}
    both = a_machine(
        {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "All",
                    "States": {
                        "All": {"Type": "Map", "ItemProcessor": each, "End": True}
                    },
                }
            ],
        }
    )
    message = refused("InvalidDefinition", states.make, both, type="EXPRESS")
    assert "do not support .waitForTaskToken" in message
    place = "/States/Only/Branches/0/States/All/ItemProcessor/States/Each/Resource"
    assert f" at {place}" in message
    assert states.make(both, type="STANDARD") == ARN


def test_an_update_changes_what_it_names(states):
    states.make(PASS, tags=[{"key": "team", "value": "a"}])
    made = states("DescribeStateMachine", stateMachineArn=ARN)
    states.stage.loop.pause(60)

    updated = states(
        "UpdateStateMachine",
        stateMachineArn=ARN,
        definition=json.dumps(OTHER),
        tracingConfiguration={"enabled": True},
    )

    found = states("DescribeStateMachine", stateMachineArn=ARN)
    assert json.loads(found["definition"]) == OTHER
    assert found["tracingConfiguration"] == {"enabled": True}
    assert found["roleArn"] == ROLE
    assert found["creationDate"] == made["creationDate"]
    assert found["revisionId"] == updated["revisionId"] != made["revisionId"]
    assert updated["updateDate"] == states.stage.loop.now
    assert states("ListTagsForResource", resourceArn=ARN)["tags"][0]["key"] == "team"


def test_an_update_without_a_definition_leaves_it(states):
    states.make(PASS)
    other = f"{ROLE}-other"
    states("UpdateStateMachine", stateMachineArn=ARN, roleArn=other)
    found = states("DescribeStateMachine", stateMachineArn=ARN)
    assert (found["roleArn"], json.loads(found["definition"])) == (other, PASS)


def test_an_update_of_nothing_is_refused(states):
    states.make(PASS)
    refused(
        "MissingRequiredParameter", states, "UpdateStateMachine", stateMachineArn=ARN
    )


def test_an_update_that_is_refused_changes_nothing(states):
    states.make(PASS, type="EXPRESS")
    refused(
        "InvalidDefinition",
        states,
        "UpdateStateMachine",
        stateMachineArn=ARN,
        definition=json.dumps(a_machine(WAITING)),
    )
    found = states("DescribeStateMachine", stateMachineArn=ARN)
    assert json.loads(found["definition"]) == PASS


@pytest.mark.parametrize(
    "action",
    ["UpdateStateMachine", "DeleteStateMachine", "PublishStateMachineVersion"],
)
def test_a_qualified_arn_is_not_a_machine_to_change(states, action):
    states.make(PASS)
    given = {"stateMachineArn": f"{ARN}:3"}
    given |= {"roleArn": ROLE} if action == "UpdateStateMachine" else {}
    refused("ValidationException", states, action, **given)


def test_a_deleted_machine_is_gone_and_its_executions_are_stopped(states):
    waits = a_machine({"Type": "Wait", "Seconds": 600})
    states.make(waits, tags=[{"key": "team", "value": "a"}])
    arn = states("StartExecution", stateMachineArn=ARN, name="one")["executionArn"]

    for _ in range(2):
        assert states("DeleteStateMachine", stateMachineArn=ARN) == {}

    assert states("ListStateMachines") == {"stateMachines": []}
    refused("StateMachineDoesNotExist", states, "StartExecution", stateMachineArn=ARN)
    states.stage.settle("order:one")
    found = states("DescribeExecution", executionArn=arn)
    assert (found["status"], found["cause"]) == (
        "ABORTED",
        "its state machine was deleted",
    )
    states.make(waits)
    assert states("ListTagsForResource", resourceArn=ARN) == {"tags": []}


def test_machines_are_listed_by_name_and_by_page(states):
    for name in ("c", "a", "b"):
        states.make(PASS, name=name)
    states.stage.publish(PASS, name="published:elsewhere")

    first = states("ListStateMachines", maxResults=3)
    second = states("ListStateMachines", maxResults=3, nextToken=first["nextToken"])

    names = [row["name"] for row in first["stateMachines"]]
    assert names == ["a", "b", "c"]
    (last,) = second["stateMachines"]
    assert last["name"] == "published:elsewhere"
    assert last["stateMachineArn"].endswith(":stateMachine:published%3Aelsewhere")
    assert "nextToken" not in second


def test_a_workflow_published_elsewhere_is_a_standard_machine(states):
    states.stage.publish(PASS, name="published:elsewhere")
    published_at = states.stage.loop.now
    arn = ARN.replace("order", "published%3Aelsewhere")
    states.stage.loop.pause(60)
    states("TagResource", resourceArn=arn, tags=[{"key": "k", "value": "v"}])

    found = states("DescribeStateMachine", stateMachineArn=arn)

    assert (found["type"], found["name"]) == ("STANDARD", "published:elsewhere")
    assert found["creationDate"] == published_at
    assert states.run(arn, name="one").endswith(":published%3Aelsewhere:one")


@pytest.mark.parametrize("token", ["x", "bm8gSlNPTg==", "W10=", "MQ==", "é"])
def test_a_token_of_nobodys_page_is_invalid(states, token):
    refused("InvalidToken", states, "ListStateMachines", nextToken=token)
