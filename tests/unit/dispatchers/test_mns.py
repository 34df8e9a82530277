"""Which queues and topics stand for those of MNS."""

import json

import boto3
import pytest
from moto import mock_aws

from chalicelib.dispatchers import Dispatchers, Outside
from chalicelib.dispatchers.policy import Policy
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode

pytestmark = pytest.mark.moto
ACCOUNT = "123456789012"


@pytest.fixture
def clients():
    with mock_aws():
        made = {
            name: boto3.client(name, region_name="us-east-1")
            for name in ("sqs", "sns", "s3", "events", "dynamodb")
        }
        yield made.__getitem__


@pytest.fixture
def dispatchers(clients, clock):
    def made(**facts):
        outside = Outside(
            clients=clients,
            policy=Policy(),
            clock=clock,
            start=None,
            stop=None,
            region="us-east-1",
            account=ACCOUNT,
            **facts,
        )
        return Dispatchers(outside)

    return made


def received(clients, url):
    found = clients("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])
    return found.get("Messages", [])


def test_a_queue_is_one_of_sqs_under_the_name_of_the_rule(a_call, clients, dispatchers):
    url = clients("sqs").create_queue(QueueName="prod-jobs")["QueueUrl"]
    call = a_call(
        resource="acs:mns:::/queues/jobs/messages",
        payload={"MessageBody": {"n": 1}},
        mode=Mode.CALLBACK,
        token="t1.x",
    )

    answer = dispatchers(queue_rule="prod-{name}").dispatch(call)

    (message,) = received(clients, url)
    assert json.loads(message["Body"]) == {"n": 1}
    token = message["MessageAttributes"]["millrace-task-token"]
    assert token["StringValue"] == "t1.x"
    assert answer.payload["MessageId"] == message["MessageId"]


def test_a_topic_is_one_of_sns_with_tag_and_attributes(a_call, clients, dispatchers):
    sns, sqs = clients("sns"), clients("sqs")
    topic = sns.create_topic(Name="news")["TopicArn"]
    url = sqs.create_queue(QueueName="readers")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:readers"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    payload = {
        "MessageBody": {"hot": True},
        "MessageTag": "sport",
        "MessageAttributes": {"pages": 3},
    }
    call = a_call(resource="acs:mns:cn-x:1:topics/news/messages", payload=payload)

    answer = dispatchers().dispatch(call)

    assert answer.payload["MessageId"]
    (message,) = received(clients, url)
    told = json.loads(message["Body"])
    assert json.loads(told["Message"]) == {"hot": True}
    attributes = told["MessageAttributes"]
    assert attributes["MessageTag"]["Value"] == "sport"
    assert attributes["pages"] == {"Type": "Number", "Value": "3"}


def test_a_topic_needs_no_attributes(a_call, clients, dispatchers):
    clients("sns").create_topic(Name="news")
    call = a_call(
        resource="acs:mns:::/topics/news/messages", payload={"MessageBody": "x"}
    )

    assert dispatchers().dispatch(call).payload["MessageId"]


def test_a_refusal_is_one_of_mns(a_call, dispatchers):
    call = a_call(
        resource="acs:mns:::/topics/none/messages", payload={"MessageBody": 1}
    )

    failure = dispatchers().dispatch(call)

    assert (failure.kind, failure.error) == (Kind.NOT_FOUND, "MNS.NotFound")


def test_what_has_no_name_keeps_none(a_call, dispatchers):
    call = a_call(resource="acs:mns:::/topics/news/messages", payload="no message")

    assert dispatchers().dispatch(call).error == ""


def test_an_arn_of_something_else_is_not_found(a_call, dispatchers):
    call = a_call(resource="acs:mns:::/boxes/x")

    assert dispatchers().dispatch(call).kind is Kind.NOT_FOUND
    assert dispatchers().cancel(call) is False


def api(a_call, name, payload):
    return a_call(resource=f"acs:api:{name}", payload=payload)


