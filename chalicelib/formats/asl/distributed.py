"""ItemReader, ItemBatcher and ResultWriter of a Map -> what it has done outside.

AWS, "Using Map state in Distributed mode". Both query languages write them alike, but
for who holds a request (Parameters, Arguments) and how a number may be computed (a
field whose name ends in Path, an expression).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from chalicelib.formats.asl.expressions import (
    compile_expression,
    compile_values,
    or_expression,
)
from chalicelib.formats.asl.labels import label_of
from chalicelib.formats.asl.payloads import payload_of
from chalicelib.formats.asl.reader_configs import (
    ATHENA,
    FLATTENS,
    INPUT_TYPES,
    INVENTORY,
    MANIFEST,
    check_config,
)
from chalicelib.formats.asl.templates import compile_template
from chalicelib.formats.asl.values import compile_field
from chalicelib.formats.asl.vocabulary import JSONATA
from chalicelib.formats.fields import (
    Field,
    Part,
    Rule,
    Shape,
    anything,
    every,
    integer,
    listed,
    mapping,
    name_text,
    one_of,
    text,
)
from chalicelib.model import workflow as model
from chalicelib.model.expressions import Expression, Literal, Object

_ARN = re.compile(r"arn:[\w-]+:states:[\w-]*:\d*:(s3:\w+)", re.ASCII)
#: What each action of an ItemReader needs to be told.
_READS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"s3:getObject": ("Bucket", "Key"), "s3:listObjectsV2": ("Bucket",)}
)
_WRITES: Mapping[str, tuple[str, ...]] = MappingProxyType({"s3:putObject": ("Bucket",)})
_NEED_OUTSIDE = ("FLATTEN", "NONE")

READER = Shape(
    "an item reader",
    {
        "Resource": Field(name_text, required=True),
        "Parameters": Field(mapping),
        "Arguments": Field(anything),
        "ReaderConfig": Field(mapping),
    },
)
WRITER = Shape(
    "a result writer",
    {
        "Resource": Field(name_text),
        "Parameters": Field(mapping),
        "Arguments": Field(anything),
        "WriterConfig": Field(mapping),
    },
)
WRITER_CONFIG = Shape(
    "a writer's configuration",
    {
        "OutputType": Field(one_of("JSON", "JSONL"), default="JSON"),
        "Transformation": Field(one_of("NONE", "COMPACT", "FLATTEN"), default="NONE"),
    },
)


def _counts(language: str, least: int, *names: str) -> dict[str, Field]:
    """Return fields that hold a number, and those that lead to one."""
    rule: Rule = integer(minimum=least)
    if language == JSONATA:
        return {name: Field(or_expression(rule)) for name in names}
    paths = {f"{name}Path": Field(name_text) for name in names}
    return {name: Field(rule) for name in names} | paths


def _config_shape(language: str) -> Shape:
    fields = {
        "InputType": Field(one_of(*INPUT_TYPES)),
        "CSVHeaderLocation": Field(one_of("FIRST_ROW", "GIVEN")),
        "CSVHeaders": Field(every(text, least=1)),
        "CSVDelimiter": Field(one_of("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB")),
        "ItemsPointer": Field(text),
        "ManifestType": Field(one_of(ATHENA, INVENTORY)),
        "Transformation": Field(one_of("NONE", FLATTENS)),
    }
    fields |= _counts(language, 0, "MaxItems")
    return Shape("a reader's configuration", fields)


def _batcher_shape(language: str) -> Shape:
    numbers = _counts(language, 1, "MaxItemsPerBatch", "MaxInputBytesPerBatch")
    given = {"BatchInput": Field(anything if language == JSONATA else mapping)}
    return Shape("an item batcher", {**numbers, **given})


def no_tolerance(part: Part) -> Expression | None:
    """Return the tolerance of a distributed Map that names none: not one failure.

    AWS, "Setting failure thresholds": it fails by that, not by its child's error.
    """
    if any(name.startswith("ToleratedFailure") for name, _ in part.members()):
        return None
    return Literal(value=0) if label_of(part) else None


def compile_reader(state: Part, language: str) -> model.Errand | None:
    """Return what brings the items; None where the input has them."""
    if "ItemReader" not in state:
        return None
    part = state["ItemReader"]
    found = part.read(READER)
    action = _action(part, _READS)
    config = _reader_config(part["ReaderConfig"], action, language)
    if "Resource" not in found:
        return None
    return model.Errand(
        resource="s3:read",
        arguments=Object(
            fields=(
                ("action", Literal(value=action.removeprefix("s3:"))),
                ("request", _request(part, language, _READS.get(action, ()))),
                ("config", config),
            )
        ),
    )


def _action(part: Part, known: Mapping[str, tuple[str, ...]]) -> str:
    """Return which action a Resource names; empty, and a problem, when none of ours."""
    written = part["Resource"].value
    if not isinstance(written, str):
        return ""
    found = _ARN.fullmatch(written)
    if found is None or found[1] not in known:
        arns = [f"arn:aws:states:::{each}" for each in known]
        part["Resource"].wrong(f"{written!r} is not known here; use {listed(arns)}")
        return ""
    return found[1]


def _request(part: Part, language: str, needed: tuple[str, ...]) -> Expression:
    payload = payload_of(part, language)
    if not payload.is_given():
        holder = "Arguments" if language == JSONATA else "Parameters"
        part.wrong(f"{holder!r} is missing; add the object, with {listed(needed)}")
        return Literal(value={})
    for name in needed:
        if payload.lacks(name):
            payload.part.wrong(f"{name!r} is missing; add it")
    return payload.whole() or Literal(value={})


def _reader_config(part: Part, action: str, language: str) -> Expression:
    if not isinstance(part.value, dict):
        if action == "s3:getObject":
            part.wrong("'ReaderConfig' is missing in the item reader; add it")
        return Literal(value={})
    found = part.read(_config_shape(language))
    check_config(part, action)
    fields = {
        name: Literal(value=value)
        for name, value in found.items()
        if not name.startswith("MaxItems")
    }
    if part["ManifestType"].value == INVENTORY:
        fields["InputType"] = Literal(value=MANIFEST)
    most = _count(part, "MaxItems", language)
    if most is not None:
        return Object(fields=(*fields.items(), ("MaxItems", most)))
    return Literal(value={name: each.value for name, each in fields.items()})


def _count(part: Part, name: str, language: str) -> Expression | None:
    """Return a number, or what leads to one; None where neither is there."""
    path = f"{name}Path"
    if language == JSONATA:
        return compile_expression(part[name], "count") if name in part else None
    if name in part and path in part:
        part[path].wrong(f"{name!r} is there already; remove one of them", at="key")
    if name in part:
        return Literal(value=part[name].value)
    if isinstance(part[path].value, str):
        return compile_field(part[path], "Field.count")
    return None


def compile_batcher(state: Part, language: str) -> model.Batcher | None:
    """Return how items are put together; None where each goes alone."""
    if "ItemBatcher" not in state:
        return None
    part = state["ItemBatcher"]
    part.read(_batcher_shape(language))
    most = _count(part, "MaxItemsPerBatch", language)
    size = _count(part, "MaxInputBytesPerBatch", language)
    if most is None and size is None:
        part.wrong(
            "nothing limits a batch; add MaxItemsPerBatch, or MaxInputBytesPerBatch"
        )
    return model.Batcher(
        max_items=most, max_bytes=size, input=_template(part["BatchInput"], language)
    )


def _template(part: Part, language: str) -> Expression | None:
    if part.value is None:
        return None
    return compile_values(part) if language == JSONATA else compile_template(part)


def compile_writer(state: Part, language: str) -> model.Errand | None:
    """Return what takes the results; None where they are the output."""
    if "ResultWriter" not in state:
        return None
    part = state["ResultWriter"]
    found = part.read(WRITER)
    config = part["WriterConfig"]
    options = config.read(WRITER_CONFIG) if "WriterConfig" in found else {}
    if "Resource" not in part:
        _check_output(part)
        return None
    action = _action(part, _WRITES)
    return model.Errand(
        resource="s3:write",
        arguments=Object(
            fields=(
                ("request", _request(part, language, _WRITES.get(action, ()))),
                ("config", Literal(value=options)),
                ("label", Literal(value=label_of(state))),
            )
        ),
    )


def _check_output(part: Part) -> None:
    """Without a Resource the results are the output, and that is compact here."""
    config = part["WriterConfig"]
    if "WriterConfig" not in part:
        part.wrong("a result writer has a Resource, or a WriterConfig; add one")
    elif config["Transformation"].value in _NEED_OUTSIDE:
        config["Transformation"].wrong(
            "without a Resource only COMPACT is supported; add a Resource, or shape "
            "the output of the state"
        )
