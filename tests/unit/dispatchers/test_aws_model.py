"""What AWS calls its services, actions and errors."""

import pytest

from chalicelib.dispatchers.aws_model import NotInAws, find_action, java_name


@pytest.mark.parametrize(
    ("written", "client", "title", "operation"),
    [
        ("dynamodb:getItem", "dynamodb", "DynamoDb", "GetItem"),
        ("cloudwatchlogs:putLogEvents", "logs", "CloudWatchLogs", "PutLogEvents"),
        ("sfn:startExecution", "stepfunctions", "Sfn", "StartExecution"),
        ("sqs:sendMessage", "sqs", "Sqs", "SendMessage"),
        ("s3:listObjectsV2", "s3", "S3", "ListObjectsV2"),
        ("rds:createDBSnapshot", "rds", "Rds", "CreateDBSnapshot"),
        ("rdsdata:executeStatement", "rds-data", "RdsData", "ExecuteStatement"),
        (
            "lexruntimev2:recognizeText",
            "lexv2-runtime",
            "LexRuntimeV2",
            "RecognizeText",
        ),
    ],
)
def test_services_and_actions_by_the_names_of_step_functions(
    written, client, title, operation
):
    found = find_action(*written.split(":"))

    assert (found.client, found.title) == (client, title)
    assert found.operation.name == operation


@pytest.mark.parametrize(
    ("service", "action", "says"),
    [
        ("dynamo", "getItem", "no service 'dynamo'; did you mean 'dynamodb'?"),
        ("logs", "putLogEvents", "AWS has no service 'logs'"),
        ("zzzzz", "x", "write it as in aws-sdk:dynamodb:getItem"),
        (
            "dynamodb",
            "GetItem",
            "dynamodb has no action 'GetItem'; did you mean 'getIt",
        ),
        ("sqs", "zzzz", "sqs has no action 'zzzz'; there are addPermission"),
        (
            "bedrockruntime",
            "invokeModelWithResponseStream",
            "streams events, which no task can take",
        ),
    ],
)
def test_what_aws_does_not_have_is_named_with_a_way_out(service, action, says):
    with pytest.raises(NotInAws) as caught:
        find_action(service, action)

    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("name", "java"),
    [
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("NULL", "Nul"),
        ("BOOL", "Bool"),
        ("API Gateway", "ApiGateway"),
        ("ApiGatewayV2", "ApiGatewayV2"),
        ("IoT", "Iot"),
    ],
)
def test_names_as_the_sdk_for_java_has_them(name, java):
    assert java_name(name) == java


@pytest.mark.parametrize(
    ("action", "code", "name"),
    [
        ("dynamodb:putItem", "ConditionalCheckFailedException", "same"),
        ("dynamodb:putItem", "ValidationException", ""),
        ("s3:getObject", "NoSuchKey", "NoSuchKeyException"),
        ("rds:stopDBInstance", "DBInstanceNotFound", "DbInstanceNotFoundException"),
    ],
)
def test_errors_have_the_names_of_their_classes(action, code, name):
    found = find_action(*action.split(":")).error_name(code)

    assert found == (code if name == "same" else name)
