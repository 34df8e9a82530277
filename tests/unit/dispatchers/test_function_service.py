"""How a task reaches a function of Function Compute: real requests, on loopback."""

import hashlib
import hmac
import json
from base64 import b64encode
from types import SimpleNamespace
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from alibabacloud_tea_openapi.utils import Utils

from chalicelib.alibaba import AlibabaAccount
from chalicelib.dispatchers import Dispatchers, Outside
from chalicelib.dispatchers.destinations import REMEMBERED
from chalicelib.dispatchers.function_service import LARGEST_EVENT, FunctionService
from chalicelib.dispatchers.http import HttpDispatcher
from chalicelib.dispatchers.policy import Policy
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.ports import TOKEN_FIELD, Limits

NEW = "acs:fc:::functions/pay"
OLD = "acs:fc:::services/shop/functions/pay"
TOPIC = "acs:mns:cn-x:42:/topics/ends/messages"
ACCOUNT = AlibabaAccount(
    key_id="ali",
    secret="hush",
    region="cn-x",
    id="42",
    endpoint="http://{account}.{region}.fc.test",
)
TELLING = AlibabaAccount(
    key_id="ali",
    secret="hush",
    region="cn-x",
    id="42",
    endpoint="http://{account}.{region}.fc.test",
    destination=TOPIC,
)


def nowhere(host, port):
    raise OSError("no network in tests")


@pytest.fixture
def service(server, clock):
    def make(account=ACCOUNT, hosts=("42.cn-x.fc.test",), **limits):
        policy = Policy(
            hosts=dict.fromkeys(hosts, f"127.0.0.1:{server.port}"),
            resolver=nowhere,
        )
        http = HttpDispatcher(policy, clock, limits=Limits(**limits))
        nonces = iter(f"nonce-{n}" for n in range(9))
        return FunctionService(http, account, clock, new_nonce=nonces.__next__)

    return make


def expected_acs3(request, secret="hush"):
    """Return what the vendor's own SDK signs, over the headers that were signed."""
    named = request.headers["Authorization"].split("SignedHeaders=")[1].split(",")[0]
    target = urlsplit(request.path)
    asked = SimpleNamespace(
        method=request.command,
        pathname=target.path,
        query=dict(parse_qsl(target.query)),
        headers={name: request.headers[name] for name in named.split(";")},
    )
    digest = hashlib.sha256(request.body).hexdigest()
    return Utils.get_authorization(asked, "ACS3-HMAC-SHA256", digest, "ali", secret)


def expected_fc(request, secret="hush"):
    """Return what the pages of the generation 2.0 say is to be signed."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    own = sorted(name for name in headers if name.startswith("x-fc-"))
    text = "{}\n{}\n{}\n{}\n{}{}".format(
        request.command,
        headers.get("content-md5", ""),
        headers["content-type"],
        headers["date"],
        "".join(f"{name}:{headers[name]}\n" for name in own),
        unquote(urlsplit(request.path).path),
    )
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return f"FC ali:{b64encode(mac).decode()}"


def replies(status=200, body=b"{}", **headers):
    """Return a server's behaviour: the same reply to all."""
    return lambda request: request.reply(status, body, **headers)


def test_a_function_of_3_0_is_invoked_signed_as_the_sdk_signs(
    service, server, a_call, clock
):
    clock.time = 1_767_225_600.0
    server.behave = replies(body=b'{"paid": true}')
    call = a_call(resource=f"{NEW}/prod", payload={"n": "ü"}, token="t", server="x")

    answer = service().dispatch(call)

    (seen,) = server.seen
    assert answer.payload == {"paid": True}
    assert seen.path == "/2023-03-30/functions/pay/invocations?qualifier=prod"
    assert seen.headers["Host"] == "42.cn-x.fc.test"
    assert seen.headers["x-acs-action"] == "InvokeFunction"
    assert seen.headers["x-acs-version"] == "2023-03-30"
    assert seen.headers["x-acs-date"] == "2026-01-01T00:00:00Z"
    assert seen.headers["x-fc-invocation-type"] == "Sync"
    assert seen.headers["Authorization"] == expected_acs3(seen)
    assert json.loads(seen.body) == {"n": "ü"}


