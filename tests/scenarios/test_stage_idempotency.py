"""The key by which a function knows an attempt again: with every kind of call."""

import pytest

from chalicelib import bootstrap
from chalicelib.orchestrator import beginnings, steps
from tests.scenarios import mail
from tests.scenarios.desk import a_flow, a_task

pytestmark = [pytest.mark.moto, pytest.mark.slow]

GATEWAY = "http://gateway"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def begun_again(execution):
    """Have the queue deliver the first message of an execution once more."""
    orchestrator = bootstrap.orchestrator()
    head = bootstrap.journal().head(execution)
    bootstrap.queue().send([beginnings.message(orchestrator.world, head)])


def carried_out_again(execution):
    """Have the queue ask once more for what the first record asks for."""
    bootstrap.queue().send([steps.step("carry", execution, "r", q=1)])


def test_key_and_trace_reach_a_lambda_function_and_are_those_of_the_attempt(desk):
    workflow = desk.publish(a_flow(a_task("tell")), "tells")
    path = f"/v1/workflows/{workflow}/executions"
    headers = {"traceparent": TRACE}
    started = desk.ask("POST", path, {"box": "lambda"}, headers=headers).json()
    first = mail.take("lambda")

    # The function is still at work: the second delivery finds nothing decided.
    begun_again(started["id"])
    again = mail.take("lambda")
    mail.open_gate("lambda")

    assert len(first["idempotency-key"]) == 32
    # One trace; the attempt is a span of its own in it.
    assert first["traceparent"].split("-")[1] == TRACE.split("-")[1]
    assert first["traceparent"] != TRACE
    assert again == first
    assert desk.ended(started["id"])["output"] == {"heard": "lambda"}
    assert desk.types(started["id"]).count("TaskSucceeded") == 1


def test_two_executions_have_different_keys(desk):
    mail.open_gate("two")
    workflow = desk.publish(a_flow(a_task("tell")), "tells")

    desk.ended(desk.start(workflow, {"box": "two"}))
    desk.ended(desk.start(workflow, {"box": "two"}))

    assert mail.take("two")["idempotency-key"] != mail.take("two")["idempotency-key"]


def asynchronous(name, box):
    task = {
        "name": "only",
        "category": "function",
        "resourceName": f"{GATEWAY}/http/http_tell?box={box}",
        "pattern": "task_async",
    }
    return {"workspace": "tests", "dagName": name, "type": "flow", "tasks": [task]}


def test_key_reaches_an_http_function_and_is_the_same_when_asked_again(desk):
    execution = desk.start(desk.publish(asynchronous("keyed", "http")))
    first = mail.take("http")["headers"]

    carried_out_again(execution)
    again = mail.take("http")["headers"]

    assert len(first["idempotency-key"]) == 32
    assert again["idempotency-key"] == first["idempotency-key"]
    assert again["x-callback-url"] == first["x-callback-url"]


def test_function_is_not_asked_again_once_it_has_answered(desk):
    execution = desk.start(desk.publish(asynchronous("answered", "done")))
    url = mail.take("done")["headers"]["x-callback-url"]
    desk.ask("POST", url, {"a": 1}, key="")
    desk.ended(execution)

    carried_out_again(execution)
    desk.agree(lambda: desk.left("steps") == 0)

    assert mail.count("done") == 0


def sending(queue):
    parameters = {"QueueUrl": queue, "MessageBody": {"text.$": "$.text"}}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": parameters,
    }


def received(desk, queue):
    """Return what the next message of a queue says beside its body."""
    sqs = desk.stage.clients("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    (message,) = sqs.receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=10
    )["Messages"]
    attributes = message["MessageAttributes"]
    return {name: attributes[name]["StringValue"] for name in attributes}


def test_key_and_token_reach_a_queue_worker_and_are_the_same_when_sent_again(desk):
    execution = desk.start(
        desk.publish(a_flow(sending("jobs")), "sends"), {"text": "a"}
    )
    first = received(desk, "jobs")

    carried_out_again(execution)
    again = received(desk, "jobs")
    desk.report(again["millrace-task-token"], {"done": True})

    assert len(first["idempotency-key"]) == 32
    assert again == first
    assert first["millrace-callback-url"].endswith(first["millrace-task-token"])
    assert desk.ended(execution)["output"] == {"done": True}


def test_sub_workflow_is_named_by_the_key_and_started_once(desk):
    desk.publish(a_flow({"Type": "Wait", "Seconds": 800}), "inner")
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:inner"
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": arn, "Input": {"a": 1}},
    }
    execution = desk.start(desk.publish(a_flow(task), "outer"))
    desk.agree(lambda: started(desk, "inner"))
    (first,) = started(desk, "inner")

    carried_out_again(execution)
    desk.ask("POST", f"/v1/executions/{first['id']}/stop", {})
    desk.ended(execution)

    assert started(desk, "inner") == [{**first, "status": "ABORTED"}]


def started(desk, workflow):
    found = desk.ask("GET", "/v1/executions", workflow=workflow).json()["executions"]
    return [{name: each[name] for name in ("id", "name", "status")} for each in found]
