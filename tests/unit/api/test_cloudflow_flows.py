"""What can be done with flows, and what not: the rarer cases."""

import json

import pytest

from chalicelib import errors
from chalicelib.api import problems
from chalicelib.api.cloudflow import errors as cloudflow_errors
from chalicelib.api.cloudflow.errors import STATUSES, TABLE
from chalicelib.api.stepfunctions import face as sfn_face
from chalicelib.api.stepfunctions import machines as sfn_machines
from chalicelib.schedules.schedule import Schedule
from tests.unit.api.cloudflow_stage import END, Flows, Refusal, a_pass, a_task
from tests.unit.api.step_functions_stage import ARNS

PASS = {
    "StartAt": "P",
    "States": {"P": {"Type": "Pass", "End": True}},
}


@pytest.fixture
def flows():
    with Flows() as made:
        yield made


def refused(ask, *args, **given):
    with pytest.raises(Refusal) as caught:
        ask(*args, **given)
    return caught.value.code


def within(state):
    """Return the state inside a Map, inside a Parallel."""
    processor = {"StartAt": state["Name"], "States": [state]}
    each = {"Type": "Map", "Name": "Each", "ItemsPath": "$Input.a", **END}
    branch = {"StartAt": "Each", "States": [{**each, "Processor": processor}]}
    return {"Type": "Parallel", "Name": "Both", "Branches": [branch], **END}


CHILD = {
    **a_task("Ask", mode="WaitForSystemCallback"),
    "Action": "FNF:StartExecution",
    "Parameters": {"resourceArn": "acs:fnf:::flow/child", "input.$": "$Input"},
}


@pytest.mark.parametrize(
    "task",
    [
        pytest.param(a_task("Ask", mode="WaitForCustomCallback"), id="for a worker"),
        pytest.param(CHILD, id="for another flow"),
    ],
)
def test_an_express_flow_cannot_wait_however_deep(flows, task):
    waiting = within(task)

    made = refused(flows.make, waiting, ExecutionMode="Express")
    assert made == "InvalidArgument"
    assert flows.make(waiting)["ExecutionMode"] == "Standard"


def test_an_express_flow_cannot_learn_to_wait(flows):
    made = flows.make(a_pass("P"), ExecutionMode="Express")
    slow = json.loads(made["Definition"])
    slow |= {"StartAt": "Ask", "States": [a_task("Ask", mode="WaitForCustomCallback")]}

    changed = refused(flows, "UpdateFlow", Name="order", Definition=slow)
    assert changed == "InvalidArgument"
    seen = flows("DescribeFlow", Name="order")
    assert seen["Definition"] == made["Definition"]


@pytest.mark.parametrize(
    "environment",
    [
        "{",
        [],
        {"Variables": {}},
        {"Variables": [{"Value": "x"}]},
        {"Variables": [{"Name": ""}]},
        {"Variables": [{"Name": "N", "Value": 1}]},
        {"Variables": [{"Name": "N"}, {"Name": "N", "Value": "x"}]},
    ],
)
def test_variables_have_names_and_texts(flows, environment):
    made = refused(flows.make, a_pass("P"), Environment=environment)
    assert made == "InvalidArgument"


def test_an_empty_environment_is_one(flows):
    made = flows.make(a_pass("P"), Environment="")
    assert made["Environment"] == {"Variables": []}


def test_a_version_keeps_what_was_said_of_the_flow(flows):
    stage = {"Variables": [{"Name": "STAGE", "Value": "one"}]}
    flows.make(a_pass("P"), Environment=stage, RoleArn="acs:ram::1:role/one")
    flows("PublishFlowVersion", FlowName="order", Description="first")
    other = {"Variables": []}
    flows("UpdateFlow", Name="order", Environment=other, RoleArn="acs:ram::1:role/two")
    first = flows("DescribeFlow", Name="order", FlowVersion="1")
    now = flows("DescribeFlow", Name="order")

    assert first["Environment"] == stage
    assert (first["RoleArn"][-3:], now["RoleArn"][-3:]) == ("one", "two")
    assert (first["Description"], now["Environment"]) == ("first", other)


def test_a_changed_flow_says_where_its_storage_is(flows):
    flows.make(a_pass("P"), ExternalStorageLocation="/path")
    changed = flows("UpdateFlow", Name="order", Description="new")

    assert changed["ExternalStorageLocation"] == "/path"


def test_every_workflow_of_the_stage_is_a_flow(flows):
    flows.service.publish(json.dumps(PASS), name="other")
    seen = flows("DescribeFlow", Name="other")
    listed = flows("ListFlows")["Flows"]

    assert (seen["Type"], seen["ExecutionMode"]) == ("FDL", "Standard")
    assert seen["CreatedTime"] == seen["LastModifiedTime"] != ""
    assert [each["Name"] for each in listed] == ["other"]
    changed = flows("UpdateFlow", Name="other", Description="known")
    assert (changed["Description"], changed["Id"]) == ("known", seen["Id"])


