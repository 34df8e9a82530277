"""What `chalice deploy` needs is there before it, and can be brought there again."""

import json
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.deployment import template
from chalicelib.deployment.finish import read_deployed
from chalicelib.deployment.names import Names
from chalicelib.deployment.permissions import WITHOUT_RESOURCES, Grant
from chalicelib.deployment.place import place_of
from chalicelib.deployment.provision import configure, has_queue, provision
from chalicelib.errors import DeploymentRefused
from chalicelib.settings import Settings
from tests.unit.deployment.formation import refusal

ROOT = Path(__file__).parents[3]
NAMES = Names(stage="dev")
ACCOUNT = "123456789012"
BUCKET = f"millrace-dev-data-{ACCOUNT}-eu-west-1"
CALLED = Grant(
    actions=("lambda:InvokeFunction",),
    resources=("arn:${AWS::Partition}:lambda:${AWS::Region}:1:function:hello",),
)


@pytest.fixture
def clients(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        session = boto3.Session(region_name="eu-west-1")
        made = {}
        yield lambda service: made.setdefault(service, session.client(service))


@pytest.fixture
def place(clients):
    found = place_of(clients("sts"), NAMES)
    return provision(clients, provision(clients, found))  # twice is once


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / ".chalice"
    found.mkdir()
    text = (ROOT / ".chalice" / "config.json").read_text("utf-8")
    (found / "config.json").write_text(text, "utf-8")
    return found


def stage_in(folder, name="dev"):
    return json.loads((folder / "config.json").read_text("utf-8"))["stages"][name]


# -- in the account --------------------------------------------------------------------


def test_the_table_is_what_the_template_says(clients, place):
    dynamodb = clients("dynamodb")
    table = dynamodb.describe_table(TableName=NAMES.table)["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True
    backups = dynamodb.describe_continuous_backups(TableName=NAMES.table)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    expires = dynamodb.describe_time_to_live(TableName=NAMES.table)
    assert expires["TimeToLiveDescription"]["AttributeName"] == "expires_at"


def attributes(clients, url):
    found = clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return found["Attributes"]


def test_the_queues_are_what_the_template_says(clients, place):
    steps = attributes(clients, place.known["Steps"])
    letters = attributes(clients, place.known["DeadLetters"])
    assert int(steps["VisibilityTimeout"]) >= 6 * template.TIMEOUTS["OnStep"]
    assert int(letters["VisibilityTimeout"]) >= 6 * template.TIMEOUTS["OnDeadLetter"]
    assert steps["MessageRetentionPeriod"] == str(14 * 86400)
    redrive = json.loads(steps["RedrivePolicy"])
    assert redrive["deadLetterTargetArn"] == letters["QueueArn"]
    assert int(redrive["maxReceiveCount"]) == 5


def test_a_queue_that_somebody_changed_is_brought_back(clients, place):
    url = place.known["Steps"]
    sqs = clients("sqs")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "30"})
    provision(clients, place)
    assert attributes(clients, url)["VisibilityTimeout"] == "5400"


def test_the_bucket_is_what_the_template_says(clients, place):
    s3 = clients("s3")
    rules = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    by_name = {each["ID"]: each for each in rules}
    assert sorted(by_name) == ["deleted", "half-made-uploads", "rarely-read"]
    deleted = by_name["deleted"]
    days = deleted["NoncurrentVersionExpiration"]["NoncurrentDays"]
    assert (days, deleted["Expiration"]["ExpiredObjectDeleteMarker"]) == (35, True)
    moved = {"Days": 30, "StorageClass": "INTELLIGENT_TIERING"}
    assert by_name["rarely-read"]["Transitions"] == [moved]
    access = s3.get_public_access_block(Bucket=BUCKET)
    assert all(access["PublicAccessBlockConfiguration"].values())


def test_a_value_that_was_deleted_comes_back_without_its_marker(clients, place):
    s3 = clients("s3")
    s3.put_object(Bucket=BUCKET, Key="value", Body=b"1")
    s3.delete_object(Bucket=BUCKET, Key="value")
    [marker] = s3.list_object_versions(Bucket=BUCKET)["DeleteMarkers"]
    s3.delete_object(Bucket=BUCKET, Key="value", VersionId=marker["VersionId"])
    assert s3.get_object(Bucket=BUCKET, Key="value")["Body"].read() == b"1"


def test_the_step_queue_says_that_a_stage_was_provisioned(clients):
    assert not has_queue(clients("sqs"), NAMES)
    provision(clients, place_of(clients("sts"), NAMES))
    assert has_queue(clients("sqs"), NAMES)


