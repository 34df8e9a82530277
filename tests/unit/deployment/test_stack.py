"""A template becomes a stack: looked at before, waited for, explained when it fails."""

import io
import json
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.deployment.names import Names
from chalicelib.deployment.package import Package
from chalicelib.deployment.stack import LOOKS, Change, Stack
from chalicelib.errors import DeploymentRefused
from tests.unit.deployment.formation import Formation, refusal

NAMES = Names(stage="dev")
TEMPLATE = "https://bucket.example/template.json"


def a_stack(formation, naps=None):
    return Stack(
        lambda service: formation, NAMES, (naps if naps is not None else []).append
    )


def changed(action, name, replaced="False"):
    return {
        "ResourceChange": {
            "Action": action,
            "ResourceType": "AWS::SQS::Queue",
            "LogicalResourceId": name,
            "Replacement": replaced,
        }
    }


# -- plan ------------------------------------------------------------------------------


def test_a_stage_that_is_not_there_is_created():
    formation = Formation()
    assert a_stack(formation).plan(TEMPLATE) == []
    assert "CREATE" in formation.asked
    assert "delete_change_set" not in formation.asked


def test_a_stage_that_is_there_is_updated():
    changes = [changed("Add", "A"), changed("Modify", "B", "True")]
    formation = Formation(
        "UPDATE_COMPLETE",
        change_set={"Status": "CREATE_COMPLETE", "Changes": changes},
    )
    found = a_stack(formation).plan(TEMPLATE)
    assert "UPDATE" in formation.asked
    assert [str(each) for each in found] == [
        "+ A  AWS::SQS::Queue",
        "~ B  AWS::SQS::Queue  (replaced)",
    ]


def test_what_is_taken_away_is_said_so():
    gone = Change(action="Remove", kind="AWS::SQS::Queue", name="A")
    assert str(gone) == "- A  AWS::SQS::Queue"


def test_what_is_under_way_is_waited_for():
    naps = []
    formation = Formation("UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    assert a_stack(formation, naps).settled() == "UPDATE_COMPLETE"
    assert len(naps) == 2


def test_what_is_under_way_for_ever_is_given_up():
    formation = Formation("UPDATE_IN_PROGRESS")
    with pytest.raises(DeploymentRefused, match="is still UPDATE_IN_PROGRESS"):
        a_stack(formation).settled()


def test_the_change_set_of_an_earlier_try_is_in_nobody_s_way():
    formation = Formation("UPDATE_COMPLETE")
    a_stack(formation).plan(TEMPLATE)
    forgotten = formation.asked.index("delete_change_set")
    assert forgotten < formation.asked.index("create_change_set")


def test_no_earlier_try_is_no_fault():
    formation = Formation("UPDATE_COMPLETE", is_fresh=True)
    assert a_stack(formation).plan(TEMPLATE) == []


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different …",
        "No updates are to be performed.",
    ],
)
def test_nothing_new_is_no_change(reason):
    formation = Formation(
        "CREATE_COMPLETE", change_set={"Status": "FAILED", "StatusReason": reason}
    )
    assert a_stack(formation).plan(TEMPLATE) == []
    assert formation.asked[-1] == "delete_change_set"


def test_a_template_that_is_refused_is_said_with_the_reason():
    formation = Formation(
        "CREATE_COMPLETE",
        change_set={"Status": "FAILED", "StatusReason": "Unresolved dependency [X]"},
    )
    with pytest.raises(DeploymentRefused, match=r"refuses .* dependency \[X\]"):
        a_stack(formation).plan(TEMPLATE)


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])
def test_a_first_try_that_failed_is_cleared_away(status):
    formation = Formation(status, status, "DELETE_COMPLETE")
    a_stack(formation).plan(TEMPLATE)
    assert formation.asked.index("delete_stack") < formation.asked.index("CREATE")


def test_a_refusal_that_is_no_missing_stack_is_not_taken_for_one():
    with pytest.raises(ClientError, match="AccessDenied"):
        a_stack(Formation("denied")).plan(TEMPLATE)


