"""What the official SDK of CloudFlow does on a whole stage, over HTTP."""

import json
from itertools import count

import pytest

from tests.scenarios import mail
from tests.scenarios.cloudflow import (
    MOMENT,
    Refusal,
    Sdk,
    a_call,
    a_flow,
    a_pass,
    asking,
)

pytestmark = [pytest.mark.moto, pytest.mark.slow]

_numbers = count(1)


@pytest.fixture(scope="module")
def sdk(desk):
    return Sdk(desk.url, desk.stage.key)


@pytest.fixture
def name():
    return f"flow-{next(_numbers)}"


@pytest.fixture
def make(sdk, name):
    """Creates a flow of the test's own; returns the answer."""

    def make(*states, **facts):
        definition = a_flow(name, *(states or [a_pass()]))
        given = {"Name": name, "Definition": definition, "Type": "FDL", **facts}
        return sdk("CreateFlow", **{"Description": "of a test", **given})

    return make


@pytest.fixture
def start(sdk, name):
    """Starts an execution of it; returns the answer."""

    def start(execution="first", given=None, **facts):
        text = json.dumps({} if given is None else given)
        return sdk(
            "StartExecution",
            FlowName=name,
            ExecutionName=execution,
            Input=text,
            **facts,
        )

    return start


@pytest.fixture
def look(sdk, name):
    """Describes an execution of it, by default at its end."""

    def look(execution="first", seconds=12):
        return sdk(
            "DescribeExecution",
            FlowName=name,
            ExecutionName=execution,
            WaitTimeSeconds=seconds,
        )

    return look


@pytest.fixture
def told(sdk, name):
    """Reads its history: types, or whole events."""

    def told(execution="first", **facts):
        found = sdk(
            "GetExecutionHistory", FlowName=name, ExecutionName=execution, **facts
        )
        return found["Events"]

    return told


def types(events):
    return [event["Type"] for event in events]


# -- flows -------------------------------------------------------------------------


def test_a_flow_is_made_described_changed_and_deleted(sdk, make, name):
    environment = {"Variables": [{"Name": "STAGE", "Value": "test"}]}
    made = make(RoleArn="acs:ram::1:role/r", Environment=environment)

    assert made["Name"] == name
    assert made["ExecutionMode"] == "Standard"
    assert MOMENT.fullmatch(made["CreatedTime"])
    seen = sdk("DescribeFlow", Name=name)
    assert {**seen, "RequestId": ""} == {**made, "RequestId": ""}
    assert seen["Environment"]["Variables"][0]["Name"] == "STAGE"
    other = a_flow(name, a_pass(OutputConstructor={"v": 2}))
    changed = sdk("UpdateFlow", Name=name, Definition=other, Description="new")
    assert (changed["Definition"], changed["Description"]) == (other, "new")
    assert changed["RoleArn"] == "acs:ram::1:role/r"
    assert (changed["Id"], changed["CreatedTime"]) == (made["Id"], made["CreatedTime"])
    assert changed["LastModifiedTime"] > made["LastModifiedTime"]
    sdk("DeleteFlow", Name=name)
    with pytest.raises(Refusal) as caught:
        sdk("DescribeFlow", Name=name)
    assert (caught.value.code, caught.value.status) == ("FlowNotExists", 404)


def test_flows_are_listed_page_by_page(sdk, name):
    for letter in "abc":
        flow = f"{name}-{letter}"
        sdk(
            "CreateFlow",
            Name=flow,
            Definition=a_flow(flow, a_pass()),
            Description="",
            Type="FDL",
            ResourceGroupId=name,
        )
    first = sdk("ListFlows", Limit=2, ResourceGroupId=name)
    rest = sdk("ListFlows", NextToken=first["NextToken"], ResourceGroupId=name)

    assert [flow["Name"] for flow in first["Flows"]] == [f"{name}-a", f"{name}-b"]
    assert [flow["Name"] for flow in rest["Flows"]] == [f"{name}-c"]
    assert rest["NextToken"] == ""


