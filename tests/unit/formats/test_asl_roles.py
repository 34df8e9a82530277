"""What Credentials may say, and of which tasks."""

import pytest

from chalicelib.formats import check_definition, compile_definition
from chalicelib.model.expressions import Jsonata, Literal
from tests.builders import path

ROLE = "arn:aws:iam::222222222222:role/films"
LAMBDA = "arn:aws:lambda:eu-west-1:222222222222:function:resize"


def a_machine(credentials, resource=LAMBDA, **facts):
    task = {"Type": "Task", "Resource": resource, "Credentials": credentials}
    return {"StartAt": "A", "States": {"A": {**task, "End": True}}, **facts}


def role(credentials, **facts):
    return (
        compile_definition(a_machine(credentials, **facts), name="w")
        .scope.states["A"]
        .work.role
    )


def test_a_role_is_a_constant_or_an_expression():
    jsonata = role({"RoleArn": "{% $states.input.r %}"}, QueryLanguage="JSONata")
    assert role({"RoleArn": ROLE}) == Literal(value=ROLE)
    assert role({"RoleArn.$": "$.r"}) == path("$.r")
    assert isinstance(jsonata, Jsonata)
    assert jsonata.field == "Credentials/RoleArn"


JSONATA = {"QueryLanguage": "JSONata"}


@pytest.mark.parametrize(
    ("credentials", "facts", "expected"),
    [
        ({}, {}, "'RoleArn' is missing in Credentials; add it"),
        ({}, JSONATA, "'RoleArn' is missing in Credentials; add it"),
        ("a role", {}, "must be an object, not 'a role'"),
        ({"RoleArn": ""}, {}, "must be a text that is not empty, not ''"),
        ({"RoleArn": 5}, {}, "must be a text that is not empty, not 5"),
        ({"RoleArn.$": "role"}, {}, "must be a path that begins with $"),
        ({"RoleArn.$": 5}, {}, "must be a text, not 5"),
        ({"RoleArn": ROLE, "RoleArn.$": "$.r"}, {}, "given twice, with and without"),
        ({"RoleArn": ROLE, "External": 1}, {}, "unknown field 'External'"),
        ({"RoleArn.$": "$.r"}, JSONATA, "unknown field 'RoleArn.$'"),
        ({"RoleArn": 5}, JSONATA, "or an expression in {% %}, not 5"),
        ({"RoleArn": "{% ( %}"}, JSONATA, "is not a JSONata expression"),
    ],
)
def test_credentials_that_are_wrong_are_refused(credentials, facts, expected):
    problems = check_definition(a_machine(credentials, **facts))

    assert expected in "\n".join(each.message for each in problems)
    assert problems[0].path.startswith("/States/A/Credentials")


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("https://shop.example/v1", "no request to a URI has a role"),
        ("custom:thing", "no request to a URI has a role"),
        (
            "arn:aws:states:eu-west-1:123456789012:activity:paint",
            "a worker comes for the task of an activity",
        ),
    ],
)
def test_a_task_without_requests_of_aws_has_no_role(resource, expected):
    [problem] = check_definition(a_machine({"RoleArn": ROLE}, resource))

    assert problem.message.startswith(expected)


def test_a_resource_that_is_wrong_is_the_only_problem():
    [problem] = check_definition(a_machine({"RoleArn": ROLE}, 5))

    assert problem.path == "/States/A/Resource"
