"""Which fields has each object of CloudFlow's older language?"""

from __future__ import annotations

from collections.abc import Mapping

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
from chalicelib.model import timestamps
from chalicelib.values import Json

#: CloudFlow, "Limits": branches of a parallel step; iterations at once of a foreach.
MOST_BRANCHES = 100
#: CloudFlow, "Wait steps": two days, in seconds.
_LONGEST_WAIT = 172_800
#: CloudFlow, "Task steps": a day, in seconds.
_LONGEST_INTERVAL = 86_400

_TEXT_OR_NULL = either(text, one_of(None))


def path_or(rule: Rule, sentence: str) -> Rule:
    """Accept what ``rule`` accepts, and a path; ``sentence`` says both."""

    def check(value: Json) -> str | None:
        is_path = isinstance(value, str) and value.startswith("$")
        return None if is_path or rule(value) is None else sentence

    return check


def _timestamp(value: Json) -> str | None:
    return None if timestamps.instant(value) else "no time"


def _action(value: Json) -> str | None:
    is_right = isinstance(value, str) and value.count(":") == 1
    return None if is_right else "must be of the form product:Action"


_DURATION = path_or(
    integer(minimum=0, maximum=_LONGEST_WAIT),
    "must be whole seconds from 0 to 172800 (two days), or a path such as $.pause",
)
_TIMESTAMP = path_or(
    _timestamp,
    "must be a time such as 2030-01-31T08:00:00Z, or a path such as $.until",
)
_TIMEOUT = path_or(
    integer(minimum=1),
    "must be whole seconds, at least 1, or a path such as $.patience",
)

_STEPS = {"steps": Field(every(mapping, least=1), required=True)}
_MAPPINGS = {"inputMappings": Field(sequence), "outputMappings": Field(sequence)}
FLOW = Shape(
    "a flow",
    {
        "version": Field(one_of("v1", "v1beta1", "v1.0"), required=True),
        "type": Field(one_of("flow"), required=True),
        "name": Field(name_text),
        "description": Field(_TEXT_OR_NULL),
        "timeoutSeconds": Field(integer(minimum=1)),
        **_STEPS,
        **_MAPPINGS,
    },
    refused={
        "States": "a flow has States where its Type is StateMachine; write steps",
    },
)
MAPPING = Shape(
    "a mapping",
    {"target": Field(name_text, required=True), "source": Field(anything)},
)

_STEP = {
    "type": Field(name_text, required=True),
    "name": Field(name_text, required=True),
    "description": Field(_TEXT_OR_NULL),
    "end": Field(boolean),
    **_MAPPINGS,
}
_WRAP = (
    "only a task step has {}; put these steps into a flow of their own, and start it "
    "by a task step with 'pattern: sync'"
)
_NO_GOTO = (
    "steps follow each other as they are written; a goto stands in a choice, its "
    "default, or a catch"
)
_ELSEWHERE = {
    "retry": _WRAP.format("retry"),
    "catch": _WRAP.format("catch"),
    "errorMappings": "only a task step has errorMappings; remove it from this step",
    "goto": _NO_GOTO,
}


def _step(kind: str, fields: Mapping[str, Field], **refused: str) -> Shape:
    return Shape(
        f"a {kind} step", {**_STEP, **fields}, refused={**_ELSEWHERE, **refused}
    )


STEPS: Mapping[str, Shape] = {
    "task": Shape(
        "a task step",
        {
            **_STEP,
            "resourceArn": Field(name_text),
            "action": Field(_action),
            "pattern": Field(name_text),
            "timeoutSeconds": Field(_TIMEOUT),
            "serviceParams": Field(mapping),
            "errorMappings": Field(sequence),
            "retry": Field(every(mapping)),
            "catch": Field(every(mapping)),
            "atMostOnce": Field(boolean),
        },
        refused={"goto": _NO_GOTO},
    ),
    "pass": _step("pass", {}),
    "wait": _step(
        "wait", {"duration": Field(_DURATION), "timestamp": Field(_TIMESTAMP)}
    ),
    "choice": _step(
        "choice",
        {
            "choices": Field(every(mapping, least=1), required=True),
            "default": Field(mapping),
        },
        steps="steps of a choice step stand in its choices, or in its default",
    ),
    "parallel": _step(
        "parallel", {"branches": Field(every(mapping, least=1), required=True)}
    ),
    "foreach": _step("foreach", {"iterationMapping": Field(mapping), **_STEPS}),
    "succeed": _step("succeed", {}),
    "fail": _step("fail", {"error": Field(text), "cause": Field(text)}),
}

_WAYS = {"steps": Field(every(mapping)), "goto": Field(name_text)}
CHOICE = Shape(
    "one of the choices",
    {
        "condition": Field(name_text, required=True),
        "description": Field(_TEXT_OR_NULL),
        **_WAYS,
    },
)
DEFAULT = Shape("the default of a choice step", _WAYS)
BRANCH = Shape(
    "a branch of a parallel step", {**_STEPS, "description": Field(_TEXT_OR_NULL)}
)
ITERATION = Shape(
    "iterationMapping",
    {
        "collection": Field(name_text, required=True),
        "item": Field(name_text, required=True),
        "index": Field(name_text),
    },
)

_ERRORS = {"errors": Field(every(name_text, least=1), required=True)}
_INTERVAL = number(minimum=0, maximum=_LONGEST_INTERVAL)
RETRY = Shape(
    "one of the retries",
    {
        **_ERRORS,
        # CloudFlow, "Task steps": these are the defaults.
        "intervalSeconds": Field(_INTERVAL, default=1),
        "maxIntervalSeconds": Field(_INTERVAL, default=_LONGEST_INTERVAL),
        "maxAttempts": Field(integer(minimum=0), default=3),
        "multiplier": Field(number(minimum=1), default=2),
    },
)
CATCH = Shape(
    "one of the catches", {**_ERRORS, "goto": Field(name_text, required=True)}
)
