"""What may stand where in the Amazon States Language?"""

from __future__ import annotations

from chalicelib.formats.fields import (
    Field,
    Shape,
    anything,
    boolean,
    either,
    every,
    integer,
    mapping,
    name_text,
    number,
    one_of,
    sequence,
    text,
)

#: The query languages.
JSONPATH, JSONATA = "JSONPath", "JSONata"
#: AWS, "Quotas": the longest time that a field may name.
MAX_SECONDS = 99_999_999
MAX_NAME = 80


def _of_jsonata(name: str, instead: str) -> str:
    return (
        f"{name!r} belongs to QueryLanguage JSONata, and here it is JSONPath; use "
        f"{instead}, or set QueryLanguage"
    )


#: Fields of the other query language: name -> the way out.
JSONATA_FIELDS = {
    "Arguments": _of_jsonata("Arguments", "Parameters"),
    "Output": _of_jsonata("Output", "ResultSelector, ResultPath and OutputPath"),
    "Items": _of_jsonata("Items", "ItemsPath"),
    "Condition": _of_jsonata("Condition", "Variable and an operator"),
}
_PATH_OR_NULL = Field(either(text, one_of(None)))
_SECONDS = Field(integer(minimum=1, maximum=MAX_SECONDS))
_PATH = Field(name_text)

LANGUAGE = Field(one_of(JSONPATH, JSONATA))
_ANY_STATE = {
    "Type": Field(text, required=True),
    "Comment": Field(text),
    "QueryLanguage": LANGUAGE,
}
_DATA = {"InputPath": _PATH_OR_NULL, "OutputPath": _PATH_OR_NULL}
_ASSIGN = {"Assign": Field(mapping)}
_LEADS_ON = {"Next": Field(name_text), "End": Field(boolean)}
_SHAPED = {"Parameters": Field(anything), "ResultPath": _PATH_OR_NULL}
_RECOVERS = {
    "ResultSelector": Field(mapping),
    "Retry": Field(sequence),
    "Catch": Field(sequence),
}
_WORKS = {**_ANY_STATE, **_DATA, **_ASSIGN, **_LEADS_ON, **_SHAPED, **_RECOVERS}

TOP = Shape(
    "a state machine",
    {
        "Comment": Field(text),
        "StartAt": Field(name_text, required=True),
        "States": Field(mapping, required=True),
        "Version": Field(one_of("1.0")),
        "TimeoutSeconds": _SECONDS,
        "QueryLanguage": LANGUAGE,
        "InputSchema": Field(mapping),
    },
)
BRANCH = Shape(
    "a branch",
    {
        "Comment": Field(text),
        "StartAt": Field(name_text, required=True),
        "States": Field(mapping, required=True),
        "QueryLanguage": LANGUAGE,
    },
)
PROCESSOR = BRANCH.with_fields("an item processor", {"ProcessorConfig": Field(mapping)})
PROCESSOR_CONFIG = Shape(
    "a processor's configuration",
    {
        "Mode": Field(one_of("INLINE", "DISTRIBUTED")),
        "ExecutionType": Field(one_of("STANDARD", "EXPRESS")),
    },
)


def _state(what: str, *fields: dict[str, Field]) -> Shape:
    merged = {name: each for part in fields for name, each in part.items()}
    return Shape(what, merged, refused=JSONATA_FIELDS)


STATES = {
    "Task": _state(
        "a Task state",
        _WORKS,
        {
            "Resource": Field(name_text, required=True),
            "TimeoutSeconds": _SECONDS,
            "TimeoutSecondsPath": _PATH,
            "HeartbeatSeconds": _SECONDS,
            "HeartbeatSecondsPath": _PATH,
            "AtMostOnce": Field(boolean),
            "Credentials": Field(mapping),
        },
    ),
    "Pass": _state(
        "a Pass state",
        _ANY_STATE,
        _DATA,
        _ASSIGN,
        _LEADS_ON,
        _SHAPED,
        {"Result": Field(anything)},
    ),
    "Choice": _state(
        "a Choice state",
        _ANY_STATE,
        _DATA,
        _ASSIGN,
        {
            "Choices": Field(every(mapping, least=1), required=True),
            "Default": Field(name_text),
        },
    ),
    "Wait": _state(
        "a Wait state",
        _ANY_STATE,
        _DATA,
        _ASSIGN,
        _LEADS_ON,
        {
            "Seconds": Field(integer(minimum=0, maximum=MAX_SECONDS)),
            "Timestamp": Field(text),
            "SecondsPath": _PATH,
            "TimestampPath": _PATH,
        },
    ),
    "Succeed": _state("a Succeed state", _ANY_STATE, _DATA),
    "Fail": _state(
        "a Fail state",
        _ANY_STATE,
        {
            "Error": Field(text),
            "Cause": Field(text),
            "ErrorPath": _PATH,
            "CausePath": _PATH,
        },
    ),
    "Parallel": _state(
        "a Parallel state",
        _WORKS,
        {"Branches": Field(every(mapping, least=1), required=True)},
    ),
    "Map": Shape(
        "a Map state",
        {
            **_WORKS,
            "ItemsPath": _PATH,
            "ItemSelector": Field(mapping),
            "ItemProcessor": Field(mapping),
            "Iterator": Field(mapping),
            "MaxConcurrency": Field(integer(minimum=0)),
            "MaxConcurrencyPath": _PATH,
            "ToleratedFailureCount": Field(integer(minimum=0)),
            "ToleratedFailureCountPath": _PATH,
            "ToleratedFailurePercentage": Field(number(minimum=0, maximum=100)),
            "ToleratedFailurePercentagePath": _PATH,
            "Label": Field(text),
            "ItemReader": Field(mapping),
            "ItemBatcher": Field(mapping),
            "ResultWriter": Field(mapping),
        },
        refused=JSONATA_FIELDS,
    ),
}

_ERRORS = Field(every(name_text, least=1), required=True)
RETRIER = Shape(
    "a retrier",
    {
        "ErrorEquals": _ERRORS,
        "IntervalSeconds": Field(integer(minimum=1, maximum=MAX_SECONDS), default=1),
        "MaxAttempts": Field(integer(minimum=0, maximum=MAX_SECONDS), default=3),
        "BackoffRate": Field(number(minimum=1), default=2.0),
        "MaxDelaySeconds": Field(integer(minimum=1, maximum=31_622_400)),
        "JitterStrategy": Field(one_of("FULL", "NONE"), default="NONE"),
        "Comment": Field(text),
    },
)
CATCHER = Shape(
    "a catcher",
    {
        "ErrorEquals": _ERRORS,
        "Next": Field(name_text, required=True),
        "ResultPath": _PATH_OR_NULL,
        "Assign": Field(mapping),
        "Comment": Field(text),
    },
    refused=JSONATA_FIELDS,
)
