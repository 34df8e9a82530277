"""The verbs that bring a stage into an account: what they refuse, and what they say."""

import io
import json

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
)
from moto import mock_aws

from chalicelib.__main__ import main
from chalicelib.cli.arguments import VERBS, parser
from chalicelib.cli.stages import told
from chalicelib.cli.terminal import Terminal
from chalicelib.deployment.permissions import CALLED

TASK = "arn:aws:lambda:us-east-1:123456789012:function:hello"
OTHER = "arn:aws:lambda:us-east-1:123456789012:function:other"


def definition(resource):
    state = {"Type": "Task", "Resource": resource, "End": True}
    return json.dumps({"StartAt": "A", "States": {"A": state}})


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """An empty project, and an empty account."""
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    (tmp_path / "workflows" / "hello").mkdir(parents=True)
    (tmp_path / "workflows" / "hello" / "hello.asl.json").write_text(definition(TASK))
    with mock_aws():
        yield tmp_path


def millrace(*arguments):
    """Return the exit code, what was said, and what was complained about."""
    out, errors = io.StringIO(), io.StringIO()
    code = main(list(arguments), terminal=Terminal(out, errors=errors, environ={}))
    return code, out.getvalue(), errors.getvalue()


def a_stack(*granted):
    """Make a stack whose step function may do what ``granted`` says."""
    trusted = {"Service": "lambda.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "steps",
            "AssumeRolePolicyDocument": {"Statement": [trust]},
        },
    }
    boto3.client("cloudformation").create_stack(
        StackName="millrace-dev",
        TemplateBody=json.dumps({"Resources": {"OnStepRole": role}}),
    )
    if granted:
        document = {"Version": "2012-10-17", "Statement": list(granted)}
        boto3.client("iam").put_role_policy(
            RoleName="steps", PolicyName=CALLED, PolicyDocument=json.dumps(document)
        )


def allows(resource):
    return {
        "Effect": "Allow",
        "Action": ["lambda:InvokeFunction"],
        "Resource": [resource, f"{resource}:*"],
    }


@pytest.mark.parametrize("verb", ["deploy", "destroy", "policy"])
def test_what_is_no_name_of_a_stage_is_refused(verb):
    code, _, said = millrace(verb, "Prod")
    assert (code, said.startswith("millrace: 'Prod' is no name")) == (1, True)


@pytest.mark.parametrize("verb", ["deploy", "policy"])
def test_a_folder_that_is_not_there_is_wrong_use(verb):
    code, _, said = millrace(verb, "dev", "--workflows", "none")
    assert (code, said) == (2, "millrace: there is no folder none\n")


def test_a_setting_without_a_value_is_wrong_use():
    code, _, said = millrace("deploy", "dev", "--set", "LIMITS")
    assert (code, "--set LIMITS: write NAME=VALUE" in said) == (2, True)


def test_functions_are_of_arm64_unless_somebody_says_otherwise():
    assert parser(VERBS).parse_args(["deploy"]).arch == "arm64"


def test_an_architecture_that_is_none_is_wrong_use(capsys):
    with pytest.raises(SystemExit, match="2"):
        millrace("deploy", "dev", "--arch", "sparc")
    assert "invalid choice: 'sparc'" in capsys.readouterr().err


def test_a_stage_that_chalice_deploy_made_is_left_to_it(project):
    deployed = project / ".chalice" / "deployed" / "dev.json"
    deployed.parent.mkdir(parents=True)
    deployed.write_text('{"resources": [{"resource_type": "iam_role"}]}')
    code, _, said = millrace("deploy", "dev")
    assert (code, "was made by `chalice deploy`" in said) == (1, True)
    code, _, said = millrace("destroy", "dev")
    assert (code, "by `chalice delete --stage dev`" in said) == (1, True)
    assert boto3.client("ssm").describe_parameters()["Parameters"] == []


def test_a_workflow_that_is_wrong_is_refused_before_anything_is_made(project):
    (project / "workflows" / "hello" / "hello.asl.json").write_text('{"StartAt": 7}')
    code, _, said = millrace("deploy", "dev")
    assert (code, "/StartAt" in said) == (1, True)
    assert boto3.client("ssm").describe_parameters()["Parameters"] == []


def test_destroying_what_is_not_there_is_refused():
    code, _, said = millrace("destroy", "dev")
    assert code == 1
    assert "no stack millrace-dev, no queue millrace-dev-steps" in said


def test_destroying_says_what_is_kept():
    a_stack()
    code, said, _ = millrace("destroy", "dev")
    assert code == 0
    assert "millrace-dev is gone" in said
    assert "Kept: table millrace-dev, bucket millrace-dev-data-" in said
    assert "queue millrace-dev-dead-letters, parameter" in said