def test_a_function_of_2_0_is_invoked_signed_as_its_pages_say(
    service, server, a_call, clock
):
    clock.time = 1_767_225_600.0
    call = a_call(resource="acs:fc:::services/shop.prod/functions/pay", payload="hi")

    service().dispatch(call)

    (seen,) = server.seen
    path = "/2016-08-15/services/shop.prod/functions/pay/invocations"
    assert (seen.command, seen.path) == ("POST", path)
    assert seen.headers["Date"] == "Thu, 01 Jan 2026 00:00:00 GMT"
    assert seen.headers["X-Fc-Account-Id"] == "42"
    assert seen.headers["Authorization"] == expected_fc(seen)
    assert seen.body == b"hi"


@pytest.mark.parametrize("arn", [NEW, OLD])
def test_every_request_has_a_signature_of_its_own(service, server, a_call, arn):
    made = service()
    for _ in range(2):
        made.dispatch(a_call(resource=arn, payload={"n": 1}))

    nonces = {seen.headers.get("x-acs-signature-nonce") for seen in server.seen}
    assert nonces in ({"nonce-0", "nonce-1"}, {None})


def test_region_and_account_of_the_arn_win(service, server, a_call):
    arn = "acs:fc:cn-y:77:services/shop/functions/pay"

    service(hosts=["77.cn-y.fc.test"]).dispatch(a_call(resource=arn))

    (seen,) = server.seen
    assert seen.headers["X-Fc-Account-Id"] == "77"


def test_latest_is_no_qualifier(service, server, a_call):
    service().dispatch(a_call(resource=f"{NEW}/LATEST"))

    assert server.seen[0].path == "/2023-03-30/functions/pay/invocations"


@pytest.mark.parametrize("mode", [Mode.SUBMIT, Mode.CALLBACK])
@pytest.mark.parametrize(
    ("arn", "header"),
    [(NEW, "X-Fc-Async-Task-Id"), (OLD, "X-Fc-Stateful-Async-Invocation-Id")],
)
def test_asynchronous_work_has_the_id_of_its_attempt(
    service, server, a_call, mode, arn, header
):
    server.behave = replies(202, b"")
    made = service()
    for key in ("one", "one", "two"):
        made.dispatch(a_call(resource=arn, mode=mode, idempotency_key=key))

    kinds = {seen.headers["X-Fc-Invocation-Type"] for seen in server.seen}
    first, again, other = (seen.headers[header] for seen in server.seen)
    assert kinds == {"Async"}
    assert first == again != other
    assert first[0] == "m" and first.isalnum()


def test_a_task_that_is_there_already_was_taken(service, server, a_call):
    server.behave = replies(409, b'{"Code": "AsyncTaskAlreadyExists"}')

    answer = service().dispatch(a_call(resource=NEW, mode=Mode.SUBMIT))

    assert (answer.status, answer.payload) == (202, None)


