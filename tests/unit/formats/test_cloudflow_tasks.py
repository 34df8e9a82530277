import pytest

from chalicelib.formats import document
from chalicelib.formats.cloudflow import compile_document
from chalicelib.model import workflow as model
from chalicelib.model.expressions import Call, Literal, Object, Path

INPUT = Path(text="$Input", root="$Input")
ARN = "acs:fc:::services/shop.LATEST/functions/pay"


def path(text):
    root, *steps = text.split(".")
    return Path(text=text, root=root, steps=tuple(steps))


def the_task(action, parameters, **more):
    task = {"Name": "S", "Type": "Task", "Action": action, "End": True}
    flow = {
        "Type": "StateMachine",
        "Name": "order",
        "SpecVersion": "v1",
        "StartAt": "S",
        "States": [{**task, "Parameters": parameters, **more}],
    }
    return compile_document(document.of(flow), name="order").scope.states["S"]


@pytest.mark.parametrize(
    ("timeout", "expected"),
    [
        ({}, None),
        ({"Timeout": 0}, None),
        ({"Timeout": "0"}, None),
        ({"Timeout": 30}, Literal(value=30)),
        ({"Timeout": "30"}, Literal(value="30")),
        (
            {"Timeout.$": "$Input.limit"},
            Call(
                name="CloudFlow.timeout",
                arguments=(path("$Input.limit"), Literal(value=604800)),
            ),
        ),
    ],
)
def test_timeout_of_a_task(timeout, expected):
    state = the_task("FC:InvokeFunction", {"resourceArn": ARN}, **timeout)

    assert state.work.timeout == expected


@pytest.mark.parametrize(
    "arn", [ARN, "acs:fc:cn-x:12:functions/pay/LATEST", "acs:fc:::functions/pay"]
)
@pytest.mark.parametrize("action", ["FC:InvokeFunction", "FC::InvokeFunction"])
def test_both_generations_of_function_names_and_both_spellings(action, arn):
    state = the_task(action, {"resourceArn": arn, "body": {"n.$": "$Input.n"}})

    assert state.arguments == Object(fields=(("n", path("$Input.n")),))
    assert state.work == model.Task(
        resource=Literal(value=arn), reading="fc", label=("FC", "InvokeFunction")
    )


def leaves(node):
    if not isinstance(node, Object):
        return [node]
    return [leaf for _name, each in node.fields for leaf in leaves(each)]


FC = {"resourceArn": ARN}
FLOW = {"resourceArn": "acs:fnf:::flow/ship"}
HTTP = {"url": "https://example.com/"}
QUEUE = {"queueName": "jobs", "messageBody": "go"}
TOPIC = {"topicName": "news", "messageBody": "hot"}
EVENTS = {"eventList": [{"source": "shop", "type": "sold"}]}
OBJECT = {"bucketName": "b", "objectName": "o", "body": "x"}
CUSTOM, SYSTEM = "WaitForCustomCallback", "WaitForSystemCallback"
MODES = model.Mode


@pytest.mark.parametrize(
    ("action", "parameters", "mode", "expected", "reading"),
    [
        ("FC:InvokeFunction", FC, None, MODES.REQUEST, "fc"),
        ("FC:InvokeFunction", FC, "RequestComplete", MODES.REQUEST, "fc"),
        (
            "FC:InvokeFunction",
            {**FC, "invocationType": "Sync"},
            "RequestComplete",
            MODES.REQUEST,
            "fc",
        ),
        (
            "FC:InvokeFunction",
            {**FC, "invocationType": "Async"},
            None,
            MODES.SUBMIT,
            "accepted",
        ),
        (
            "FC:InvokeFunction",
            {**FC, "invocationType": "Async"},
            "WaitForSystemCallback",
            MODES.SYSTEM,
            "fc",
        ),
        (
            "FC:InvokeFunction",
            {**FC, "invocationType": "Sync"},
            "WaitForSystemCallback",
            MODES.REQUEST,
            "fc",
        ),
        ("FC:InvokeFunction", FC, "WaitForSystemCallback", MODES.SYSTEM, "fc"),
        ("MNS:PublishMessage", TOPIC, None, MODES.REQUEST, "mns"),
        ("MNS:PublishMessage", TOPIC, CUSTOM, MODES.CALLBACK, "accepted"),
        ("EventBridge:PutEvents", EVENTS, None, MODES.REQUEST, "payload"),
        ("EventBridge:PutEvents", EVENTS, CUSTOM, MODES.CALLBACK, "accepted"),
        ("OSS:PutObject", OBJECT, None, MODES.REQUEST, "payload"),
        ("DynamoDB:GetItem", {"TableName": "t"}, None, MODES.REQUEST, "payload"),
        ("SNS:Publish", {"Message": "m"}, CUSTOM, MODES.CALLBACK, "accepted"),
        ("Glue:StartJobRun", {"JobName": "j"}, SYSTEM, MODES.REQUEST, "payload"),
        (
            "FC:InvokeFunction",
            {**FC, "invocationType": "Sync"},
            "WaitForCustomCallback",
            MODES.CALLBACK,
            "accepted",
        ),
        ("FNF:StartExecution", FLOW, None, MODES.SUBMIT, "fnf_started"),
        (
            "FNF:StartExecution",
            FLOW,
            "WaitForSystemCallback",
            MODES.SYSTEM,
            "fnf_output",
        ),
        (
            "FNF:StartExecution",
            FLOW,
            "WaitForCustomCallback",
            MODES.CALLBACK,
            "accepted",
        ),
        ("HTTP:Request", HTTP, None, MODES.REQUEST, "http_cloudflow"),
        ("HTTP:Request", HTTP, "WaitForCustomCallback", MODES.CALLBACK, "accepted"),
        ("MNS:SendMessage", QUEUE, None, MODES.REQUEST, "mns"),
        (
            "MNS:SendMessage",
            QUEUE,
            "WaitForCustomCallback",
            MODES.CALLBACK,
            "accepted",
        ),
    ],
)
def test_task_waits_as_its_mode_says(action, parameters, mode, expected, reading):
    more = {} if mode is None else {"TaskMode": mode}
    work = the_task(action, parameters, **more).work

    assert (work.mode, work.reading) == (expected, reading)