def test_what_was_provisioned_goes_too_once_chalice_has_deleted_its_part(project):
    chalice = project / ".chalice"
    (chalice / "deployed").mkdir(parents=True)
    (chalice / "deployed" / "dev.json").write_text('{"resources": []}')
    (chalice / "config.json").write_text('{"stages": {}}')
    code, _, errors = millrace("provision", "dev")
    assert code == 0, errors
    boto3.client("logs").create_log_group(logGroupName="/aws/lambda/millrace-dev")
    code, _, errors = millrace("destroy", "dev")
    assert (code, errors) == (0, "")
    queues = boto3.client("sqs").list_queues()["QueueUrls"]
    assert [each.rpartition("/")[2] for each in queues] == ["millrace-dev-dead-letters"]
    assert boto3.client("logs").describe_log_groups()["logGroups"] == []
    assert boto3.client("dynamodb").list_tables()["TableNames"] == ["millrace-dev"]


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Any")


@pytest.mark.parametrize(
    ("fault", "way_out"),
    [
        (NoCredentialsError(), "set AWS_PROFILE, or AWS_ACCESS_KEY_ID"),
        (EndpointConnectionError(endpoint_url="http://x"), "AWS_ENDPOINT_URL"),
        (refused("ExpiredToken"), "log in again"),
        (refused("InvalidClientTokenId"), "does not know these credentials"),
        (refused("AccessDenied"), "docs/operations.md says what who deploys needs"),
    ],
)
def test_what_aws_refuses_is_said_with_the_way_out(fault, way_out):
    def do():
        raise fault

    errors = io.StringIO()
    assert told(Terminal(io.StringIO(), errors=errors, environ={}), do) == 1
    [line] = errors.getvalue().splitlines()
    assert line.startswith(f"millrace: AWS: {fault}; ")
    assert way_out in line


def test_an_endpoint_that_is_no_url_is_said(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:4566")
    code, _, said = millrace("deploy", "dev")
    assert (code, "write it as http://127.0.0.1:4566" in said) == (1, True)


def test_who_stops_a_deployment_is_told_that_it_goes_on():
    def do():
        raise KeyboardInterrupt

    errors = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        told(Terminal(io.StringIO(), errors=errors, environ={}), do)
    assert "goes on without this; run the same again" in errors.getvalue()


# -- policy ----------------------------------------------------------------------------


def test_policy_offline_says_what_is_needed():
    code, said, _ = millrace("policy", "dev", "--offline")
    assert (code, said) == (0, f"+ lambda:InvokeFunction on {TASK}, {TASK}:*\n")


def test_policy_says_what_changes():
    a_stack(allows(OTHER))
    code, said, _ = millrace("policy", "dev")
    assert (code, said.splitlines()) == (
        0,
        [
            f"+ lambda:InvokeFunction on {TASK}, {TASK}:*",
            f"- lambda:InvokeFunction on {OTHER}, {OTHER}:*",
        ],
    )


@pytest.mark.parametrize("resource", [TASK, "hello"])
def test_policy_says_when_nothing_changes(project, resource):
    text = definition("arn:aws:states:::lambda:invoke").replace(
        '"End"', f'"Parameters": {{"FunctionName": "{resource}"}}, "End"'
    )
    (project / "workflows" / "hello" / "hello.asl.json").write_text(text)
    a_stack(allows(TASK))
    assert millrace("policy", "dev") == (0, "nothing to change\n", "")


def test_policy_of_a_stage_that_may_call_nothing_says_all_of_it():
    a_stack()
    code, said, _ = millrace("policy", "dev")
    assert (code, said.count("+ "), said.count("- ")) == (0, 1, 0)


def test_what_aws_refuses_is_said():
    code, _, said = millrace("policy", "dev")
    assert (code, said.startswith("millrace: AWS: ")) == (1, True)


def test_what_people_grant_is_asked_for_too(project):
    grants = project / ".chalice" / "grants.json"
    grants.parent.mkdir()
    grants.write_text(
        '[{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b"]}]'
    )
    _, said, _ = millrace("policy", "dev", "--offline")
    assert "+ s3:GetObject on arn:aws:s3:::b\n" in said


def test_without_a_region_it_says_how_to_name_one():
    errors = io.StringIO()

    def ask():
        raise NoRegionError

    assert told(Terminal(io.StringIO(), errors=errors, environ={}), ask) == 1
    assert "set AWS_DEFAULT_REGION" in errors.getvalue()
