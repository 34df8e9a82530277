"""What Lambda's Invoke does with Python functions on this machine."""

import base64
import json
import threading

import pytest
from botocore.exceptions import ClientError

from chalicelib.local.functions import Functions, Workers
from chalicelib.local.lambda_client import LambdaClient


class Sold(Exception):
    pass


def refuse(event):
    raise Sold("out of stock")


def leave(event):
    raise SystemExit(1)


def echo(event):
    return event


def describe(event, context):
    return [
        context.function_name,
        context.function_version,
        context.get_remaining_time_in_millis(),
        context.client_context and context.client_context.custom,
        len(context.aws_request_id),
    ]


@pytest.fixture
def client():
    given = {
        "echo": echo,
        "refuse": refuse,
        "leave": leave,
        "describe": describe,
        "odd": lambda event: {1, 2},
        "nan": lambda event: float("nan"),
    }
    return LambdaClient(Functions(given=given))


def test_an_answer_has_the_shape_of_boto3s(client):
    answer = client.invoke(FunctionName="echo", Payload=b'{"a": "\xc3\xa9"}')

    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert json.loads(answer["Payload"].read()) == {"a": "é"}
    assert "FunctionError" not in answer
    assert answer["ResponseMetadata"]["RequestId"]


def test_a_context_says_what_lambdas_says(client):
    custom = {"idempotency-key": "k"}
    context = base64.b64encode(json.dumps({"custom": custom}).encode()).decode()

    answer = client.invoke(FunctionName="describe", ClientContext=context)

    said = json.loads(answer["Payload"].read())
    assert said == ["describe", "$LATEST", 900_000, custom, 36]


def test_a_call_without_client_context_has_none(client):
    answer = client.invoke(FunctionName="describe")

    assert json.loads(answer["Payload"].read())[3] is None


def failure(client, name):
    answer = client.invoke(FunctionName=name)
    assert answer["FunctionError"] == "Unhandled"
    return json.loads(answer["Payload"].read())


def test_an_exception_is_the_answer(client):
    said = failure(client, "refuse")

    assert (said["errorType"], said["errorMessage"]) == ("Sold", "out of stock")
    (frame,) = said["stackTrace"]
    assert frame.startswith('  File "') and "in refuse" in frame
    assert len(said["requestId"]) == 36


def test_a_function_that_leaves_is_an_exit_error(client):
    assert failure(client, "leave")["errorType"] == "Runtime.ExitError"


@pytest.mark.parametrize("name", ["odd", "nan"])
def test_a_result_that_is_not_json_is_a_marshal_error(client, name):
    said = failure(client, name)

    assert said["errorType"] == "Runtime.MarshalError"
    assert said["errorMessage"].startswith("Unable to marshal response: ")


def test_a_function_that_is_not_there_is_not_found(client):
    with pytest.raises(ClientError, match="no function 'nobody'") as refused:
        client.invoke(FunctionName="nobody")

    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_an_event_is_accepted_and_done_later():
    seen, workers = [], Workers(threads=1)
    functions = Functions(given={"keep": seen.append, "refuse": refuse})
    client = LambdaClient(functions, workers=workers)

    answer = client.invoke(
        FunctionName="keep", InvocationType="Event", Payload='{"n": 1}'
    )
    client.invoke(FunctionName="refuse", InvocationType="Event")
    workers.stop()

    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    assert seen == [{"n": 1}]


def test_a_failed_event_is_logged(caplog):
    workers = Workers(threads=1)
    client = LambdaClient(Functions(given={"refuse": refuse}), workers=workers)
    client.invoke(FunctionName="refuse", InvocationType="Event")
    workers.stop()

    assert "out of stock" in caplog.text


def test_too_many_events_are_throttled():
    gate = threading.Event()
    workers = Workers(threads=0, line=1)
    client = LambdaClient(Functions(given={"wait": gate.wait}), workers=workers)
    client.invoke(FunctionName="wait", InvocationType="Event")

    with pytest.raises(ClientError, match="TooManyRequests"):
        client.invoke(FunctionName="wait", InvocationType="Event")