def test_a_refusal_that_is_no_missing_change_set_is_not_taken_for_one():
    formation = Formation("CREATE_COMPLETE")
    formation._delete_change_set = lambda **_: (_ for _ in ()).throw(
        refusal("AccessDenied", "no")
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        a_stack(formation).plan(TEMPLATE)


# -- execute ---------------------------------------------------------------------------


def test_a_change_that_is_carried_out_is_waited_for():
    naps = []
    formation = Formation("UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    assert a_stack(formation, naps).execute() == {"RestAPIId": "7"}
    assert len(naps) == 2


FAILED = {
    "LogicalResourceId": "Steps",
    "ResourceStatus": "UPDATE_FAILED",
    "ResourceStatusReason": "the visibility is too long",
}
EVENTS = [
    FAILED,
    {"LogicalResourceId": "Table", "ResourceStatus": "UPDATE_COMPLETE"},
    {"LogicalResourceId": "Other", "ResourceStatus": "CREATE_FAILED"},
]


@pytest.mark.parametrize(
    "status", ["UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "CREATE_FAILED"]
)
def test_what_failed_is_rolled_back_and_said_with_its_reasons(status):
    formation = Formation("UPDATE_IN_PROGRESS", status, events=EVENTS)
    with pytest.raises(DeploymentRefused) as refused:
        a_stack(formation).execute()
    said = str(refused.value)
    assert status in said
    assert "  Steps: the visibility is too long" in said
    assert "Table" not in said


def test_what_is_refused_before_it_is_made_is_said_with_its_reason():
    validated = "Validation failed with 1 error(s). Call DescribeEvents to …"
    events = [{**FAILED, "ResourceStatusReason": validated}]
    with pytest.raises(DeploymentRefused) as refused:
        a_stack(Formation("ROLLBACK_COMPLETE", events=events)).execute()
    assert str(refused.value).endswith("  Values: is taken")


def test_a_stack_that_never_ends_is_given_up():
    naps = []
    with pytest.raises(DeploymentRefused, match="takes too long"):
        a_stack(Formation("UPDATE_IN_PROGRESS"), naps).execute()
    assert len(naps) == LOOKS


# -- delete ----------------------------------------------------------------------------


def test_a_stack_is_gone_when_nobody_knows_it_any_more():
    formation = Formation("DELETE_IN_PROGRESS", "")
    a_stack(formation).delete()
    assert formation.asked.count("describe_stacks") == 2


def test_a_stack_that_cannot_be_deleted_says_why():
    failed = {**FAILED, "ResourceStatus": "DELETE_FAILED"}
    with pytest.raises(DeploymentRefused, match="Steps: the visibility"):
        a_stack(Formation("DELETE_FAILED", events=[failed])).delete()


def test_a_deletion_that_never_ends_is_given_up():
    with pytest.raises(DeploymentRefused, match="not deleted yet"):
        a_stack(Formation("DELETE_IN_PROGRESS")).delete()


def test_a_stage_that_is_not_there_has_no_status_and_no_outputs():
    stack = a_stack(Formation())
    assert (stack.status(), stack.outputs()) == ("", {})


# -- upload ----------------------------------------------------------------------------


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield boto3.Session(region_name="eu-west-1")


class Counting:
    """S3, and how often something was put into it."""

    def __init__(self, s3):
        self._s3, self.puts = s3, 0

    def __getattr__(self, name):
        return getattr(self._s3, name)

    def put_object(self, **request):
        self.puts += 1
        return self._s3.put_object(**request)


def a_package(tmp_path):
    zip = tmp_path / "x.zip"
    zip.write_bytes(b"PK")
    function = {"Properties": {"CodeUri": "./deployment.zip"}}
    return Package(
        template={"Resources": {"F": function, "Q": {"Type": "AWS::SQS::Queue"}}},
        zip=zip,
    )


def clients(aws, s3):
    made = {"s3": s3, "sts": aws.client("sts"), "cloudformation": SimpleNamespace()}
    return made.__getitem__


def test_code_and_template_are_uploaded_once(aws, tmp_path):
    s3 = Counting(aws.client("s3"))
    stack = Stack(clients(aws, s3), NAMES, lambda _: None)
    url = stack.upload(a_package(tmp_path))
    assert stack.upload(a_package(tmp_path)) == url
    assert s3.puts == 2
    name = url.rpartition("/")[2]
    bucket = "millrace-uploads-123456789012-eu-west-1"
    found = json.load(io.BytesIO(s3.get_object(Bucket=bucket, Key=name)["Body"].read()))
    code = found["Resources"]["F"]["Properties"]["CodeUri"]
    assert code == f"s3://{bucket}/{a_package(tmp_path).digest}.zip"


class Forbidden:
    meta = SimpleNamespace(region_name="us-east-1")

    def __init__(self, *, knows_bucket):
        self._knows_bucket = knows_bucket

    def head_bucket(self, **_):
        if not self._knows_bucket:
            raise refusal("403", "Forbidden", 403)

    def head_object(self, **_):
        raise refusal("403", "Forbidden", 403)


@pytest.mark.parametrize("knows_bucket", [True, False])
def test_what_is_somebody_else_s_is_not_taken_for_missing(aws, tmp_path, knows_bucket):
    s3 = Forbidden(knows_bucket=knows_bucket)
    stack = Stack(clients(aws, s3), NAMES, lambda _: None)
    with pytest.raises(ClientError, match="Forbidden"):
        stack.upload(a_package(tmp_path))
