"""How a task reaches a queue worker."""

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from chalicelib.dispatchers.attributes import MOST_ATTRIBUTES
from chalicelib.dispatchers.sqs import SqsDispatcher
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode

URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"


class FakeSqs:
    def __init__(self, error=None):
        self.error = error
        self.sent = []
        self.asked = []

    def get_queue_url(self, **parameters):
        self.asked.append(parameters)
        return {"QueueUrl": URL}

    def send_message(self, **parameters):
        if self.error is not None:
            raise self.error
        self.sent.append(parameters)
        return {
            "MessageId": "m-1",
            "MD5OfMessageBody": "d",
            "ResponseMetadata": {"RequestId": "r", "HTTPHeaders": {"a": "b"}},
        }


@pytest.fixture
def client():
    return FakeSqs()


@pytest.fixture
def send(a_call, client):
    dispatcher = SqsDispatcher(lambda service: client)

    def to(payload, resource="sqs:jobs", **given):
        return dispatcher.dispatch(a_call(resource=resource, payload=payload, **given))

    return to


def values(message):
    given = message["MessageAttributes"].items()
    return {name: value["StringValue"] for name, value in given}


def test_a_payload_is_the_body_as_json(send, client):
    answer = send({"n": 1})

    assert answer.payload == {"MessageId": "m-1", "MD5OfMessageBody": "d"}
    assert answer.facts == {"RequestId": "r"}
    assert client.sent[0]["MessageBody"] == '{"n":1}'
    assert values(client.sent[0]) == {"idempotency-key": "e-1/0/1/1"}


def test_a_text_is_the_body_as_it_is(send, client):
    send("hello")

    assert client.sent[0]["MessageBody"] == "hello"


def test_a_payload_may_spell_the_message_out(send, client):
    send(
        {
            "QueueUrl": "elsewhere",
            "MessageBody": {"n": 1},
            "DelaySeconds": 5,
            "MessageAttributes": {
                "kind": "a",
                "count": 3,
                "flag": True,
                "raw": {"DataType": "String", "StringValue": "r"},
            },
        }
    )

    (sent,) = client.sent
    assert (sent["QueueUrl"], sent["DelaySeconds"]) == (URL, 5)
    assert sent["MessageAttributes"]["count"]["DataType"] == "Number"
    assert values(sent) == {
        "kind": "a",
        "count": "3",
        "flag": "true",
        "raw": "r",
        "idempotency-key": "e-1/0/1/1",
    }


def test_a_callback_task_brings_its_token(send, client):
    send(
        {},
        mode=Mode.CALLBACK,
        token="t1.x",
        callback_url="https://s/cb",
        trace="00-aa-bb-01",
    )

    assert values(client.sent[0]) == {
        "millrace-task-token": "t1.x",
        "millrace-callback-url": "https://s/cb",
        "idempotency-key": "e-1/0/1/1",
        "traceparent": "00-aa-bb-01",
    }


def test_the_authors_attributes_have_first_place(send, client):
    written = {f"a{number}": "x" for number in range(MOST_ATTRIBUTES - 1)}

    send({"MessageBody": "", "MessageAttributes": written}, trace="00-aa-bb-01")

    added = values(client.sent[0]).keys() - written.keys()
    assert added == {"idempotency-key"}


def test_attributes_that_are_none_are_a_failure_of_the_task(send):
    assert send({"MessageBody": "", "MessageAttributes": [1]}).kind is Kind.RUNTIME


@pytest.mark.parametrize(
    ("resource", "asked"),
    [
        pytest.param("sqs:jobs", [{"QueueName": "jobs"}], id="name"),
        pytest.param(
            "sqs:arn:aws:sqs:eu-west-1:123456789012:jobs",
            [{"QueueName": "jobs", "QueueOwnerAWSAccountId": "123456789012"}],
            id="arn",
        ),
        pytest.param(f"sqs:{URL}", [], id="url"),
    ],
)
def test_a_queue_is_found_once(send, client, resource, asked):
    send(1, resource=resource)
    send(2, resource=resource)

    assert client.asked == asked
    assert [message["QueueUrl"] for message in client.sent] == [URL, URL]


