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
        task("FNF:StartExecution", Parameters={"resourceArn": "acs:fnf:::flow/x"}),
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
            "ecs has no action 'DescribeInstances'",
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


def step(action, **facts):
    return {"type": "task", "name": "t", "action": action} | facts


def in_default(inner):
    choice = {"condition": "$.n == 1", "steps": [{"type": "pass", "name": "p"}]}
    return {
        "type": "choice",
        "name": "c",
        "choices": [choice],
        "default": {"steps": [inner]},
    }


def in_branch(inner):
    return {"type": "parallel", "name": "b", "branches": [{"steps": [inner]}]}


def in_iteration(inner):
    mapping = {"collection": "$.list", "item": "each"}
    return {
        "type": "foreach",
        "name": "e",
        "iterationMapping": mapping,
        "steps": [inner],
    }


def in_choice(inner):
    choice = {"condition": "$.n == 1", "steps": [inner]}
    return {"type": "choice", "name": "c", "choices": [choice]}


def found_in_steps(*steps):
    head = {"version": "v1", "type": "flow", "name": "f"}
    problems = check_definition({**head, "steps": list(steps)})
    return [(each.path, each.message) for each in problems]


@pytest.mark.parametrize(
    "asked",
    [
        step("dynamodb:GetItem", serviceParams={"TableName": "$.t", "Key": "$.k"}),
        step("dynamodb:GetItem"),
        step("fnf:StartExecution", serviceParams={"FlowName": "ship"}),
        step("EventBridge:PutEvents", serviceParams={"eventList": "$.events"}),
        {"type": "task", "name": "t", "resourceArn": "acs:fc:::functions/pay"},
    ],
)
def test_steps_that_ask_for_what_there_is_have_no_problem(asked):
    assert found_in_steps(asked) == []


@pytest.mark.parametrize(
    ("wrap", "place"),
    [
        (lambda inner: inner, "/steps/0"),
        (in_default, "/steps/0/default/steps/0"),
        (in_choice, "/steps/0/choices/0/steps/0"),
        (in_branch, "/steps/0/branches/0/steps/0"),
        (in_iteration, "/steps/0/steps/0"),
    ],
)
def test_a_step_asks_aws_for_what_there_is_wherever_it_stands(wrap, place):
    advice = "dynamodb has no action 'GetItm'; did you mean 'GetItem'?"

    assert found_in_steps(wrap(step("DynamoDB:GetItm"))) == [
        (f"{place}/action", advice)
    ]


@pytest.mark.parametrize(
    ("action", "params", "place"),
    [
        ("ocr:Read", {}, "action"),
        ("dynamodb:GetItem", {"TableName": 5, "Key": "$.k"}, "serviceParams/TableName"),
        (
            "dynamodb:GetItem",
            {"TableName": "t", "Key": "$.k", "Kez": 1},
            "serviceParams/Kez",
        ),
    ],
)
def test_what_a_step_asks_for_in_vain_is_a_problem(action, params, place):
    problems = found_in_steps(step(action, serviceParams=params))

    assert [at for at, _ in problems] == [f"/steps/0/{place}"]


def test_steps_that_are_none_are_the_formats_to_say():
    wrong = [5, {"type": "task", "name": "t", "action": "nonsense"}]

    assert not any("AWS" in said for _, said in found_in_steps(*wrong))
