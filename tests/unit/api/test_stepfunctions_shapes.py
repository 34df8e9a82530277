"""Which requests the model of the service allows, and what is said of the others."""

import json

import pytest

from tests.unit.api.step_functions_stage import PASS, Refusal, States

ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:order"


@pytest.fixture
def states():
    with States() as made:
        yield made


def refusal(ask, *args, **given):
    with pytest.raises(Refusal) as caught:
        ask(*args, **given)
    return caught.value


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"x"', b'{"name": 3}'])
def test_a_body_that_cannot_be_read_is_refused(states, body):
    assert refusal(states.ask, "CreateStateMachine", body).code == (
        "SerializationException"
    )


def test_an_empty_body_is_an_empty_input(states):
    assert states.ask("ListStateMachines", b"") == {"stateMachines": []}


def test_members_that_nobody_knows_are_dropped(states):
    assert states("ListStateMachines", colour="red", maxResults=None) == {
        "stateMachines": []
    }


@pytest.mark.parametrize(
    ("action", "given", "words"),
    [
        (
            "DescribeStateMachine",
            {},
            "1 validation error detected: Value null at 'stateMachineArn' failed to "
            "satisfy constraint: Member must not be null",
        ),
        ("ListStateMachines", {"maxResults": -1}, "greater than or equal to 0"),
        (
            "DescribeExecution",
            {"executionArn": "a", "includedData": "SOME"},
            "Member must satisfy enum value set: [ALL_DATA, METADATA_ONLY]",
        ),
        (
            "ListStateMachines",
            {"nextToken": "x" * 1025},
            "length less than or equal to 1024",
        ),
        (
            "TagResource",
            {"resourceArn": ARN, "tags": [{"key": ""}]},
            "at 'tags.1.member.key' failed to satisfy constraint: Member must have "
            "length greater than or equal to 1",
        ),
        (
            "ValidateStateMachineDefinition",
            {"definition": "{}", "type": "FAST", "severity": "ALL"},
            "2 validation errors detected: Value 'FAST' at 'type'",
        ),
    ],
)
def test_what_breaks_the_model_of_the_service_is_told_in_its_words(
    states, action, given, words
):
    found = refusal(states, action, **given)
    assert found.code == "ValidationException"
    assert words in str(found)


@pytest.mark.parametrize(
    "given",
    [
        {"maxResults": True},
        {"maxResults": 1.5},
        {"maxResults": "1"},
        {"nextToken": 1},
    ],
)
def test_a_value_of_another_type_is_refused(states, given):
    assert refusal(states, "ListStateMachines", **given).code == (
        "SerializationException"
    )


def test_payloads_and_arns_may_be_longer_than_with_aws(states):
    states.make(PASS)
    text = json.dumps({"text": "x" * 300_000})
    begun = states("StartExecution", stateMachineArn=ARN, input=text)
    assert begun["executionArn"]
    found = refusal(states, "DescribeStateMachine", stateMachineArn=ARN + "x" * 300)
    assert found.code == "StateMachineDoesNotExist"
