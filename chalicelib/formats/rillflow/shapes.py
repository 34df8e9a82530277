"""Which fields do the objects of a Rill Flow DAG have?

A scalar is a text here whatever it looks like (``source: 1`` is the text ``1``), and
null is as good as absent. Unknown fields are somebody's notes, unless their name is
near a known one: then it is a slip, and it is refused.
"""

from __future__ import annotations

import difflib
from typing import Any

from chalicelib.formats import fields
from chalicelib.formats.fields import Field, Part, Rule, Shape
from chalicelib.values import Json, is_number

#: How near a name must be: ``outputMapping`` is near ``outputMappings``, while
#: ``outputSchema`` is a field of its own beside ``inputSchema``.
_NEAR = 0.8


def maybe(rule: Rule) -> Rule:
    """Accept null, or what ``rule`` accepts."""
    return lambda value: None if value is None else rule(value)


def scalar(value: Json) -> str | None:
    """Accept a text, a number, or a boolean."""
    return None if isinstance(value, str | int | float) else "must be a text"


def flag(value: Json) -> str | None:
    """Accept a boolean, or its text."""
    is_flag = isinstance(value, bool) or value in ("true", "false")
    return None if is_flag else "must be true or false"


def filled(value: Json) -> str | None:
    """Accept a scalar with something in it."""
    return None if text_of(value).strip() else "must be a text that is not empty"


def seconds(value: Json) -> str | None:
    """Accept a number above 0."""
    return (
        None
        if is_number(value) and value > 0
        else "must be a number of seconds above 0"
    )


def text_of(value: Json) -> str:
    """Return a scalar as the text it is; empty for anything else.

    >>> text_of(5), text_of(True), text_of(None)
    ('5', 'true', '')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def is_on(value: Json) -> bool:
    """Return whether a flag is set."""
    return text_of(value) == "true"


def read(part: Part, shape: Shape) -> dict[str, Any]:
    """Return the right fields of ``part``; report wrong ones, and slips of names."""
    found = part.read(shape)
    known = {each.casefold(): each for each in shape.fields}
    for name, inner in part.members():
        if name in shape.fields:
            continue
        near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=_NEAR)
        if near:
            inner.wrong(
                f"unknown field {name!r} in {shape.what}; "
                f"did you mean {known[near[0]]!r}?",
                at="key",
            )
    return found


def _any(*names: str) -> dict[str, Field]:
    return {name: Field(fields.anything) for name in names}


TEXT = Field(maybe(scalar))
_FLAG = Field(maybe(flag))
_OBJECT = Field(maybe(fields.mapping))
_LIST = Field(maybe(fields.sequence))

DAG = Shape(
    "a DAG",
    {
        **dict.fromkeys(("workspace", "namespace", "dagName", "service"), TEXT),
        "type": Field(fields.anything),
        "tasks": Field(fields.every(fields.anything, least=1), required=True),
        **dict.fromkeys(("timer", "timeline", "defaultContext", "output"), _OBJECT),
        "commonMapping": _OBJECT,
        **_any("version", "alias", "name", "group", "title", "description"),
        **_any("inputSchema", "resources", "callback", "callback_config"),
        **_any("callbackConfig", "endTaskName"),
    },
    open=True,
)
LIBRARY = DAG.with_fields(
    "a descriptor of type resource",
    {
        "tasks": Field(fields.anything),
        "resources": Field(fields.every(fields.anything, least=1), required=True),
    },
)
RULE = Shape(
    "a mapping",
    {
        **dict.fromkeys(("source", "target", "transform", "reference"), TEXT),
        "variable": TEXT,
        "tolerance": _FLAG,
    },
    open=True,
)
TIMELINE = Shape(
    "a timeline",
    {
        "timeoutInSeconds": TEXT,
        "suspenseTimestamp": TEXT,
        "suspenseIntervalSeconds": TEXT,
        "skipOnTimeout": _FLAG,
    },
    open=True,
)
DEGRADE = Shape("degrade", {"current": _FLAG, "followings": _FLAG}, open=True)
RETRY = Shape(
    "retry",
    {
        "maxRetryTimes": Field(maybe(fields.integer())),
        "intervalInSeconds": Field(maybe(fields.integer())),
        "multiplier": Field(maybe(fields.number())),
        "conditions": _LIST,
    },
    open=True,
)
ITERATION = Shape(
    "iterationMapping",
    {
        "collection": Field(filled, required=True),
        "item": Field(filled, required=True),
        "index": TEXT,
        "identity": TEXT,
    },
    open=True,
)
SYNCHRONIZATION = Shape(
    "synchronization", {"conditions": _LIST, "maxConcurrency": TEXT}, open=True
)
CHOICE = Shape(
    "a choice",
    {
        "condition": Field(filled, required=True),
        "tasks": Field(fields.every(fields.anything, least=1), required=True),
    },
    open=True,
)
SWITCH = Shape(
    "a switch",
    {
        "condition": Field(filled, required=True),
        "next": Field(filled, required=True),
        "break": _FLAG,
    },
    open=True,
)

_TASK = Shape(
    "a task",
    {
        **_any("name", "category"),
        "next": TEXT,
        "tolerance": _FLAG,
        "inputMappings": _LIST,
        "outputMappings": _LIST,
        "input": _OBJECT,
        "parameters": _OBJECT,
        "timeline": _OBJECT,
        "degrade": _OBJECT,
        **dict.fromkeys(("keyExp", "inputType", "outputType"), TEXT),
        "keyCallback": _FLAG,
        **_any("title", "description", "templateId", "progress", "group", "alias"),
    },
    open=True,
)
_CONDITIONS = Field(fields.sequence, required=True)
_SECONDS = Field(maybe(seconds))

TASKS = {
    "function": _TASK.with_fields(
        "a function task",
        {
            **dict.fromkeys(("resourceName", "resourceProtocol", "requestType"), TEXT),
            "resource": Field(fields.anything),
            "pattern": Field(filled, required=True),
            "atMostOnce": _FLAG,
            **dict.fromkeys(
                ("connectTimeoutInSeconds", "readTimeoutInSeconds"), _SECONDS
            ),
            "successConditions": _LIST,
            "failConditions": _LIST,
            "retry": _OBJECT,
        },
    ),
    "foreach": _TASK.with_fields(
        "a foreach task",
        {
            "iterationMapping": Field(fields.mapping, required=True),
            "synchronization": _OBJECT,
            "tasks": Field(fields.every(fields.anything, least=1), required=True),
        },
    ),
    "choice": _TASK.with_fields(
        "a choice task",
        {"choices": Field(fields.every(fields.mapping, least=1), required=True)},
    ),
    "switch": _TASK.with_fields(
        "a switch task",
        {"switches": Field(fields.every(fields.mapping), required=True)},
    ),
    "return": _TASK.with_fields("a return task", {"conditions": _CONDITIONS}),
    "suspense": _TASK.with_fields(
        "a suspense task", {"conditions": _CONDITIONS, "interruptions": _LIST}
    ),
    "pass": _TASK.with_fields("a pass task", {}),
}
