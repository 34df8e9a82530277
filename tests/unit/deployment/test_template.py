"""What is merged into Chalice's template: facts that a stage depends on."""

import json

import pytest

from chalicelib.deployment import alarms, permissions, template
from chalicelib.deployment.names import Names
from chalicelib.deployment.permissions import Grant
from chalicelib.errors import DeploymentRefused

NAMES = Names(stage="dev")
CALLED = Grant(actions=("sns:Publish",), resources=("arn:aws:sns:eu-west-1:1:t",))
MADE = template.merged(NAMES, calls=[CALLED])
RESOURCES = MADE["Resources"]
HANDLERS = ("APIHandler", "OnStep", "OnDeadLetter", "OnTick")
ROLES = ("ApiHandlerRole", "OnStepRole", "OnDeadLetterRole", "OnTickRole")


def properties(name):
    return RESOURCES[name]["Properties"]


def variables(handler, made=MADE):
    return made["Resources"][handler]["Properties"]["Environment"]["Variables"]


def statements(role):
    return [
        statement
        for policy in properties(role)["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


# -- what things are called -----------------------------------------------------------


def test_the_names_of_a_stage_begin_with_its_stack():
    assert (NAMES.stack, NAMES.table) == ("millrace-dev", "millrace-dev")
    assert NAMES.steps == "millrace-dev-steps"
    assert NAMES.dead_letters == "millrace-dev-dead-letters"
    assert NAMES.secrets == "/millrace/dev/secrets"
    assert NAMES.uploads("7", "eu-west-1") == "millrace-uploads-7-eu-west-1"


@pytest.mark.parametrize("stage", ["", "Dev", "7th", "a_b", "a" * 21, "a b"])
def test_what_is_no_name_of_a_stage_is_refused(stage):
    with pytest.raises(DeploymentRefused, match="small letters"):
        Names(stage=stage)


# -- where data is ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Table", "Values", "DeadLetters"])
def test_what_holds_data_outlives_the_stack(name):
    policies = ("DeletionPolicy", "UpdateReplacePolicy")
    assert [RESOURCES[name][policy] for policy in policies] == ["Retain", "Retain"]


def test_the_table_can_be_restored_and_forgets_what_has_expired():
    table = properties("Table")
    recovery = table["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    expires = {"Enabled": True, "AttributeName": "expires_at"}
    assert table["TimeToLiveSpecification"] == expires


def test_nobody_from_outside_sees_the_values():
    assert set(properties("Values")["PublicAccessBlockConfiguration"].values()) == {
        True
    }


@pytest.mark.parametrize(
    ("queue", "handler"), [("Steps", "OnStep"), ("DeadLetters", "OnDeadLetter")]
)
def test_a_message_is_invisible_six_times_as_long_as_its_handler_may_run(
    queue, handler
):
    patience = properties(queue)["VisibilityTimeout"]
    assert patience >= 6 * properties(handler)["Timeout"]


def test_what_fails_every_time_becomes_a_dead_letter():
    redrive = properties("Steps")["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
    assert redrive["maxReceiveCount"] == 5


@pytest.mark.parametrize("queue", ["Steps", "DeadLetters"])
def test_a_queue_is_encrypted_and_keeps_messages_for_two_weeks(queue):
    assert properties(queue)["SqsManagedSseEnabled"] is True
    assert properties(queue)["MessageRetentionPeriod"] == 14 * 86400


# -- functions -------------------------------------------------------------------------


def test_only_the_step_function_may_loop():
    loops = {each: properties(each).get("RecursiveLoop") for each in HANDLERS}
    assert loops == {**dict.fromkeys(HANDLERS), "OnStep": "Allow"}


def listens(handler):
    [event] = properties(handler)["Events"].values()
    return event["Properties"]


def test_failed_messages_are_named_only_where_the_mapping_listens():
    assert listens("OnStep")["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert variables("OnStep")["PARTIAL_BATCH"] == "1"
    assert "FunctionResponseTypes" not in listens("OnDeadLetter")
    assert variables("OnDeadLetter")["PARTIAL_BATCH"] == "0"


def test_the_queues_of_the_mappings_are_those_of_the_stack():
    # As Chalice writes it: a merge of two intrinsic functions would be none.
    assert listens("OnStep")["Queue"] == {"Fn::Sub": "${Steps.Arn}"}
    assert listens("OnDeadLetter")["Queue"] == {"Fn::Sub": "${DeadLetters.Arn}"}


@pytest.mark.parametrize("handler", HANDLERS)
def test_every_function_is_traced_and_its_log_is_not_kept_for_ever(handler):
    assert properties(handler)["Tracing"] == "Active"
    logs = properties(f"{handler}Logs")
    assert logs["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/${{{handler}}}"}
    assert logs["RetentionInDays"] == 30


def test_the_api_answers_before_its_gateway_gives_up():
    assert properties("APIHandler")["Timeout"] <= 29


@pytest.mark.parametrize("handler", HANDLERS)
def test_every_function_knows_its_stage(handler):
    known = variables(handler)
    assert (known["STAGE"], known["STACK"]) == ("dev", "millrace-dev")
    assert known["TABLE"] == {"Ref": "Table"}
    assert known["STEP_QUEUE_URL"] == {"Ref": "Steps"}
    assert known["BUCKET"] == {"Ref": "Values"}


@pytest.mark.parametrize("handler", HANDLERS)
def test_no_secret_is_in_the_template(handler):
    known = variables(handler)
    assert known["SECRETS_PARAMETER"] == "/millrace/dev/secrets"
    assert known["ACCESS_KEYS"] == "owner::admin"  # its secret is derived
    assert not {"TOKEN_KEYS", "ACCESS_SECRET", "WEBHOOK_SECRETS"} & set(known)


def test_callbacks_arrive_at_the_api_s_own_address():
    assert "${RestAPI}" in variables("OnStep")["CALLBACK_URL"]["Fn::Sub"]
    # A function whose API's address it knows could not be made before that API.
    assert "CALLBACK_URL" not in variables("APIHandler")


def test_callbacks_arrive_where_the_stage_says():
    made = template.merged(NAMES, callback_url="https://me.example/api")
    urls = {variables(each, made)["CALLBACK_URL"] for each in HANDLERS}
    assert urls == {"https://me.example/api"}


def test_a_setting_of_the_stage_s_own_comes_last():
    made = template.merged(NAMES, environment={"ACCESS_KEYS": "", "X": "1"})
    assert variables("OnTick", made)["ACCESS_KEYS"] == ""
    assert variables("OnStep", made)["X"] == "1"


# -- who may do what -------------------------------------------------------------------


def test_every_function_has_a_role_of_its_own():
    roles = permissions.roles(NAMES, [])
    assert set(roles) == set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_may_do_something_to_everything(role):
    for statement in statements(role):
        assert statement["Effect"] == "Allow"
        assert "*" not in statement["Resource"]
        assert not [action for action in statement["Action"] if "*" in action]


@pytest.mark.parametrize("role", ROLES)
def test_a_restored_table_is_granted_instead_of_the_stack_s(role):
    made = template.merged(NAMES, environment={"TABLE": "restored"})
    text = json.dumps(made["Resources"][role])
    assert ":table/restored" in text
    assert "${Table.Arn}" not in text


def test_only_what_makes_requests_may_do_what_workflows_ask_for():
    may = {role for role in ROLES if CALLED.statement() in statements(role)}
    assert may == {"OnStepRole", "ApiHandlerRole"}


def test_without_calls_there_is_no_policy_for_them():
    made = permissions.roles(NAMES, [])
    [policy] = made["OnStepRole"]["Properties"]["Policies"]
    assert policy["PolicyName"] == "WhatEveryStageDoes"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_the_secrets_of_its_stage_only(role):
    [found] = [
        each for each in statements(role) if "ssm:GetParameter" in each["Action"]
    ]
    [resource] = found["Resource"]
    assert resource["Fn::Sub"].endswith(":parameter/millrace/dev/secrets")


# -- what wakes people -----------------------------------------------------------------


ALARMS = {
    name: each["Properties"]
    for name, each in alarms.alarms(NAMES).items()
    if each["Type"] == "AWS::CloudWatch::Alarm"
}


@pytest.mark.parametrize("alarm", sorted(ALARMS))
def test_every_alarm_says_what_is_wrong_and_tells_the_topic(alarm):
    found = ALARMS[alarm]
    assert len(found["AlarmDescription"].split()) > 4
    assert found["AlarmActions"] == found["OKActions"] == [{"Ref": "Alarms"}]


def test_there_is_an_alarm_for_what_should_never_be():
    metrics = {each["MetricName"] for each in ALARMS.values()}
    assert metrics >= {
        "ApproximateNumberOfMessagesVisible",
        "ApproximateAgeOfOldestMessage",
        "RecursiveInvocationsDropped",
        "ExecutionsMended",
        "Errors",
    }


def test_a_tick_that_does_not_come_is_an_alarm_though_it_says_nothing():
    silent = ALARMS["TickSilentAlarm"]
    assert silent["TreatMissingData"] == "breaching"
    assert silent["ComparisonOperator"] == "LessThanOrEqualToThreshold"
    others = {name for name in ALARMS if name != "TickSilentAlarm"}
    assert {ALARMS[name]["TreatMissingData"] for name in others} == {"notBreaching"}


def test_the_dashboard_is_json_once_its_names_are_filled_in():
    body = alarms.dashboard(NAMES)["Properties"]["DashboardBody"]["Fn::Sub"]
    widgets = json.loads(body.replace("${", "").replace('}"', '"'))["widgets"]
    titles = [each["properties"]["title"] for each in widgets]
    assert titles == ["Executions", "Step queue", "Functions", "Table"]
