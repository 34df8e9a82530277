"""What a definition asks of AWS that AWS does not have."""

import json
import textwrap

import pytest

from chalicelib import testing
from chalicelib.dispatchers.aws_check import (
    check,
    check_definition,
    compile_definition,
)
from chalicelib.errors import DefinitionRefused


def task(action, **fields):
    resource = f"arn:aws:states:::{action}"
    return {"Type": "Task", "Resource": resource, "End": True, **fields}


def machine(*states, **fields):
    named = {f"S{number}": state for number, state in enumerate(states)}
    return {"StartAt": "S0", "States": named, **fields}


def found(*states, **fields):
    problems = check(machine(*states, **fields))
    return {each.path.removeprefix("/States"): each.message for each in problems}


GET = {"TableName": "t", "Key": {"id": {"S.$": "$.id"}}}


@pytest.mark.parametrize(
    "state",
    [
        task("dynamodb:getItem", Parameters=GET),
        task("aws-sdk:dynamodb:getItem", Parameters=GET),
        task("sns:publish", Parameters={"Message": {"any": "json"}}),
        task("events:putEvents.waitForTaskToken", Parameters={"Entries.$": "$.all"}),
        task("aws-sdk:s3:listBuckets"),
        task("bedrock:invokeModel", Parameters={"ModelId": "m", "Body": {"n": 1}}),
        task("lambda:invoke", Parameters={"Anything": 1}),
        task("dynamodb:query", Parameters={"Zzz": 1}),  # the format refuses it
        task("aws-sdk:sqs:listQueues", Parameters=[]),  # and this
        {"Type": "Task", "Resource": 5},
        {"Type": "Pass"},
        "no state",
    ],
)
def test_a_state_that_asks_for_nothing_wrong_has_no_problem(state):
    assert found(state) == {}


def test_services_actions_and_fields_are_looked_up():
    assert found(
        task("aws-sdk:dynamo:getItem", Parameters={}),
        task("aws-sdk:dynamodb:getitem", Parameters={}),
        task("dynamodb:getItem", Parameters={**GET, "ConsistentReads": True}),
        task("aws-sdk:sqs:listQueues", Parameters={"MaxResults": "many"}),
        task("aws-sdk:sqs:sendMessage"),
    ) == {
        "/S0/Resource": "AWS has no service 'dynamo'; did you mean 'dynamodb'?",
        "/S1/Resource": "dynamodb has no action 'getitem'; did you mean 'getItem'?",
        "/S2/Parameters/ConsistentReads": (
            "unknown field 'ConsistentReads'; did you mean 'ConsistentRead'?"
        ),
        "/S3/Parameters/MaxResults": "must be a whole number, not 'many'",
        "/S4/Parameters": "'MessageBody' is missing; add it",
    }


def test_states_inside_of_states_are_looked_at():
    wrong = machine(task("aws-sdk:s3:getObjekt"))

    paths = found(
        {"Type": "Parallel", "Branches": [machine({"Type": "Pass"}), wrong]},
        {"Type": "Map", "ItemProcessor": wrong},
        {"Type": "Map", "Iterator": wrong},
        {"Type": "Parallel", "Branches": "none"},
        {"Type": "Map", "ItemProcessor": 1},
    )

    assert list(paths) == [
        "/S0/Branches/1/States/S0/Resource",
        "/S1/ItemProcessor/States/S0/Resource",
        "/S2/Iterator/States/S0/Resource",
    ]


@pytest.mark.parametrize("where", ["the machine", "the state"])
def test_in_jsonata_what_stands_in_braces_is_computed(where):
    state = task(
        "aws-sdk:sqs:sendMessage",
        Arguments={"QueueUrl": "{% $q %}", "MessageBody": 1, "DelaySeconds": "{% 1 %}"},
    )
    language = {"QueryLanguage": "JSONata"}
    if where == "the machine":
        problems = found(state, **language)
    else:
        problems = found({**state, **language})

    assert list(problems) == ["/S0/Arguments/MessageBody"]


def test_a_message_is_checked_as_well_and_may_be_json():
    request = {"QueueUrl": "q", "MessageBody": {"a": 1}, "DelaySeconds": "soon"}

    problems = found(task("sqs:sendMessage", Parameters=request))

    assert list(problems) == ["/S0/Parameters/DelaySeconds"]


def test_a_request_that_is_one_expression_is_for_the_run_to_judge():
    state = task("aws-sdk:sqs:sendMessage", Arguments="{% $states.input %}")

    assert found(state, QueryLanguage="JSONata") == {}


TEXT = textwrap.dedent(
    """\
    StartAt: Get
    States:
      Get:
        Type: Task
        Resource: arn:aws:states:::aws-sdk:dynamodb:getItem
        Parameters:
          TabelName: orders
          Key: {id: {S: "1"}}
        Nxt: Done
        End: true
    """
)


@pytest.mark.parametrize("source", [TEXT, TEXT.encode()])
def test_both_kinds_of_problems_come_in_the_order_of_the_text(source):
    with pytest.raises(DefinitionRefused) as refused:
        compile_definition(source)

    assert [(each.line, each.column) for each in refused.value.problems] == [
        (7, 7),
        (7, 7),
        (9, 5),
    ]


def test_a_definition_without_problems_is_compiled():
    source = json.dumps(machine(task("dynamodb:getItem", Parameters=GET)))

    assert compile_definition(source, name="w").name == "w"
    assert check_definition(source) == []


def test_a_definition_with_problems_of_one_kind_only():
    wrong = machine(task("dynamodb:getItem", Parameters={"Key": {}}))

    assert len(check_definition(wrong)) == 1
    assert check_definition(machine({"Type": "Pass", "End": True})) == []
    assert len(check_definition(machine({"Type": "Pas", "End": True}))) == 1


@pytest.mark.parametrize("source", ["{", "{:states:::", "[':states:::']", b"{}", []])
def test_what_is_no_definition_is_for_the_format_to_refuse(source):
    assert check(source) == []


def test_another_language_is_not_looked_at():
    flow = {
        "workspace": "shop",
        "dagName": "order",
        "type": "flow",
        "tasks": [{"name": "A", "category": "pass"}],
    }

    assert compile_definition(flow).format == "rillflow"


def test_the_test_kit_checks_it_as_publishing_does():
    wrong = machine(task("dynamodb:getItem", Parameters={"Key": {}}))

    assert [each.path for each in testing.check(wrong)] == ["/States/S0/Parameters"]