@pytest.mark.parametrize(
    ("action", "parameters", "resource", "arguments"),
    [
        pytest.param(
            "FC:InvokeFunction",
            {"resourceArn.$": "$Input.f", "body": "text"},
            path("$Input.f"),
            Literal(value="text"),
            id="a function that the input names",
        ),
        pytest.param(
            "FC:InvokeFunction",
            {**FC, "body.$": "$Input"},
            Literal(value=ARN),
            INPUT,
            id="the whole input as the event",
        ),
        pytest.param(
            "FC:InvokeFunction",
            FC,
            Literal(value=ARN),
            Literal(value={}),
            id="no body is an empty object",
        ),
        pytest.param(
            "FNF:StartExecution",
            FLOW,
            Literal(value="workflow:ship"),
            Literal(value={"input": {}}),
            id="a flow without input",
        ),
        pytest.param(
            "FNF:StartExecution",
            {
                "resourceArn.$": "$Input.f",
                "executionName.$": "$Input.id",
                "input": {"n.$": "$Input.n"},
            },
            Call(name="CloudFlow.flowResource", arguments=(path("$Input.f"),)),
            Object(
                fields=(
                    ("input", Object(fields=(("n", path("$Input.n")),))),
                    ("name", path("$Input.id")),
                )
            ),
            id="a flow that the input names",
        ),
        pytest.param(
            "HTTP:Request",
            {**HTTP, "method": "Post", "headers": {"X-A": "1"}, "body": {"n": 1}},
            Literal(value="https://example.com/"),
            Literal(
                value={"method": "POST", "headers": {"X-A": "1"}, "body": {"n": 1}}
            ),
            id="a request with everything",
        ),
        pytest.param(
            "HTTP:Request",
            {"url.$": "$Input.url"},
            path("$Input.url"),
            Literal(value={"method": "GET"}),
            id="a request is a GET",
        ),
        pytest.param(
            "HTTP:Request",
            {**HTTP, "method.$": "$Input.m"},
            Literal(value="https://example.com/"),
            Object(fields=(("method", path("$Input.m")),)),
            id="a request whose method is computed",
        ),
        pytest.param(
            "MNS:SendMessage",
            {**QUEUE, "delaySeconds": 5},
            Literal(value="acs:mns:::/queues/jobs/messages"),
            Literal(value={"MessageBody": "go", "DelaySeconds": 5}),
            id="a message to a queue",
        ),
        pytest.param(
            "MNS:SendMessage",
            {"queueName.$": "$Input.q", "messageBody.$": "$Input"},
            Call(
                name="CloudFlow.format",
                arguments=(
                    Literal(value="acs:mns:::/queues/{}/messages"),
                    path("$Input.q"),
                ),
            ),
            Object(fields=(("MessageBody", INPUT),)),
            id="a queue that the input names",
        ),
    ],
)
def test_parameters_become_resource_and_arguments(
    action, parameters, resource, arguments
):
    state = the_task(action, parameters)

    assert (state.work.resource, state.arguments) == (resource, arguments)


@pytest.mark.parametrize(
    ("action", "parameters", "name"),
    [
        ("FC:InvokeFunction", FC, "body"),
        ("FNF:StartExecution", FLOW, "input"),
        ("HTTP:Request", HTTP, "body"),
        ("MNS:SendMessage", {"queueName": "jobs"}, "messageBody"),
    ],
)
def test_token_travels_in_the_parameters_of_a_callback_task(action, parameters, name):
    body = {name: {"token.$": "$Context.Current.TaskToken"}}
    state = the_task(action, parameters | body, TaskMode="WaitForCustomCallback")

    assert path("$Context.Current.TaskToken") in leaves(state.arguments)


@pytest.mark.parametrize("marker", [{}, {"AtMostOnce": False}, {"AtMostOnce": True}])
def test_a_task_may_be_marked_as_at_most_once(marker):
    state = the_task("FC:InvokeFunction", {"resourceArn": ARN}, **marker)

    assert state.work.at_most_once is marker.get("AtMostOnce", False)


def test_a_job_of_aws_is_looked_at():
    work = the_task("Glue:StartJobRun", {"JobName": "j"}, TaskMode=SYSTEM).work

    assert work.resource == Literal(value="acs:api:Glue:StartJobRun")
    assert work.job.look == "aws-sdk:glue:getJobRun"


def test_a_request_that_begins_no_job_is_not_looked_at():
    assert the_task("Glue:StartJobRun", {"JobName": "j"}).work.job is None


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [
        pytest.param({}, Literal(value=28800.0), id="nobody said"),
        pytest.param({"Timeout": 0}, None, id="never"),
        pytest.param({"Timeout": 60}, Literal(value=60), id="said"),
    ],
)
def test_an_asynchronous_function_may_not_be_silent_for_ever(timeout, seconds):
    state = the_task("FC:InvokeFunction", FC, TaskMode=SYSTEM, **timeout)

    assert state.work.timeout == seconds
