"""Workflows that are nothing but what is measured."""

from itertools import pairwise
from typing import Any

Definition = dict[str, Any]

PASS: Definition = {"Type": "Pass"}
TASK: Definition = {
    "Type": "Task",
    "Resource": "arn:aws:lambda:us-east-1:123456789012:function:echo",
}
CALLBACK: Definition = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Parameters": {
        "FunctionName": "echo",
        "Payload": {"token.$": "$$.Task.Token"},
    },
}


def chain(state: Definition, length: int) -> Definition:
    """Return ``length`` states of one kind, one after the other."""
    names = [f"S{number}" for number in range(length)]
    states = {name: {**state, "Next": following} for name, following in pairwise(names)}
    states[names[-1]] = {**state, "End": True}
    return {"StartAt": names[0], "States": states}


def fan_out(state: Definition) -> Definition:
    """Return a Map with one state of a kind in each iteration."""
    processor = chain(state, 1)
    each = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor}
    return {"StartAt": "Each", "States": {"Each": {**each, "End": True}}}


def echo(event: Any) -> Any:
    """Return what was given."""
    return event
