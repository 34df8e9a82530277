"""What the integrations of AWS become in the model."""

import pytest

from chalicelib.formats import check_definition, compile_definition
from chalicelib.formats.asl.paths import to_path
from chalicelib.model.expressions import Call, Literal, Object, Path
from chalicelib.model.workflow import Mode

A = Path(text="$.a", steps=("a",))
TOKEN = ".waitForTaskToken"


def machine(resource, parameters=None, **fields):
    if parameters is not None:
        fields["Parameters"] = parameters
    state = {"Type": "Task", "Resource": resource, "End": True, **fields}
    return {"StartAt": "S", "States": {"S": state}}


def task(action, parameters=None, **fields):
    found = machine(f"arn:aws:states:::{action}", parameters, **fields)
    return compile_definition(found).scope.states["S"]


def problems(action, parameters=None):
    found = check_definition(machine(f"arn:aws:states:::{action}", parameters))
    return [(each.path.removeprefix("/States/S"), each.message) for each in found]


@pytest.mark.parametrize(
    ("action", "reading"),
    [
        ("sns:publish", "sns"),
        ("events:putEvents", "events"),
        ("dynamodb:getItem", "dynamodb"),
        ("dynamodb:putItem", "dynamodb"),
        ("dynamodb:updateItem", "dynamodb"),
        ("dynamodb:deleteItem", "dynamodb"),
        ("aws-sdk:s3:getObject", "aws_sdk"),
    ],
)
def test_a_call_by_its_own_name_sends_its_parameters(action, reading):
    found = task(action, {"TableName": "t", "Key.$": "$.a"})

    assert found.work.resource == Literal(value=action)
    assert (found.work.mode, found.work.reading) == (Mode.REQUEST, reading)
    assert found.work.label[-1] == f"arn:aws:states:::{action}"
    assert found.arguments == Object(
        fields=(("TableName", Literal(value="t")), ("Key", A))
    )


@pytest.mark.parametrize(
    "action", ["sns:publish", "events:putEvents", "aws-sdk:sfn:startExecution"]
)
def test_a_call_may_wait_for_its_token(action):
    assert task(f"{action}{TOKEN}", {}).work.mode is Mode.CALLBACK


def test_any_call_is_labelled_as_its_history_shows_it():
    found = task(f"aws-sdk:sqs:sendMessage{TOKEN}", {})

    assert found.work.label[:2] == ("aws-sdk:sqs", f"sendMessage{TOKEN}")


def test_any_call_may_have_no_parameters_and_does_not_send_the_input():
    assert task("aws-sdk:s3:listBuckets").arguments == Literal(value={})


@pytest.mark.parametrize(
    ("action", "resource", "reading"),
    [
        ("athena:getQueryResults", "aws:athena:getQueryResults", "aws"),
        (
            "bedrock:invokeModel",
            "aws:bedrockruntime:invokeModel",
            "bedrock_model",
        ),
    ],
)
def test_an_integration_with_nothing_of_its_own_is_that_call(action, resource, reading):
    found = task(action, {})

    assert found.work.resource == Literal(value=resource)
    assert found.work.reading == reading


@pytest.mark.parametrize(
    "action", ["athena:getQueryResults.sync", f"dynamodb:getItem{TOKEN}"]
)
def test_a_pattern_that_is_not_there_is_refused(action):
    ((path, message),) = problems(action, {})

    assert path == "/Resource"
    assert " has no ." in message


@pytest.mark.parametrize("parameters", [None, {"n.$": "$.a"}])
def test_an_activity_waits_for_a_worker(parameters):
    arn = "arn:aws:states:us-east-1:123456789012:activity:pack"
    found = compile_definition(machine(arn, parameters)).scope.states["S"]

    assert found.work.resource == Literal(value="activity:pack")
    assert found.work.mode is Mode.CALLBACK
    assert found.work.label == ("activity", "pack", arn)
    assert (found.arguments is None) is (parameters is None)


class TestLambda:
    def test_what_says_how_to_invoke_travels_beside_the_payload(self):
        found = task(
            "lambda:invoke",
            {
                "FunctionName": "f",
                "Qualifier.$": "$.a",
                "Payload": 1,
                "ClientContext": "e30=",
                "LogType": "Tail",
            },
        )

        template = Literal(value="lambda.invoke:{}:{}")
        assert found.work.resource == Call(
            name="States.Format", arguments=(template, Literal(value="f"), A)
        )
        assert found.arguments == Literal(
            value={"Payload": 1, "ClientContext": "e30=", "LogType": "Tail"}
        )
        assert found.work.mode is Mode.REQUEST

    @pytest.mark.parametrize(
        ("field", "resource"),
        [
            ({"InvocationType.$": "$.a"}, "lambda.invoke:f"),
            ({"InvocationType": "DryRun"}, "lambda.invoke:f"),
            ({"InvocationType": "RequestResponse"}, "lambda:f"),
            ({"InvocationType": "Event"}, "lambda:f"),
        ],
    )
    def test_only_an_unusual_way_to_invoke_is_sent(self, field, resource):
        found = task("lambda:invoke", {"FunctionName": "f", **field})

        assert found.work.resource == Literal(value=resource)

    @pytest.mark.parametrize("name", ["InvocationType", "LogType"])
    def test_a_word_that_lambda_does_not_know_is_refused(self, name):
        found = problems("lambda:invoke", {"FunctionName": "f", name: "Sync"})

        assert [path for path, _ in found] == [f"/Parameters/{name}"]


