"""What CloudFlow's SDK is refused, with which code, and that nothing has changed."""

import json
from itertools import count

import pytest

from tests.scenarios import mail
from tests.scenarios.cloudflow import Refusal, Sdk, a_flow, a_pass, asking, generic

pytestmark = [pytest.mark.moto, pytest.mark.slow]

_numbers = count(1)


@pytest.fixture(scope="module")
def sdk(desk):
    return Sdk(desk.url, desk.stage.key)


@pytest.fixture(scope="module")
def flow(sdk):
    """A flow with an alias, a version, a schedule and an execution that has ended."""
    flow = "known"
    sdk(
        "CreateFlow",
        Name=flow,
        Definition=a_flow(flow, a_pass()),
        Description="",
        Type="FDL",
    )
    sdk("PublishFlowVersion", FlowName=flow)
    sdk(
        "CreateFlowAlias",
        FlowName=flow,
        Name="live",
        Description="",
        RoutingConfigurations=[{"Version": "1", "Weight": 100}],
    )
    schedule = {"ScheduleName": "nightly", "CronExpression": "0 0 4 * * *"}
    sdk("CreateSchedule", FlowName=flow, **schedule, Enable=False)
    sdk("StartExecution", FlowName=flow, ExecutionName="first", Input="{}")
    waited = {"ExecutionName": "first", "WaitTimeSeconds": 12}
    assert sdk("DescribeExecution", FlowName=flow, **waited)["Status"] == "Succeeded"
    return flow


def refused(ask, operation, **given):
    with pytest.raises(Refusal) as caught:
        ask(operation, **given)
    assert caught.value.request_id
    return caught.value.code, caught.value.status


def case(code, status, operation, note="", **given):
    name = f"{operation} {note}".strip()
    return pytest.param(operation, given, (code, status), id=name)


FLOW = {"FlowName": "known"}
GONE = {"FlowName": "gone"}
FIRST = {**FLOW, "ExecutionName": "first"}
PASS = a_flow("fresh", a_pass())
NEW = {"Name": "fresh", "Definition": PASS, "Description": "", "Type": "FDL"}
ROUTE = {"Version": "1", "Weight": 100}
ALIAS = {**FLOW, "Name": "other", "Description": ""}
NIGHTLY = {**FLOW, "ScheduleName": "nightly"}
BAD = ("InvalidArgument", 400)
NO_FLOW = ("FlowNotExists", 404)


