"""The way of `chalice deploy`: the same stage, by Chalice's own hand.

provision -> chalice deploy -> finish -> an execution over HTTP -> all of it again
-> chalice delete -> destroy
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.deployment.names import Names
from chalicelib.deployment.package import BROUGHT
from chalicelib.deployment.place import Place
from tests.deployment import inventory
from tests.deployment.emulator import ARCHITECTURE, ROOT, stage_of

pytestmark = [pytest.mark.slow]

STACK = "millrace-hand"
PLACE = Place(names=Names(stage="hand"), account="000000000000", region="us-east-1")
FUNCTIONS = PLACE.functions


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with one workflow in three formats."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "app.py", folder)
    # The emulator's Python has boto3, as Lambda's has: 20 MB that need not be sent.
    needed = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    kept = [line for line in needed if not line.startswith(tuple(BROUGHT))]
    (folder / "requirements.txt").write_text("\n".join(kept))
    ignored = shutil.ignore_patterns("__pycache__", "deploy*")
    for name in ("chalicelib", ".chalice", "workflows/greeting"):
        rest = ignored if name == ".chalice" else shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=rest)
    file = folder / ".chalice" / "config.json"
    config = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**config, "lambda_architecture": ARCHITECTURE}))
    return folder


def chalice(emulator, project, *words):
    program = Path(sys.executable).with_name("chalice")
    done = subprocess.run(
        [str(program), *words],
        cwd=project,
        env={**emulator.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def millrace(emulator, project, *words):
    code, said = emulator.millrace(*words, folder=project)
    assert code == 0, said
    return said


def deployed_by_chalice(project):
    text = (project / ".chalice" / "deployed" / "hand.json").read_text("utf-8")
    return json.loads(text)["resources"]


@pytest.fixture(scope="module")
def provisioned(emulator, project):
    for _ in range(2):
        millrace(emulator, project, "provision", "hand")


@pytest.fixture(scope="module")
def by_chalice(emulator, project, provisioned):
    """Return what Chalice made: its names and ids, by kind."""
    chalice(emulator, project, "deploy", "--stage", "hand")
    found = deployed_by_chalice(project)
    return {each["name"]: each for each in found}


@pytest.fixture(scope="module")
def finished(emulator, project, by_chalice):
    return millrace(emulator, project, "finish", "hand", "--no-check")


@pytest.fixture(scope="module")
def stage(finished):
    return stage_of(finished)


def configuration(emulator, name):
    return emulator.client("lambda").get_function_configuration(
        FunctionName=FUNCTIONS[name]
    )


def test_finish_waits_for_chalice(emulator, project, provisioned):
    code, said = emulator.millrace("finish", "other", folder=project)
    assert (code, "run `chalice deploy --stage other` first" in said) == (1, True)


def test_a_stage_that_was_provisioned_is_left_to_chalice(
    emulator, project, provisioned
):
    code, said = emulator.millrace("deploy", "hand", folder=project)
    assert (code, "was made by" in said) == (1, True), said


def test_an_execution_runs_where_chalice_deployed(stage):
    given = json.loads((ROOT / "workflows/greeting/input.json").read_text("utf-8"))
    assert sorted(stage.workflows()) == [
        "examples-greetingRillflow",
        "greeting",
        "greetingCloudflow",
    ]
    waits = {"Type": "Wait", "Seconds": 1, "End": True}
    machine = {"StartAt": "A", "States": {"A": waits}}
    stage.ask("POST", "/v1/workflows?name=waits", machine)
    ended = stage.ended(stage.start("waits", given))
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", given)


def by_stack(emulator, stack):
    listed = emulator.client("cloudformation").describe_stack_resources(StackName=stack)
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in listed["StackResources"]
    }


def test_both_ways_make_the_same_stage(emulator, by_chalice, finished, stack_of_proof):
    api = by_chalice["rest_api"]["rest_api_id"]
    mine = inventory.of_stage(emulator.client, STACK, FUNCTIONS, api)
    made = by_stack(emulator, stack_of_proof)
    functions = {name: made[name] for name in FUNCTIONS}
    theirs = inventory.of_stage(
        emulator.client, stack_of_proof, functions, made["RestAPI"]
    )
    for function in theirs["functions"].values():
        function["variables"].pop("HTTP_HOSTS")  # that stage's own setting
    assert len(mine["alarms"]) == 8
    assert left_out(mine) == ("Allow", "ENABLED", "ENABLED")
    left_out(theirs)
    for part, found in mine.items():
        assert found == theirs[part]


def left_out(found):
    """Take out what the emulator's CloudFormation leaves out; tests of the template
    have it."""
    loop = found["functions"]["OnStep"].pop("loop")
    table = found["table"]
    return loop, table.pop("expiry")["TimeToLiveStatus"], table.pop("is_restorable")


def test_all_of_it_again_makes_nothing_new(emulator, project, stage):
    before = sorted(map(str, deployed_by_chalice(project)))
    settings = configuration(emulator, "OnStep")["Environment"]
    chalice(emulator, project, "deploy", "--stage", "hand")
    fresh = configuration(emulator, "OnStep")["Environment"]["Variables"]
    assert fresh["PARTIAL_BATCH"] == "0"
    said = millrace(emulator, project, "finish", "hand", "--no-check")
    assert stage_of(said).url == stage.url
    assert sorted(map(str, deployed_by_chalice(project))) == before
    assert configuration(emulator, "OnStep")["Environment"] == settings


def test_a_setting_that_somebody_gave_a_function_is_kept(emulator, project, stage):
    functions = emulator.client("lambda")
    found = configuration(emulator, "OnTick")["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=FUNCTIONS["OnTick"],
        Environment={"Variables": {**found, "OWN": "kept", "CALLBACK_URL": "lost"}},
    )
    before = [configuration(emulator, each)["RevisionId"] for each in FUNCTIONS]
    millrace(emulator, project, "finish", "hand", "--no-check")
    after = [configuration(emulator, each)["RevisionId"] for each in FUNCTIONS]
    mended = configuration(emulator, "OnTick")["Environment"]["Variables"]
    assert mended == {**found, "OWN": "kept"}
    # What nobody has changed was not touched.
    assert after[:3] == before[:3]


def test_what_holds_data_stays_when_the_stage_goes(emulator, project, finished):
    # The last of this file, and of its stage.
    code, said = emulator.millrace("destroy", "hand", folder=project)
    assert (code, "chalice delete --stage hand" in said) == (1, True), said
    chalice(emulator, project, "delete", "--stage", "hand")
    said = millrace(emulator, project, "destroy", "hand")
    assert "Kept: table millrace-hand" in said
    queues = emulator.client("sqs").list_queues(QueueNamePrefix=STACK)["QueueUrls"]
    assert [each.rpartition("/")[2] for each in queues] == [f"{STACK}-dead-letters"]
    assert STACK in emulator.client("dynamodb").list_tables()["TableNames"]
    watch, logs = emulator.client("cloudwatch"), emulator.client("logs")
    assert watch.describe_alarms(AlarmNamePrefix=STACK)["MetricAlarms"] == []
    left = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{STACK}")
    assert left["logGroups"] == []
    code, said = emulator.millrace("destroy", "hand", folder=project)
    assert (code, "there is no stage 'hand'" in said) == (1, True)
