"""Who asks, and how: what Step Functions' face says before it does anything."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from chalicelib.api.auth import Scope
from chalicelib.api.keyring import AccessKeys
from chalicelib.api.routes import Call
from chalicelib.api.stepfunctions import actions as sfn_actions
from chalicelib.api.stepfunctions import shapes as sfn_shapes
from chalicelib.errors import StaleRecord, Unavailable, ValueLost
from chalicelib.settings import InlineKey
from chalicelib.stores.memory import MemoryTable
from tests.unit.api.step_functions_stage import PASS, ROLE, Refusal, States

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


def signed(states, body):
    """Return the headers of a request that botocore signs, and when it did."""
    key_id, _, secret = states.key.partition(".")
    target = "AWSStepFunctions.ListStateMachines"
    request = AWSRequest(
        "POST",
        "https://x.test/api/states",
        headers={"x-amz-target": target},
        data=body,
    )
    credentials = Credentials(key_id, secret)
    SigV4Auth(credentials, "states", "eu-west-1").add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    date = headers["x-amz-date"]
    sent = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return {"host": "x.test", **headers}, sent.timestamp()


class ClockAt:
    def __init__(self, at):
        self.at = at

    def now(self):
        return self.at


def test_who_signs_with_a_key_of_this_stage_enters_for_a_while(states):
    headers, at = signed(states, b"{}")
    states.service = replace(states.service, clock=ClockAt(at + 60))
    found = states.ask("ListStateMachines", b"{}", headers=headers)
    assert found == {"stateMachines": []}
    other = refusal(states.ask, "ListStateMachines", b"{ }", headers=headers)
    assert other.code == "InvalidSignatureException"
    states.service = replace(states.service, clock=ClockAt(at + 1000))
    late = refusal(states.ask, "ListStateMachines", b"{}", headers=headers)
    assert late.code == "RequestExpired"


def test_a_key_of_which_only_the_digest_is_known_signs_nothing(states):
    inline = [InlineKey(id="ops", digest="0" * 64, scopes=("admin",))]
    keys = AccessKeys(MemoryTable(), inline, secret=b"s" * 32)
    states.service = replace(states.service, keys=keys)
    headers, _ = signed(states, b"{}")
    value = headers["authorization"]
    key_id = states.key.partition(".")[0]
    headers["authorization"] = value.replace(key_id, "ops")
    found = refusal(states.ask, "ListStateMachines", b"{}", headers=headers)
    assert found.code == "UnrecognizedClientException"


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
        ("CreateStateMachine", {"name": "order", "definition": "{}", "roleArn": ROLE}),
        ("DescribeStateMachine", {"stateMachineArn": ARN}),
        ("UpdateStateMachine", {"stateMachineArn": ARN, "roleArn": ROLE}),
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


def test_every_action_of_the_service_is_there():
    assert set(sfn_shapes.operations()) == set(sfn_actions.ACTIONS)


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