def test_a_callback_task_gets_its_token_in_the_event_only(service, server, a_call):
    call = a_call(
        resource=NEW,
        mode=Mode.CALLBACK,
        payload={"n": 1},
        token="t1.x",
        callback_url="https://stage.test/v1/tasks/t1.x",
    )

    service().dispatch(call)

    (seen,) = server.seen
    assert json.loads(seen.body)["taskToken"] == "t1.x"
    assert "X-Callback-Url" not in seen.headers


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (429, b'{"ErrorCode":"ResourceExhausted","ErrorMessage":"so"}', "Exhausted"),
        (429, b'{"Code":"ResourceThrottled","Message":"so"}', "Throttled"),
        (412, b'{"errorCode":"ResourceStopped","errorMessage":"so"}', "Stopped"),
    ],
)
def test_a_refusal_has_the_code_of_its_body(
    service, server, a_call, status, body, error
):
    server.behave = replies(status, body, Content_Type="application/json")

    failure = service().dispatch(a_call(resource=OLD))

    assert failure.error == f"FC.Resource{error}"
    assert failure.cause == f"status {status}: so"


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, "FC.InvalidArgument", Kind.SERVICE),
        (403, "FC.AccessDenied", Kind.FORBIDDEN),
        (404, "FC.FunctionNotFound", Kind.NOT_FOUND),
        (429, "FC.ResourceThrottled", Kind.THROTTLED),
        (500, "FC.InternalServerError", Kind.SERVICE),
        (503, "FC.InternalServerError", Kind.SERVICE),
    ],
)
def test_a_refusal_without_a_code_is_named_by_its_status(
    service, server, a_call, status, error, kind
):
    server.behave = replies(status, b"sorry", Content_Type="text/plain")

    failure = service().dispatch(a_call(resource=NEW))

    assert (failure.error, failure.kind) == (error, kind)
    assert failure.cause == f"status {status}: sorry"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"errorType":"OutOfStock","errorMessage":"none left"}', "OutOfStock"),
        (b'{"errorMessage":"timed out after 3 seconds"}', "FC.Unknown"),
        (b"", "FC.Unknown"),
    ],
)
def test_a_function_that_fails_names_its_own_error(
    service, server, a_call, body, error
):
    server.behave = replies(200, body, X_Fc_Error_Type="UnhandledInvocationError")

    failure = service().dispatch(a_call(resource=NEW))

    assert (failure.error, failure.kind) == (error, Kind.FUNCTION)
    assert failure.cause


@pytest.mark.parametrize(
    ("allowed", "kind"), [(["42.cn-x.fc.test"], Kind.UNREACHABLE), ([], Kind.FORBIDDEN)]
)
def test_the_stages_policy_is_asked_first(a_call, clock, allowed, kind):
    policy = Policy(allowed=allowed, resolver=lambda host, port: ["127.0.0.1"])
    account = AlibabaAccount(
        key_id="ali",
        secret="hush",
        region="cn-x",
        id="42",
        endpoint="http://{account}.{region}.fc.test:9",
    )
    made = FunctionService(HttpDispatcher(policy, clock), account, clock)

    assert made.dispatch(a_call(resource=NEW)).kind is kind


@pytest.mark.parametrize(
    "arn",
    [
        "acs:fc:::triggers/x",
        "acs:fc:x.evil.test/#:42:functions/pay",
        "acs:fc:cn-x:42@evil.test/:functions/pay",
    ],
)
def test_what_is_no_function_is_not_asked_for(service, server, a_call, arn):
    made, call = service(), a_call(resource=arn)

    assert made.dispatch(call).kind is Kind.NOT_FOUND
    assert made.cancel(call) is False
    assert server.seen == []


@pytest.mark.parametrize(
    ("arn", "path", "action"),
    [
        (
            f"{NEW}/prod",
            "/2023-03-30/functions/pay/async-tasks/{}/stop?qualifier=prod",
            "StopAsyncTask",
        ),
        (
            "acs:fc:::services/shop.prod/functions/pay",
            "/2021-04-06/services/shop/functions/pay/stateful-async-invocations/{}"
            "?qualifier=prod",
            "StopStatefulAsyncInvocation",
        ),
    ],
    ids=["3.0", "2.0"],
)
def test_asynchronous_work_is_stopped_by_the_id_of_its_attempt(
    service, server, a_call, arn, path, action
):
    server.behave = replies(202, b"")
    made, call = service(), a_call(resource=arn, mode=Mode.SUBMIT)

    made.dispatch(call)
    assert made.cancel(call) is True

    begun, stopped = server.seen
    names = ("X-Fc-Async-Task-Id", "X-Fc-Stateful-Async-Invocation-Id")
    (task,) = (begun.headers[name] for name in names if name in begun.headers)
    assert (stopped.command, stopped.path) == ("PUT", path.format(task))
    assert stopped.headers["x-acs-action"] == action
    assert stopped.headers["Authorization"] == expected_acs3(stopped)


def test_what_cannot_be_stopped_is_said(service, server, a_call):
    server.behave = replies(404, b'{"Code": "AsyncTaskNotFound"}')

    assert service().cancel(a_call(resource=NEW)) is False


