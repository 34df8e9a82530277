"""One trace leads through a whole execution: queues, functions, HTTP, children."""

import pytest

from tests.scenarios import mail
from tests.scenarios.dags import GATEWAY
from tests.scenarios.desk import a_flow, a_task

pytestmark = [pytest.mark.moto]

ID = "5759e988bd862e3fe1be46a994272793"
XRAY = f"Root=1-{ID[:8]}-{ID[8:]};Parent=53995c3f42cd8ad8;Sampled=1"
PARENT = f"00-{ID}-53995c3f42cd8ad8-01"


def tells(box):
    """A function of Lambda that tells what it was sent along with its event."""
    return a_task("tell", Parameters={"box": box}, ResultPath=None)


def one(name, state):
    return {"StartAt": name, "States": {name: {**state, "End": True}}}


def several(**states):
    branches = [one(name, state) for name, state in states.items()]
    return {"Type": "Parallel", "Branches": branches, "ResultPath": None}


def below(workflow):
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": workflow},
        "ResultPath": None,
    }


def each(state):
    return {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemProcessor": one("Child", state),
        "ResultPath": None,
    }


def sends(queue):
    parameters = {"QueueUrl": queue, "MessageBody": "hello"}
    resource = "arn:aws:states:::sqs:sendMessage"
    return {
        "Type": "Task",
        "Resource": resource,
        "Parameters": parameters,
        "ResultPath": None,
    }


def asks(box):
    url = f"{GATEWAY}/http/http_tell?box={box}"
    return {"Type": "Task", "Resource": url, "ResultPath": None}


@pytest.fixture(scope="module")
def queue(desk):
    return desk.stage.clients("sqs").create_queue(QueueName="traced")["QueueUrl"]


@pytest.fixture(scope="module")
def workflow(desk, queue):
    desk.publish(a_flow(tells("trace-below")), name="traced-below")
    waits = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": "receive",
            "Payload": {"box": "trace-token", "token.$": "$$.Task.Token"},
        },
        "ResultPath": None,
        "Next": "Then",
    }
    around = several(
        Lambda=tells("trace-lambda"),
        Http=asks("trace-http"),
        Queue=sends(queue),
        Each=each(tells("trace-child")),
        Below=below("traced-below"),
    )
    flow = a_flow(
        waits,
        Then={**around, "Next": "Last"},
        Last={**tells("trace-last"), "End": True},
    )
    for box in ("lambda", "child", "below", "last"):
        mail.open_gate(f"trace-{box}")
    return desk.publish(flow, name="traced")


def id_of(headers):
    return headers["traceparent"].split("-")[1]


@pytest.mark.parametrize(
    "headers", [{"traceparent": PARENT}, {"X-Amzn-Trace-Id": XRAY}], ids=["w3c", "xray"]
)
def test_all_that_an_execution_does_is_in_the_trace_of_its_start(
    desk, workflow, queue, headers
):
    execution = desk.start(workflow, {"items": [1, 2]}, headers=headers)
    token = mail.take("trace-token")["token"]
    assert desk.report(token, {}, headers={"traceparent": "00-other"}).ok
    ended = desk.ended(execution)

    assert ended["status"] == "SUCCEEDED", ended
    boxes = ("lambda", "child", "child", "below", "last")
    told = [mail.take(f"trace-{box}") for box in boxes]
    told.append(mail.take("trace-http")["headers"])
    assert {id_of(each) for each in told} == {ID}
    assert len({each["traceparent"] for each in told}) == len(told)

    (message,) = desk.stage.clients("sqs").receive_message(
        QueueUrl=queue, MessageAttributeNames=["All"], AttributeNames=["All"]
    )["Messages"]
    said = message["MessageAttributes"]["traceparent"]["StringValue"]
    assert ID in said
    assert message["Attributes"]["AWSTraceHeader"].startswith(XRAY.partition(";")[0])
    desk.stage.clients("sqs").delete_message(
        QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"]
    )
