"""How a task calls any action of AWS."""

import io
import threading

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from chalicelib.dispatchers.aws_sdk import AwsSdkDispatcher
from chalicelib.model.error_names import Kind
from chalicelib.ports import Limits


def real(service):
    return boto3.client(
        service,
        region_name="eu-west-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )


@pytest.fixture
def stubbed():
    """A real client whose answers are given: it takes only what it would send."""

    def make(service, method, response, expected):
        client = real(service)
        stubber = Stubber(client)
        stubber.add_response(method, response, expected)
        stubber.activate()
        return AwsSdkDispatcher({service: client}.__getitem__)

    return make


class Refusing:
    """A client whose every method raises."""

    def __init__(self, error):
        self.error = error

    def __getattr__(self, name):
        def method(**parameters):
            raise self.error

        return method


def refused(a_call, resource, payload, error):
    dispatcher = AwsSdkDispatcher(lambda service: Refusing(error))
    return dispatcher.dispatch(a_call(resource=resource, payload=payload))


def test_a_request_and_its_answer_have_step_functions_names(stubbed, a_call):
    dispatcher = stubbed(
        "sqs",
        "send_message",
        {"MessageId": "m", "MD5OfMessageBody": "d", "ResponseMetadata": {}},
        {"QueueUrl": "https://q", "MessageBody": "x", "DelaySeconds": 5},
    )
    payload = {"QueueUrl": "https://q", "MessageBody": "x", "DelaySeconds": "5"}

    answer = dispatcher.dispatch(
        a_call(resource="aws-sdk:sqs:sendMessage", payload=payload)
    )

    assert answer.payload == {"MessageId": "m", "Md5OfMessageBody": "d"}
    assert answer.status == 200


def test_an_action_that_answers_nothing_gives_an_empty_object(stubbed, a_call):
    dispatcher = stubbed("logs", "create_log_group", {}, {"logGroupName": "g"})
    call = a_call(
        resource="aws-sdk:cloudwatchlogs:createLogGroup",
        payload={"LogGroupName": "g"},
    )

    assert dispatcher.dispatch(call).payload == {}


def test_a_call_without_a_request_is_one_without_parameters(stubbed, a_call):
    dispatcher = stubbed("s3", "list_buckets", {"Buckets": [{"Name": "b"}]}, {})
    call = a_call(resource="aws-sdk:s3:listBuckets", payload=None)

    assert dispatcher.dispatch(call).payload == {"Buckets": [{"Name": "b"}]}


@pytest.mark.parametrize("given", [{}, {"ClientRequestToken": "mine"}])
def test_a_client_token_is_made_of_the_idempotency_key(stubbed, a_call, given):
    items = [{"Delete": {"TableName": "t", "Key": {"k": {"S": "1"}}}}]
    token = given.get("ClientRequestToken", "k" * 32)
    dispatcher = stubbed(
        "dynamodb",
        "transact_write_items",
        {},
        {"TransactItems": items, "ClientRequestToken": token},
    )
    call = a_call(
        resource="aws-sdk:dynamodb:transactWriteItems",
        payload={"TransactItems": items, **given},
        idempotency_key="k" * 32,
    )

    assert dispatcher.dispatch(call).payload == {}


def streaming(content):
    body = StreamingBody(io.BytesIO(content), len(content))

    class Client:
        def get_object(self, **parameters):
            return {"Body": body, "ContentLength": len(content)}

    return lambda service: Client()


def test_a_stream_is_read_to_a_text(a_call):
    call = a_call(resource="aws-sdk:s3:getObject", payload={"Bucket": "b", "Key": "k"})

    answer = AwsSdkDispatcher(streaming(b'{"n":1}')).dispatch(call)

    assert answer.payload == {"Body": '{"n":1}', "ContentLength": 7}


def test_a_stream_that_is_too_long_fails_the_task(a_call):
    call = a_call(resource="aws-sdk:s3:getObject", payload={"Bucket": "b", "Key": "k"})
    dispatcher = AwsSdkDispatcher(streaming(b"12345"), limits=Limits(answer_bytes=4))

    assert dispatcher.dispatch(call).kind is Kind.TOO_LARGE


def test_a_request_that_does_not_fit_is_not_sent(a_call):
    failure = refused(
        a_call, "aws-sdk:sqs:sendMessage", {"QueueUrl": 5}, AssertionError()
    )

    assert failure.kind is Kind.RUNTIME
    assert failure.cause == (
        "The Parameters '{\"QueueUrl\":5}' could not be used to start the Task: "
        "[The value for the field 'QueueUrl' must be a STRING, "
        "The field 'MessageBody' is required but was missing]"
    )


def test_an_action_that_aws_does_not_have_fails_the_task(a_call):
    failure = refused(a_call, "aws-sdk:sqs:sendMesage", {}, AssertionError())

    assert failure.kind is Kind.RUNTIME
    assert "did you mean 'sendMessage'?" in failure.cause


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("s3:getObject", {"Bucket": "", "Key": "k"}),
        ("s3:getObject", {"Bucket": "b", "Key": "\ud800"}),
        ("cloudwatch:describeAlarmHistory", {"StartDate": "yesterday, or so"}),
    ],
)
def test_what_only_the_client_refuses_fails_the_task(a_call, action, payload):
    call = a_call(resource=f"aws-sdk:{action}", payload=payload)

    assert AwsSdkDispatcher(real).dispatch(call).kind is Kind.RUNTIME


