import pytest

from chalicelib.formats import check_definition, compile_definition
from chalicelib.model.expressions import Call, Literal, Object, Path
from chalicelib.model.workflow import Mode

A = Path(text="$.a", steps=("a",))
NOTHING = Literal(value={})


def machine(resource, parameters=None):
    fields = {} if parameters is None else {"Parameters": parameters}
    state = {"Type": "Task", "Resource": resource, "End": True, **fields}
    return {"StartAt": "S", "States": {"S": state}}


def task(resource, parameters=None):
    return compile_definition(machine(resource, parameters)).scope.states["S"]


def problems(resource, parameters=None):
    return [each.message for each in check_definition(machine(resource, parameters))]


def test_a_function_by_its_arn():
    arn = "arn:aws:lambda:us-east-1:123456789012:function:resize:live"
    found = task(arn, {"x.$": "$.a"})

    assert found.work.resource == Literal(value=f"lambda:{arn}")
    assert found.work.label == ("lambda", "function", arn)
    assert (found.work.mode, found.work.reading) == (Mode.REQUEST, "payload")
    assert found.arguments == Object(fields=(("x", A),))


def test_a_function_gets_the_input_when_there_are_no_parameters():
    assert task("arn:aws:lambda:us-east-1:123456789012:function:f").arguments is None


def test_a_url():
    found = task("https://gateway.example/function/resize", {"x": 1})

    assert found.work.resource == Literal(
        value="https://gateway.example/function/resize"
    )
    assert found.arguments == Literal(value={"x": 1})


def test_lambda_invoke():
    found = task(
        "arn:aws:states:::lambda:invoke",
        {"FunctionName": "resize", "Qualifier": "7", "Payload": {"x.$": "$.a"}},
    )

    assert found.work.resource == Literal(value="lambda:resize:7")
    assert found.arguments == Object(fields=(("x", A),))
    assert found.work.reading == "lambda_invoke"
    assert found.work.label == ("lambda", "invoke", "arn:aws:states:::lambda:invoke")


def test_lambda_invoke_with_a_computed_function_and_payload():
    found = task(
        "arn:aws:states:::lambda:invoke", {"FunctionName.$": "$.a", "Payload.$": "$.a"}
    )

    assert found.work.resource == Call(
        name="States.Format", arguments=(Literal(value="lambda:{}"), A), text="$.a"
    )
    assert found.arguments == Call(name="Field.event", arguments=(A,), text="Payload")


def test_lambda_invoke_without_a_payload_sends_an_empty_object():
    found = task("arn:aws:states:::lambda:invoke", {"FunctionName": "f"})

    assert found.arguments == NOTHING


def test_lambda_invoke_as_an_event_waits_for_nobody():
    parameters = {"FunctionName": "f", "InvocationType": "Event"}

    assert task("arn:aws:states:::lambda:invoke", parameters).work.mode is Mode.SUBMIT


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("lambda:invoke", {"FunctionName": "f"}),
        ("sqs:sendMessage", {"QueueUrl": "q", "MessageBody": "b"}),
        ("states:startExecution", {"StateMachineArn": "m"}),
    ],
)
def test_integrations_that_wait_for_the_task_token(action, parameters):
    found = task(f"arn:aws:states:::{action}.waitForTaskToken", parameters)

    assert found.work.mode is Mode.CALLBACK
    assert found.work.label[1].endswith(".waitForTaskToken")


def test_a_message_to_a_queue():
    found = task(
        "arn:aws:states:::sqs:sendMessage",
        {"QueueUrl": "https://sqs/1/q", "MessageBody.$": "$.a", "DelaySeconds": 3},
    )

    assert found.work.resource == Literal(value="sqs:https://sqs/1/q")
    assert found.work.reading == "sqs"
    assert found.arguments == Object(
        fields=(("MessageBody", A), ("DelaySeconds", Literal(value=3)))
    )