def test_a_fifo_queue_gets_its_group_and_its_key(send, client):
    send(1, resource="sqs:jobs.fifo")
    send(1, resource="sqs:jobs.fifo")

    first, second = client.sent
    assert first == second
    assert len(first["MessageDeduplicationId"]) == 64


def test_the_author_may_name_the_group(send, client):
    send({"MessageBody": "x", "MessageGroupId": "g"}, resource="sqs:jobs.fifo")

    assert client.sent[0]["MessageGroupId"] == "g"


@pytest.mark.parametrize(
    ("said", "kind", "error"),
    [
        (
            {
                "Code": "AWS.SimpleQueueService.NonExistentQueue",
                "QueryErrorCode": "QueueDoesNotExist",
            },
            Kind.NOT_FOUND,
            "SQS.QueueDoesNotExistException",
        ),
        (
            {"Code": "InvalidMessageContents"},
            Kind.SERVICE,
            "SQS.InvalidMessageContentsException",
        ),
        ({"Code": "AccessDenied"}, Kind.FORBIDDEN, "SQS.AmazonSQSException"),
        ({}, Kind.SERVICE, "SQS.AmazonSQSException"),
    ],
)
def test_a_refusal_has_a_name_of_the_service(a_call, said, kind, error):
    refusal = ClientError({"Error": said}, "SendMessage")
    client = FakeSqs(error=refusal)
    dispatcher = SqsDispatcher(lambda service: client)

    failure = dispatcher.dispatch(a_call(resource="sqs:jobs"))
    client.error = None
    dispatcher.dispatch(a_call(resource="sqs:jobs"))

    assert (failure.kind, failure.error) == (kind, error)
    assert len(client.asked) == 2


def test_a_cause_says_what_the_older_sdk_says(a_call):
    refusal = ClientError(
        {
            "Error": {"Code": "InvalidMessageContents", "Message": "no"},
            "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "r-1"},
        },
        "SendMessage",
    )
    dispatcher = SqsDispatcher(lambda service: FakeSqs(error=refusal))

    assert dispatcher.dispatch(a_call(resource="sqs:jobs")).cause == (
        "no (Service: AmazonSQS; Status Code: 400; Error Code: "
        "InvalidMessageContents; Request ID: r-1; Proxy: null)"
    )


def test_system_attributes_and_the_place_in_a_fifo_queue_are_passed(a_call):
    class Numbering(FakeSqs):
        def send_message(self, **parameters):
            return super().send_message(**parameters) | {
                "SequenceNumber": "7",
                "MD5OfMessageAttributes": "of ours, too",
            }

    client = Numbering()
    system = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1"}}
    payload = {"MessageBody": "x", "MessageSystemAttributes": system}

    answer = SqsDispatcher(lambda service: client).dispatch(
        a_call(resource="sqs:jobs.fifo", payload=payload)
    )

    assert client.sent[0]["MessageSystemAttributes"] == system
    assert answer.payload == {
        "MessageId": "m-1",
        "MD5OfMessageBody": "d",
        "SequenceNumber": "7",
    }


def test_the_real_client_takes_what_is_sent(a_call):
    client = boto3.client(
        "sqs",
        region_name="eu-west-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    stubber = Stubber(client)
    stubber.add_response(
        "send_message",
        {"MessageId": "m-1", "MD5OfMessageBody": "d"},
        {"QueueUrl": URL, "MessageBody": "[1]", "MessageAttributes": ANY},
    )
    call = a_call(resource=f"sqs:{URL}", payload=[1], mode=Mode.CALLBACK, token="t")

    with stubber:
        answer = SqsDispatcher(lambda service: client).dispatch(call)

    assert answer.payload["MessageId"] == "m-1"


def test_sqs_cannot_cancel(a_call, client):
    assert SqsDispatcher(lambda service: client).cancel(a_call()) is False


def test_x_ray_is_told_the_trace_in_its_own_spelling(send, client):
    send("", trace="00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01")

    header = client.sent[0]["MessageSystemAttributes"]["AWSTraceHeader"]
    assert header["StringValue"] == (
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    )
