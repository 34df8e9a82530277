"""How a task calls an API of API Gateway."""

import pytest
from botocore.credentials import Credentials

from chalicelib.dispatchers.api_gateway import ApiGatewayDispatcher, own_credentials
from chalicelib.dispatchers.http_request import build
from chalicelib.engine.events import Answer
from chalicelib.model.error_names import Kind

HOST = "abc123.execute-api.eu-west-1.amazonaws.com"


class Line:
    """Takes a request down instead of sending it."""

    def dispatch(self, call, sign=None):
        self.call = call
        self.request = build(call)
        if sign:
            self.request = sign(self.request)
        return Answer(payload={})


@pytest.fixture
def invoke(a_call):
    line = Line()
    dispatcher = ApiGatewayDispatcher(line, lambda: Credentials("key", "secret", "t"))

    def to(**given):
        payload = {"ApiEndpoint": HOST, "Method": "GET", **given}
        line.outcome = dispatcher.dispatch(
            a_call(resource="apigateway:invoke", payload=payload)
        )
        return line

    return to


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, ""),
        ({"Stage": "prod"}, "/prod"),
        ({"Stage": "prod", "Path": "/pets/1"}, "/prod/pets/1"),
        ({"Path": "pets"}, "/pets"),
    ],
)
def test_host_stage_and_path_are_the_url(invoke, given, url):
    assert invoke(**given).call.resource == f"https://{HOST}{url}"


def test_the_parts_of_a_request_have_names_of_their_own(invoke):
    line = invoke(
        Method="POST",
        QueryParameters={"q": ["1", "2"]},
        Headers={"A": "b"},
        RequestBody={"n": 1, "none": None, "list": [{"x": None}]},
    )

    assert line.request.target == "/?q=1&q=2"
    assert line.request.headers["A"] == "b"
    assert line.request.body == b'{"n":1,"list":[{}]}'


def test_nulls_are_sent_where_that_is_wanted(invoke):
    assert invoke(RequestBody={"n": None}, AllowNullValues=True).request.body == (
        b'{"n":null}'
    )


def test_a_request_in_the_name_of_the_role_is_signed(invoke):
    headers = invoke(AuthType="IAM_ROLE", Path="pets").request.headers

    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=key/")
    assert "/eu-west-1/execute-api/aws4_request" in headers["Authorization"]
    assert headers["X-Amz-Security-Token"] == "t"


def test_nothing_is_signed_for_a_strange_host(invoke):
    line = invoke(ApiEndpoint="evil.example", AuthType="IAM_ROLE")

    assert line.outcome.kind is Kind.FORBIDDEN
    assert not hasattr(line, "call")


@pytest.mark.parametrize("host", [None, "", "a.example/path"])
def test_what_is_no_host_fails_the_task(invoke, host):
    assert invoke(ApiEndpoint=host).outcome.kind is Kind.RUNTIME


def test_nothing_of_it_can_be_cancelled(a_call):
    assert not ApiGatewayDispatcher(Line()).cancel(a_call())


def test_credentials_are_those_of_the_process(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    assert own_credentials().access_key == "mine"