@pytest.mark.parametrize(
    ("resource", "payload", "code", "error"),
    [
        (
            "aws-sdk:dynamodb:getItem",
            {"TableName": "t", "Key": {}},
            "ResourceNotFoundException",
            "DynamoDb.ResourceNotFoundException",
        ),
        (
            "aws-sdk:dynamodb:getItem",
            {"TableName": "t", "Key": {}},
            "ValidationException",
            "DynamoDb.DynamoDbException",
        ),
        (
            "aws-sdk:s3:getObject",
            {"Bucket": "b", "Key": "k"},
            "NoSuchKey",
            "S3.NoSuchKeyException",
        ),
        (
            "aws-sdk:cloudwatchlogs:deleteLogGroup",
            {"LogGroupName": "g"},
            "OperationAbortedException",
            "CloudWatchLogs.OperationAbortedException",
        ),
    ],
)
def test_refusals_have_the_names_of_the_newer_sdk(
    a_call, resource, payload, code, error
):
    given = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "r-1"},
    }

    failure = refused(a_call, resource, payload, ClientError(given, "Get"))

    title = error.partition(".")[0]
    assert failure.error == error
    assert failure.cause == (
        f"no (Service: {title}, Status Code: 400, Request ID: r-1)"
    )


@pytest.mark.parametrize(
    ("resource", "payload", "code", "error"),
    [
        ("ecs:runTask", {"TaskDefinition": "t"}, "Unknown", "ECS.AmazonECSException"),
        (
            "glue:startJobRun",
            {"JobName": "j"},
            "ConcurrentRunsExceededException",
            "Glue.ConcurrentRunsExceededException",
        ),
        ("glue:startJobRun", {"JobName": "j"}, "Unknown", "Glue.AWSGlueException"),
        (
            "mediaconvert:getJob",
            {"Id": "1"},
            "Odd",
            "MediaConvert.MediaConvertException",
        ),
    ],
)
def test_refusals_of_an_integration_have_the_names_of_its_sdk(
    a_call, resource, payload, code, error
):
    given = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {}}

    failure = refused(a_call, f"aws:{resource}", payload, ClientError(given, "Get"))

    assert failure.error == error


def test_a_service_that_cannot_be_reached(a_call):
    error = EndpointConnectionError(endpoint_url="https://x")

    failure = refused(a_call, "aws-sdk:sqs:listQueues", {}, error)

    assert (failure.kind, failure.error) == (Kind.UNREACHABLE, "Sqs.SdkClientException")


def test_a_call_takes_no_longer_than_its_task_may(a_call):
    forever = threading.Event()

    class Slow:
        def list_queues(self, **parameters):
            forever.wait(20)

    call = a_call(resource="aws-sdk:sqs:listQueues", payload={}, timeout=0.05)

    failure = AwsSdkDispatcher(lambda service: Slow()).dispatch(call)
    forever.set()

    assert failure.kind is Kind.TIMEOUT


def test_what_aws_has_done_is_not_undone(a_call):
    assert AwsSdkDispatcher(real).cancel(a_call()) is False
