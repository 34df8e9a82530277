"""What a connection of EventBridge adds to an HTTP request."""

import json
from urllib.parse import parse_qsl

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from chalicelib.dispatchers.connections import Connections
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
ARN = "arn:aws:events:eu-west-1:1:connection/shop/1"
EVENTS = "Events.ConnectionResource"


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


@pytest.fixture
def join(clock):
    """What a request is with its connection, which needs no token."""

    def joined(payload, clients):
        return Connections(clients, clock).join(payload, None)

    return joined


def a_connection(clients, kind, parameters):
    made = clients("events").create_connection(
        Name="shop", AuthorizationType=kind, AuthParameters=parameters
    )
    return made["ConnectionArn"]


@pytest.mark.moto
class TestConnections:
    def test_a_name_and_a_password_are_a_header(self, clients, join):
        arn = a_connection(clients, "BASIC", BASIC)

        found = join({"method": "GET", "connection": arn}, clients)

        assert found.payload == {
            "method": "GET",
            "headers": {"Authorization": "Basic YWRhOnMzY3JldA=="},
        }

    def test_what_a_connection_says_wins(self, clients, join):
        arn = a_connection(clients, "API_KEY", {**KEY, **MORE})
        given = {"headers": {"x-key": "mine", "A": "1"}, "query": {"q": "1", "V": "3"}}

        found = join({**given, "body": {"n": 1}, "connection": arn}, clients).payload

        assert found["headers"] == {"A": "1", "X-Team": "blue", "X-Key": "k"}
        assert found["query"] == {"q": "1", "V": "3", "v": "2"}
        assert found["body"] == {"n": 1, "tenant": "t"}

    def test_what_a_connection_says_of_the_body_is_part_of_a_form(self, clients, join):
        arn = a_connection(clients, "API_KEY", {**KEY, **MORE})

        found = join({"form": {"n": 1}, "connection": arn}, clients).payload

        assert found["form"] == {"n": 1, "tenant": "t"}
        assert "body" not in found

    def test_nothing_can_be_added_to_a_text(self, clients, join):
        arn = a_connection(clients, "API_KEY", {**KEY, **MORE})

        failure = join({"body": "text", "connection": arn}, clients)

        assert failure.kind is Kind.RUNTIME
        assert "body is no object" in failure.cause

    def test_a_text_to_which_nothing_is_added_stays_a_text(self, clients, join):
        arn = a_connection(clients, "API_KEY", KEY)

        assert join({"body": "text", "connection": arn}, clients).payload["body"] == (
            "text"
        )

    def test_a_connection_that_is_not_there_fails_the_task(self, clients, join):
        failure = join({"connection": ARN}, clients)

        assert failure.error == f"{EVENTS}.ResourceNotFound"


class Known:
    """Stands in for EventBridge and Secrets Manager, where moto says too little."""

    def __init__(self, secret=None, kind="OAUTH_CLIENT_CREDENTIALS", **described):
        self.secret = secret
        self.described = {"AuthorizationType": kind, "SecretArn": "s", **described}

    def __call__(self, service):
        return self

    def describe_connection(self, Name):
        return self.described

    def get_secret_value(self, SecretId):
        return {"SecretString": json.dumps(self.secret)}


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("DEAUTHORIZED", "InvalidConnectionState"),
        ("AUTHORIZING", "AuthInProgress"),
    ],
)
def test_a_connection_that_is_not_authorised_is_not_used(join, state, error):
    failure = join({"connection": ARN}, Known({}, ConnectionState=state))

    assert failure.error == f"{EVENTS}.{error}"
    assert state in failure.cause


def refusing(error):
    def clients(service):
        raise error

    return clients


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (EndpointConnectionError(endpoint_url="x"), "InternalError"),
        (
            ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSecretValue"),
            "AccessDenied",
        ),
    ],
)
def test_a_connection_that_cannot_be_read_says_so(join, error, name):
    assert join({"connection": ARN}, refusing(error)).error == f"{EVENTS}.{name}"


@pytest.mark.parametrize("arn", [None, 7, "shop", "arn:aws:events:x:1:rule/shop"])
def test_what_is_no_connection_fails_the_task(join, arn):
    assert join({"connection": arn}, None).kind is Kind.RUNTIME


def test_a_stage_without_clients_says_so(a_call, clock):
    payload = {"method": "GET", "connection": ARN}
    call = a_call(resource="https://x.example", payload=payload)

    with pytest.raises(InputRefused, match="no client of 'events'"):
        HttpDispatcher(Policy(), clock).dispatch(call)


# -- Tokens, asked for and used on loopback ------------------------------------------


class Desk:
    """Gives out tokens at ``/token``, and takes them at ``/do``."""

    def __init__(self, server):
        self.server, self.asked, self.seen = server, [], []
        self.says = {"token_type": "bearer", "expires_in": 3600}
        self.takes = None
        self.status, self.refusal = 200, 401
        server.behave = self.behave

    def behave(self, request):
        path, _, query = request.path.partition("?")
        if path == "/token":
            self.asked.append((request, dict(parse_qsl(query))))
            said = {"access_token": f"t{len(self.asked)}", **self.says}
            request.reply(self.status, json.dumps(said).encode())
        else:
            self.seen.append(request.headers["Authorization"])
            fits = self.takes in (None, self.seen[-1])
            request.reply(200 if fits else self.refusal, b"{}")

    @property
    def form(self):
        return dict(parse_qsl(self.asked[-1][0].body.decode()))


@pytest.fixture
def desk(server):
    return Desk(server)


