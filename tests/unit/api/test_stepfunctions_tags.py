"""Tags of machines, and what is wrong with definitions, for Step Functions' clients."""

import json

import pytest

from tests.unit.api.step_functions_stage import PASS, States, a_machine, refused

ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:order"


@pytest.fixture
def states():
    with States() as made:
        yield made


def test_tags_are_added_replaced_and_removed(states):
    states.make(PASS, tags=[{"key": "b", "value": "1"}, {"key": "c", "value": "1"}])
    given = [{"key": "b", "value": "2"}, {"key": "a", "value": ""}]
    states("TagResource", resourceArn=ARN, tags=given)
    states("UntagResource", resourceArn=ARN, tagKeys=["c", "d"])
    assert states("ListTagsForResource", resourceArn=ARN) == {
        "tags": [{"key": "a", "value": ""}, {"key": "b", "value": "2"}]
    }


def test_a_resource_has_fifty_tags_at_most(states):
    states.make(PASS)
    tags = [{"key": str(number), "value": ""} for number in range(51)]
    refused("TooManyTags", states, "TagResource", resourceArn=ARN, tags=tags)
    refused("TooManyTags", states.make, PASS, name="other", tags=tags)


def test_tags_of_nothing_are_not_found(states):
    refused("ResourceNotFound", states, "ListTagsForResource", resourceArn=ARN)
    refused("InvalidArn", states, "ListTagsForResource", resourceArn="arn")


# -- validation

WAITING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Parameters": {"FunctionName": "f", "Payload": {"token.$": "$$.Task.Token"}},
}


def validate(states, definition, **facts):
    text = definition if isinstance(definition, str) else json.dumps(definition)
    return states("ValidateStateMachineDefinition", definition=text, **facts)


def test_a_good_definition_is_ok_and_not_published(states):
    found = validate(states, PASS)
    assert found == {"result": "OK", "diagnostics": [], "truncated": False}
    assert states("ListStateMachines") == {"stateMachines": []}


def test_every_problem_is_a_diagnostic(states):
    wrong = a_machine({"Type": "Pass", "Next": "Nowhere", "Speed": 3})
    found = validate(states, wrong)
    assert found["result"] == "FAIL"
    told = {(each["code"], each["location"]) for each in found["diagnostics"]}
    assert told > {
        ("MISSING_TRANSITION_TARGET", "/States/Only/Next"),
        ("SCHEMA_VALIDATION_FAILED", "/States/Only/Speed"),
    }
    cut = validate(states, wrong, maxResults=1)
    assert (len(cut["diagnostics"]), cut["truncated"]) == (1, True)


def test_a_text_that_is_no_json_is_one_diagnostic_without_a_location(states):
    (found,) = validate(states, "{")["diagnostics"]
    assert found["code"] == "INVALID_JSON_DESCRIPTION"
    assert "location" not in found


def test_a_definition_is_judged_for_its_type(states):
    assert validate(states, a_machine(WAITING))["result"] == "OK"
    assert validate(states, a_machine(WAITING), type="EXPRESS")["result"] == "FAIL"
