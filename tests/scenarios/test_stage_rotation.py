"""The keys of a whole stage are changed while executions wait, and nobody notices."""

import json
import os

import pytest

from chalicelib import bootstrap, means
from chalicelib.deployment import secrets as kept
from chalicelib.deployment.names import Names
from chalicelib.local import account
from chalicelib.tokens import Tokens
from tests.scenarios import mail
from tests.scenarios.desk import a_desk, a_flow

pytestmark = [pytest.mark.moto]
NAMES = Names(stage="dev")


@pytest.fixture(scope="module")
def desk():
    """A stage whose token keys are where those of the cloud are."""
    with a_desk() as made:
        keys = {"TOKEN_KEYS": os.environ["TOKEN_KEYS"]}
        made.stage.clients("ssm").put_parameter(
            Name=NAMES.secrets, Value=json.dumps(keys), Type="SecureString"
        )
        with account.environment({**os.environ, "SECRETS_PARAMETER": NAMES.secrets}):
            renew(made)
            yield made


def renew(desk):
    """Have every container made anew."""
    bootstrap.use(clients=desk.stage.clients)


def rotate(desk):
    return kept.rotate(desk.stage.clients("ssm"), NAMES, "TOKEN_KEYS")


def a_waiting(desk, name):
    """Return an execution that waits for an answer, and the token to give it with."""
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": "receive",
            "Payload": {"box": name, "token.$": "$$.Task.Token"},
        },
    }
    execution = desk.start(desk.publish(a_flow(state), name=name))
    return execution, mail.take(name)["token"]


def key_of(token):
    return token.split(".")[1]


def test_tokens_of_before_and_after_a_rotation_are_answered(desk):
    before, old = a_waiting(desk, "before")
    newest, *_ = rotate(desk)
    renew(desk)
    after, new = a_waiting(desk, "after")

    assert key_of(old) != key_of(new) == newest.partition(":")[0]
    for token in (old, new):
        assert desk.report(token, {}).status_code == 200
    assert {desk.ended(each)["status"] for each in (before, after)} == {"SUCCEEDED"}


def test_a_container_older_than_the_key_takes_its_tokens_too(desk):
    execution, old = a_waiting(desk, "older")
    claims = bootstrap.tokens().verify(old, 0)
    newest, *_ = rotate(desk)
    renewed = Tokens(
        bootstrap.settings().stack, means.token_keys(), newest.partition(":")[0]
    )
    new = renewed.mint(
        claims.execution, claims.scope, claims.activation, 1, claims.expires_at
    )

    assert desk.report(new, {}).status_code == 200
    assert desk.ended(execution)["status"] == "SUCCEEDED"


def test_a_retired_key_opens_nothing(desk):
    execution, old = a_waiting(desk, "retired")
    rotate(desk)
    kept.retire(desk.stage.clients("ssm"), NAMES, "TOKEN_KEYS")
    renew(desk)

    assert desk.report(old, {}).status_code == 401
    assert desk.execution(execution)["status"] == "RUNNING"