def test_a_deleted_flow_takes_its_executions_with_it(sdk, make, start, look, name):
    make(asking("deleted"))
    start()
    mail.take("deleted")
    sdk("DeleteFlow", Name=name)

    with pytest.raises(Refusal) as caught:
        look()
    assert caught.value.code == "FlowNotExists"


def test_a_flow_of_a_deleted_ones_name_begins_with_nothing(sdk, make, start, name):
    first = make()
    sdk("PublishFlowVersion", FlowName=name)
    sdk("DeleteFlow", Name=name)
    second = make()

    assert second["Id"] != first["Id"]
    assert sdk("ListFlowVersions", FlowName=name)["FlowVersions"] == []


# -- executions --------------------------------------------------------------------


def test_an_execution_is_started_and_looked_at(make, start, look, name):
    made = make(a_call("shout"))
    begun = start(given={"text": "hello"})
    ended = look()

    assert begun["Status"] == "Starting"
    assert (begun["Output"], begun["StoppedTime"]) == ("", "")
    assert ended["Status"] == "Succeeded"
    assert json.loads(ended["Output"]) == {"text": "HELLO"}
    assert json.loads(ended["Input"]) == {"text": "hello"}
    assert ended["FlowDefinition"] == made["Definition"]
    assert ended["FlowName"] == name
    assert ended["StartedTime"] <= ended["StoppedTime"]


def test_a_name_is_made_up_where_none_is_given(sdk, make, name):
    make()
    begun = sdk("StartExecution", FlowName=name)
    assert len(begun["Name"]) >= 8


def test_waiting_for_an_execution_ends_when_it_ends(desk, make, start, look):
    make({"Type": "Wait", "Name": "Only", "Seconds": 1, "End": True})
    begun = start()
    waited = look(seconds=25)

    assert waited["Status"] == "Succeeded"
    assert waited["StartedTime"] == begun["StartedTime"]


def test_waiting_ends_when_the_time_is_up(make, start, look):
    make(asking("patience"))
    start()
    assert look(seconds=1)["Status"] == "Running"


def test_a_running_execution_is_the_same_one_when_it_is_started_again(make, start):
    make(asking("again"))
    first = start(given={"n": 1})
    second = start(given={"n": 2})

    assert second["Status"] == "Running"
    assert second["StartedTime"] == first["StartedTime"]
    assert json.loads(second["Input"]) == {"n": 1}


def test_the_name_of_an_execution_that_has_ended_is_taken(make, start, look):
    make()
    start()
    look()
    with pytest.raises(Refusal) as caught:
        start()
    assert (caught.value.code, caught.value.status) == ("ExecutionAlreadyExists", 409)


def test_an_execution_is_stopped_once(sdk, make, start, look, told, name):
    make(asking("stopped"), RoleArn="acs:ram::1:role/r")
    start()
    mail.take("stopped")
    this = {"FlowName": name, "ExecutionName": "first"}
    stopped = sdk("StopExecution", **this, Error="Cancelled", Cause="by a test")
    again = sdk("StopExecution", **this, Error="Other")

    assert stopped["Status"] == "Stopped"
    assert stopped["RoleArn"] == "acs:ram::1:role/r"
    assert MOMENT.fullmatch(stopped["StoppedTime"])
    assert again["StoppedTime"] == stopped["StoppedTime"]
    last = told()[-1]
    assert last["Type"] == "ExecutionStopped"
    why = {"error": "Cancelled", "cause": "by a test"}
    assert json.loads(last["EventDetail"]) == why


@pytest.fixture
def three(make, start, look):
    """Three executions, of which one failed."""
    fail = {"Type": "Fail", "Name": "Bad", "Code": "Bad"}
    wanted = {"Condition": "$Input.bad == true", "Next": "Bad"}
    choice = {"Type": "Choice", "Name": "Only", "Branches": [wanted], "Default": "Good"}
    make(choice, fail, a_pass("Good"))
    for execution, is_bad in [("aa", False), ("ab", True), ("b", False)]:
        start(execution, {"bad": is_bad})
        look(execution)


def names(listed):
    return [each["Name"] for each in listed["Executions"]]


