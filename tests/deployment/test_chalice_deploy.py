"""The way of `chalice deploy`: what is there before it, and what is added after it.

Chalice's own step is done by hand here, as far as the two others look at it.
"""

import io
import json
import shutil
import zipfile

import pytest

from tests.deployment.emulator import ROOT

pytestmark = [pytest.mark.slow]

STACK = "millrace-hand"
FUNCTIONS = {
    "": "app.app",
    "-on_step": "app.on_step",
    "-on_dead_letter": "app.on_dead_letter",
    "-on_tick": "app.on_tick",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project without workflows: there is no API that they could be sent to."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "workflows").mkdir()
    (folder / ".chalice").mkdir()
    shutil.copy(ROOT / ".chalice" / "config.json", folder / ".chalice")
    return folder


@pytest.fixture(scope="module")
def provisioned(emulator, project):
    for _ in range(2):
        code, said = emulator.millrace("provision", "hand", folder=project)
        assert code == 0, said
    config = json.loads((project / ".chalice" / "config.json").read_text("utf-8"))
    return config["stages"]["hand"]["environment_variables"]


def a_zip():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        out.writestr("app.py", "def on_step(event, context): ...\n")
    return made.getvalue()


@pytest.fixture(scope="module")
def deployed(emulator, project, provisioned):
    """Make what `chalice deploy` makes; return the UUID of the step's mapping."""
    functions = emulator.client("lambda")
    arns = {}
    for suffix, handler in FUNCTIONS.items():
        made = functions.create_function(
            FunctionName=f"{STACK}{suffix}",
            Runtime="python3.11",
            Role="arn:aws:iam::000000000000:role/any",
            Handler=handler,
            Code={"ZipFile": a_zip()},
            Environment={"Variables": {**provisioned, "OWN": "kept"}},
        )
        arns[suffix] = made["FunctionArn"]
    queue = f"arn:aws:sqs:us-east-1:000000000000:{STACK}-steps"
    mapping = functions.create_event_source_mapping(
        EventSourceArn=queue, FunctionName=f"{STACK}-on_step"
    )
    resources = [
        {
            "name": "on_step-sqs-event-source",
            "resource_type": "sqs_event",
            "event_uuid": mapping["UUID"],
            "lambda_arn": arns["-on_step"],
        },
        {
            "name": "rest_api",
            "resource_type": "rest_api",
            "rest_api_id": "a1",
            "rest_api_url": "https://a1.example/api/",
        },
    ]
    file = project / ".chalice" / "deployed" / "hand.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"resources": resources, "schema_version": "2.0"}))
    return mapping["UUID"]


def test_finish_waits_for_chalice(emulator, project, provisioned):
    code, said = emulator.millrace("finish", "other", folder=project)
    assert (code, "run `chalice deploy --stage other` first" in said) == (1, True)


def test_a_stage_that_was_provisioned_is_left_to_chalice(
    emulator, project, provisioned
):
    code, said = emulator.millrace("deploy", "hand", folder=project)
    assert (code, "was made by" in said) == (1, True), said


@pytest.fixture(scope="module")
def finished(emulator, project, deployed):
    for _ in range(2):
        code, said = emulator.millrace("finish", "hand", folder=project)
        assert code == 0, said
    return said


def variables(emulator, suffix):
    found = emulator.client("lambda").get_function_configuration(
        FunctionName=f"{STACK}{suffix}"
    )
    return found["Environment"]["Variables"]


def test_the_step_names_failed_messages_once_its_mapping_listens(
    emulator, provisioned, deployed, finished
):
    mapping = emulator.client("lambda").get_event_source_mapping(UUID=deployed)
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert provisioned["PARTIAL_BATCH"] == "0"
    assert variables(emulator, "-on_step")["PARTIAL_BATCH"] == "1"
    assert variables(emulator, "-on_dead_letter")["PARTIAL_BATCH"] == "0"


def test_the_next_chalice_deploy_begins_at_the_safe_end(project, finished):
    config = json.loads((project / ".chalice" / "config.json").read_text("utf-8"))
    found = config["stages"]["hand"]["environment_variables"]
    assert found["PARTIAL_BATCH"] == "0"
    assert found["CALLBACK_URL"].endswith("/restapis/a1/api/_user_request_")


def test_the_step_may_go_round_in_a_loop(emulator, finished):
    found = emulator.client("lambda").get_function_recursion_config(
        FunctionName=f"{STACK}-on_step"
    )
    assert found["RecursiveLoop"] == "Allow"


@pytest.mark.parametrize("suffix", FUNCTIONS)
def test_every_function_knows_where_callbacks_arrive(emulator, finished, suffix):
    found = variables(emulator, suffix)
    assert found["CALLBACK_URL"].endswith("/restapis/a1/api/_user_request_")
    assert found["OWN"] == "kept"


@pytest.mark.parametrize("suffix", FUNCTIONS)
def test_no_log_is_kept_for_ever(emulator, finished, suffix):
    [group] = emulator.client("logs").describe_log_groups(
        logGroupNamePrefix=f"/aws/lambda/{STACK}{suffix}", limit=1
    )["logGroups"]
    assert group["retentionInDays"] == 30


def test_the_alarms_are_those_of_the_template(emulator, finished):
    found = emulator.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{STACK}-")[
        "MetricAlarms"
    ]
    by_name = {each["AlarmName"]: each for each in found}
    loop = by_name[f"{STACK}-LoopAlarm"]
    assert loop["Dimensions"] == [{"Name": "FunctionName", "Value": f"{STACK}-on_step"}]
    assert loop["AlarmActions"][0].endswith(f":{STACK}-alarms")
    assert len(by_name) == 8


def test_where_the_stage_is_and_its_key_are_said(finished):
    assert "API        http" in finished
    assert "key        owner." in finished
