"""What is uploaded: each handler starts under Lambda's own runtime, and alone."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from chalicelib.deployment import package, template
from chalicelib.deployment.names import Names
from chalicelib.errors import DeploymentRefused
from chalicelib.stores.dynamodb import create_table
from tests.deployment.emulator import ARCHITECTURE, ROOT
from tests.deployment.runtime import invoke

pytestmark = [pytest.mark.slow]

NAMES = Names(stage="dev")
EVENTS = ROOT / "tests" / "events"
#: Handler -> an event of its kind.
HANDLERS = {
    "app.app": "http_get_execution.json",
    "app.on_step": "step_batch.json",
    "app.on_dead_letter": "dead_letters.json",
    "app.on_tick": "tick.json",
}


def build(folder):
    return package.build(
        ROOT, folder, NAMES, template.merged(NAMES), architecture=ARCHITECTURE
    )


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    return build(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="session")
def unpacked(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(made.zip) as packed:
        packed.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def settings(emulator):
    """Return the variables of a stage that is there."""
    create_table(emulator.client("dynamodb"), "runtime")
    emulator.client("s3").create_bucket(Bucket="runtime")
    sqs = emulator.client("sqs")
    return {
        "AWS_ENDPOINT_URL": emulator.url,
        "AWS_ACCESS_KEY_ID": "emulated",
        "AWS_SECRET_ACCESS_KEY": "emulated",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "TABLE": "runtime",
        "BUCKET": "runtime",
        "STEP_QUEUE_URL": sqs.create_queue(QueueName="runtime-steps")["QueueUrl"],
        "TOKEN_KEYS": f"k1:{'a' * 43}=",
        "PARTIAL_BATCH": "1",
    }


def test_the_template_names_the_handlers_that_are_started_here(made):
    functions = [
        each["Properties"]["Handler"]
        for each in made.template["Resources"].values()
        if "Handler" in each.get("Properties", {})
    ]
    assert sorted(functions) == sorted(HANDLERS)


@pytest.mark.parametrize("handler", HANDLERS)
def test_the_handler_does_its_work_under_the_runtime(handler, unpacked, settings):
    event = json.loads((EVENTS / HANDLERS[handler]).read_text("utf-8"))
    kind, said = invoke(handler, event, unpacked, settings)
    assert kind == "answer", said
    if handler == "app.app":
        assert said["statusCode"] == 401


def test_the_same_project_gives_the_same_package(made, tmp_path):
    assert build(tmp_path).digest == made.digest


def test_the_package_is_small_and_byte_compiled(made):
    with zipfile.ZipFile(made.zip) as packed:
        names = packed.namelist()
    assert made.zip.stat().st_size < 8_000_000
    assert not [name for name in names if name.startswith(("boto", "pip/", "tests"))]
    modules = [name for name in names if name.startswith("chalicelib/")]
    sources = [name for name in modules if name.endswith(".py")]
    compiled = [name for name in modules if name.endswith(".pyc")]
    assert len(sources) == len(compiled) > 300


def test_every_function_has_a_role_of_its_own_and_none_is_for_everything(made):
    resources = made.template["Resources"]
    functions = {
        name: each["Properties"]
        for name, each in resources.items()
        if each["Type"] == "AWS::Serverless::Function"
    }
    roles = {each["Role"]["Fn::GetAtt"][0] for each in functions.values()}
    assert len(roles) == len(functions) == 4
    for role in roles:
        for policy in resources[role]["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                assert "*" not in statement["Resource"], (role, statement)


def test_every_function_has_its_memory_and_the_architecture_that_was_asked_for(made):
    for name, memory in template.MEMORY.items():
        properties = made.template["Resources"][name]["Properties"]
        assert properties["Architectures"] == [ARCHITECTURE]
        assert properties["MemorySize"] == memory


def test_cfn_lint_finds_nothing_wrong(made, tmp_path):
    file = tmp_path / "template.json"
    file.write_text(json.dumps(made.template), "utf-8")
    linter = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run(
        [str(linter), str(file)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_what_chalice_cannot_package_is_said(tmp_path):
    project = tmp_path / "source"
    shutil.copytree(ROOT / ".chalice", project / ".chalice")
    shutil.copytree(ROOT / "chalicelib", project / "chalicelib")
    (project / "app.py").write_text("import nothing_of_the_kind\n", "utf-8")
    (project / "requirements.txt").write_text("", "utf-8")
    with pytest.raises(DeploymentRefused, match="nothing_of_the_kind"):
        package.build(project, tmp_path, NAMES, template.merged(NAMES))
