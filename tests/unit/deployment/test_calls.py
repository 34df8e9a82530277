"""What workflows call is granted; what cannot be known is told."""

import json

import pytest

from chalicelib.deployment.calls import calls_of
from chalicelib.deployment.resources import needed
from chalicelib.formats import compile_definition

HERE = "${AWS::Region}:${AWS::AccountId}"
ARN = "arn:${AWS::Partition}"
STATES = "arn:aws:states:::"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:news"
HELLO = "arn:aws:lambda:eu-west-1:123456789012:function:hello"
BUS = "arn:aws:events:eu-west-1:123456789012:event-bus/own"


def a_task(resource, **parameters):
    return {"Type": "Task", "Resource": resource, "Parameters": parameters}


def calls(state, **others):
    """Return what a workflow of one state calls."""
    text = json.dumps({"StartAt": "A", "States": {"A": {**state, "End": True}}})
    return calls_of([compile_definition(text, file="w.asl.json")])


def granted(found):
    assert found.unknown == ()
    return [(grant.actions, grant.resources) for grant in found.grants]


PUT = {"Detail": {}, "DetailType": "t", "Source": "s"}
ROWS = [
    (
        a_task("arn:aws:lambda:eu-west-1:123456789012:function:hello:live"),
        ("lambda:InvokeFunction", HELLO, f"{HELLO}:*"),
    ),
    (
        a_task(f"{STATES}lambda:invoke", FunctionName="hello:7"),
        (
            "lambda:InvokeFunction",
            f"{ARN}:lambda:{HERE}:function:hello",
            f"{ARN}:lambda:{HERE}:function:hello:*",
        ),
    ),
    (
        a_task(f"{STATES}lambda:invoke", FunctionName="hello", Qualifier="live"),
        (
            "lambda:InvokeFunction",
            f"{ARN}:lambda:{HERE}:function:hello",
            f"{ARN}:lambda:{HERE}:function:hello:*",
        ),
    ),
    (
        a_task(
            f"{STATES}sqs:sendMessage",
            QueueUrl="https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
            MessageBody="x",
        ),
        ("sqs:SendMessage", f"{ARN}:sqs:{HERE}:jobs"),
    ),
    (
        a_task(f"{STATES}sns:publish", TopicArn=TOPIC, Message="x"),
        ("sns:Publish", TOPIC),
    ),
    (
        a_task(f"{STATES}events:putEvents", Entries=[PUT]),
        ("events:PutEvents", f"{ARN}:events:{HERE}:event-bus/default"),
    ),
    (
        a_task(f"{STATES}events:putEvents", Entries=[{**PUT, "EventBusName": BUS}]),
        ("events:PutEvents", BUS),
    ),
    (
        a_task(f"{STATES}dynamodb:putItem", **{"TableName": "t", "Item.$": "$.i"}),
        ("dynamodb:PutItem", f"{ARN}:dynamodb:{HERE}:table/t"),
    ),
    (
        a_task(
            f"{STATES}aws-sdk:dynamodb:query",
            TableName="t",
            KeyConditionExpression="a = b",
        ),
        (
            "dynamodb:Query",
            f"{ARN}:dynamodb:{HERE}:table/t",
            f"{ARN}:dynamodb:{HERE}:table/t/index/*",
        ),
    ),
    (
        a_task(f"{STATES}aws-sdk:s3:getObject", Bucket="b", Key="k"),
        ("s3:GetObject", f"{ARN}:s3:::b/k"),
    ),
    (
        a_task(f"{STATES}aws-sdk:s3:headObject", **{"Bucket": "b", "Key.$": "$.k"}),
        ("s3:GetObject", f"{ARN}:s3:::b/*"),
    ),
    (
        a_task(f"{STATES}aws-sdk:s3:listObjectsV2", Bucket="b"),
        ("s3:ListBucket", f"{ARN}:s3:::b"),
    ),
    (
        a_task(f"{STATES}aws-sdk:lambda:invoke", FunctionName="hello"),
        (
            "lambda:InvokeFunction",
            f"{ARN}:lambda:{HERE}:function:hello",
            f"{ARN}:lambda:{HERE}:function:hello:*",
        ),
    ),
    (
        a_task(
            f"{STATES}aws-sdk:sqs:sendMessage",
            QueueUrl="https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
            MessageBody="x",
        ),
        ("sqs:SendMessage", f"{ARN}:sqs:{HERE}:jobs"),
    ),
    (
        a_task(f"{STATES}aws-sdk:sns:publish", TopicArn=TOPIC, Message="x"),
        ("sns:Publish", TOPIC),
    ),
    (
        a_task(f"{STATES}aws-sdk:eventbridge:putEvents", Entries=[PUT]),
        ("events:PutEvents", f"{ARN}:events:{HERE}:event-bus/default"),
    ),
    (
        a_task(f"{STATES}bedrock:invokeModel", ModelId="small", Body={}),
        (
            "bedrock:InvokeModel",
            f"{ARN}:bedrock:${{AWS::Region}}::foundation-model/small",
        ),
    ),
]


@pytest.mark.parametrize(("state", "expected"), ROWS, ids=lambda row: str(row)[:70])
def test_a_call_that_names_its_resource_is_granted(state, expected):
    action, *resources = expected
    assert granted(calls(state)) == [((action,), tuple(resources))]


