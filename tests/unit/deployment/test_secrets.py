"""The parameter with what only the stage knows: made once, and kept."""

import io
import json
from base64 import b64decode

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.__main__ import main
from chalicelib.api.keyring import derived_secret
from chalicelib.cli.terminal import Terminal
from chalicelib.deployment import secrets
from chalicelib.deployment.names import Names
from chalicelib.errors import DeploymentRefused
from chalicelib.settings import Settings

NAMES = Names(stage="dev")


@pytest.fixture
def ssm(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield boto3.client("ssm", region_name="us-east-1")


class Refusing:
    """Parameter Store, as it refuses; what it is asked besides goes to another one."""

    def __init__(self, ssm, **codes):
        self._ssm, self._codes = ssm, codes
        self.parameters = {}

    def get_parameter(self, **request):
        self._refuse("get")
        return self._ssm.get_parameter(**request)

    def put_parameter(self, **request):
        if "put" in self._codes:
            # Whoever was faster has put another value meanwhile.
            self._ssm.put_parameter(**{**request, "Value": '{"TOKEN_KEYS": "theirs"}'})
        self._refuse("put")

    def _refuse(self, verb):
        if verb in self._codes:
            code = self._codes[verb]
            raise ClientError({"Error": {"Code": code, "Message": code}}, verb)


def test_a_stage_without_secrets_gets_them_encrypted(ssm):
    made = secrets.provide(ssm, NAMES)
    kept = ssm.get_parameter(Name=NAMES.secrets, WithDecryption=True)["Parameter"]
    assert kept["Type"] == "SecureString"
    assert json.loads(kept["Value"]) == made
    name, _, key = made["TOKEN_KEYS"].partition(":")
    assert (name, len(b64decode(key)), len(b64decode(made["ACCESS_SECRET"]))) == (
        "k1",
        32,
        32,
    )


def test_secrets_are_made_once(ssm):
    assert secrets.provide(ssm, NAMES) == secrets.provide(ssm, NAMES)


def test_two_stages_have_different_secrets(ssm):
    other = secrets.provide(ssm, Names(stage="prod"))
    assert secrets.provide(ssm, NAMES) != other


def test_who_deploys_at_the_same_time_gets_the_same_secrets(ssm):
    slower = Refusing(ssm, put="ParameterAlreadyExists")
    assert secrets.provide(slower, NAMES) == {"TOKEN_KEYS": "theirs"}


@pytest.mark.parametrize("verb", ["get", "put"])
def test_another_refusal_is_not_taken_for_none(ssm, verb):
    refusing = Refusing(ssm, **{verb: "AccessDeniedException"})
    with pytest.raises(ClientError, match="AccessDenied"):
        secrets.provide(refusing, NAMES)


def test_a_stage_without_secrets_has_none(ssm):
    assert secrets.read(ssm, NAMES) == {}


def test_the_key_of_a_stage_is_what_its_api_derives(ssm):
    known = secrets.provide(ssm, NAMES)
    key_id, _, secret = secrets.bearer(known).partition(".")
    assert key_id == "owner"
    assert secret == derived_secret(b64decode(known["ACCESS_SECRET"]), "owner")


def test_a_new_token_key_stands_in_front_of_the_old_ones(ssm):
    made = secrets.provide(ssm, NAMES)
    newest, old = secrets.rotate(ssm, NAMES, "TOKEN_KEYS")

    assert (newest[:3], old) == ("k2:", made["TOKEN_KEYS"])
    kept = secrets.read(ssm, NAMES)
    assert kept == made | {"TOKEN_KEYS": f"{newest},{old}"}
    assert secrets.rotate(ssm, NAMES, "TOKEN_KEYS")[0].startswith("k3:")
    assert len(secrets.retire(ssm, NAMES, "TOKEN_KEYS")) == 1
    assert secrets.read(ssm, NAMES)["TOKEN_KEYS"].startswith("k3:")


def test_a_rotated_webhook_secret_is_one_that_a_stage_takes(ssm):
    made = secrets.provide(ssm, NAMES)
    for _ in range(2):
        secrets.rotate(ssm, NAMES, "WEBHOOK_SECRETS")

    found = secrets.read(ssm, NAMES)
    environ = {"TABLE": "t", "BUCKET": "b", "STEP_QUEUE_URL": "https://q"}
    settings = Settings.of(environ | found)
    assert len(set(settings.webhook_secrets)) == 2
    assert found["TOKEN_KEYS"] == made["TOKEN_KEYS"]


@pytest.mark.parametrize(
    ("do", "says"),
    [
        (secrets.rotate, "deploy stage 'dev' first"),
        (secrets.retire, "deploy stage 'dev' first"),
    ],
)
def test_what_is_not_deployed_is_not_rotated(ssm, do, says):
    with pytest.raises(DeploymentRefused, match=says):
        do(ssm, NAMES, "TOKEN_KEYS")


def test_what_is_not_there_is_not_retired(ssm):
    secrets.provide(ssm, NAMES)
    with pytest.raises(DeploymentRefused, match="has no WEBHOOK_SECRETS"):
        secrets.retire(ssm, NAMES, "WEBHOOK_SECRETS")


def test_the_command_rotates_and_retires_without_showing_a_token_key(ssm, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    secrets.provide(ssm, NAMES)
    out = io.StringIO()
    terminal = Terminal(out, errors=out, source=io.StringIO(), environ={})
    for more in ([], ["--retire"]):
        assert main(["rotate", "token-key", "dev", *more], terminal=terminal) == 0
    assert main(["rotate", "webhook-secret", "dev"], terminal=terminal) == 0

    said, kept = out.getvalue(), secrets.read(ssm, NAMES)
    assert said.count("token-key k2 is the current one") == 2
    assert said.count("1 before it are still accepted") == 1
    assert kept["TOKEN_KEYS"].removeprefix("k2:") not in said
    assert kept["WEBHOOK_SECRETS"] in said
    assert "make deploy STAGE=dev" in said