@pytest.fixture
def invoke(desk, server, clock, a_call):
    """Send a request by a connection that asks the desk for tokens."""
    hosts = {"shop.example": f"127.0.0.1:{server.port}"}
    secret = {
        "client_id": "ada",
        "client_secret": "s3cret",
        "authorization_endpoint": "http://shop.example/token",
        "http_method": "POST",
    }
    known = Known(secret)
    dispatcher = HttpDispatcher(Policy(hosts=hosts), clock, clients=known)

    def send(**changed):
        known.secret = {**secret, **changed}
        payload = {"method": "GET", "connection": ARN}
        call = a_call(resource="http://shop.example/do", payload=payload)
        return dispatcher.dispatch(call)

    return send


def parameters(**listed):
    return {
        f"{name}_parameters": [{"key": k, "value": v} for k, v in each.items()]
        for name, each in listed.items()
    }


def test_a_token_is_asked_for_with_a_form_and_used(invoke, desk):
    assert invoke().status == 200

    assert desk.form == {
        "grant_type": "client_credentials",
        "client_id": "ada",
        "client_secret": "s3cret",
    }
    assert desk.seen == ["Bearer t1"]


def test_what_a_connection_has_for_the_endpoint_goes_there(invoke, desk):
    more = parameters(
        body={"scope": "all", "grant_type": "other"},
        query_string={"v": "2"},
        header={"X-Team": "blue"},
    )

    invoke(oauth_http_parameters=more)

    assert (desk.form["scope"], desk.form["grant_type"]) == ("all", "other")
    (request, query) = desk.asked[0]
    assert (request.headers["X-Team"], query) == ("blue", {"v": "2"})


def test_an_endpoint_that_takes_json_gets_json(invoke, desk):
    kind = {"Content-Type": "application/json"}

    invoke(oauth_http_parameters=parameters(header=kind))

    assert json.loads(desk.asked[0][0].body)["client_id"] == "ada"


def test_an_endpoint_that_is_read_gets_all_of_it_in_the_query(invoke, desk):
    invoke(http_method="GET", oauth_http_parameters=parameters(body={"scope": "all"}))

    (request, query) = desk.asked[0]
    assert request.command == "GET"
    assert (query["client_secret"], query["scope"]) == ("s3cret", "all")


@pytest.mark.parametrize(
    ("expires_in", "after", "asked"),
    [(3600, 3569, 1), (3600, 3571, 2), ("100", 71, 2), (None, 269, 1), (None, 271, 2)],
)
def test_a_token_is_kept_until_shortly_before_it_expires(
    invoke, desk, clock, expires_in, after, asked
):
    desk.says = {"expires_in": expires_in}

    invoke()
    clock.time += after
    invoke()

    assert len(desk.asked) == asked


def test_a_new_secret_asks_for_a_new_token(invoke, desk):
    invoke()
    invoke(client_secret="n3w")

    assert desk.seen == ["Bearer t1", "Bearer t2"]


@pytest.mark.parametrize("status", [401, 407])
def test_a_kept_token_that_is_refused_is_renewed_at_once(invoke, desk, status):
    desk.refusal = status
    invoke()
    desk.takes = "Bearer t2"

    assert invoke().status == 200
    assert desk.seen == ["Bearer t1", "Bearer t1", "Bearer t2"]


def test_a_new_token_that_is_refused_is_the_answer(invoke, desk):
    desk.takes = "Bearer none"

    assert invoke().status == 401
    assert len(desk.asked) == 1


def test_another_refusal_renews_nothing(invoke, desk):
    invoke()
    desk.takes, desk.refusal = "Bearer none", 403

    assert invoke().status == 403
    assert len(desk.asked) == 1


@pytest.mark.parametrize(
    ("status", "said", "cause"),
    [
        (400, {"error": "invalid_client"}, "has status 400 and no token (invalid"),
        (200, {"access_token": None}, "has status 200 and no token"),
    ],
)
def test_without_a_token_the_connection_cannot_be_used(
    invoke, desk, status, said, cause
):
    desk.status, desk.says = status, said

    failure = invoke()

    assert failure.error == f"{EVENTS}.InvalidConnectionState"
    assert cause in failure.cause
    assert "s3cret" not in failure.cause
    assert desk.seen == []


def test_an_endpoint_that_the_policy_does_not_allow_is_not_asked(invoke, desk):
    failure = invoke(authorization_endpoint="http://169.254.169.254/token")

    assert failure.error == f"{EVENTS}.InvalidConnectionState"
    assert desk.asked == []


@pytest.mark.moto
def test_a_secret_is_read_as_the_local_stage_keeps_it(
    clients, desk, server, clock, a_call
):
    oauth = {
        "OAuthParameters": {
            "ClientParameters": {"ClientID": "ada", "ClientSecret": "s"},
            "AuthorizationEndpoint": "http://shop.example/token",
            "HttpMethod": "POST",
            "OAuthHttpParameters": {"BodyParameters": [{"Key": "scope", "Value": "a"}]},
        }
    }
    arn = a_connection(clients, "OAUTH_CLIENT_CREDENTIALS", oauth)
    hosts = {"shop.example": f"127.0.0.1:{server.port}"}
    dispatcher = HttpDispatcher(Policy(hosts=hosts), clock, clients=clients)
    payload = {"method": "GET", "connection": arn}

    dispatcher.dispatch(a_call(resource="http://shop.example/do", payload=payload))

    assert (desk.form["client_id"], desk.form["scope"]) == ("ada", "a")
    assert desk.seen == ["Bearer t1"]
