"""A whole local stage in this process: HTTP, queue, table, functions, callbacks."""

import json
import time

import pytest

from chalicelib.cli.client import Address, Client, Refused
from chalicelib.local.stage import Stage

pytestmark = [pytest.mark.moto, pytest.mark.slow]

FUNCTIONS = """
from pathlib import Path

def shout(event):
    return {"text": event["text"].upper()}

def fail(event):
    raise ValueError("it is broken")

def big(event):
    return {"text": "x" * 400_000}

def ask(event):
    Path(event["file"]).write_text(event["token"])
"""

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function"


def a_task(name, **facts):
    return {"Type": "Task", "Resource": f"{LAMBDA}:{name}", **facts}


def a_flow(state, name="Only"):
    return {"StartAt": name, "States": {name: {**state, "End": True}}}


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workflows") / "probe"
    folder.mkdir()
    (folder / "functions.py").write_text(FUNCTIONS)
    with Stage(folder.parent, pause=lambda received: 0) as stage:
        yield stage


@pytest.fixture(scope="module")
def client(stage):
    return Client(Address(stage.url, stage.key))


@pytest.fixture
def run(client):
    """Publishes a definition, runs it, returns the execution at its end."""

    def run(definition, input_=None, name="probe"):
        client.publish(json.dumps(definition), name=name)
        begun = client.start(name, input_)
        client_waits_for(lambda: client.execution(begun["id"])["status"] != "RUNNING")
        return client.execution(begun["id"])

    return run


def test_synchronous_function_runs_to_its_end(run):
    ended = run(a_flow(a_task("shout")), {"text": "hello"})

    assert (ended["status"], ended["output"]) == ("SUCCEEDED", {"text": "HELLO"})


def test_each_iteration_of_a_map_is_run(run):
    items = [{"text": f"n{number}"} for number in range(30)]
    each = {"Type": "Map", "ItemProcessor": a_flow(a_task("shout"), "Shout")}

    ended = run(a_flow(each), items)

    assert ended["output"] == [{"text": f"N{number}"} for number in range(30)]


def test_error_of_a_function_is_caught_by_its_name(run):
    catch = [{"ErrorEquals": ["ValueError"], "Next": "Rescue"}]
    flow = a_flow(a_task("fail", Catch=catch))
    flow["States"]["Rescue"] = {"Type": "Pass", "Result": "safe", "End": True}

    assert run(flow, {})["output"] == "safe"


def test_function_that_is_not_there_fails_the_execution(run):
    ended = run(a_flow(a_task("nobody")), {})

    assert ended["status"] == "FAILED"
    assert "nobody" in ended["cause"]


def test_wait_of_a_second_takes_a_second(run):
    ended = run(a_flow({"Type": "Wait", "Seconds": 1}), {"a": 1})

    assert ended["status"] == "SUCCEEDED"


def test_value_too_large_for_the_table_passes(run):
    ended = run(a_flow(a_task("big")), {})

    assert len(ended["output"]["text"]) == 400_000


def test_person_with_the_token_answers_over_http(client, stage, tmp_path):
    import requests

    file = tmp_path / "token"
    arguments = {"file": str(file), "token.$": "$$.Task.Token"}
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": "ask", "Payload": arguments},
    }
    client.publish(json.dumps(a_flow(task)), name="asks")
    begun = client.start("asks", {})
    client_waits_for(lambda: file.exists() and file.read_text())

    url = f"{stage.url}/v1/tasks/{file.read_text()}"
    first = requests.post(url, json={"yes": True}, timeout=5)
    again = requests.post(url, json={"yes": True}, timeout=5)
    other = requests.post(url, json={"yes": False}, timeout=5)

    client_waits_for(lambda: client.execution(begun["id"])["status"] != "RUNNING")
    assert client.execution(begun["id"])["output"] == {"yes": True}
    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 409)
    assert again.json()["replayed"] is True


def client_waits_for(is_true, seconds=20):
    """Wait until a real stage has come so far."""
    ends_at = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < ends_at, "it did not happen"
        time.sleep(0.05)


def test_stage_answers_nobody_without_its_key(stage):
    with pytest.raises(Refused) as refused:
        Client(Address(stage.url)).workflows()

    assert refused.value.status == 401


def test_poison_message_is_buried_and_harms_nobody(stage, run):
    sqs = stage.clients("sqs")
    urls = [
        sqs.get_queue_url(QueueName=f"millrace-dev-{name}")["QueueUrl"]
        for name in ("steps", "dead-letters")
    ]
    sqs.send_message(QueueUrl=urls[0], MessageBody="this is no step")

    assert run(a_flow(a_task("shout")), {"text": "a"})["status"] == "SUCCEEDED"
    client_waits_for(lambda: sum(left_in(sqs, url) for url in urls) == 0)


def left_in(sqs, url):
    """Return how many messages a queue has, those in flight included."""
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    shown = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    return sum(int(found[name]) for name in shown)


def test_bill_counts_table_queue_and_invocations(client, run):
    ended = run(a_flow(a_task("shout")), {"text": "a"})

    cost = client.execution(ended["id"], "/cost")
    amounts = {line["label"]: line["amount"] for line in cost["lines"]}
    assert amounts["DynamoDB write units"] >= 4
    assert amounts["SQS requests"] >= 3
    assert amounts["Lambda requests"] >= 1
