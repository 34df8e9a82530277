"""Runs of distributed Maps, with boto3, on a whole stage, over HTTP."""

import json
from itertools import count

import pytest

from tests.scenarios.step_functions import ROLE, a_client, a_function, a_machine

pytestmark = [pytest.mark.moto, pytest.mark.slow]

_numbers = count(1)


@pytest.fixture(scope="module")
def client(desk):
    return a_client(f"{desk.url}/states", desk.stage.key)


@pytest.fixture
def start(client):
    """Starts a distributed Map over items; returns the ARN of the execution."""

    def start(state, items, **facts):
        each = {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Each",
            "States": {"Each": {**state, "End": True}},
        }
        run = {"Type": "Map", "Label": "Boxes", "ItemProcessor": each, **facts}
        made = client.create_state_machine(
            name=f"map-{next(_numbers)}", definition=a_machine(run), roleArn=ROLE
        )
        arn = made["stateMachineArn"]
        begun = client.start_execution(stateMachineArn=arn, input=json.dumps(items))
        return begun["executionArn"]

    return start


@pytest.fixture
def run_of(client, desk):
    def run_of(arn):
        desk.agree(lambda: client.list_map_runs(executionArn=arn)["mapRuns"])
        (found,) = client.list_map_runs(executionArn=arn)["mapRuns"]
        return found["mapRunArn"]

    return run_of


def status(client, run):
    return client.describe_map_run(mapRunArn=run)["status"]


def test_a_run_is_described_with_its_children(client, desk, start, run_of):
    arn = start(a_function("shout"), [{"text": "a"}, {"text": "b"}, {"text": "c"}])
    run = run_of(arn)
    desk.agree(lambda: status(client, run) == "SUCCEEDED")

    found = client.describe_map_run(mapRunArn=run)
    pages = client.get_paginator("list_executions").paginate(
        mapRunArn=run, PaginationConfig={"PageSize": 2}
    )
    rows = [row for page in pages for row in page["executions"]]

    assert found["executionArn"] == arn
    assert found["itemCounts"]["succeeded"] == found["itemCounts"]["total"] == 3
    assert found["executionCounts"]["succeeded"] == 3
    assert [row["status"] for row in rows] == ["SUCCEEDED"] * 3
    children = [client.describe_execution(executionArn=r["executionArn"]) for r in rows]
    outputs = sorted(json.loads(each["output"])["text"] for each in children)
    assert outputs == ["A", "B", "C"]
    assert {each["mapRunArn"] for each in children} == {run}
    events = client.get_execution_history(executionArn=rows[0]["executionArn"])
    assert events["events"][-1]["type"] == "ExecutionSucceeded"


def test_a_run_is_changed_while_it_goes_on(client, desk, start, run_of):
    arn = start({"Type": "Wait", "Seconds": 600}, [1, 2, 3, 4], MaxConcurrency=1)
    run = run_of(arn)

    def running():
        return client.describe_map_run(mapRunArn=run)["executionCounts"]["running"]

    desk.agree(lambda: running() == 1)
    client.update_map_run(mapRunArn=run, maxConcurrency=3, toleratedFailureCount=2)
    desk.agree(lambda: running() == 3)

    found = client.describe_map_run(mapRunArn=run)
    assert (found["maxConcurrency"], found["toleratedFailureCount"]) == (3, 2)
    assert found["executionCounts"]["pending"] == 1
    client.stop_execution(executionArn=arn)
    desk.agree(lambda: status(client, run) == "ABORTED")
    with pytest.raises(client.exceptions.ValidationException):
        client.update_map_run(mapRunArn=run, maxConcurrency=1)


def test_what_is_no_run_is_refused(client):
    with pytest.raises(client.exceptions.InvalidArn):
        client.describe_map_run(mapRunArn="run")
    arn = "arn:aws:states:us-east-1:000000000000:mapRun:map/Boxes:none.r.1.1"
    with pytest.raises(client.exceptions.ResourceNotFound):
        client.update_map_run(mapRunArn=arn, maxConcurrency=1)