def test_executions_are_listed_and_filtered(sdk, name, three):
    def ask(**facts):
        return names(sdk("ListExecutions", FlowName=name, **facts))

    assert ask() == ["b", "ab", "aa"]
    assert ask(Status="Failed") == ["ab"]
    assert ask(Status="Starting") == []
    assert ask(ExecutionNamePrefix="a") == ["ab", "aa"]
    assert ask(StartedTimeBegin="2100-01-01T00:00:00Z") == []
    assert ask(StartedTimeEnd="2100-01-01T00:00:00Z") == ["b", "ab", "aa"]


def test_executions_are_listed_page_by_page(sdk, name, three):
    first = sdk("ListExecutions", FlowName=name, Limit=2, Status="Succeeded")
    rest = sdk("ListExecutions", FlowName=name, Limit=2, NextToken=first["NextToken"])

    assert names(first) == ["b", "aa"]
    assert names(rest) == []


def test_a_list_may_go_without_the_data(sdk, name, three):
    whole = sdk("ListExecutions", FlowName=name)["Executions"][0]
    bare = sdk("ListExecutions", FlowName=name, MetadataOnly=True)["Executions"][0]

    assert json.loads(whole["Input"]) == {"bad": False}
    assert "FlowDefinition" in whole
    assert not {"FlowDefinition", "Input", "Output"} & bare.keys()


# -- history -----------------------------------------------------------------------


def test_history_is_told_in_the_words_of_the_service(make, start, look, told):
    make(a_call("shout"))
    start(given={"text": "a"})
    look()
    events = told()

    assert types(events) == [
        "ExecutionStarted",
        "StepEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "StepExited",
        "ExecutionSucceeded",
    ]
    assert [event["EventId"] for event in events] == list(range(1, 8))
    assert [event["ScheduleEventId"] for event in events] == [0, 2, 3, 3, 3, 2, 0]
    assert {event["StepName"] for event in events} == {"", "Only"}
    assert json.loads(events[4]["EventDetail"]) == {"output": {"text": "A"}}
    assert all(MOMENT.fullmatch(event["Time"]) for event in events)


def test_history_is_read_page_by_page(sdk, make, start, look, told, name):
    make()
    start()
    look()
    this = {"FlowName": name, "ExecutionName": "first", "Limit": 3}
    first = sdk("GetExecutionHistory", **this)
    rest = sdk("GetExecutionHistory", **this, NextToken=first["NextToken"])

    assert first["NextToken"] == "4"
    assert first["Events"] + rest["Events"] == told()
    assert rest["NextToken"] == ""


# -- tasks -------------------------------------------------------------------------


def test_a_worker_reports_success(sdk, make, start, look, told):
    make(asking("good"))
    start()
    token = mail.take("good")["token"]
    report = {"TaskToken": token, "Output": '{"n": 1}'}
    first = sdk("ReportTaskSucceeded", **report)
    again = sdk("ReportTaskSucceeded", **report)

    assert json.loads(look()["Output"]) == {"n": 1}
    (event,) = [each for each in told() if each["Type"] == "TaskSucceeded"]
    assert first["EventId"] == again["EventId"] == event["EventId"]
    with pytest.raises(Refusal) as caught:
        sdk("ReportTaskFailed", TaskToken=token, Error="Late")
    assert (caught.value.code, caught.value.status) == ("TaskAlreadyCompleted", 409)


def test_a_worker_reports_failure(sdk, make, start, look, told):
    make(asking("bad"))
    start()
    token = mail.take("bad")["token"]
    sdk("ReportTaskFailed", TaskToken=token, Error="Worn", Cause="out")

    assert look()["Status"] == "Failed"
    submitted, failed = [
        each for each in told() if each["Type"] in ("TaskSubmitted", "TaskFailed")
    ]
    assert json.loads(failed["EventDetail"]) == {"error": "Worn", "cause": "out"}
    assert submitted["ScheduleEventId"] == failed["ScheduleEventId"]


def test_the_end_of_an_execution_answers_a_task(sdk, make, start, look, name):
    make(asking("parent"))
    start()
    token = mail.take("parent")["token"]
    child = f"{name}-child"
    text = a_flow(child, a_pass(OutputConstructor={"from": "child"}))
    sdk("CreateFlow", Name=child, Definition=text, Description="", Type="FDL")
    sdk("StartExecution", FlowName=child, Input="{}", CallbackFnFTaskToken=token)

    assert json.loads(look()["Output"]) == {"from": "child"}


