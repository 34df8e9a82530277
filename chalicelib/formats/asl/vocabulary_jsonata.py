"""What may stand where in a state whose query language is JSONata?"""

from __future__ import annotations

from chalicelib.formats.asl.expressions import or_expression
from chalicelib.formats.asl.vocabulary import (
    LANGUAGE,
    MAX_SECONDS,
    STATES,
)
from chalicelib.formats.fields import (
    Field,
    Shape,
    anything,
    boolean,
    every,
    integer,
    mapping,
    name_text,
    number,
    sequence,
    text,
)
from chalicelib.values import Json


def _of_jsonpath(name: str, instead: str) -> str:
    return (
        f"{name!r} belongs to QueryLanguage JSONPath, and here it is JSONata; {instead}"
    )


_INPUT = "read $states.input in the expressions that need it"
_JSONPATH_FIELDS = {
    name: _of_jsonpath(name, instead)
    for name, instead in {
        "InputPath": _INPUT,
        "Parameters": "use Arguments",
        "ResultSelector": "use Output, with $states.result",
        "ResultPath": "use Output, with $states.input and $states.result",
        "OutputPath": "use Output",
        "Result": "use Output",
        "ItemsPath": "use Items",
        "Variable": "use Condition",
        "SecondsPath": "use Seconds",
        "TimestampPath": "use Timestamp",
        "TimeoutSecondsPath": "use TimeoutSeconds",
        "HeartbeatSecondsPath": "use HeartbeatSeconds",
        "ErrorPath": "use Error",
        "CausePath": "use Cause",
        "MaxConcurrencyPath": "use MaxConcurrency",
        "ToleratedFailureCountPath": "use ToleratedFailureCount",
        "ToleratedFailurePercentagePath": "use ToleratedFailurePercentage",
    }.items()
}
_SECONDS = Field(or_expression(integer(minimum=1, maximum=MAX_SECONDS)))
_COUNT = Field(or_expression(integer(minimum=0)))

_ANY_STATE = {
    "Type": Field(text, required=True),
    "Comment": Field(text),
    "QueryLanguage": LANGUAGE,
}
_OUTPUT = {"Output": Field(anything)}
_ASSIGN = {"Assign": Field(mapping)}
_LEADS_ON = {"Next": Field(name_text), "End": Field(boolean)}


def _collection(value: Json) -> str | None:
    return None if isinstance(value, list | dict) else "must be an array or an object"


_RECOVERS = {"Retry": Field(sequence), "Catch": Field(sequence)}
_WORKS = {**_ANY_STATE, **_OUTPUT, **_ASSIGN, **_LEADS_ON, **_RECOVERS}


def _state(kind: str, *fields: dict[str, Field]) -> Shape:
    merged = {name: each for part in fields for name, each in part.items()}
    other = STATES[kind]
    refused = {name: why for name, why in other.refused.items() if name not in merged}
    return Shape(other.what, merged, refused=refused | _JSONPATH_FIELDS)


JSONATA_STATES = {
    "Task": _state(
        "Task",
        _WORKS,
        {
            "Resource": Field(name_text, required=True),
            "Arguments": Field(anything),
            "TimeoutSeconds": _SECONDS,
            "HeartbeatSeconds": _SECONDS,
            "AtMostOnce": Field(boolean),
            "Credentials": Field(mapping),
        },
    ),
    "Pass": _state("Pass", _ANY_STATE, _OUTPUT, _ASSIGN, _LEADS_ON),
    "Choice": _state(
        "Choice",
        _ANY_STATE,
        _OUTPUT,
        _ASSIGN,
        {
            "Choices": Field(every(mapping, least=1), required=True),
            "Default": Field(name_text),
        },
    ),
    "Wait": _state(
        "Wait",
        _ANY_STATE,
        _OUTPUT,
        _ASSIGN,
        _LEADS_ON,
        {
            "Seconds": Field(or_expression(integer(minimum=0, maximum=MAX_SECONDS))),
            "Timestamp": Field(text),
        },
    ),
    "Succeed": _state("Succeed", _ANY_STATE, _OUTPUT),
    "Fail": _state("Fail", _ANY_STATE, {"Error": Field(text), "Cause": Field(text)}),
    "Parallel": _state(
        "Parallel",
        _WORKS,
        {
            "Arguments": Field(anything),
            "Branches": Field(every(mapping, least=1), required=True),
        },
    ),
    "Map": _state(
        "Map",
        _WORKS,
        {
            "Items": Field(or_expression(_collection)),
            "ItemSelector": Field(anything),
            "ItemProcessor": Field(mapping),
            "Iterator": Field(mapping),
            "MaxConcurrency": _COUNT,
            "ToleratedFailureCount": _COUNT,
            "ToleratedFailurePercentage": Field(
                or_expression(number(minimum=0, maximum=100))
            ),
            "Label": Field(text),
            "ItemReader": Field(mapping),
            "ItemBatcher": Field(mapping),
            "ResultWriter": Field(mapping),
        },
    ),
}
CATCHER = Shape(
    "a catcher",
    {
        "ErrorEquals": Field(every(name_text, least=1), required=True),
        "Next": Field(name_text, required=True),
        "Output": Field(anything),
        "Assign": Field(mapping),
        "Comment": Field(text),
    },
    refused={"ResultPath": _JSONPATH_FIELDS["ResultPath"]},
)
RULE = Shape(
    "a rule",
    {
        "Condition": Field(or_expression(boolean), required=True),
        "Next": Field(name_text, required=True),
        "Output": Field(anything),
        "Assign": Field(mapping),
        "Comment": Field(text),
    },
    refused={
        name: _of_jsonpath(name, "use Condition")
        for name in ("Variable", "And", "Or", "Not")
    },
)
