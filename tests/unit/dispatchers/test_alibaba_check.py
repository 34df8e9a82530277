"""What a flow asks of AWS that AWS does not have."""

import pytest

from chalicelib.dispatchers.aws_check import check_definition


def task(action, **facts):
    state = {"Type": "Task", "Name": "T", "Action": action, "End": True}
    return state | {"Parameters": {}} | facts


def flow(*states):
    head = {"Type": "StateMachine", "Name": "f", "SpecVersion": "v1"}
    return {**head, "StartAt": states[0]["Name"], "States": list(states)}


def found(state):
    return [(each.path, each.message) for each in check_definition(flow(state))]


def parallel(state):
    branch = {"StartAt": "T", "States": [state]}
    return {"Type": "Parallel", "Name": "P", "Branches": [branch], "End": True}


def each(state):
    inner = {"StartAt": "T", "States": [state]}
    head = {"Type": "Map", "Name": "M", "ItemsPath": "$Input.x"}
    return {**head, "Processor": inner, "End": True}


GET = {"TableName": "t", "Key.$": "$Input.key"}


@pytest.mark.parametrize(
    "state",
    [
        task("DynamoDB:GetItem", Parameters=GET),
        task("DynamoDB::GetItem", Parameters=GET),
        task("SNS:Publish", Parameters={"TopicArn": "a", "Message": {"n": 1}}),
        parallel(task("S3:ListBuckets")),
        each(task("S3:ListBuckets")),
    ],
)
def test_a_flow_that_asks_for_what_there_is_has_no_problem(state):
    assert found(state) == []


@pytest.mark.parametrize(
    ("state", "path", "message"),
    [
        (task("Moon:Land"), "/States/0/Action", "AWS has no service 'moon'"),
        (
            task("ECS:DescribeInstances"),
            "/States/0/Action",
            "ecs has no action 'describeInstances'",
        ),
        (
            parallel(task("Moon:Land")),
            "/States/0/Branches/0/States/0/Action",
            "AWS has no service 'moon'",
        ),
        (
            each(task("Moon:Land")),
            "/States/0/Processor/States/0/Action",
            "AWS has no service 'moon'",
        ),
        (
            task("DynamoDB:GetItem", Parameters={**GET, "Tabel": 1}),
            "/States/0/Parameters/Tabel",
            "",
        ),
        (
            task("DynamoDB:GetItem", Parameters={"TableName": 5, "Key": {}}),
            "/States/0/Parameters/TableName",
            "",
        ),
    ],
)
def test_what_aws_does_not_have_is_a_problem(state, path, message):
    assert any(at == path and said.startswith(message) for at, said in found(state))


@pytest.mark.parametrize(
    "state",
    [
        task("DynamoDB:GetItem", Parameters=[]),
        {"Type": "Parallel", "Name": "P", "Branches": 5, "End": True},
        "no state",
    ],
)
def test_what_the_format_says_is_not_said_twice(state):
    state = state if isinstance(state, dict) else {"Name": "S", "Type": "Pass", "x": 1}

    assert not any("AWS" in said for _, said in found(state))