@pytest.mark.parametrize(
    ("operation", "given", "answer"),
    [
        case("FlowAlreadyExists", 409, "CreateFlow", **{**NEW, "Name": "known",
             "Definition": a_flow("known", a_pass())}),
        case(*BAD, "CreateFlow", "digit first", **{**NEW, "Name": "1x"}),
        case(*BAD, "CreateFlow", "long name", **{**NEW, "Name": "x" * 129}),
        case(*BAD, "CreateFlow", "no name", Definition=PASS),
        case(*BAD, "CreateFlow", "no definition", Name="fresh"),
        case(*BAD, "CreateFlow", "not YAML", **{**NEW, "Definition": "{"}),
        case(*BAD, "CreateFlow", "another name", **{**NEW, "Name": "fresh2"}),
        case(*BAD, "CreateFlow", "another language", **{**NEW, "Definition":
             '{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}'}),
        case(*BAD, "CreateFlow", "unknown mode", **NEW, ExecutionMode="Slow"),
        case(*BAD, "CreateFlow", "waiting in Express", **{**NEW, "Definition":
             a_flow("fresh", asking("never"))}, ExecutionMode="Express"),
        case(*BAD, "CreateFlow", "long description",
             **{**NEW, "Description": "x" * 257}),
        case("EntityTooLarge", 400, "CreateFlow", "too large",
             **{**NEW, "Description": "x" * 1_100_000}),
        case(*NO_FLOW, "UpdateFlow", Name="gone", Description="x"),
        case(*BAD, "UpdateFlow", "not a flow", Name="known", Definition="{}"),
        case(*NO_FLOW, "DescribeFlow", Name="gone"),
        case("FlowVersionNotExists", 404, "DescribeFlow", "version", Name="known",
             FlowVersion="9"),
        case("FlowVersionNotExists", 404, "DescribeFlow", "no number", Name="known",
             FlowVersion="one"),
        case(*BAD, "ListFlows", "limit", Limit=1000),
        case(*NO_FLOW, "DeleteFlow", Name="gone"),
        case(*NO_FLOW, "PublishFlowVersion", **GONE),
        case(*NO_FLOW, "ListFlowVersions", **GONE),
        case(*BAD, "ListFlowVersions", "token", **FLOW, NextToken="x"),
        case("FlowVersionNotExists", 404, "DeleteFlowVersion", **FLOW, FlowVersion="9"),
        case("ActionNotSupported", 400, "DeleteFlowVersion", "in use", **FLOW,
             FlowVersion="1"),
        case("FlowAliasAlreadyExists", 409, "CreateFlowAlias", **{**ALIAS, "Name":
             "live"}, RoutingConfigurations=[ROUTE]),
        case(*BAD, "CreateFlowAlias", "no routes", **ALIAS),
        case(*BAD, "CreateFlowAlias", "three routes", **ALIAS,
             RoutingConfigurations=[ROUTE, ROUTE, ROUTE]),
        case(*BAD, "CreateFlowAlias", "the same twice", **ALIAS,
             RoutingConfigurations=[{**ROUTE, "Weight": 50}] * 2),
        case(*BAD, "CreateFlowAlias", "light", **ALIAS,
             RoutingConfigurations=[{**ROUTE, "Weight": 99}]),
        case(*BAD, "CreateFlowAlias", "no weight", **ALIAS,
             RoutingConfigurations=[{"Version": "1"}]),
        case("FlowVersionNotExists", 404, "CreateFlowAlias", "version", **ALIAS,
             RoutingConfigurations=[{"Version": "9", "Weight": 100}]),
        case("FlowAliasNotExists", 404, "UpdateFlowAlias", **ALIAS),
        case("FlowAliasNotExists", 404, "DescribeFlowAlias", **FLOW, Name="other"),
        case("FlowAliasNotExists", 404, "DeleteFlowAlias", **FLOW, Name="other"),
        case(*NO_FLOW, "ListFlowAliases", **GONE),
        case(*NO_FLOW, "StartExecution", **GONE),
        case(*BAD, "StartExecution", "no flow"),
        case(*BAD, "StartExecution", "not JSON", **FLOW, Input="{"),
        case(*BAD, "StartExecution", "a list", **FLOW, Input="[1]"),
        case(*BAD, "StartExecution", "long name", **FLOW, ExecutionName="x" * 129),
        case("ExecutionAlreadyExists", 409, "StartExecution", **FIRST),
        case("ExecutionAlreadyExists", 409, "StartExecution", "another input", **FIRST,
             Input='{"n": 1}'),
        case("FlowVersionNotExists", 404, "StartExecution", "version", **FLOW,
             Qualifier="9"),
        case("FlowAliasNotExists", 404, "StartExecution", "alias", **FLOW,
             Qualifier="other"),
        case("InvalidTaskToken", 400, "StartExecution", "forged token", **FLOW,
             CallbackFnFTaskToken="forged"),
        case("EntityTooLarge", 400, "StartExecution", "large", **FLOW,
             Input=json.dumps({"x": "x" * 40_000})),
        case("ActionNotSupported", 400, "StartSyncExecution", **FLOW),
        case("ExecutionNotExists", 404, "StopExecution", **FLOW, ExecutionName="no"),
        case(*BAD, "StopExecution", "error", **FIRST, Error="x" * 129),
        case(*BAD, "StopExecution", "cause", **FIRST, Cause="x" * 4097),
        case(*NO_FLOW, "DescribeExecution", **GONE, ExecutionName="first"),
        case("ExecutionNotExists", 404, "DescribeExecution", **FLOW,
             ExecutionName="no"),
        case("ExecutionNotExists", 404, "DescribeExecution", "of another flow", **FLOW,
             ExecutionName="x:first"),
        case(*BAD, "DescribeExecution", "wait", **FIRST, WaitTimeSeconds=61),
        case(*NO_FLOW, "ListExecutions", **GONE),
        case(*BAD, "ListExecutions", "limit", **FLOW, Limit=101),
        case(*BAD, "ListExecutions", "status", **FLOW, Status="Lost"),
        case(*BAD, "ListExecutions", "time", **FLOW, StartedTimeBegin="noon"),
        case("MapRunNotExists", 404, "ListExecutions", "run", **FLOW, MapRunName="x"),
        case("ExecutionNotExists", 404, "GetExecutionHistory", **FLOW,
             ExecutionName="no"),
        case("InvalidTaskToken", 400, "ReportTaskSucceeded", TaskToken="forged",
             Output="{}"),
        case(*BAD, "ReportTaskSucceeded", "no token", Output="{}"),
        case("InvalidTaskToken", 400, "ReportTaskFailed", TaskToken="forged",
             Error="E"),
        case(*NO_FLOW, "CreateSchedule", **GONE, ScheduleName="n",
             CronExpression="@daily"),
        case(*BAD, "CreateSchedule", "cron", **FLOW, ScheduleName="n",
             CronExpression="whenever"),
        case(*BAD, "CreateSchedule", "payload", **FLOW, ScheduleName="n",
             CronExpression="@daily", Payload="{"),
        case("ScheduleAlreadyExists", 409, "CreateSchedule", **NIGHTLY,
             CronExpression="@daily"),
        case("ScheduleNotExists", 404, "UpdateSchedule", **FLOW, ScheduleName="n"),
        case(*BAD, "UpdateSchedule", "cron", **NIGHTLY, CronExpression="whenever"),
        case("ScheduleNotExists", 404, "DescribeSchedule", **FLOW, ScheduleName="n"),
        case("ScheduleNotExists", 404, "DeleteSchedule", **FLOW, ScheduleName="n"),
        case(*NO_FLOW, "ListSchedules", **GONE),
        case("MapRunNotExists", 404, "DescribeMapRun", **FIRST, MapRunName="first.x"),
        case("MapRunNotExists", 404, "DescribeMapRun", "no map", **FIRST,
             MapRunName="first.r.1.1"),
        case(*BAD, "UpdateMapRun", "nothing", **FIRST, MapRunName="first.r.1.1"),
        case(*BAD, "UpdateMapRun", "percentage", **FIRST, MapRunName="first.r.1.1",
             ToleratedFailedPercentage=101.0),
        case(*BAD, "UpdateMapRun", "number", **FIRST, MapRunName="first.r.1.1",
             Concurrency=-1),
        case("MapRunNotExists", 404, "UpdateMapRun", **FIRST, MapRunName="first.r.1.1",
             Concurrency=1),
    ],
)  # fmt: skip
def test_a_request_is_refused_with_its_code(sdk, flow, operation, given, answer):
    assert refused(sdk, operation, **given) == answer


