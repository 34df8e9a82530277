"""Access keys of a whole stage, by the command."""

import io
import json

import pytest
from alibabacloud_tea_openapi.exceptions import ThrottlingException
from botocore.exceptions import ClientError

from chalicelib.__main__ import main
from chalicelib.cli.terminal import Terminal
from tests.scenarios import cloudflow, step_functions

pytestmark = [pytest.mark.moto]


@pytest.fixture
def command(desk):
    def run(*arguments):
        out, errors = io.StringIO(), io.StringIO()
        terminal = Terminal(out, errors=errors, source=io.StringIO(), environ={})
        address = ["--url", desk.url, "--key", desk.stage.key]
        code = main(["keys", *address, *arguments], terminal=terminal)
        return code, out.getvalue() + errors.getvalue()

    return run


def opens(desk, bearer):
    return desk.ask("GET", "/v1/workflows", key=bearer).status_code == 200


def test_a_key_is_issued_rotated_and_revoked(desk, command):
    code, said = command(
        "issue",
        *("--scope", "read", "--scope", "start"),
        *("--workflow", "bill-*", "--description", "for CI"),
        *("--expires", "2126-01-01T00:00:00Z", "--rate", "50"),
    )
    assert code == 0, said
    bearer = said.split()[1]
    assert opens(desk, bearer)
    key_id = bearer.partition(".")[0]
    assert "for CI" in command("list")[1]
    made = json.loads(command("--json", "rotate", key_id, "--overlap", "600")[1])
    assert opens(desk, bearer)
    assert opens(desk, made["bearer"])
    assert key_id in command("revoke", key_id)[1]
    assert not opens(desk, bearer)


def test_the_command_wants_the_id(command):
    code, said = command("revoke")
    assert (code, "name the key by its id" in said) == (2, True)


@pytest.fixture
def slow_key(desk):
    """A key that may ask once, and then not for an hour and more."""
    wanted = {"scopes": ["read"], "rate": 0.0001, "burst": 1}
    bearer = desk.ask("POST", "/v1/keys", wanted).json()["bearer"]
    assert desk.ask("GET", "/v1/workflows", key=bearer).status_code == 200
    return bearer


def test_each_face_says_too_often_in_its_own_way(desk, slow_key):
    own = desk.ask("GET", "/v1/workflows", key=slow_key)
    rill = desk.ask("GET", "/flow/bg/manage/descriptor/get_business.json", key=slow_key)

    assert (own.status_code, own.json()["status"]) == (429, 429)
    assert (rill.status_code, rill.json()["error_code"]) == (429, 30201)
    assert int(own.headers["Retry-After"]) == pytest.approx(10_000, abs=60)
    assert "Retry-After" in rill.headers


def test_the_clients_of_aws_and_alibaba_know_that_they_ask_too_often(desk, slow_key):
    states = step_functions.a_client(f"{desk.url}/states", slow_key)
    with pytest.raises(ClientError) as caught:
        states.list_state_machines()
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert "retry-after" in headers

    with pytest.raises(ThrottlingException) as refused:
        cloudflow.generic(desk.url, slow_key, "ListFlows")
    assert refused.value.code == "ResourceThrottled"
    assert refused.value.retry_after == pytest.approx(10_000_000, abs=60_000)
