"""What an earlier stack left behind begins the next one."""

import json

import boto3
import pytest
from moto import mock_aws

from chalicelib.deployment import template
from chalicelib.deployment.adoption import import_request, left_behind, refresh
from chalicelib.deployment.names import Names
from chalicelib.deployment.place import place_of
from chalicelib.deployment.provision import provision
from chalicelib.deployment.stack import Stack, new_beside
from tests.unit.deployment.formation import Formation

NAMES = Names(stage="dev")
BUCKET = "millrace-dev-data-123456789012-eu-west-1"
TEMPLATE = template.merged(NAMES, bucket=BUCKET)
LETTERS = TEMPLATE["Resources"]["DeadLetters"]["Properties"]


@pytest.fixture
def clients(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        session = boto3.Session(region_name="eu-west-1")
        made = {}
        yield lambda service: made.setdefault(service, session.client(service))


@pytest.fixture
def kept(clients):
    provision(clients, place_of(clients("sts"), NAMES))
    return left_behind(clients, TEMPLATE)


def test_a_fresh_account_has_nothing_to_take_over(clients):
    assert left_behind(clients, TEMPLATE) == []


def test_what_holds_data_is_found_by_what_cloudformation_knows_it_by(kept):
    assert {each.name: dict(each.identifier) for each in kept} == {
        "Table": {"TableName": "millrace-dev"},
        "Values": {"BucketName": BUCKET},
        "DeadLetters": {
            "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/"
            "millrace-dev-dead-letters"
        },
    }


def test_the_import_is_of_these_alone_and_each_outlives_the_stack(kept):
    request = import_request(kept, TEMPLATE)
    resources = json.loads(request["TemplateBody"])["Resources"]
    imported = [each["LogicalResourceId"] for each in request["ResourcesToImport"]]
    assert list(resources) == imported == ["Table", "Values", "DeadLetters"]
    assert {each["DeletionPolicy"] for each in resources.values()} == {"Retain"}


def test_what_somebody_changed_is_brought_back_before_it_is_imported(clients, kept):
    sqs, url = clients("sqs"), kept[-1].identifier["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "7"})
    refresh(clients, place_of(clients("sts"), NAMES), kept, TEMPLATE)
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    wanted = str(LETTERS["VisibilityTimeout"])
    assert found["Attributes"]["VisibilityTimeout"] == wanted


def test_a_stack_begins_with_what_is_taken_over(kept):
    formation = Formation("IMPORT_COMPLETE")
    Stack(lambda service: formation, NAMES, [].append).adopt(kept, TEMPLATE)
    assert "IMPORT" in formation.asked
    assert "execute_change_set" in formation.asked


def test_all_that_is_not_taken_over_is_new(kept):
    known = ("Table", "Steps", "DeadLetters", "LoopAlarm")
    resources = {name: TEMPLATE["Resources"][name] for name in known}
    new = new_beside(kept, {"Resources": resources})
    assert [each.name for each in new] == ["Steps", "LoopAlarm"]