def test_a_refused_report_changes_nothing(sdk, desk):
    flow = "reported"
    text = a_flow(flow, asking("refused"))
    sdk("CreateFlow", Name=flow, Definition=text, Description="", Type="FDL")
    this = {"FlowName": flow, "ExecutionName": "first"}
    sdk("StartExecution", **this)
    token = mail.take("refused")["token"]
    long = {"TaskToken": token, "Error": "x" * 129}

    assert refused(sdk, "ReportTaskFailed", **long) == BAD
    assert refused(sdk, "ReportTaskFailed", TaskToken=token) == BAD
    text = "ReportTaskSucceeded"
    assert refused(sdk, text, TaskToken=token, Output="{") == BAD
    large = json.dumps({"x": "x" * 30_000})
    too_large = ("EntityTooLarge", 400)
    assert refused(sdk, text, TaskToken=token, Output=large) == too_large
    sdk(text, TaskToken=token, Output="{}")
    assert sdk("DescribeExecution", **this, WaitTimeSeconds=12)["Status"] == "Succeeded"


def test_after_a_stop_a_token_is_worth_nothing(sdk):
    flow = "stopped"
    text = a_flow(flow, asking("halted"))
    sdk("CreateFlow", Name=flow, Definition=text, Description="", Type="FDL")
    this = {"FlowName": flow, "ExecutionName": "first"}
    sdk("StartExecution", **this)
    token = mail.take("halted")["token"]
    sdk("StopExecution", **this)

    late = refused(sdk, "ReportTaskSucceeded", TaskToken=token, Output="{}")
    assert late == ("TaskAlreadyCompleted", 409)


# -- the protocol ------------------------------------------------------------------


def test_an_unknown_operation_is_refused(sdk):
    assert refused(sdk.raw, "NoSuchThing") == ("ActionNotSupported", 400)


def test_an_unknown_version_is_refused(sdk):
    with pytest.raises(Refusal) as caught:
        sdk.raw("DescribeRegions", version="2001-01-01")
    assert (caught.value.code, caught.value.status) == ("APIVersionNotSupported", 400)


def test_a_parameter_may_stand_in_the_query_or_in_the_form(sdk, flow):
    asked = sdk.raw("DescribeFlow", Name=flow)
    stated = sdk.raw("DescribeFlow", method="GET", query={"Name": flow})

    assert asked["Id"] == stated["Id"]


def test_a_wrong_secret_changes_nothing(desk, sdk, flow):
    stranger = Sdk(desk.url, f"{desk.stage.key}x")

    wrong = refused(stranger, "DeleteFlow", Name=flow)
    assert wrong == ("SignatureDoesNotMatch", 400)
    assert sdk("DescribeFlow", Name=flow)["Name"] == flow


def test_an_unknown_key_is_refused(desk):
    answer = refused(Sdk(desk.url, "nobody.secret"), "ListFlows")
    assert answer == ("InvalidAccessKeyId.NotFound", 404)


def test_a_key_may_do_what_its_scopes_say(desk, flow):
    made = desk.ask("POST", "/v1/keys", {"scopes": ["read"], "workflows": ["known"]})
    reader = Sdk(desk.url, f"{made.json()['id']}.{made.json()['secret']}")
    denied = ("AccessDenied", 403)

    assert reader("DescribeFlow", Name=flow)["Name"] == flow
    assert refused(reader, "DeleteFlow", Name=flow) == denied
    assert refused(reader, "DescribeFlow", Name="secret") == denied
    assert {each["Name"] for each in reader("ListFlows")["Flows"]} == {flow}


def test_a_security_token_is_signed_and_ignored(desk):
    sdk = Sdk(desk.url, desk.stage.key, security_token="of a session", type="sts")
    assert sdk("DescribeRegions")["Regions"]


def test_a_generic_client_signs_in_another_way(desk, flow):
    seen = generic(desk.url, desk.stage.key, "DescribeFlow", Name=flow)
    assert seen["Name"] == flow


def test_a_generic_clients_wrong_signature_is_refused(desk):
    with pytest.raises(Refusal) as caught:
        generic(desk.url, f"{desk.stage.key}x", "ListFlows")
    assert caught.value.code == "SignatureDoesNotMatch"
