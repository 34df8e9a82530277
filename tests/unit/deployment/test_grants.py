"""Grants as people write them, and as people are shown them."""

import pytest

from chalicelib.deployment.calls import Calls, read_grants, shown
from chalicelib.deployment.names import Names
from chalicelib.deployment.permissions import Grant
from chalicelib.deployment.place import Place
from chalicelib.errors import DeploymentRefused

HELLO = "arn:aws:lambda:eu-west-1:123456789012:function:hello"


def test_no_file_is_no_grants(tmp_path):
    assert read_grants(tmp_path / "grants.json") == ()


def test_what_people_write_is_granted(tmp_path):
    file = tmp_path / "grants.json"
    file.write_text(
        '[{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/*"]}]'
    )
    assert read_grants(file) == (
        Grant(actions=("s3:GetObject",), resources=("arn:aws:s3:::b/*",)),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "JSONDecodeError"),
        ('{"actions": []}', "TypeError"),
        ('[{"actions": ["s3:GetObject"]}]', "'resources'"),
        ('[{"actions": ["s3:GetObject"], "resources": ["*"]}]', "grants everything"),
        ('[{"actions": ["s3:*"], "resources": ["arn:aws:s3:::b"]}]', "everything"),
        ('[{"actions": "s3:GetObject", "resources": ["arn:x"]}]', "a list"),
        ('[{"actions": ["s3:GetObject"], "resources": "arn:x"}]', "a list"),
    ],
)
def test_a_file_that_is_none_or_grants_everything_is_refused(tmp_path, text, said):
    file = tmp_path / "grants.json"
    file.write_text(text)
    with pytest.raises(DeploymentRefused, match=r"grants\.json") as refused:
        read_grants(file)
    assert said in str(refused.value)


def test_what_has_no_resources_may_be_granted_for_all(tmp_path):
    file = tmp_path / "grants.json"
    file.write_text('[{"actions": ["batch:DescribeJobs"], "resources": ["*"]}]')
    assert read_grants(file)[0].resources == ("*",)


# -- what is shown ------------------------------------------------------------------


def granting(resource):
    return Grant(
        actions=("lambda:InvokeFunction",), resources=(resource, f"{resource}:*")
    )


def test_what_is_wanted_gone_and_unknown_is_shown():
    found = Calls(grants=(granting(HELLO),), unknown=("w/A: its resource",))
    old = {"Action": ["sqs:SendMessage"], "Resource": ["arn:old"]}
    assert shown(found, [old]) == [
        f"+ lambda:InvokeFunction on {HELLO}, {HELLO}:*",
        "- sqs:SendMessage on arn:old",
        "? w/A: its resource is not known yet",
    ]


def test_what_is_granted_already_is_no_line():
    here = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}"
    found = Calls(grants=(granting(f"{here}:function:hello"),))
    names = Names(stage="dev")
    place = Place(names=names, account="123456789012", region="eu-west-1")
    now = {"Action": "lambda:InvokeFunction", "Resource": [HELLO, f"{HELLO}:*"]}
    assert shown(found, [now], place) == []