UNKNOWN = [
    a_task(f"{STATES}lambda:invoke", **{"FunctionName.$": "$.name"}),
    a_task(f"{STATES}sns:publish", **{"TopicArn.$": "$.topic", "Message": "x"}),
    a_task(f"{STATES}sns:publish", PhoneNumber="+49301234567", Message="x"),
    a_task(f"{STATES}events:putEvents", **{"Entries.$": "$.entries"}),
    a_task(f"{STATES}events:putEvents", **{"Entries.$": "States.Array($.e)"}),
    a_task(f"{STATES}events:putEvents", Entries=[{**PUT, "EventBusName.$": "$.bus"}]),
    a_task(f"{STATES}dynamodb:getItem", **{"TableName.$": "$.t", "Key.$": "$.k"}),
    a_task(f"{STATES}aws-sdk:s3:getObject", **{"Bucket.$": "$.b", "Key": "k"}),
    a_task(f"{STATES}aws-sdk:s3:copyObject", Bucket="b", Key="k", CopySource="c/k"),
    a_task(f"{STATES}aws-sdk:lambda:listFunctions"),
    a_task(f"{STATES}aws-sdk:sqs:listQueues"),
    a_task(f"{STATES}aws-sdk:sns:listTopics"),
    a_task(f"{STATES}aws-sdk:eventbridge:listRules"),
    a_task(f"{STATES}aws-sdk:glue:getDatabases"),
    a_task(f"{STATES}bedrock:invokeModel", **{"ModelId.$": "$.m", "Body": {}}),
]


@pytest.mark.parametrize("state", UNKNOWN, ids=lambda row: str(row)[28:90])
def test_a_call_that_does_not_say_what_it_is_of_is_told(state):
    found = calls(state)
    assert found.grants == ()
    assert [each.partition(":")[0] for each in found.unknown] == ["w/A"]


def test_a_web_service_and_another_workflow_need_no_grant():
    machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:other"
    http = a_task(
        f"{STATES}http:invoke", ApiEndpoint="https://shop.example/v1", Method="GET"
    )
    start = a_task(f"{STATES}states:startExecution", StateMachineArn=machine)
    assert granted(calls(http)) == granted(calls(start)) == []


def a_call_with_connection(connection):
    return a_task(
        f"{STATES}http:invoke",
        ApiEndpoint="https://shop.example/v1",
        Method="GET",
        Authentication=connection,
    )


def test_the_connection_of_a_web_service_is_granted_with_its_secret():
    arn = "arn:aws:events:eu-west-1:123456789012:connection/shop/1"
    secret = f"{ARN}:secretsmanager:{HERE}:secret:events!connection/shop/*"
    assert granted(calls(a_call_with_connection({"ConnectionArn": arn}))) == [
        (("events:DescribeConnection",), (arn,)),
        (("secretsmanager:GetSecretValue",), (secret,)),
    ]


def test_a_connection_that_comes_with_the_input_is_told():
    found = calls(a_call_with_connection({"ConnectionArn.$": "$.c"}))
    assert [each.partition(":")[0] for each in found.unknown] == ["w/A"]


def a_map(reader=None, writer=None):
    inner = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    mode = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    found = {"Type": "Map", "ItemProcessor": {"ProcessorConfig": mode, **inner}}
    if reader:
        action, parameters = reader
        found["ItemReader"] = {
            "Resource": f"{STATES}s3:{action}",
            "ReaderConfig": {"InputType": "JSON"} if action == "getObject" else {},
            "Parameters": parameters,
        }
    if writer:
        found["ResultWriter"] = {
            "Resource": f"{STATES}s3:putObject",
            "Parameters": writer,
        }
    return found


def test_what_a_map_reads_and_writes_is_granted():
    state = a_map(("getObject", {"Bucket": "in", "Key": "k"}), {"Bucket": "out"})
    assert granted(calls(state)) == [
        (("s3:GetObject",), (f"{ARN}:s3:::in/*",)),
        (("s3:PutObject",), (f"{ARN}:s3:::out/*",)),
    ]


def test_a_map_that_lists_reads_what_it_lists():
    found = granted(calls(a_map(("listObjectsV2", {"Bucket": "in"}))))
    assert found == [
        (("s3:GetObject",), (f"{ARN}:s3:::in/*",)),
        (("s3:ListBucket",), (f"{ARN}:s3:::in",)),
    ]


def test_a_map_writes_under_its_prefix_only():
    found = granted(calls(a_map(None, {"Bucket": "out", "Prefix": "p"})))
    assert found == [(("s3:PutObject",), (f"{ARN}:s3:::out/p/*",))]


def test_a_reader_of_an_unknown_request_is_unknown():
    assert needed("s3:read", {"action": "getObject", "request": None}) is None
    assert needed("s3:read", {"request": {"Bucket": "b"}}) is None


def test_entries_that_are_not_written_down_are_unknown():
    assert needed("events:putEvents", {"Entries": [None]}) is None


def test_a_map_whose_bucket_comes_with_the_input_is_told():
    state = a_map(("getObject", {"Bucket.$": "$.b", "Key": "k"}))
    assert [each.partition(":")[0] for each in calls(state).unknown] == ["w/A"]


def test_the_same_call_twice_is_one_grant():
    state = a_task(HELLO)
    branches = [
        {"StartAt": name, "States": {name: {**state, "End": True}}} for name in "BC"
    ]
    parallel = {"Type": "Parallel", "Branches": branches}
    assert len(calls(parallel).grants) == 1


def test_what_is_not_known_yet_is_told_by_the_name_that_grants_have():
    state = a_task(f"{STATES}aws-sdk:glue:getDatabases")
    assert calls(state).unknown == ("w/A: what glue:GetDatabases is about",)
