"""The package runs where it was deployed: workflows over HTTP, by official clients."""

import json
import subprocess
import sys

import pytest

from chalicelib.deployment.check import HOPS
from tests.deployment.emulator import ROOT, stage_of

pytestmark = [pytest.mark.slow]


def given(workflow):
    return json.loads((ROOT / "workflows" / workflow / "input.json").read_text("utf-8"))


def test_the_stage_answers_where_the_command_said(stage):
    assert stage.ask("GET", "/health").json()["stage"] == "proof"


def test_every_workflow_was_published(stage):
    assert set(stage.workflows()) >= {"credit_check", "greeting", "order_approval"}


def test_a_video_is_made_of_a_text(stage):
    [workflow] = [name for name in stage.workflows() if name.endswith("textToVideo")]
    ended = stage.ended(stage.start(workflow, given("text_to_video")), within=120)
    assert ended["status"] == "SUCCEEDED", ended


def test_a_worker_behind_a_queue_scores_an_application(stage, emulator):
    emulator.client("sqs").create_queue(QueueName="credit-checks")
    execution = stage.start("credit_check", given("credit_check"))
    worker = [sys.executable, "-m", "workflows.credit_check.worker"]
    subprocess.run(
        [*worker, "--messages", "1", "--seconds", "30"],
        cwd=ROOT,
        env=emulator.environ,
        check=True,
        timeout=60,
        capture_output=True,
    )
    ended = stage.ended(execution)
    assert ended["status"] == "SUCCEEDED", ended
    assert ended["output"]["decision"] in ("approved", "declined", "review")


def test_the_client_of_step_functions_works(stage, emulator):
    key_id, _, secret = stage.key.partition(".")
    client = emulator.client(
        "stepfunctions",
        endpoint_url=f"{stage.url}/states",
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
    )
    made = client.create_state_machine(
        name="by-boto3",
        definition='{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
        roleArn="arn:aws:iam::000000000000:role/any",
    )
    begun = client.start_execution(stateMachineArn=made["stateMachineArn"], input="[7]")
    stage.ended(begun["executionArn"].split(":execution:")[1])
    found = client.describe_execution(executionArn=begun["executionArn"])
    assert (found["status"], found["output"]) == ("SUCCEEDED", "[7]")


def test_an_execution_goes_through_the_queue_forty_times(stage, deployed):
    assert "check      40 hops through the queue went well" in deployed[1]
    found = stage.ask("GET", "/v1/executions?workflow=millrace-check").json()
    ended = [each["status"] for each in found["executions"]]
    assert ended == ["SUCCEEDED"] * (HOPS // 2 + 1)


def test_nothing_new_is_no_change(emulator, deployed):
    _, _, options = deployed
    code, said = emulator.millrace("deploy", "proof", *options)
    assert (code, "nothing to change" in said) == (0, True), said


def test_what_changes_is_said_before_it_does(emulator, deployed):
    _, _, options = deployed
    changed = [*options, "--plan", "--set", "REGION=eu-central-1"]
    code, said = emulator.millrace("deploy", "proof", *changed)
    assert code == 0, said
    assert "~ OnStep  AWS::Lambda::Function" in said
    assert "key " not in said


def test_policy_says_what_is_granted(emulator, deployed):
    code, said = emulator.millrace("policy", "proof", "--offline")
    assert code == 0
    assert "+ sqs:SendMessage on arn:${AWS::Partition}:sqs:" in said


def test_a_deployed_stage_is_not_provisioned_as_well(emulator, deployed):
    code, said = emulator.millrace("provision", "proof")
    assert (code, "was made by `make deploy`" in said) == (1, True), said


def test_destroying_keeps_what_holds_data(emulator, deployed):
    # The last but one of this file, and of its stage.
    code, said = emulator.millrace("destroy", "proof")
    assert code == 0, said
    assert "millrace-proof is gone" in said
    tables = emulator.client("dynamodb").list_tables()["TableNames"]
    assert "millrace-proof" in tables
    code, said = emulator.millrace("destroy", "proof")
    assert (code, "there is no stage 'proof'" in said) == (1, True)


def test_the_next_stack_takes_over_what_the_last_one_kept(emulator, deployed):
    _, _, options = deployed
    s3, sqs = emulator.client("s3"), emulator.client("sqs")
    bucket = "millrace-proof-data-000000000000-us-east-1"
    s3.put_object(Bucket=bucket, Key="kept", Body=b"1")
    letters = sqs.get_queue_url(QueueName="millrace-proof-dead-letters")["QueueUrl"]
    sqs.send_message(QueueUrl=letters, MessageBody="dead")
    dynamodb = emulator.client("dynamodb")
    kept = dynamodb.scan(TableName="millrace-proof", Select="COUNT")["Count"]
    code, said = emulator.millrace("deploy", "proof", *options)
    assert code == 0, said
    for name in ("Table", "Values", "DeadLetters"):
        assert f"= {name}  AWS::" in said
    found = stage_of(said)
    assert "credit_check" in found.workflows()
    assert dynamodb.scan(TableName="millrace-proof", Select="COUNT")["Count"] >= kept
    assert s3.get_object(Bucket=bucket, Key="kept")["Body"].read() == b"1"
    queues = by_stack(emulator)
    assert queues["DeadLetters"].endswith("/millrace-proof-dead-letters")


def by_stack(emulator):
    listed = emulator.client("cloudformation").describe_stack_resources(
        StackName="millrace-proof"
    )
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in listed["StackResources"]
    }
