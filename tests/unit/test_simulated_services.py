"""Python functions stand in for the actions of services."""

import pytest

from chalicelib.testing import run


def machine(resource, parameters, **fields):
    state = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{resource}",
        "Parameters": parameters,
        "End": True,
        **fields,
    }
    return {"StartAt": "S", "States": {"S": state}}


@pytest.mark.parametrize("name", ["dynamodb:getItem", "getItem"])
def test_a_function_named_by_the_action_answers_for_it(name):
    seen = []

    def get_item(request):
        seen.append(request)
        return {"Item": {"id": {"S": "1"}}}

    request = {"TableName": "t", "Key": {"id": {"S": "1"}}}
    done = run(machine("dynamodb:getItem", request), functions={name: get_item})

    assert seen == [request]
    assert done.output["Item"] == {"id": {"S": "1"}}
    assert done.output["SdkHttpMetadata"]["HttpStatusCode"] == 200


@pytest.mark.parametrize("name", ["aws-sdk:s3:getObject", "s3:getObject"])
def test_any_call_of_aws_has_a_stand_in_too(name):
    request = {"Bucket": "b", "Key": "k"}
    done = run(
        machine("aws-sdk:s3:getObject", request),
        functions={name: lambda asked: {"Body": asked["Key"]}},
    )

    assert done.output == {"Body": "k"}


def test_an_error_is_caught_by_the_name_that_aws_gives_it():
    refusal = type("DynamoDB.ConditionalCheckFailedException", (Exception,), {})

    def put_item(request):
        raise refusal("the condition does not hold")

    definition = machine(
        "dynamodb:putItem",
        {"TableName": "t", "Item": {}},
        Catch=[{"ErrorEquals": [refusal.__name__], "Next": "Known"}],
    )
    definition["States"]["Known"] = {"Type": "Pass", "Result": "known", "End": True}

    assert run(definition, functions={"putItem": put_item}).output == "known"


def test_a_message_that_is_waited_for_is_answered_by_its_function():
    done = run(
        machine("sns:publish.waitForTaskToken", {"Message": {"n": 1}}),
        functions={"sns:publish": lambda request: request["Message"]},
    )

    assert done.output == {"n": 1}


def test_a_function_gets_the_payload_however_it_is_invoked():
    done = run(
        machine(
            "lambda:invoke",
            {"FunctionName": "same", "Payload": {"n": 1}, "LogType": "None"},
        ),
        functions={"same": lambda event: event},
    )

    assert done.output["Payload"] == {"n": 1}
    (scheduled,) = [each for each in done.history if "resource" in each][:1]
    assert scheduled["resource"] == "lambda.invoke:same"


def test_a_form_is_what_its_function_gets():
    done = run(
        machine(
            "http:invoke",
            {
                "ApiEndpoint": "https://shop.example/pay",
                "Method": "POST",
                "RequestBody": {"n": 1},
                "Transform": {"RequestBodyEncoding": "URL_ENCODED"},
            },
        ),
        functions={"pay": lambda form: form},
    )

    assert done.output["ResponseBody"] == {"n": 1}


def test_a_worker_of_an_activity_is_a_function():
    definition = machine("", {"n": 1})
    arn = "arn:aws:states:us-east-1:123456789012:activity:pack"
    definition["States"]["S"]["Resource"] = arn

    done = run(definition, functions={"pack": lambda task: task["n"]})

    assert done.output == 1