@pytest.mark.parametrize(
    ("body", "content"), [("text", b"text"), ({"n": 1}, b'{"n":1}')]
)
def test_an_object_of_oss_is_one_of_s3(a_call, clients, dispatchers, body, content):
    clients("s3").create_bucket(Bucket="films")
    request = {
        "bucketName": "films",
        "objectName": "a/b",
        "body": body,
        "contentType": "text/x",
    }

    answer = dispatchers().dispatch(api(a_call, "OSS:PutObject", request))

    found = clients("s3").get_object(Bucket="films", Key="a/b")
    assert (found["Body"].read(), found["ContentType"]) == (content, "text/x")
    assert set(answer.payload) >= {"ETag", "RequestId"}


def test_an_error_is_called_by_the_product_that_the_author_wrote(a_call, dispatchers):
    request = {"bucketName": "none", "objectName": "x", "body": ""}

    failure = dispatchers().dispatch(api(a_call, "OSS:PutObject", request))

    assert failure.error == "OSS.NoSuchBucket"


def test_cloud_events_become_entries_of_a_bus(a_call, clients, dispatchers):
    events, sqs = clients("events"), clients("sqs")
    events.create_event_bus(Name="shop")
    url = sqs.create_queue(QueueName="sold")["QueueUrl"]
    pattern = json.dumps({"source": ["till"]})
    events.put_rule(Name="all", EventBusName="shop", EventPattern=pattern)
    target = {"Id": "1", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:sold"}
    events.put_targets(Rule="all", EventBusName="shop", Targets=[target])
    request = {
        "eventBusName": "shop",
        "eventList": [
            {"source": "till", "type": "Sold", "subject": "till/3", "data": {"n": 1}},
            {"source": "till", "type": "Shut", "id": "e-2", "data": "now"},
        ],
    }

    answer = dispatchers().dispatch(api(a_call, "EventBridge:PutEvents", request))

    assert answer.payload["FailedEntryCount"] == 0
    found = [json.loads(message["Body"]) for message in received(clients, url)]
    found += [json.loads(message["Body"]) for message in received(clients, url)]
    sold, shut = sorted(found, key=lambda each: each["detail-type"], reverse=True)
    assert (sold["detail"], sold["resources"]) == ({"n": 1}, ["till/3"])
    assert shut["detail"] == {"id": "e-2", "data": "now"}


class FullBus:
    def put_events(self, **_):
        return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "Throttled"}]}


def test_an_entry_that_is_not_taken_fails_the_task(a_call, clock):
    outside = Outside(
        clients=lambda _: FullBus(), policy=Policy(), clock=clock, start=None, stop=None
    )
    request = {"eventList": [{"source": "s", "type": "t"}]}

    failure = Dispatchers(outside).dispatch(
        api(a_call, "EventBridge:PutEvents", request)
    )

    assert failure.error == "EventBridge.FailedEntry"


def test_any_other_api_is_an_action_of_aws(a_call, clients, dispatchers):
    clients("s3").create_bucket(Bucket="films")

    answer = dispatchers().dispatch(api(a_call, "S3:ListBuckets", {}))

    assert [each["Name"] for each in answer.payload["Buckets"]] == ["films"]


def test_an_error_without_a_class_has_the_services_code(a_call, dispatchers):
    request = {"Bucket": "none"}

    failure = dispatchers().dispatch(api(a_call, "S3:GetBucketPolicy", request))

    assert failure.error == "S3.NoSuchBucket"


@pytest.mark.parametrize(
    ("name", "payload", "cause"),
    [
        ("ECS:DescribeInstances", {}, "no action 'DescribeInstances'"),
        ("DynamoDB:GetItem", {"Zzz": 1}, "Zzz"),
        ("OSS:PutObject", {"bucketName": "b"}, "'body'"),
        ("EventBridge:PutEvents", {"eventList": "x"}, "cannot be used"),
    ],
)
def test_a_request_that_cannot_be_made_is_a_runtime_failure(
    a_call, dispatchers, name, payload, cause
):
    failure = dispatchers().dispatch(api(a_call, name, payload))

    assert failure.kind is Kind.RUNTIME
    assert cause in failure.cause


def test_nothing_that_was_asked_for_is_taken_back(a_call, dispatchers):
    assert dispatchers().cancel(api(a_call, "S3:ListBuckets", {})) is False
