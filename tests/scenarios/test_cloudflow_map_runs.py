"""Runs of distributed Maps, and lists page by page, with CloudFlow's own SDK."""

import json

import pytest

from tests.scenarios import mail
from tests.scenarios.cloudflow import Refusal, Sdk, a_flow, a_pass, asking

pytestmark = [pytest.mark.moto, pytest.mark.slow]

FLOW = "mapped"


@pytest.fixture(scope="module")
def sdk(desk):
    return Sdk(desk.url, desk.stage.key)


@pytest.fixture(scope="module")
def run(sdk):
    """A run of two children that wait for their reports; it tolerates no failure."""
    ask = asking("unused", "Ask")
    ask["Parameters"]["body"] = {
        "box.$": "$Input.box",
        "token.$": "$Context.Current.TaskToken",
    }
    each = {
        "Type": "Map",
        "Name": "Only",
        "ItemsPath": "$Input.boxes",
        "Processor": {
            "ProcessorConfig": {"ExecutionMode": "Standard"},
            "StartAt": "Ask",
            "States": [ask],
        },
        "End": True,
    }
    text = a_flow(FLOW, each)
    sdk("CreateFlow", Name=FLOW, Definition=text, Description="", Type="FDL")
    given = json.dumps({"boxes": [{"box": "run-1"}, {"box": "run-2"}]})
    sdk("StartExecution", FlowName=FLOW, ExecutionName="first", Input=given)
    tokens = [mail.take(box)["token"] for box in ("run-1", "run-2")]
    this = {"FlowName": FLOW, "ExecutionName": "first"}
    told = sdk("GetExecutionHistory", **this)["Events"]
    (begun,) = [each for each in told if each["Type"] == "MapRunStarted"]
    name = json.loads(begun["EventDetail"])["output"]["MapRunName"]
    return {**this, "MapRunName": name}, tokens


def test_a_run_is_described_changed_and_ends_as_it_was_changed(sdk, run):
    this, (first, second) = run
    seen = sdk("DescribeMapRun", **this)
    assert (seen["Status"], seen["ItemCounts"]["Running"]) == ("Running", 2)
    assert (seen["Concurrency"], seen["ToleratedFailedCount"]) == (40, 0)

    changed = sdk("UpdateMapRun", **this, Concurrency=5, ToleratedFailedCount=1)
    assert (changed["Concurrency"], changed["ToleratedFailedCount"]) == (5, 1)
    assert changed["MapRunName"] == this["MapRunName"]
    sdk("ReportTaskFailed", TaskToken=first, Error="Worn")
    sdk("ReportTaskSucceeded", TaskToken=second, Output='{"n": 2}')

    whole = {"FlowName": FLOW, "ExecutionName": "first", "WaitTimeSeconds": 12}
    assert sdk("DescribeExecution", **whole)["Status"] == "Succeeded"
    ended = sdk("DescribeMapRun", **this)
    counts = ended["ItemCounts"]
    assert (ended["Status"], counts["Succeed"], counts["Failed"]) == ("Succeeded", 1, 1)
    assert ended["StoppedTime"] >= ended["StartedTime"]
    with pytest.raises(Refusal) as caught:
        sdk("UpdateMapRun", **this, Concurrency=1)
    assert (caught.value.code, caught.value.status) == ("ActionNotSupported", 400)


def test_children_of_a_run_are_listed_and_looked_at(sdk, run):
    this, _ = run
    listed = sdk("ListExecutions", FlowName=FLOW, MapRunName=this["MapRunName"])
    rows = listed["Executions"]

    assert len(rows) == 2
    child = {"FlowName": FLOW, "ExecutionName": rows[0]["Name"]}
    assert json.loads(sdk("DescribeExecution", **child)["Input"])["box"][:3] == "run"
    told = sdk("GetExecutionHistory", **child, Limit=1)
    assert told["Events"][0]["Type"] == "ExecutionStarted"
    assert told["NextToken"] == "2"


# -- lists -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def full(sdk):
    """A flow with three of everything that a flow has many of."""
    flow = "full"
    text = a_flow(flow, a_pass())
    sdk("CreateFlow", Name=flow, Definition=text, Description="", Type="FDL")
    for name in "abc":
        sdk("PublishFlowVersion", FlowName=flow, Description=name)
        sdk(
            "CreateFlowAlias",
            FlowName=flow,
            Name=name,
            Description="",
            RoutingConfigurations=[{"Version": "1", "Weight": 100}],
        )
        when = {"CronExpression": "0 0 4 * * *", "Enable": False}
        sdk("CreateSchedule", FlowName=flow, ScheduleName=name, **when)
        sdk("StartExecution", FlowName=flow, ExecutionName=name)
    return flow


@pytest.mark.parametrize(
    ("operation", "rows", "name", "expected"),
    [
        ("ListFlowVersions", "FlowVersions", "Version", ["3", "2", "1"]),
        ("ListFlowAliases", "Aliases", "Name", ["a", "b", "c"]),
        ("ListSchedules", "Schedules", "ScheduleName", ["a", "b", "c"]),
        ("ListExecutions", "Executions", "Name", ["c", "b", "a"]),
    ],
)
def test_a_list_is_read_page_by_page(sdk, full, operation, rows, name, expected):
    first = sdk(operation, FlowName=full, Limit=2)
    rest = sdk(operation, FlowName=full, Limit=2, NextToken=first["NextToken"])

    assert [each[name] for each in first[rows]] == expected[:2]
    assert [each[name] for each in rest[rows]] == expected[2:]
    assert not rest.get("NextToken")


@pytest.mark.parametrize(
    "operation", ["ListFlowVersions", "ListFlowAliases", "ListSchedules"]
)
@pytest.mark.parametrize("limit", [0, 1000])
def test_a_page_has_one_to_999_rows(sdk, full, operation, limit):
    with pytest.raises(Refusal) as caught:
        sdk(operation, FlowName=full, Limit=limit)
    assert (caught.value.code, caught.value.status) == ("InvalidArgument", 400)
