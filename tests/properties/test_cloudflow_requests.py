"""Whatever a client of CloudFlow sends, the answer is one that it can read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.api.cloudflow.operations import OPERATIONS
from tests.unit.api.cloudflow_stage import Flows, Refusal, a_map, a_pass, a_task

NAMES = sorted(
    {
        "CallbackFnFTaskToken",
        "Cause",
        "Concurrency",
        "CronExpression",
        "Definition",
        "Description",
        "Enable",
        "Environment",
        "Error",
        "ExecutionMode",
        "ExecutionName",
        "ExecutionNamePrefix",
        "FlowName",
        "FlowVersion",
        "Input",
        "Limit",
        "MapRunName",
        "MetadataOnly",
        "Name",
        "NextToken",
        "Output",
        "Payload",
        "Qualifier",
        "ResourceGroupId",
        "RoutingConfigurations",
        "ScheduleName",
        "StartedTimeBegin",
        "StartedTimeEnd",
        "Status",
        "TaskToken",
        "ToleratedFailedCount",
        "ToleratedFailedPercentage",
        "WaitTimeSeconds",
    }
)
#: What is there, what nearly is, and what makes readers of numbers and JSON stumble.
VALUES = st.sampled_from(
    [
        *["order", "o1", "o1.r.1.1", "o1.r.1.1-0", "1", "live", "nightly", "x:y"],
        *["0", "-1", "1e9", "nan", "inf", "9" * 30, "\uff12", "true", "None"],
        *["{}", "[]", "null", "[[[", '{"a": 1}', '"\\ud800"', "1" * 200],
        *['[{"Version": "1", "Weight": 100}]', '[{"Version": 1, "Weight": true}]'],
        *["2030-01-31T08:00:00Z", "0000-00-00", "* * * * * *", "@every 0s", "Running"],
        *["type: flow", "Type: StateMachine", "&a *a", "\x00", "é", " "],
    ]
) | st.text(max_size=20)
PARAMETERS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)


@pytest.fixture(scope="module")
def flows():
    with Flows() as made:
        made.make(a_task("Ask", mode="WaitForCustomCallback"))
        made.start()
        made.until("TaskSubmitted")
        made("PublishFlowVersion", FlowName="order")
        routing = [{"Version": "1", "Weight": 100}]
        alias = {"FlowName": "order", "Name": "live"}
        made("CreateFlowAlias", **alias, RoutingConfigurations=routing)
        schedule = {"ScheduleName": "nightly", "CronExpression": "@daily"}
        made("CreateSchedule", FlowName="order", **schedule, Enable="false")
        made.make(a_map(a_pass("P")), name="each")
        made.run({"items": [{}]}, name="each")
        yield made


@given(
    operation=st.sampled_from(sorted(OPERATIONS.keys() - {"DeleteFlow"})),
    parameters=PARAMETERS,
    is_about_order=st.booleans(),
)
def test_nothing_that_a_client_sends_is_our_fault(
    flows, operation, parameters, is_about_order
):
    about = {"FlowName": "order", "ExecutionName": "o1", "Name": "order"}
    sent = {**(about if is_about_order else {}), **parameters}
    try:
        flows(operation, **sent)
    except Refusal as refusal:
        assert refusal.status < 500, refusal
