"""What ``chalice deploy`` will be given, checked without deploying."""

import json
from pathlib import Path

import pytest
from chalice.config import Config
from chalice.deploy.validate import validate_configuration

import app as entry
from chalicelib.settings import QueueNames

FOLDER = Path(__file__).parents[2] / ".chalice"
CONFIG = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))
DEV = CONFIG["stages"]["dev"]
FUNCTIONS = {"api_handler", *(source.name for source in entry.app.event_sources)}
POLICIES = sorted(FOLDER.glob("policy-*.json"))


def test_chalice_finds_nothing_wrong():
    config = Config(
        chalice_stage="dev",
        user_provided_params={
            "chalice_app": entry.app,
            "project_dir": str(FOLDER.parent),
        },
        config_from_disk=CONFIG,
    )
    validate_configuration(config)


def test_every_function_is_configured_and_no_other():
    assert set(DEV["lambda_functions"]) == FUNCTIONS


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_has_a_policy_of_its_own(name):
    file = DEV["lambda_functions"][name]["iam_policy_file"]
    assert FOLDER / file in POLICIES


def test_chalice_writes_no_policy_itself():
    assert CONFIG["autogen_policy"] is False


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_no_policy_allows_every_action_or_every_resource(path):
    for statement in json.loads(path.read_text(encoding="utf-8"))["Statement"]:
        assert "*" not in statement["Resource"]
        assert not [each for each in statement["Action"] if "*" in each]


def test_handlers_listen_to_the_queues_that_the_stage_names():
    queues = [
        source.queue for source in entry.app.event_sources if hasattr(source, "queue")
    ]
    names = QueueNames.of({})
    assert queues == [names.steps, names.dead_letters]
    named = QueueNames.of(DEV["environment_variables"])
    assert named == names


def test_the_api_answers_before_the_gateway_gives_up():
    assert DEV["lambda_functions"]["api_handler"]["lambda_timeout"] <= 29


def test_environment_variables_are_texts():
    values = DEV["environment_variables"].values()
    assert all(isinstance(value, str) and value for value in values)
