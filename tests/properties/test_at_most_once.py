"""A task that its author marks as at most once never runs twice, in no storm."""

import pytest

from chalicelib.simulation.faults import Storm
from chalicelib.simulation.trial import Trial

STORMS = range(60)

ASL = {
    "StartAt": "Pay",
    "States": {
        "Pay": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay",
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Ask"}],
            "Next": "Done",
        },
        "Ask": {"Type": "Pass", "Next": "Done"},
        "Done": {"Type": "Succeed"},
    },
}
CLOUDFLOW = {
    "Type": "StateMachine",
    "Name": "order",
    "SpecVersion": "v1",
    "StartAt": "Pay",
    "States": [
        {
            "Type": "Task",
            "Name": "Pay",
            "Action": "FC:InvokeFunction",
            "Parameters": {"resourceArn": "acs:fc:::functions/pay"},
            "End": True,
        }
    ],
}
RILLFLOW = {
    "workspace": "shop",
    "dagName": "order",
    "type": "flow",
    "tasks": [
        {
            "name": "Pay",
            "category": "function",
            "resourceName": "lambda://pay",
            "pattern": "task_sync",
        }
    ],
}


def marked(definition, language, value):
    if language == "asl":
        pay = {**definition["States"]["Pay"], "AtMostOnce": value}
        return {**definition, "States": {**definition["States"], "Pay": pay}}
    field, name = {
        "cloudflow": ("States", "AtMostOnce"),
        "rillflow": ("tasks", "atMostOnce"),
    }[language]
    return {**definition, field: [{**definition[field][0], name: value}]}


def payments(definition, seed):
    """How often the customer paid in one execution."""
    paid = []

    def pay(event):
        paid.append(event)
        return {"ok": True}

    Trial(definition, {"of": 1}, functions={"pay": pay}, has_one_end=False).run(
        Storm(seed)
    )
    return len(paid)


@pytest.mark.parametrize(
    ("language", "definition"),
    [("asl", ASL), ("cloudflow", CLOUDFLOW), ("rillflow", RILLFLOW)],
)
def test_a_marked_task_never_runs_twice(language, definition):
    careful = marked(definition, language, True)

    assert {payments(careful, seed) for seed in STORMS} <= {0, 1}


def test_a_task_without_the_mark_does_run_twice_in_some_storm():
    careless = marked(ASL, "asl", False)

    assert max(payments(careless, seed) for seed in STORMS) > 1