@pytest.mark.parametrize(
    ("content_type", "spell"),
    [
        pytest.param("application/json", json.dumps, id="json"),
        pytest.param(
            "application/x-www-form-urlencoded",
            lambda given: "Output=" + given["Output"],
            id="form",
        ),
    ],
)
def test_a_worker_without_an_sdk_needs_the_token_only(
    desk, make, start, look, content_type, spell
):
    box = f"plain {content_type}"
    make(asking(box))
    start()
    answer = desk.ask(
        "POST",
        "/cloudflow/ReportTaskSucceeded",
        spell({"Output": '{"n":1}'}),
        key="",
        headers={"Content-Type": content_type},
        TaskToken=mail.take(box)["token"],
    )

    assert answer.json()["EventId"] > 0
    assert json.loads(look()["Output"]) == {"n": 1}


def test_the_token_may_come_as_the_header_that_it_came_in(desk, make, start, look):
    make(asking("header"))
    start()
    token = mail.take("header")["token"]
    headers = {"X-FnF-Http-Callback-Task-Token": token}

    def fail(error):
        body = {"Error": error}
        path = "/cloudflow/ReportTaskFailed"
        return desk.ask("POST", path, body, key="", headers=headers)

    assert fail("Worn").status_code == 200
    assert look()["Status"] == "Failed"
    other = fail("Other")
    assert (other.status_code, other.json()["Code"]) == (409, "TaskAlreadyCompleted")


# -- versions and aliases ------------------------------------------------------------


@pytest.fixture
def two_versions(sdk, make, name):
    make(a_pass(OutputConstructor={"v": 1}))
    sdk("PublishFlowVersion", FlowName=name, Description="first")
    text = a_flow(name, a_pass(OutputConstructor={"v": 2}))
    sdk("UpdateFlow", Name=name, Definition=text)
    return sdk("PublishFlowVersion", FlowName=name, Description="second")


def alias(sdk, flow, *routes, name="live"):
    routing = [{"Version": number, "Weight": weight} for number, weight in routes]
    return sdk(
        "CreateFlowAlias",
        FlowName=flow,
        Name=name,
        Description="of a test",
        RoutingConfigurations=routing,
    )


def test_versions_count_up_and_stay_as_they_were(sdk, two_versions, name):
    third = sdk("PublishFlowVersion", FlowName=name)
    listed = sdk("ListFlowVersions", FlowName=name, Limit=2)
    rest = sdk("ListFlowVersions", FlowName=name, NextToken=listed["NextToken"])
    first = sdk("DescribeFlow", Name=name, FlowVersion="1")

    assert (two_versions["Version"], third["Version"]) == ("2", "3")
    assert [each["Version"] for each in listed["FlowVersions"]] == ["3", "2"]
    assert [each["Description"] for each in rest["FlowVersions"]] == ["first"]
    assert first["Description"] == "first"
    assert '"v": 1' in first["Definition"]


def test_an_execution_can_be_of_a_version_or_an_alias(
    sdk, two_versions, start, look, name
):
    made = alias(sdk, name, ("1", 100))
    start("by-version", Qualifier="1")
    start("by-alias", Qualifier="live")
    start("plain")

    assert made["RoutingConfigurations"] == [{"Version": "1", "Weight": 100}]
    outputs = [look(each)["Output"] for each in ("by-version", "by-alias", "plain")]
    assert outputs == ['{"v":1}', '{"v":1}', '{"v":2}']
    of_alias = sdk("ListExecutions", FlowName=name, Qualifier="live")
    assert names(of_alias) == ["by-alias"]


