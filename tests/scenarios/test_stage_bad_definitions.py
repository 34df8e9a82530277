"""Definitions with mistakes: refused with their places, and nothing is published."""

import pytest

pytestmark = [pytest.mark.moto, pytest.mark.slow]

ASL = """\
StartAt: Ship
States:
  Ship:
    Type: Task
    Resourse: lambda:ship
    Resource: arn:aws:lambda:us-east-1:123456789012:function:ship
    Next: Pay
  Rest:
    Type: Wait
    Seconds: soon
    End: true
"""
CLOUDFLOW = """\
Type: StateMachine
Name: broken
SpecVersion: v1
StartAt: Ship
States:
  - Type: Pass
    Name: Ship
    Nextt: Pay
    Next: Pay
  - Type: Wait
    Name: Rest
    Seconds: soon
    End: true
"""
RILLFLOW = """\
workspace: tests
dagName: broken
type: flow
tasks:
  - name: ship
    category: pass
    outputMapping: []
    next: pay
  - name: rest
    category: function
    resourceName: http://gateway/function/rest
    timeline: {timeoutInSeconds: soon}
"""


def refused(desk, text, name="broken", **query):
    """Return what is wrong with a definition that cannot be published."""
    answer = desk.ask("POST", "/v1/workflows", text, name=name, **query)
    assert answer.status_code == 400, answer.text
    document = answer.json()
    assert document["type"] == "urn:millrace:problem:definition-refused"
    assert desk.ask("GET", f"/v1/workflows/{name}").status_code == 404
    return document["problems"]


def places(problems):
    return [(each["line"], each["path"]) for each in problems]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            ASL,
            [
                (5, "/States/Ship/Resourse"),
                (7, "/States/Ship/Next"),
                (8, "/States/Rest"),
                (10, "/States/Rest/Seconds"),
            ],
        ),
        (CLOUDFLOW, []),
        (RILLFLOW, []),
    ],
)
def test_every_problem_is_said_at_once_with_its_place(desk, text, found):
    problems = refused(desk, text)

    print(problems)
    assert places(problems) == found
    assert all(each["column"] >= 1 and each["message"] for each in problems)
