"""What a connection of EventBridge adds to an HTTP request."""

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from chalicelib.dispatchers.connections import joined
from chalicelib.dispatchers.http import HttpDispatcher
from chalicelib.dispatchers.policy import Policy
from chalicelib.errors import InputRefused
from chalicelib.model.error_names import Kind

BASIC = {"BasicAuthParameters": {"Username": "ada", "Password": "s3cret"}}
KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "k"}}
MORE = {
    "InvocationHttpParameters": {
        "HeaderParameters": [{"Key": "X-Team", "Value": "blue"}],
        "QueryStringParameters": [{"Key": "v", "Value": "2"}],
        "BodyParameters": [{"Key": "tenant", "Value": "t"}],
    }
}


@pytest.fixture
def clients():
    def make(service):
        return boto3.client(
            service,
            region_name="eu-west-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )

    with mock_aws():
        yield make


def a_connection(clients, kind, parameters):
    made = clients("events").create_connection(
        Name="shop", AuthorizationType=kind, AuthParameters=parameters
    )
    return made["ConnectionArn"]


@pytest.mark.moto
class TestConnections:
    def test_a_name_and_a_password_are_a_header(self, clients):
        arn = a_connection(clients, "BASIC", BASIC)

        found = joined({"method": "GET", "connection": arn}, clients)

        assert found == {
            "method": "GET",
            "headers": {"Authorization": "Basic YWRhOnMzY3JldA=="},
        }

    def test_what_a_connection_says_wins(self, clients):
        arn = a_connection(clients, "API_KEY", {**KEY, **MORE})
        given = {"headers": {"x-key": "mine", "A": "1"}, "query": {"q": "1"}}

        found = joined({**given, "body": {"n": 1}, "connection": arn}, clients)

        assert found["headers"] == {"A": "1", "X-Team": "blue", "X-Key": "k"}
        assert found["query"] == {"q": "1", "v": "2"}
        assert found["body"] == {"n": 1, "tenant": "t"}

    def test_a_body_that_is_no_object_stays_as_it_is(self, clients):
        arn = a_connection(clients, "API_KEY", {**KEY, **MORE})

        assert joined({"body": "text", "connection": arn}, clients)["body"] == "text"

    def test_a_kind_that_asks_for_tokens_fails_the_task(self, clients):
        oauth = {
            "OAuthParameters": {
                "ClientParameters": {"ClientID": "c", "ClientSecret": "s"},
                "AuthorizationEndpoint": "https://a.example",
                "HttpMethod": "POST",
            }
        }
        arn = a_connection(clients, "OAUTH_CLIENT_CREDENTIALS", oauth)

        found = joined({"connection": arn}, clients)

        assert (found.kind, "BASIC and API_KEY" in found.cause) == (Kind.RUNTIME, True)

    def test_a_connection_that_is_not_there_fails_the_task(self, clients):
        arn = "arn:aws:events:eu-west-1:1:connection/nobody/1"

        found = joined({"connection": arn}, clients)

        assert found.error == "EventBridge.ResourceNotFoundException"


@pytest.mark.parametrize("arn", [None, 7, "shop", "arn:aws:events:x:1:rule/shop"])
def test_what_is_no_connection_fails_the_task(arn):
    assert joined({"connection": arn}, None).kind is Kind.RUNTIME


def test_a_request_with_a_connection_asks_for_it(a_call, clock):
    def clients(service):
        raise EndpointConnectionError(endpoint_url=service)

    dispatcher = HttpDispatcher(Policy(), clock, clients=clients)
    payload = {"method": "GET", "connection": "arn:aws:events:x:1:connection/a/1"}

    failed = dispatcher.dispatch(a_call(resource="https://x.example", payload=payload))

    assert failed.error == "EventBridge.SdkClientException"


def test_a_stage_without_clients_says_so(a_call, clock):
    payload = {"method": "GET", "connection": "arn:aws:events:x:1:connection/a/1"}
    call = a_call(resource="https://x.example", payload=payload)

    with pytest.raises(InputRefused, match="no client of 'events'"):
        HttpDispatcher(Policy(), clock).dispatch(call)
