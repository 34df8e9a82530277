"""Credentials of roles: assumed once, used until shortly before they expire."""

import boto3
import pytest
from moto import mock_aws

from chalicelib import bootstrap, parts
from chalicelib.dispatchers import Dispatchers
from chalicelib.dispatchers.seams import Outside
from chalicelib.model.workflow import Mode
from chalicelib.ports import Call
from chalicelib.roles import LASTS, SPARE, Role

ROLE = "arn:aws:iam::222222222222:role/films"


class Sts:
    """STS, counting."""

    def __init__(self):
        self.asked = []

    def assume_role(self, **request):
        self.asked.append(request)
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        return {"Credentials": {name: f"{name}{len(self.asked)}" for name in names}}


class Time:
    now = 1000.0


@pytest.fixture
def sts():
    return Sts()


@pytest.fixture
def role(sts):
    made = []

    def make(service, credentials):
        made.append((service, credentials.access_key))
        return object()

    found = Role(ROLE, "s", sts=lambda: sts, make=make, now=lambda: Time.now)
    found.made = made
    return found


@pytest.fixture(autouse=True)
def still(monkeypatch):
    monkeypatch.setattr(Time, "now", 1000.0)


def test_a_role_is_assumed_on_first_use(role, sts):
    assert sts.asked == []

    role.clients("sqs")
    role.clients("sqs")
    role.clients("sns")

    assert sts.asked == [
        {"RoleArn": ROLE, "RoleSessionName": "s", "DurationSeconds": 3600}
    ]
    assert role.made == [("sqs", "AccessKeyId1"), ("sns", "AccessKeyId1")]


def test_credentials_that_soon_expire_are_not_used(role, sts, monkeypatch):
    first = role.clients("sqs")
    monkeypatch.setattr(Time, "now", 1000.0 + LASTS - SPARE - 1)
    assert role.clients("sqs") is first

    monkeypatch.setattr(Time, "now", 1000.0 + LASTS - SPARE)

    assert role.credentials().token == "SessionToken2"
    assert role.clients("sqs") is not first
    assert role.made[-1] == ("sqs", "AccessKeyId2")


@pytest.fixture
def account(monkeypatch):
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "own"),
        ("AWS_SECRET_ACCESS_KEY", "own"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
    ):
        monkeypatch.setenv(name, value)
    with mock_aws():
        parts._session.cache_clear()
        parts._made_client.cache_clear()
        bootstrap.use()
        yield
    parts._session.cache_clear()
    parts._made_client.cache_clear()


def test_a_message_of_a_task_with_a_role_lands_in_the_role_s_account(account):
    given = boto3.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="test")
    keys = given["Credentials"]
    theirs = boto3.client(
        "sqs",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    url = theirs.create_queue(QueueName="jobs")["QueueUrl"]
    own = boto3.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    assert "222222222222" in url
    outside = Outside(
        clients=bootstrap.client,
        policy=None,
        clock=bootstrap.clock(),
        start=None,
        stop=None,
        assume=bootstrap._assume,
    )
    call = Call(
        resource="sqs:jobs",
        payload="hello",
        mode=Mode.REQUEST,
        idempotency_key="k",
        timeout=5.0,
        execution="ship:1",
        task="T",
        role=ROLE,
    )

    Dispatchers(outside).dispatch(call)

    [message] = theirs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "hello"
    assert "Messages" not in boto3.client("sqs").receive_message(QueueUrl=own)


def test_what_stands_in_for_aws_stands_in_for_roles():
    bootstrap.use(clients=lambda service: f"a {service}")

    assert parts.client_as("sqs", None) == "a sqs"

    bootstrap.use()