def telling(good=TOPIC, bad=TOPIC):
    config = {
        "destinationConfig": {
            "onSuccess": {"destination": good},
            "onFailure": {"destination": bad},
        }
    }

    def behave(request):
        if request.command == "GET":
            request.reply(200, json.dumps(config).encode())
        elif request.headers["X-Fc-Invocation-Type"] == "Async":
            request.reply(202, b"")
        else:
            request.reply(200, b'{"made": 1}')

    return behave


def a_job(a_call, **facts):
    given = {"mode": Mode.SYSTEM, "payload": {"n": 1}, "token": "t1.x", "resource": NEW}
    return a_call(**given | facts)


@pytest.mark.parametrize("arn", [NEW, OLD])
def test_a_function_whose_ends_are_told_is_left_alone_with_its_work(
    service, server, a_call, arn
):
    server.behave = telling()

    answer = service(TELLING).dispatch(a_job(a_call, resource=arn))

    asked, begun = server.seen
    assert asked.path.endswith("/functions/pay/async-invoke-config")
    assert json.loads(begun.body) == {"n": 1, TOKEN_FIELD: "t1.x"}
    assert (answer.status, answer.is_end) == (202, False)


def test_what_is_known_of_destinations_is_believed_for_a_while(
    service, server, a_call, clock
):
    server.behave = telling()
    made = service(TELLING)

    for passed in (0, 0, REMEMBERED):
        clock.time += passed
        made.dispatch(a_job(a_call))

    assert [seen.command for seen in server.seen].count("GET") == 2


@pytest.mark.parametrize(
    ("behave", "account", "facts"),
    [
        (telling(), ACCOUNT, {}),
        (telling(bad="acs:fc:::functions/other"), TELLING, {}),
        (telling(), TELLING, {"payload": "text"}),
        (telling(), TELLING, {"payload": {"n": "x" * LARGEST_EVENT}}),
        (telling(), TELLING, {"token": ""}),
        (
            lambda r: r.reply(200 if r.command == "POST" else 403, b'{"made": 1}'),
            TELLING,
            {},
        ),
        (
            lambda r: r.reply(200, b'{"made": 1}' if r.command == "POST" else b"[]"),
            TELLING,
            {},
        ),
    ],
    ids=["unset", "one", "text", "large", "no token", "not ours to see", "odd"],
)
def test_a_function_that_cannot_tell_is_awaited(
    service, server, a_call, behave, account, facts
):
    server.behave = behave

    answer = service(account).dispatch(a_job(a_call, **facts))

    assert (answer.payload, answer.is_end) == ({"made": 1}, True)
    assert server.seen[-1].headers["X-Fc-Invocation-Type"] == "Sync"


def test_an_awaited_function_that_fails_has_failed(service, server, a_call):
    server.behave = replies(200, b"{}", X_Fc_Error_Type="UnhandledInvocationError")

    assert service().dispatch(a_job(a_call)).error == "FC.Unknown"


def test_a_stage_with_an_account_calls_function_compute(server, a_call, clock):
    hosts = {"42.cn-x.fc.test": f"127.0.0.1:{server.port}"}
    outside = Outside(
        clients=None,
        policy=Policy(hosts=hosts),
        clock=clock,
        start=None,
        stop=None,
        alibaba=ACCOUNT,
    )
    server.behave = replies()

    answer = Dispatchers(outside).dispatch(a_call(resource=NEW))

    assert answer.payload == {}
    assert len(server.seen[0].headers["x-acs-signature-nonce"]) == 32


@pytest.mark.parametrize(
    ("headers", "error"),
    [({}, None), ({"X_Fc_Error_Type": "HandledInvocationError"}, "OutOfStock")],
)
def test_a_callback_task_that_is_awaited_fails_with_its_function(
    service, server, a_call, headers, error
):
    server.behave = replies(200, b'{"errorType": "OutOfStock"}', **headers)
    call = a_call(resource=NEW, mode=Mode.CALLBACK, token="t1.x", is_awaited=True)

    outcome = service().dispatch(call)

    assert server.seen[0].headers["X-Fc-Invocation-Type"] == "Sync"
    assert getattr(outcome, "error", None) == error
