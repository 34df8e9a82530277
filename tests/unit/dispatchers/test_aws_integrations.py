"""How a task uses DynamoDB, SNS and EventBridge by their integrations."""

import json

import boto3
import pytest
from moto import mock_aws

from chalicelib.dispatchers.attributes import MOST_ATTRIBUTES
from chalicelib.dispatchers.dynamodb import DynamoDbDispatcher
from chalicelib.dispatchers.events import EventsDispatcher
from chalicelib.dispatchers.sns import SnsDispatcher
from chalicelib.engine.events import Answer
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode

ITEM = {"id": {"S": "1"}, "flags": {"M": {"on": {"BOOL": True}}}}


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
def items(clients, a_call):
    clients("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dispatcher = DynamoDbDispatcher(clients)

    def do(action, **payload):
        payload = {"TableName": "orders", **payload}
        return dispatcher.dispatch(
            a_call(resource=f"dynamodb:{action}", payload=payload)
        )

    return do


@pytest.mark.moto
class TestDynamoDb:
    def test_an_item_is_written_read_changed_and_deleted(self, items):
        key = {"id": {"S": "1"}}

        assert items("putItem", Item=ITEM).payload == {}
        assert items("getItem", Key=key).payload == {"Item": ITEM}
        changed = items(
            "updateItem",
            Key=key,
            UpdateExpression="SET n = :n",
            ExpressionAttributeValues={":n": {"N": "7"}},
            ReturnValues="UPDATED_NEW",
        )
        assert changed.payload["Attributes"] == {"n": {"N": "7"}}
        gone = items("deleteItem", Key=key, ReturnValues="ALL_OLD")
        assert gone.payload["Attributes"] == {**ITEM, "n": {"N": "7"}}

    def test_an_answer_brings_what_the_metadata_are_made_of(self, items):
        answer = items("putItem", Item=ITEM)

        assert answer.status == 200
        assert answer.facts["RequestId"]
        assert answer.headers

    def test_a_condition_that_does_not_hold_has_its_name(self, items):
        items("putItem", Item=ITEM)

        failure = items(
            "putItem", Item=ITEM, ConditionExpression="attribute_not_exists(id)"
        )

        assert failure.error == "DynamoDB.ConditionalCheckFailedException"
        assert (
            "(Service: AmazonDynamoDBv2; Status Code: 400; "
            "Error Code: ConditionalCheckFailedException; Request ID: "
        ) in failure.cause

    def test_an_error_without_a_class_has_the_name_of_the_service(self, items):
        failure = items("getItem", Key={"other": {"S": "1"}})

        assert failure.error == "DynamoDB.AmazonDynamoDBException"

    def test_a_number_must_be_written_as_a_text(self, items):
        failure = items("getItem", Key={"id": {"S": 1}})

        assert failure.kind is Kind.RUNTIME
        assert "The value for the field 'S' must be a STRING" in failure.cause


class FakeSns:
    def __init__(self):
        self.sent = []

    def publish(self, **parameters):
        self.sent.append(parameters)
        return {"MessageId": "m"}


class TestSns:
    TOPIC = "arn:aws:sns:eu-west-1:123456789012:news"

    @pytest.fixture
    def client(self):
        return FakeSns()

    @pytest.fixture
    def publish(self, client, a_call):
        dispatcher = SnsDispatcher(lambda service: client)

        def make(payload, **given):
            payload = {"TopicArn": self.TOPIC, "Message": "x", **payload}
            call = a_call(resource="sns:publish", payload=payload, **given)
            return dispatcher.dispatch(call)

        return make

    @pytest.mark.moto
    def test_a_topic_takes_a_message(self, clients, a_call):
        topic = clients("sns").create_topic(Name="news")["TopicArn"]
        queue = clients("sqs").create_queue(QueueName="mail")["QueueUrl"]
        arn = "arn:aws:sqs:eu-west-1:123456789012:mail"
        clients("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        payload = {"TopicArn": topic, "Message": {"n": 1}}

        answer = SnsDispatcher(clients).dispatch(
            a_call(resource="sns:publish", payload=payload)
        )

        (got,) = clients("sqs").receive_message(QueueUrl=queue)["Messages"]
        assert answer.payload["MessageId"]
        assert json.loads(json.loads(got["Body"])["Message"]) == {"n": 1}

    def test_a_message_brings_key_and_trace(self, publish, client):
        answer = publish({}, trace="00-aa-bb-01")

        names = client.sent[0]["MessageAttributes"].keys()
        assert answer == Answer(payload={"MessageId": "m"}, facts={"RequestId": ""})
        assert names == {"idempotency-key", "traceparent"}

    def test_a_message_that_is_waited_for_brings_the_token(self, publish, client):
        publish({}, mode=Mode.CALLBACK, token="t1.x", callback_url="https://s/cb")

        sent = client.sent[0]["MessageAttributes"]
        assert sent["millrace-task-token"]["StringValue"] == "t1.x"
        assert sent["millrace-callback-url"]["StringValue"] == "https://s/cb"

    def test_attributes_of_the_author_stay_and_have_first_place(self, publish, client):
        own = {"DataType": "String", "StringValue": "mine"}
        written = {f"a{number}": own for number in range(MOST_ATTRIBUTES)}

        publish({"MessageAttributes": written})
        publish({"MessageAttributes": {"idempotency-key": own}})

        assert client.sent[0]["MessageAttributes"] == written
        assert client.sent[1]["MessageAttributes"] == {"idempotency-key": own}

    def test_a_fifo_topic_gets_its_group_and_its_key(self, publish, client):
        publish({"TopicArn": f"{self.TOPIC}.fifo"})
        publish({"TopicArn": f"{self.TOPIC}.fifo", "MessageGroupId": "mine"})

        assert len(client.sent[0]["MessageDeduplicationId"]) == 64
        assert [each["MessageGroupId"] == "mine" for each in client.sent] == [
            False,
            True,
        ]

    def test_a_request_that_does_not_fit_is_not_sent(self, publish, client):
        failure = publish({"Subjekt": "x"})

        assert failure.kind is Kind.RUNTIME
        assert client.sent == []


class FakeEvents:
    def __init__(self, failed):
        self.failed = failed
        self.sent = []

    def put_events(self, **parameters):
        self.sent.append(parameters)
        entries = [{"EventId": "e"}, {"ErrorCode": "Throttled"}]
        return {"FailedEntryCount": self.failed, "Entries": entries}


ENTRY = {"Source": "shop", "DetailType": "paid", "Detail": {"n": 1}}


class TestEvents:
    @pytest.mark.moto
    def test_a_bus_takes_an_event(self, clients, a_call):
        call = a_call(resource="events:putEvents", payload={"Entries": [ENTRY]})

        answer = EventsDispatcher(clients).dispatch(call)

        assert answer.payload["FailedEntryCount"] == 0
        assert answer.payload["Entries"][0]["EventId"]

    def test_a_detail_is_sent_as_json(self, a_call):
        client = FakeEvents(0)
        call = a_call(resource="events:putEvents", payload={"Entries": [ENTRY]})

        EventsDispatcher(lambda service: client).dispatch(call)

        assert client.sent == [{"Entries": [{**ENTRY, "Detail": '{"n":1}'}]}]

    def test_an_entry_names_the_trace_unless_its_author_named_one(self, a_call):
        client, trace = FakeEvents(0), f"00-{'5' * 32}-{'7' * 16}-01"
        entries = [ENTRY, {**ENTRY, "TraceHeader": "theirs"}]
        call = a_call(
            resource="events:putEvents", payload={"Entries": entries}, trace=trace
        )

        EventsDispatcher(lambda service: client).dispatch(call)

        first, second = client.sent[0]["Entries"]
        assert first["TraceHeader"].startswith("Root=1-55555555-")
        assert second["TraceHeader"] == "theirs"

    def test_an_entry_that_was_not_taken_fails_the_task(self, a_call):
        client = FakeEvents(1)
        call = a_call(resource="events:putEvents", payload={"Entries": [ENTRY]})

        failure = EventsDispatcher(lambda service: client).dispatch(call)

        assert failure.error == "EventBridge.FailedEntry"
        assert json.loads(failure.cause)["Entries"][1] == {"ErrorCode": "Throttled"}

    def test_a_request_that_does_not_fit_is_not_sent(self, a_call):
        client = FakeEvents(0)
        call = a_call(resource="events:putEvents", payload={"Entries": {}})

        failure = EventsDispatcher(lambda service: client).dispatch(call)

        assert failure.kind is Kind.RUNTIME
        assert client.sent == []


@pytest.mark.parametrize("made", [DynamoDbDispatcher, SnsDispatcher, EventsDispatcher])
def test_what_was_sent_is_not_called_back(made, a_call):
    assert made(lambda service: None).cancel(a_call()) is False