@pytest.mark.parametrize(
    ("pattern", "mode", "reading"),
    [
        ("", Mode.SUBMIT, "execution_started"),
        (".sync", Mode.SYSTEM, "execution_output"),
        (".sync:2", Mode.SYSTEM, "execution_output_json"),
        (".waitForTaskToken", Mode.CALLBACK, "execution_started"),
    ],
)
def test_another_execution(pattern, mode, reading):
    found = task(
        f"arn:aws:states:::states:startExecution{pattern}",
        {
            "StateMachineArn": "arn:aws:states:us-east-1:1:stateMachine:ship:live",
            "Input": {"x.$": "$.a"},
            "Name": "n",
        },
    )

    assert found.work.resource == Literal(value="workflow:ship:live")
    assert (found.work.mode, found.work.reading) == (mode, reading)
    assert found.arguments == Object(
        fields=(
            ("input", Object(fields=(("x", A),))),
            ("name", Literal(value="n")),
        )
    )


def test_another_execution_with_a_computed_machine():
    found = task("arn:aws:states:::states:startExecution", {"StateMachineArn.$": "$.a"})

    assert found.work.resource.arguments == (Literal(value="workflow:{}"), A)


def test_an_http_request():
    found = task(
        "arn:aws:states:::http:invoke",
        {
            "ApiEndpoint": "https://api.example/v1",
            "Method": "POST",
            "Headers": {"a": "b"},
            "QueryParameters": {"q": "1"},
            "RequestBody.$": "$.a",
        },
    )

    assert found.work.resource == Literal(value="https://api.example/v1")
    assert found.work.reading == "http_invoke"
    assert [name for name, _ in found.arguments.fields] == [
        "method",
        "headers",
        "query",
        "body",
    ]


@pytest.mark.parametrize("resource", ["mns:orders", "lambda:resize", "x+y://z?a=b"])
def test_a_resource_may_be_any_uri(resource):
    found = task(resource, {"a": 1})

    assert found.work.resource == Literal(value=resource)
    assert found.arguments == Literal(value={"a": 1})


@pytest.mark.parametrize(
    ("resource", "parameters", "says"),
    [
        ("arm:aws:lambda:x", None, "is not a resource"),
        ("aws:states:::lambda:invoke", None, "is not a resource"),
        ("resize", None, "'resize' is not a resource; write the ARN"),
        ("arn:aws:lambda:x", None, "is not the ARN of a function"),
        ("arn:aws:states:::lambda:invok", None, "did you mean 'lambda:invoke'?"),
        ("arn:aws:states:::sns:publsh", {}, "did you mean 'sns:publish'?"),
        ("arn:aws:states:::eks:watch", {}, "eks:watch is not supported yet"),
        ("arn:aws:states:::sns:publish", None, "sns:publish needs Parameters"),
        (
            "arn:aws:states:::lambda:invoke.sync",
            {},
            "lambda:invoke has no .sync here; known",
        ),
        ("arn:aws:states:::lambda:invoke", None, "lambda:invoke needs Parameters"),
        ("arn:aws:states:::lambda:invoke", {}, "'FunctionName' is missing"),
        ("arn:aws:states:::lambda:invoke", {"FunctionName": 1}, "must be a text that"),
        (
            "arn:aws:states:::states:startExecution",
            {"StateMachineArn": "arn:aws:sns:eu-west-1:1:ship"},
            "must be the ARN of a state machine",
        ),
        (
            "arn:aws:states:::lambda:invoke",
            {"FunctionName": "f", "Paylod": 1},
            "did you mean 'Payload'?",
        ),
        (
            "arn:aws:states:::lambda:invoke",
            {"FunctionName": "f", "Zzz": 1},
            "unknown field 'Zzz' in Parameters; remove it; known are",
        ),
        (
            "arn:aws:states:::lambda:invoke",
            {"FunctionName": "f", "FunctionName.$": "$.a"},
            "'FunctionName' is given twice",
        ),
        ("arn:aws:states:::sqs:sendMessage", {"QueueUrl": "q"}, "'MessageBody' is"),
        ("arn:aws:states:::http:invoke", {"ApiEndpoint": "https://x"}, "'Method' is"),
        (
            "arn:aws:states:::http:invoke",
            {"ApiEndpoint": "https://x", "Method": "FETCH"},
            "must be one of",
        ),
    ],
)
def test_a_request_that_cannot_be_made_is_refused(resource, parameters, says):
    assert any(says in message for message in problems(resource, parameters))


def test_a_resource_must_be_a_text():
    assert "must be a text that is not empty, not 5" in problems(5)
