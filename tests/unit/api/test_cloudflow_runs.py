"""How CloudFlow tells of a Map whose iterations count as executions."""

import json

import pytest

from tests.unit.api.cloudflow_stage import Flows, Refusal

#: Distributed Maps are said in any language; every workflow is a flow.
WORK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Parameters": {
        "FunctionName": "ask",
        "Payload": {"n.$": "$", "token.$": "$$.Task.Token"},
    },
    "End": True,
}
RUN = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Work",
                "States": {"Work": WORK},
            },
            "ItemsPath": "$.items",
            "MaxConcurrency": 2,
            "End": True,
        }
    },
}


@pytest.fixture
def flows():
    with Flows() as made:
        made.service.publish(json.dumps(RUN), name="order")
        made.start({"items": [1, 2, 3]})
        for number in (0, 1):
            made.until(f"'scope': 'r.1.1-{number}', 'state': 'Work'")
        made.until("TaskSubmitted")
        yield made


@pytest.fixture
def run(flows):
    """What names the run that the history tells of."""
    (event,) = [e for e in flows.told() if e["Type"] == "MapRunStarted"]
    name = json.loads(event["EventDetail"])["output"]["MapRunName"]
    return {"FlowName": "order", "ExecutionName": "o1", "MapRunName": name}


def report(flows, index, output="{}"):
    flows.until(f"'scope': 'r.1.1-{index}', 'state': 'Work'")
    token = flows.token(f"r.1.1-{index}")
    return flows("ReportTaskSucceeded", TaskToken=token, Output=output)


def finish(flows):
    for index in range(3):
        report(flows, index, json.dumps({"index": index}))
    flows.stage.settle("order:o1")


def test_a_run_is_described(flows, run):
    described = flows("DescribeMapRun", **run)

    assert described["Status"] == "Running"
    assert (described["Concurrency"], described["StoppedTime"]) == (2, "")
    assert described["ItemCounts"] == {
        "Total": 3,
        "Pending": 1,
        "Running": 2,
        "Succeed": 0,
        "Failed": 0,
        "Aborted": 0,
    }
    finish(flows)
    ended = flows("DescribeMapRun", **run)
    assert (ended["Status"], ended["ItemCounts"]["Succeed"]) == ("Succeeded", 3)
    assert ended["StoppedTime"] >= ended["StartedTime"]


def test_a_run_is_changed_while_it_goes_on(flows, run):
    changed = flows(
        "UpdateMapRun", **run, Concurrency="5", ToleratedFailedPercentage="12.5"
    )
    counted = flows("UpdateMapRun", **run, ToleratedFailedCount="1")
    described = flows("DescribeMapRun", **run)

    assert (changed["FlowName"], changed["MapRunName"]) == ("order", run["MapRunName"])
    limits = {
        "Concurrency": 5,
        "ToleratedFailedCount": 1,
        "ToleratedFailedPercentage": 12.5,
    }
    assert {name: counted[name] for name in limits} == limits
    assert {name: described[name] for name in limits} == limits


def test_a_run_that_has_ended_stays_as_it_was(flows, run):
    finish(flows)
    with pytest.raises(Refusal) as caught:
        flows("UpdateMapRun", **run, Concurrency="5")
    assert caught.value.code == "ActionNotSupported"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"ExecutionName": "other"}, id="execution"),
        pytest.param({"MapRunName": "o1.r.1.2"}, id="attempt"),
        pytest.param({"MapRunName": "o2.r.1.1"}, id="of another execution"),
    ],
)
def test_a_run_that_is_not_there_is_refused(flows, run, changed):
    with pytest.raises(Refusal) as caught:
        flows("DescribeMapRun", **{**run, **changed})
    assert (caught.value.code, caught.value.status) == ("MapRunNotExists", 404)


def test_children_are_listed_as_executions(flows, run):
    finish(flows)
    this = {"FlowName": "order", "MapRunName": run["MapRunName"]}
    first = flows("ListExecutions", **this, Limit="2")
    rest = flows("ListExecutions", **this, NextToken=first["NextToken"])

    names = [each["Name"] for each in first["Executions"] + rest["Executions"]]
    assert names == [f"o1.r.1.1-{index}" for index in range(3)]
    assert first["Executions"][0]["Output"] == '{"index":0}'
    assert rest["NextToken"] == ""
    some = flows("ListExecutions", **this, Status="Failed")
    assert some["Executions"] == []


def test_a_child_is_looked_at_like_any_execution(flows):
    finish(flows)
    this = {"FlowName": "order", "ExecutionName": "o1.r.1.1-2"}
    child = flows("DescribeExecution", **this)
    events = flows("GetExecutionHistory", **this)["Events"]

    assert (child["Name"], child["Status"]) == ("o1.r.1.1-2", "Succeeded")
    assert (child["Input"], child["Output"]) == ("3", '{"index":2}')
    assert [each["Type"] for each in events] == [
        "ExecutionStarted",
        "StepEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
        "StepExited",
        "ExecutionSucceeded",
    ]


@pytest.mark.parametrize("name", ["o1.r.1.1-9", "o2.r.1.1-0"])
def test_a_child_that_is_not_there_is_refused(flows, name):
    with pytest.raises(Refusal) as caught:
        flows("DescribeExecution", FlowName="order", ExecutionName=name)
    assert caught.value.code == "ExecutionNotExists"


def test_a_report_is_told_the_id_in_the_childs_history(flows):
    told = report(flows, 1)
    this = {"FlowName": "order", "ExecutionName": "o1.r.1.1-1"}
    events = flows("GetExecutionHistory", **this)["Events"]

    (succeeded,) = [each for each in events if each["Type"] == "TaskSucceeded"]
    assert told["EventId"] == succeeded["EventId"]