def test_an_alias_is_described_changed_listed_and_deleted(sdk, two_versions, name):
    alias(sdk, name, ("1", 20), ("2", 80))
    this = {"FlowName": name, "Name": "live"}
    seen = sdk("DescribeFlowAlias", **this)["Alias"]
    routing = [{"Version": "2", "Weight": 100}]
    changed = sdk("UpdateFlowAlias", **this, RoutingConfigurations=routing)["Alias"]
    described = sdk("UpdateFlowAlias", **this, Description="new")["Alias"]
    listed = sdk("ListFlowAliases", FlowName=name)["Aliases"]

    assert [each["Weight"] for each in seen["RoutingConfigurations"]] == [20, 80]
    assert changed["RoutingConfigurations"] == routing
    assert described["Description"] == "new"
    assert [each["Name"] for each in listed] == ["live"]
    with pytest.raises(Refusal):
        sdk("DeleteFlowVersion", FlowName=name, FlowVersion="2")
    sdk("DeleteFlowAlias", **this)
    sdk("DeleteFlowVersion", FlowName=name, FlowVersion="2")
    with pytest.raises(Refusal) as caught:
        sdk("DescribeFlow", Name=name, FlowVersion="2")
    assert caught.value.code == "FlowVersionNotExists"


# -- Express -----------------------------------------------------------------------


def test_an_express_flow_answers_with_its_outcome(sdk, make, start, name):
    make(a_call("shout"), ExecutionMode="Express")
    given = json.dumps({"text": "a"})
    ended = sdk("StartSyncExecution", FlowName=name, ExecutionName="s", Input=given)
    failed = sdk("StartSyncExecution", FlowName=name)

    assert (ended["Status"], ended["Output"]) == ("Succeeded", '{"text":"A"}')
    assert ended["Name"].startswith("s:")
    assert failed["Status"] == "Failed"
    assert (failed["ErrorCode"], failed["Output"]) == ("KeyError", "")
    with pytest.raises(Refusal) as caught:
        start()
    assert caught.value.code == "ActionNotSupported"


# -- schedules ---------------------------------------------------------------------


@pytest.fixture
def nightly(sdk, make, name):
    make()
    return sdk(
        "CreateSchedule",
        FlowName=name,
        ScheduleName="nightly",
        CronExpression="0 30 4 * * *",
        Payload='{"k": 1}',
        Enable=False,
        Description="of a test",
    )


def test_a_schedule_is_made_described_changed_and_deleted(sdk, nightly, name):
    this = {"FlowName": name, "ScheduleName": "nightly"}
    seen = sdk("DescribeSchedule", **this)
    changed = sdk(
        "UpdateSchedule",
        **this,
        CronExpression="@every 10m",
        Enable=True,
        Payload='{"k": 2}',
        Description="new",
    )

    assert {**seen, "RequestId": ""} == {**nightly, "RequestId": ""}
    assert (seen["Payload"], seen["Enable"]) == ('{"k":1}', False)
    assert changed["CronExpression"] == "@every 10m"
    assert (changed["Payload"], changed["Enable"]) == ('{"k":2}', True)
    assert changed["Description"] == "new"
    assert changed["ScheduleId"] == nightly["ScheduleId"]
    listed = sdk("ListSchedules", FlowName=name)["Schedules"]
    assert [each["ScheduleName"] for each in listed] == ["nightly"]
    sdk("DeleteSchedule", **this)
    with pytest.raises(Refusal) as caught:
        sdk("DescribeSchedule", **this)
    assert (caught.value.code, caught.value.status) == ("ScheduleNotExists", 404)


def test_a_schedule_starts_its_flow_with_the_payload(sdk, make, look, name):
    make()
    sdk(
        "CreateSchedule",
        FlowName=name,
        ScheduleName="tick",
        CronExpression="* * * * * *",
        Payload='{"k": 1}',
    )
    listed = []

    while not listed:
        listed = sdk("ListExecutions", FlowName=name)["Executions"]
    sdk("DeleteSchedule", FlowName=name, ScheduleName="tick")
    given = json.loads(listed[-1]["Input"])
    assert (given["triggerName"], given["payload"]) == ("tick", {"k": 1})
    assert listed[-1]["Name"].startswith("tick-")


def test_the_region_is_the_stages(sdk):
    (region,) = sdk("DescribeRegions")["Regions"]["Region"]
    assert region["RegionId"] == "us-east-1"
