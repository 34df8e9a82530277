"""The parameter with what only the stage knows: made once, and kept."""

import json
from base64 import b64decode

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.api.keyring import derived_secret
from chalicelib.deployment import secrets
from chalicelib.deployment.names import Names

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