def test_a_refusal_is_not_taken_for_a_missing_queue():
    class Sqs:
        def get_queue_url(self, **_):
            raise refusal("AccessDenied", "no")

    with pytest.raises(ClientError, match="AccessDenied"):
        has_queue(Sqs(), NAMES)


# -- in the project --------------------------------------------------------------------


def test_the_configuration_is_all_that_the_functions_need(folder, clients, place):
    configure(folder, place, [])
    variables = stage_in(folder)["environment_variables"]
    secrets = clients("ssm").get_parameter(
        Name=variables["SECRETS_PARAMETER"], WithDecryption=True
    )
    known = json.loads(secrets["Parameter"]["Value"])
    found = Settings.of({**variables, **known})
    assert (found.table, found.bucket) == (NAMES.table, BUCKET)
    assert found.step_queue_url == place.known["Steps"]
    assert found.account == ACCOUNT


def test_failed_messages_are_not_named_before_somebody_listens(folder, place):
    configure(folder, place, [])
    assert stage_in(folder)["environment_variables"]["PARTIAL_BATCH"] == "0"


def test_callbacks_arrive_where_the_api_was_made(folder, place):
    configure(folder, place, [], "https://x.example/api")
    configure(folder, place, [])  # the next time, before it is known again
    variables = stage_in(folder)["environment_variables"]
    assert variables["CALLBACK_URL"] == "https://x.example/api"


def test_what_people_wrote_stays(folder, place):
    file = folder / "config.json"
    config = json.loads(file.read_text("utf-8"))
    stage = config["stages"]["dev"]
    stage["environment_variables"]["HTTP_ALLOW"] = "shop.example"
    stage["lambda_functions"]["on_step"]["reserved_concurrency"] = 7
    file.write_text(json.dumps(config), "utf-8")
    configure(folder, place, [])
    found = stage_in(folder)
    assert found["environment_variables"]["HTTP_ALLOW"] == "shop.example"
    assert found["lambda_functions"]["on_step"]["reserved_concurrency"] == 7


def test_a_stage_that_the_configuration_does_not_have_is_added(folder, clients):
    names = Names(stage="other")
    other = provision(clients, place_of(clients("sts"), names))
    configure(folder, other, [])
    found = stage_in(folder, "other")
    assert found["api_gateway_stage"] == "api"
    assert found["environment_variables"]["STEP_QUEUE"] == "millrace-other-steps"
    assert found["lambda_functions"]["on_step"]["lambda_timeout"] == 900


@pytest.mark.parametrize("handler", ["api_handler", "on_step", "on_tick"])
def test_a_function_may_do_what_it_needs_and_nothing_to_everything(
    folder, place, handler
):
    configure(folder, place, [CALLED])
    name = stage_in(folder)["lambda_functions"][handler]["iam_policy_file"]
    policy = json.loads((folder / name).read_text("utf-8"))
    for row in policy["Statement"]:
        if "*" in row["Resource"]:
            assert set(row["Action"]) <= set(WITHOUT_RESOURCES)
    resources = [each for row in policy["Statement"] for each in row["Resource"]]
    assert f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/millrace-dev" in resources
    called = "arn:aws:lambda:eu-west-1:1:function:hello" in resources
    assert called is (handler != "on_tick")


@pytest.mark.parametrize(
    ("handler", "function"),
    [("api_handler", "millrace-dev"), ("on_tick", "millrace-dev-on_tick")],
)
def test_a_function_writes_its_own_log(folder, place, handler, function):
    configure(folder, place, [])
    text = (folder / f"policy-dev-{handler}.json").read_text("utf-8")
    assert f":log-group:/aws/lambda/{function}:*" in text


# -- what Chalice says it has made -----------------------------------------------------


MAPPING = {
    "name": "on_step-sqs-event-source",
    "resource_type": "sqs_event",
    "event_uuid": "u-1",
    "lambda_arn": "arn:aws:lambda:eu-west-1:1:function:millrace-dev-on_step",
}
LETTERS = {**MAPPING, "event_uuid": "u-2", "lambda_arn": "arn:…-on_dead_letter"}
API = {
    "name": "rest_api",
    "resource_type": "rest_api",
    "rest_api_id": "a1",
    "rest_api_url": "https://a1.example/api/",
}


def test_what_chalice_has_made_is_read():
    found = read_deployed(json.dumps({"resources": [LETTERS, MAPPING, API]}))
    assert (found.mapping, found.api_id) == ("u-1", "a1")
    assert found.url == "https://a1.example/api"


@pytest.mark.parametrize("made", [[], [API], [MAPPING], [LETTERS, API]])
def test_what_chalice_has_not_finished_is_refused(made):
    with pytest.raises(DeploymentRefused, match="run it again"):
        read_deployed(json.dumps({"resources": made}))
