"""Which fields has each object of CloudFlow's language?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.formats.cloudflow.constructors import twin_fields
from chalicelib.formats.fields import (
    Field,
    Rule,
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
from chalicelib.values import Json

_TEXT_OR_NULL = either(text, one_of(None))


def seconds(*, least: int, most: int | None = None) -> Rule:
    """Accept a number in these bounds, or a text of digits that says one."""
    as_number = number(minimum=least, maximum=most)

    def rule(value: Json) -> str | None:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
            value = int(value)
        found = as_number(value)
        return found and f"{found} (in seconds)"

    return rule


_SCOPE = {
    "StartAt": Field(name_text, required=True),
    "States": Field(every(mapping, least=1), required=True),
}
FLOW = Shape(
    "a flow",
    {
        "Type": Field(one_of("StateMachine"), required=True),
        "Name": Field(name_text),
        "SpecVersion": Field(one_of("v1"), required=True),
        "Description": Field(_TEXT_OR_NULL),
        "Environment": Field(mapping),
        **_SCOPE,
    },
)
ENVIRONMENT = Shape("Environment", {"Variables": Field(every(mapping), required=True)})
VARIABLE = Shape(
    "an environment variable",
    {
        "Name": Field(name_text, required=True),
        "Value": Field(text, required=True),
        "Description": Field(_TEXT_OR_NULL),
    },
)
BRANCH = Shape("a branch of a Parallel state", _SCOPE)
PROCESSOR = Shape(
    "the Processor of a Map state", {**_SCOPE, "ProcessorConfig": Field(mapping)}
)
PROCESSOR_CONFIG = Shape(
    "ProcessorConfig", {"ExecutionMode": Field(one_of("Express", "Standard"))}
)

_STATE = {
    "Name": Field(name_text, required=True),
    "Type": Field(name_text, required=True),
    "Description": Field(_TEXT_OR_NULL),
    "InputConstructor": Field(mapping),
}
_CHANGES = {"OutputConstructor": Field(mapping), "GlobalConstructor": Field(mapping)}
_MOVES = {"Next": Field(name_text), "End": Field(boolean)}
_RECOVERS = {"Retry": Field(sequence), "Catch": Field(sequence)}

_NO_RECOVERY = "only Task, Parallel and Map states can fail; remove it from this state"
_UNRECOVERABLE = {"Retry": _NO_RECOVERY, "Catch": _NO_RECOVERY}
_LEAVES_BY_BRANCHES = (
    "a Choice state leaves by its Branches and its Default; remove this field"
)
_ENDS_ITSELF = "a {} state ends its scope; remove this field"
_KEEPS_OUTPUT = (
    "the output of a Choice state is its input; put this in the state that follows"
)
_OLD_RECOVERY = "this is of an older revision; write Retry and Catch"
#: CloudFlow, "Task": seven days.
LONGEST_TIMEOUT = 604_800


def _state(kind: str, *parts: Mapping[str, Field], refused: Mapping[str, str]) -> Shape:
    fields = {name: each for part in (_STATE, *parts) for name, each in part.items()}
    return Shape(f"a {kind} state", fields, refused=refused)


STATES: Mapping[str, Shape] = {
    "Task": _state(
        "Task",
        _CHANGES,
        _MOVES,
        _RECOVERS,
        twin_fields("Timeout", seconds(least=0, most=LONGEST_TIMEOUT)),
        {
            "Action": Field(name_text, required=True),
            "TaskMode": Field(name_text, default="RequestComplete"),
            "Parameters": Field(mapping, required=True),
            "AtMostOnce": Field(boolean),
        },
        refused={"OnErrors": _OLD_RECOVERY, "OnError": _OLD_RECOVERY},
    ),
    "Pass": _state("Pass", _CHANGES, _MOVES, refused=_UNRECOVERABLE),
    "Wait": _state(
        "Wait",
        _CHANGES,
        _MOVES,
        twin_fields("Seconds", seconds(least=0)),
        refused=_UNRECOVERABLE,
    ),
    "Choice": _state(
        "Choice",
        {
            "Branches": Field(every(mapping, least=1), required=True),
            "Default": Field(name_text, required=True),
        },
        refused={
            **_UNRECOVERABLE,
            "Next": _LEAVES_BY_BRANCHES,
            "End": _LEAVES_BY_BRANCHES,
            "OutputConstructor": _KEEPS_OUTPUT,
            "GlobalConstructor": _KEEPS_OUTPUT,
        },
    ),
    "Parallel": _state(
        "Parallel",
        _CHANGES,
        _MOVES,
        _RECOVERS,
        {"Branches": Field(every(mapping, least=1), required=True)},
        refused={},
    ),
    "Map": _state(
        "Map",
        _CHANGES,
        _MOVES,
        _RECOVERS,
        {
            "ItemsPath": Field(name_text),
            "ItemReader": Field(mapping),
            "ItemBatcher": Field(mapping),
            "ResultWriter": Field(mapping),
            **twin_fields("MaxItems", integer(minimum=1)),
            "ItemConstructor": Field(mapping),
            "Processor": Field(mapping, required=True),
            # CloudFlow, "Inline mode": the name is spelled so in the vendor's pages.
            **twin_fields("MaxConcuccency", integer(minimum=1)),
            **twin_fields("MaxConcurrency", integer(minimum=1)),
            **twin_fields("ToleratedFailureCount", integer(minimum=0)),
            **twin_fields("ToleratedFailurePercentage", number(minimum=0, maximum=100)),
        },
        refused={},
    ),
    "Succeed": _state(
        "Succeed",
        {"OutputConstructor": Field(mapping), "End": Field(boolean)},
        refused={**_UNRECOVERABLE, "Next": _ENDS_ITSELF.format("Succeed")},
    ),
    "Fail": _state(
        "Fail",
        twin_fields("Code", text),
        twin_fields("Detail", text),
        {"OutputConstructor": Field(mapping), "End": Field(boolean)},
        refused={**_UNRECOVERABLE, "Next": _ENDS_ITSELF.format("Fail")},
    ),
}

READER = Shape(
    "an ItemReader",
    {
        "SourceType": Field(name_text, required=True),
        "SourceParameters": Field(mapping, required=True),
        "ReaderConfig": Field(mapping),
    },
)
READER_CONFIG = Shape(
    "ReaderConfig",
    {
        "CSVHeaders": Field(every(text, least=1)),
        "CSVDelimiter": Field(one_of("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB")),
    },
)
BATCHER = Shape(
    "an ItemBatcher",
    {
        **twin_fields("MaxItemsPerBatch", integer(minimum=1)),
        **twin_fields("MaxInputBytesPerBatch", integer(minimum=1)),
        "BatchInput": Field(mapping),
    },
)
WRITER = Shape("a ResultWriter", {"Parameters": Field(mapping, required=True)})
CHOICE_BRANCH = Shape(
    "a branch of a Choice state",
    {
        "Condition": Field(name_text, required=True),
        "Next": Field(name_text, required=True),
        "Description": Field(_TEXT_OR_NULL),
    },
)
RETRY = Shape(
    "a rule of Retry",
    {
        "Errors": Field(every(name_text, least=1), required=True),
        "Description": Field(_TEXT_OR_NULL),
        "MaxAttempts": Field(integer(minimum=0), required=True),
        "IntervalSeconds": Field(number(minimum=0), required=True),
        # CloudFlow, "Retry": without a rate every interval is the same.
        "BackoffRate": Field(number(minimum=1), default=1.0),
        "MaxBackoffSeconds": Field(number(minimum=0)),
    },
)
CATCH = Shape(
    "a rule of Catch",
    {
        "Errors": Field(every(name_text, least=1), required=True),
        "Description": Field(_TEXT_OR_NULL),
        "OutputConstructor": Field(mapping),
        "Next": Field(name_text, required=True),
    },
)


def parameters(action: str, *twins: Mapping[str, Field]) -> Shape:
    """Return the shape of an action's Parameters."""
    fields = {name: each for twin in twins for name, each in twin.items()}
    return Shape(f"the Parameters of {action}", fields)


def parameter(name: str, rule: Rule = anything) -> dict[str, Field]:
    """Return the fields of one parameter."""
    return twin_fields(name, rule)
