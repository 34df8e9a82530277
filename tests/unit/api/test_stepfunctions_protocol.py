"""Who asks, and how: what Step Functions' face says before it does anything."""

import json
from dataclasses import replace

import pytest

from chalicelib.api import sfn_actions, sfn_shapes
from chalicelib.api.auth import Scope
from chalicelib.api.routes import Call
from chalicelib.errors import StaleRecord, Unavailable, ValueLost
from tests.unit.api.step_functions_stage import PASS, Refusal, States, a_machine

ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:order"


@pytest.fixture
def states():
    with States() as made:
        yield made


def refusal(ask, *args, **given):
    with pytest.raises(Refusal) as caught:
        ask(*args, **given)
    return caught.value


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "MissingAuthenticationTokenException"),
        ({"authorization": "Bearer a.b"}, "UnrecognizedClientException"),
        ({"authorization": "Basic a"}, "MissingAuthenticationTokenException"),
        (
            {
                "authorization": "AWS4-HMAC-SHA256 Credential=nobody/20260101/r/states/"
                "aws4_request, SignedHeaders=host, Signature=0"
            },
            "UnrecognizedClientException",
        ),
    ],
)
@pytest.mark.parametrize("action", ["ListStateMachines", "NoSuchAction"])
def test_without_a_key_of_this_stage_nobody_enters(states, action, headers, code):
    found = refusal(states.ask, action, b"{}", headers=headers)
    assert (found.status, found.code) == (400, code)


@pytest.mark.parametrize(
    ("action", "scope"),
    [(name, row.scope) for name, row in sfn_actions.ACTIONS.items() if row.scope],
)
def test_each_action_needs_its_scope(states, action, scope):
    others = [each for each in Scope if each not in (scope, Scope.ADMIN)]
    key = states.keys.issue(others, at=0).bearer
    found = refusal(states.ask, action, b"{}", key=key)
    assert (found.status, found.code) == (400, "AccessDeniedException")
    right = states.keys.issue([scope], at=0).bearer
    try:
        states.ask(action, b"{}", key=right)
    except Refusal as found:
        assert found.code == "ValidationException"


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("CreateStateMachine", {"name": "order", "definition": "{}", "roleArn": "r"}),
        ("DescribeStateMachine", {"stateMachineArn": ARN}),
        ("UpdateStateMachine", {"stateMachineArn": ARN, "roleArn": "r"}),
        ("DeleteStateMachine", {"stateMachineArn": ARN}),
        ("ListStateMachineAliases", {"stateMachineArn": ARN}),
        ("DeleteStateMachineVersion", {"stateMachineVersionArn": f"{ARN}:1"}),
        ("DeleteStateMachineAlias", {"stateMachineAliasArn": f"{ARN}:prod"}),
        (
            "CreateStateMachineAlias",
            {
                "name": "prod",
                "routingConfiguration": [
                    {"stateMachineVersionArn": f"{ARN}:1", "weight": 100}
                ],
            },
        ),
        ("StartExecution", {"stateMachineArn": ARN}),
        ("StartSyncExecution", {"stateMachineArn": ARN}),
        ("ListExecutions", {"stateMachineArn": ARN}),
        ("TagResource", {"resourceArn": ARN, "tags": []}),
        *(
            (name, {"executionArn": ARN.replace("stateMachine", "execution") + ":one"})
            for name in (
                "DescribeExecution",
                "StopExecution",
                "GetExecutionHistory",
                "DescribeStateMachineForExecution",
            )
        ),
    ],
)
def test_a_key_for_other_workflows_does_nothing_with_this_one(states, action, given):
    states.make(PASS)
    states.run(ARN, name="one")
    key = states.keys.issue(["admin"], workflows=["media-*"], at=0).bearer
    found = refusal(states.ask, action, json.dumps(given).encode(), key=key)
    assert (found.code, str(found)) == (
        "AccessDeniedException",
        "this access key lacks the scope 'workflow:order'",
    )


def test_a_key_for_other_workflows_does_not_see_this_one_listed(states):
    states.make(PASS)
    key = states.keys.issue(["read"], workflows=["media-*"], at=0).bearer
    assert states.ask("ListStateMachines", b"{}", key=key) == {"stateMachines": []}


@pytest.mark.parametrize("action", ["NoSuchAction", "", "AWSStepFunctions."])
def test_what_is_no_action_is_unknown(states, action):
    assert refusal(states, action).code == "UnknownOperationException"


@pytest.mark.parametrize(
    "action", sorted(set(sfn_shapes.operations()) - set(sfn_actions.ACTIONS))
)
def test_an_action_that_is_not_there_says_so(states, action):
    found = refusal(states, action)
    assert (found.code, str(found)) == (
        "UnsupportedOperationException",
        f"This stage does not support {action}",
    )


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
    states.make(a_machine({"Type": "Pass"}))
    text = json.dumps({"text": "x" * 300_000})
    begun = states("StartExecution", stateMachineArn=ARN, input=text)
    assert begun["executionArn"]
    found = refusal(states, "DescribeStateMachine", stateMachineArn=ARN + "x" * 300)
    assert found.code == "StateMachineDoesNotExist"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Unavailable("DynamoDB at 10.0.0.7"), 503, "ServiceUnavailable"),
        (StaleRecord("key"), 503, "ServiceUnavailable"),
        (ValueLost("digest"), 500, "InternalFailure"),
    ],
)
def test_what_is_our_own_fault_is_no_business_of_the_caller(
    states, error, status, code
):
    class Broken:
        def definitions(self):
            raise error

    states.face = replace(states.face, archive=Broken())
    found = refusal(states, "ListStateMachines")
    assert (found.status, found.code) == (status, code)
    assert "10.0.0.7" not in str(found)


def test_the_answer_has_the_content_type_of_the_protocol(states):
    call = Call(
        service=states.service,
        caller=None,
        parameters={},
        query={},
        headers={"content-type": "application/x-amz-json-1.0"},
        body=b"",
    )
    reply = sfn_actions.act(call)
    assert reply.headers == {"Content-Type": "application/x-amz-json-1.0"}
    assert reply.body["__type"] == "MissingAuthenticationTokenException"
