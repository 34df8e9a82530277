"""How a task reaches a Lambda function."""

import base64
import io
import json
import threading

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from chalicelib.dispatchers.aws_lambda import CLIENT_CONFIG, LambdaDispatcher
from chalicelib.engine.events import Answer
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.ports import Limits


class FakeLambda:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self, body=b"{}", error=None, **given):
        self.given = {"StatusCode": 200} | given
        self.body = body
        self.error = error
        self.asked = []

    def invoke(self, **parameters):
        self.asked.append(parameters)
        if self.error is not None:
            raise self.error
        return self.given | {"Payload": io.BytesIO(self.body)}


def dispatcher(client, **given):
    return LambdaDispatcher({"lambda": client}.__getitem__, **given)


def refusal(code, status):
    return ClientError(
        {
            "Error": {"Code": code, "Message": "no"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },
        "Invoke",
    )


def test_a_request_waits_for_the_functions_answer(a_call):
    client = FakeLambda(
        b'{"ok":true}',
        ExecutedVersion="3",
        ResponseMetadata={"RequestId": "r-1", "HTTPHeaders": {"x": "y"}},
    )

    answer = dispatcher(client).dispatch(a_call(payload={"n": 1}))

    assert answer == Answer(
        payload={"ok": True},
        headers={"x": "y"},
        facts={"ExecutedVersion": "3", "RequestId": "r-1"},
    )
    assert client.asked[0]["InvocationType"] == "RequestResponse"
    assert client.asked[0]["FunctionName"] == "resize"
    assert client.asked[0]["Payload"] == b'{"n":1}'


def test_a_request_carries_key_and_trace_in_the_client_context(a_call):
    client = FakeLambda()

    dispatcher(client).dispatch(a_call(trace="00-aa-bb-01"))

    context = json.loads(base64.b64decode(client.asked[0]["ClientContext"]))
    assert context == {
        "custom": {"idempotency-key": "e-1/0/1/1", "traceparent": "00-aa-bb-01"}
    }


@pytest.mark.parametrize("mode", [Mode.SUBMIT, Mode.CALLBACK])
def test_the_other_modes_are_events(a_call, mode):
    client = FakeLambda(b"", StatusCode=202)

    answer = dispatcher(client).dispatch(a_call(mode=mode, payload=[1]))

    assert (answer.status, answer.payload) == (202, None)
    assert client.asked[0]["InvocationType"] == "Event"
    assert "ClientContext" not in client.asked[0]


def sent_event(a_call, payload, mode=Mode.CALLBACK, token="t1.x"):
    client = FakeLambda(b"", StatusCode=202)
    call = a_call(
        mode=mode, payload=payload, token=token, callback_url="https://s/cb/t1.x"
    )
    dispatcher(client).dispatch(call)
    return json.loads(client.asked[0]["Payload"])


def test_an_event_that_has_the_token_is_left_alone(a_call):
    payload = {"deep": [{"tok": "t1.x"}]}

    assert sent_event(a_call, payload) == payload


def test_an_event_without_the_token_gets_it(a_call):
    assert sent_event(a_call, {"n": 1, "callbackUrl": "mine"}) == {
        "taskToken": "t1.x",
        "callbackUrl": "mine",
        "n": 1,
    }


@pytest.mark.parametrize(
    ("payload", "mode", "token"),
    [
        pytest.param([1], Mode.CALLBACK, "t1.x", id="not an object"),
        pytest.param({"n": 1}, Mode.SUBMIT, "t1.x", id="not a callback task"),
        pytest.param({"n": 1}, Mode.CALLBACK, "", id="no token"),
    ],
)
def test_other_events_are_left_alone(a_call, payload, mode, token):
    assert sent_event(a_call, payload, mode, token) == payload


def test_a_function_error_is_named_by_its_type(a_call):
    body = b'{"errorMessage": "no", "errorType": "Sold", "stackTrace": []}'
    client = FakeLambda(body, FunctionError="Unhandled")

    failure = dispatcher(client).dispatch(a_call())

    assert (failure.kind, failure.error) == (Kind.FUNCTION, "Sold")
    assert failure.cause == body.decode()
    assert failure.output["errorMessage"] == "no"


@pytest.mark.parametrize("body", [b"crashed", b'{"errorMessage":"OOM"}', b"[]"])
def test_a_function_error_without_a_type_is_unknown(a_call, body):
    client = FakeLambda(body, FunctionError="Unhandled")

    failure = dispatcher(client).dispatch(a_call())

    assert (failure.error, failure.cause) == ("Lambda.Unknown", body.decode())


def test_an_answer_that_lambda_cut_is_too_large(a_call):
    body = b'{"errorType": "Function.ResponseSizeTooLarge"}'
    client = FakeLambda(body, FunctionError="Unhandled")

    assert dispatcher(client).dispatch(a_call()).kind is Kind.TOO_LARGE


def test_an_answer_over_the_limit_is_too_large(a_call):
    limited = dispatcher(FakeLambda(b'"12345"'), limits=Limits(answer_bytes=6))

    assert limited.dispatch(a_call()).kind is Kind.TOO_LARGE


def test_an_answer_that_is_not_json_is_bad_output(a_call):
    assert dispatcher(FakeLambda(b"<x>")).dispatch(a_call()).kind is Kind.BAD_OUTPUT


def test_an_empty_answer_is_null(a_call):
    assert dispatcher(FakeLambda(b"")).dispatch(a_call()) == Answer(
        facts={"ExecutedVersion": "$LATEST", "RequestId": ""}
    )


@pytest.mark.parametrize(
    ("code", "status", "kind", "error"),
    [
        ("ResourceNotFoundException", 404, Kind.NOT_FOUND, ""),
        ("TooManyRequestsException", 429, Kind.THROTTLED, ""),
        ("AccessDeniedException", 403, Kind.FORBIDDEN, ""),
        ("InvalidSignatureException", 403, Kind.FORBIDDEN, ""),
        ("RequestTooLargeException", 413, Kind.TOO_LARGE, ""),
        ("ServiceException", 500, Kind.SERVICE, ""),
        ("EC2ThrottledException", 502, Kind.SERVICE, "Lambda.EC2ThrottledException"),
    ],
)
def test_a_refusal_of_the_service_has_a_kind(a_call, code, status, kind, error):
    client = FakeLambda(error=refusal(code, status))

    failure = dispatcher(client).dispatch(a_call())

    assert (failure.kind, failure.error) == (kind, error)


@pytest.mark.parametrize(
    ("error", "kind", "name"),
    [
        (ReadTimeoutError(endpoint_url="x"), Kind.TIMEOUT, ""),
        (NoCredentialsError(), Kind.FORBIDDEN, ""),
        (
            EndpointConnectionError(endpoint_url="x"),
            Kind.UNREACHABLE,
            "Lambda.SdkClientException",
        ),
        (ParamValidationError(report="x"), Kind.SERVICE, "Lambda.SdkClientException"),
    ],
)
def test_a_failure_on_the_way_has_a_kind(a_call, error, kind, name):
    failure = dispatcher(FakeLambda(error=error)).dispatch(a_call())

    assert (failure.kind, failure.error) == (kind, name)


class SilentLambda:
    """Answers when it is too late."""

    def __init__(self):
        self.gate = threading.Event()

    def invoke(self, **parameters):
        self.gate.wait(5)
        return {"Payload": io.BytesIO()}


def test_a_function_that_takes_too_long_times_out(a_call):
    client = SilentLambda()

    failure = dispatcher(client).dispatch(a_call(timeout=0.01))
    client.gate.set()

    assert failure.kind is Kind.TIMEOUT


def test_a_bug_is_not_hidden(a_call):
    with pytest.raises(ZeroDivisionError):
        dispatcher(FakeLambda(error=ZeroDivisionError())).dispatch(a_call())


def test_half_a_surrogate_pair_is_escaped(a_call):
    client = FakeLambda()

    dispatcher(client).dispatch(a_call(payload="\udc00"))

    assert client.asked[0]["Payload"] == b'"\\udc00"'


def test_lambda_cannot_cancel(a_call):
    assert dispatcher(FakeLambda()).cancel(a_call()) is False


@pytest.fixture
def real_client(server):
    return boto3.client(
        "lambda",
        region_name="eu-west-1",
        endpoint_url=f"http://127.0.0.1:{server.port}",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(**CLIENT_CONFIG),
    )


def test_the_real_client_is_understood(a_call, server, real_client):
    server.behave = lambda request: request.reply(
        200, b'{"ok":1}', X_Amz_Executed_Version="7", x_amzn_RequestId="r-1"
    )

    answer = dispatcher(real_client).dispatch(a_call(payload={"n": 1}))

    assert answer.payload == {"ok": 1}
    assert answer.facts == {"ExecutedVersion": "7", "RequestId": "r-1"}
    assert server.seen[0].path == "/2015-03-31/functions/resize/invocations"


def test_the_real_client_asks_once_only(a_call, server, real_client):
    server.behave = lambda request: request.reply(
        500, b'{"Message":"x"}', X_Amzn_ErrorType="ServiceException"
    )

    failure = dispatcher(real_client).dispatch(a_call())

    assert failure.kind is Kind.SERVICE
    assert len(server.seen) == 1


def with_options(a_call, client, payload, mode=Mode.REQUEST, **given):
    call = a_call(resource="lambda.invoke:resize", payload=payload, mode=mode, **given)
    return dispatcher(client).dispatch(call)


def test_what_the_author_says_about_the_invocation_is_sent(a_call):
    options = {"ClientContext": "e30=", "LogType": "Tail", "Qualifier": "7"}
    client = FakeLambda(b"1", LogResult="bG9n")

    answer = with_options(a_call, client, {"Payload": {"n": 1}, **options})

    assert answer.payload == 1
    assert answer.facts["LogResult"] == "bG9n"
    assert client.asked == [
        {
            "FunctionName": "resize",
            "InvocationType": "RequestResponse",
            "Payload": b'{"n":1}',
            **options,
        }
    ]


def test_without_a_client_context_of_the_author_ours_is_sent(a_call):
    client = FakeLambda()

    with_options(a_call, client, {"LogType": "None"}, trace="00-aa-bb-01")

    assert "traceparent" in str(base64.b64decode(client.asked[0]["ClientContext"]))
    assert client.asked[0]["Payload"] == b"{}"


@pytest.mark.parametrize(
    ("written", "mode", "sent"),
    [
        ("DryRun", Mode.REQUEST, "DryRun"),
        ("Event", Mode.REQUEST, "Event"),
        (None, Mode.REQUEST, "RequestResponse"),
        (None, Mode.CALLBACK, "Event"),
    ],
)
def test_the_author_may_say_the_type_of_an_invocation(a_call, written, mode, sent):
    client = FakeLambda(b"null", StatusCode=204)

    answer = with_options(a_call, client, {"InvocationType": written}, mode)

    assert client.asked[0]["InvocationType"] == sent
    assert (answer.status, answer.payload) == (204, None)


def test_an_option_that_is_no_text_fails_the_task(a_call):
    client = FakeLambda()

    failure = with_options(a_call, client, {"LogType": 5})

    assert (failure.kind, client.asked) == (Kind.RUNTIME, [])


@pytest.mark.parametrize(
    ("body", "given", "error"),
    [
        (b'"text"', {}, None),
        (b'{"errorType":"NoStock"}', {"FunctionError": "Unhandled"}, "NoStock"),
    ],
)
def test_a_callback_task_that_is_awaited_fails_with_its_function(
    a_call, body, given, error
):
    client = FakeLambda(body, **given)
    call = a_call(mode=Mode.CALLBACK, token="t1.x", is_awaited=True)

    outcome = dispatcher(client).dispatch(call)

    (asked,) = client.asked
    assert asked["InvocationType"] == "RequestResponse"
    assert json.loads(asked["Payload"])["taskToken"] == "t1.x"
    assert getattr(outcome, "payload", None) is None
    assert getattr(outcome, "error", None) == error