def test_a_message_has_the_fields_of_sqs():
    fields = {"MessageGroupId": "g", "MessageSystemAttributes": {}, "DelaySeconds": 5}
    given = {"QueueUrl": "q", "MessageBody": 1, **fields}

    assert task("sqs:sendMessage", given).arguments == Literal(
        value={"MessageBody": 1, **fields}
    )
    assert problems("sqs:sendMessage", {**given, "MessageBdy": 1}) == [
        (
            "/Parameters/MessageBdy",
            "unknown field 'MessageBdy' in Parameters; did you mean 'MessageBody'?",
        )
    ]


class TestHttp:
    @staticmethod
    def arguments(transform):
        given = {
            "ApiEndpoint": "https://x",
            "Method": "POST",
            "RequestBody": {"a": [1]},
            "Transform": transform,
        }
        return dict(task("http:invoke", given).arguments.fields)

    @pytest.mark.parametrize(
        ("options", "arrays"),
        [
            ({}, "INDICES"),
            ({"RequestEncodingOptions": {}}, "INDICES"),
            ({"RequestEncodingOptions": {"ArrayFormat": "COMMAS"}}, "COMMAS"),
        ],
    )
    def test_a_body_is_sent_as_a_form(self, options, arrays):
        found = self.arguments({"RequestBodyEncoding": "URL_ENCODED", **options})

        assert found["form"] == Literal(value={"a": [1]})
        assert found["arrays"] == Literal(value=arrays)
        assert "body" not in found

    @pytest.mark.parametrize("transform", [{}, {"RequestBodyEncoding": "NONE"}])
    def test_a_body_is_sent_as_it_is(self, transform):
        assert self.arguments(transform)["body"] == Literal(value={"a": [1]})

    @pytest.mark.parametrize(
        ("fields", "path"),
        [
            ({"Transform": 1}, "/Transform"),
            ({"Transform": {"Encoding": 1}}, "/Transform/Encoding"),
            (
                {"Transform": {"RequestBodyEncoding": "FORM"}},
                "/Transform/RequestBodyEncoding",
            ),
            (
                {
                    "Transform": {
                        "RequestBodyEncoding": "URL_ENCODED",
                        "RequestEncodingOptions": {"ArrayFormat": "TABS"},
                    }
                },
                "/Transform/RequestEncodingOptions/ArrayFormat",
            ),
            (
                {
                    "Transform": {
                        "RequestBodyEncoding": "URL_ENCODED",
                        "RequestEncodingOptions": 1,
                    }
                },
                "/Transform/RequestEncodingOptions",
            ),
            ({"Authentication": 1}, "/Authentication"),
            ({"InvocationConfig": {"Retry": 1}}, "/InvocationConfig/Retry"),
            ({"InvocationConfig": 1}, "/InvocationConfig"),
        ],
    )
    def test_what_is_refused_is_refused_in_its_place(self, fields, path):
        given = {"ApiEndpoint": "https://x", "Method": "GET", **fields}

        found = problems("http:invoke", given)

        assert [place for place, _ in found] == [f"/Parameters{path}"]

    @pytest.mark.parametrize(
        ("fields", "connection"),
        [
            ({"Authentication": {"ConnectionArn": "arn"}}, Literal(value="arn")),
            ({"InvocationConfig": {"ConnectionArn": "arn"}}, Literal(value="arn")),
            ({"InvocationConfig": {"ConnectionArn.$": "$.a"}}, to_path("$.a")),
            ({"InvocationConfig": {}}, None),
        ],
    )
    def test_a_connection_travels_beside_the_request(self, fields, connection):
        given = {"ApiEndpoint": "https://x", "Method.$": "$.m", **fields}

        found = dict(task("http:invoke", given).arguments.fields)

        assert found.get("connection") == connection


class TestApiGateway:
    def test_an_api_is_asked_by_names_of_its_own(self):
        given = {"ApiEndpoint": "x", "Method": "GET", "AuthType": "NO_AUTH"}

        found = task("apigateway:invoke", given)

        assert (found.work.resource.value, found.work.reading) == (
            "apigateway:invoke",
            "apigateway",
        )
        assert found.arguments == Literal(value=given)

    @pytest.mark.parametrize(
        ("fields", "path"),
        [({"AuthType": "BASIC"}, "/AuthType"), ({"Paths": "x"}, "/Paths")],
    )
    def test_what_is_wrong_with_it_is_refused_in_its_place(self, fields, path):
        given = {"ApiEndpoint": "x", "Method": "GET", **fields}

        found = problems("apigateway:invoke", given)

        assert [place for place, _ in found] == [f"/Parameters{path}"]

    def test_an_empty_configuration_is_nothing(self):
        given = {"ApiEndpoint": "https://x", "Method": "GET", "InvocationConfig": {}}

        assert problems("http:invoke", given) == []

    def test_a_request_that_is_one_expression_is_made_of_its_fields(self):
        found = machine("arn:aws:states:::http:invoke", QueryLanguage="JSONata")
        found["States"]["S"]["Arguments"] = "{% $states.input %}"

        assert check_definition(found) == []


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
def test_a_task_may_be_marked_as_at_most_once(language, value):
    arn = "arn:aws:lambda:us-east-1:123456789012:function:pay"
    found = machine(arn, QueryLanguage=language, AtMostOnce=value)

    assert compile_definition(found).scope.states["S"].work.at_most_once is value