def test_a_new_flow_does_not_see_what_an_old_one_did(flows):
    flows.make(a_pass("P"))
    this = flows.run()
    flows("DeleteFlow", Name="order")
    flows.stage.loop.clock.sleep(60)
    flows.make(a_pass("P"))

    assert refused(flows, "DescribeExecution", **this) == "ExecutionNotExists"
    assert flows("ListExecutions", FlowName="order")["Executions"] == []
    again = refused(flows, "StartExecution", **this)
    assert again == "ExecutionAlreadyExists"


def test_what_a_deleted_flow_was_doing_is_stopped(flows):
    flows.make(a_task("Ask", mode="WaitForCustomCallback"))
    flows.start()
    flows.until("TaskSubmitted")
    flows("DeleteFlow", Name="order")
    flows.stage.settle("order:o1")

    assert flows.stage.head("order:o1").status == "ABORTED"


def test_the_face_of_step_functions_shows_its_own_members_only(flows):
    flows.make(a_pass("P"), ExecutionMode="Express", RoleArn="acs:ram::1:role/r")
    face = sfn_face.Face(
        service=flows.service,
        archive=flows.archive,
        releases=flows.face.releases,
        activities=None,
        arns=ARNS,
        express=lambda: None,
    )
    given = {"stateMachineArn": ARNS.machine("order")}
    caller = flows.keys.authenticate(f"Bearer {flows.key.bearer}")
    shown = sfn_machines.describe(sfn_face.Ask(face=face, caller=caller, given=given))

    assert (shown["type"], shown["roleArn"]) == ("EXPRESS", "acs:ram::1:role/r")
    assert not {"Type", "Description", "MadeAt"} & shown.keys()


# -- executions --------------------------------------------------------------------


def test_another_task_cannot_be_answered_by_an_execution_that_runs(flows):
    flows.make(a_task("Ask", mode="WaitForCustomCallback"))
    flows.start()
    flows.until("TaskSubmitted")
    first = flows.token()
    flows.start(execution="o2", CallbackFnFTaskToken=first)
    again = {"FlowName": "order", "ExecutionName": "o2", "Input": "{}"}
    same = flows("StartExecution", **again, CallbackFnFTaskToken=first)
    other = flows.token(execution="order:o2")

    assert same["Status"] == "Running"
    refusal = refused(flows, "StartExecution", **again, CallbackFnFTaskToken=other)
    assert refusal == "ExecutionAlreadyExists"


def test_a_list_goes_no_further_back_than_it_is_asked(flows):
    flows.make(a_pass("P"))
    flows.run(execution="old")
    flows.stage.loop.clock.sleep(60)
    begin = flows.stage.loop.clock.now()
    flows.run(execution="new")
    since = cloudflow_time(begin - 1)
    found = flows("ListExecutions", FlowName="order", StartedTimeBegin=since)

    assert [each["Name"] for each in found["Executions"]] == ["new"]


def cloudflow_time(at):
    from chalicelib.api.cloudflow.face import moment

    return moment(at)


# -- schedules ---------------------------------------------------------------------


def test_a_schedule_made_elsewhere_is_shown_and_changed(flows):
    flows.make(a_pass("P"))
    made = Schedule(workflow="order", name="daily", when="@daily", input={"k": 1})
    flows.service.planning.create(made)
    this = {"FlowName": "order", "ScheduleName": "daily"}

    assert flows("DescribeSchedule", **this)["Payload"] == '{"k":1}'
    assert flows("UpdateSchedule", **this, Enable="False")["Enable"] is False
    assert flows("UpdateSchedule", **this, Payload="")["Payload"] == ""


def test_enable_is_true_or_false(flows):
    flows.make(a_pass("P"))
    wrong = refused(
        flows,
        "CreateSchedule",
        FlowName="order",
        ScheduleName="n",
        CronExpression="@daily",
        Enable="yes",
    )
    assert wrong == "InvalidArgument"


# -- refusals ----------------------------------------------------------------------

RAISED = {
    errors.DefinitionRefused: errors.DefinitionRefused([]),
    errors.ScheduleChanged: errors.ScheduleChanged("order", "n"),
    errors.StaleRecord: errors.StaleRecord("order"),
    errors.NotAuthorized: errors.NotAuthorized("read"),
    errors.TokenGone: errors.TokenGone("it timed out"),
}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.DefinitionRefused, "InvalidArgument"),
        (errors.ScheduleChanged, "ConcurrentUpdateError"),
        (errors.StaleRecord, "ConcurrentUpdateError"),
        (errors.NotAuthorized, "AccessDenied"),
        (errors.TokenGone, "TaskAlreadyCompleted"),
    ],
)
def test_an_error_of_ours_has_a_code_of_the_service(kind, code):
    status, named, _ = cloudflow_errors.answer(RAISED[kind])
    assert (named, status) == (code, STATUSES.get(code, 400))


#: What no operation of CloudFlow asks for.
NOT_HERE = {
    errors.NoticeNotFound,
    errors.TaskNotFound,
    errors.TaskEnded,
    errors.NotRedrivable,
    errors.ExecutionRunning,
    errors.MediaRefused,
    errors.ActivityNotFound,
}


def test_every_error_that_a_caller_can_act_on_has_a_code():
    acted_on = {kind for kind, row in problems.TABLE.items() if row.status < 500}
    assert acted_on - TABLE.keys() - NOT_HERE == set()
