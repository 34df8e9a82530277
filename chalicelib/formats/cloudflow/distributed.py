"""ItemReader, ItemBatcher, ResultWriter and MaxItems of a Map -> what is done outside.

CloudFlow, "Distributed mode": items are read, constructed, batched, handed to child
executions, and their results written, in that order.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chalicelib.formats.cloudflow.constructors import compile_template, compile_twin
from chalicelib.formats.cloudflow.folding import object_of
from chalicelib.formats.cloudflow.shapes import BATCHER, READER, READER_CONFIG, WRITER
from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.fields import Part
from chalicelib.model import workflow as model
from chalicelib.model.expressions import Call, Expression, Literal, Object, Path
from chalicelib.values import Json

#: Any of these makes a Map a distributed one, whatever its ExecutionMode.
OUTSIDE = ("ItemReader", "ItemBatcher", "ResultWriter", "MaxItems", "MaxItems.$")
#: What a result writer is told where the author has no say.
_WRITTEN: Json = {"OutputType": "JSON", "Transformation": "NONE"}
#: SourceType -> how it is read, and what the objects in it look like.
_SOURCES: Mapping[str, tuple[str, dict[str, Json]]] = MappingProxyType(
    {
        "OSS.CSV": ("getObject", {"InputType": "CSV"}),
        "OSS.JSONLIST": ("getObject", {"InputType": "JSON"}),
        "OSS.OBJECTS": ("listObjectsV2", {}),
        "OSS.INVENTORYFILES": (
            "getObject",
            {"InputType": "MANIFEST", "ManifestType": "S3_INVENTORY"},
        ),
    }
)
_REQUEST = {"Bucket": "Bucket", "ObjectName": "Key", "Prefix": "Prefix"}


def label_of(part: Part) -> str:
    """Return what the run of a distributed Map is called; empty where it is inline."""
    mode = part["Processor"]["ProcessorConfig"]["ExecutionMode"].value
    if mode is None and not any(name in part for name in OUTSIDE):
        return ""
    return str(part["Name"].value)


def compile_reader(part: Part) -> model.Errand | None:
    """Return what brings the items; None where the input has them."""
    if "ItemReader" not in part:
        if "ItemsPath" not in part:
            part.wrong(
                "'ItemsPath' is missing in a Map state; add it, or an ItemReader"
            )
        return None
    reader = part["ItemReader"]
    if "ItemsPath" in part:
        reader.wrong("ItemsPath brings the items already; remove one", at="key")
    reader.read(READER)
    kind = reader["SourceType"]
    known = isinstance(kind.value, str) and kind.require_known(
        kind.value, _SOURCES, "SourceType"
    )
    action, config = _SOURCES[kind.value] if known else ("", {})
    fields: dict[str, Expression] = {
        "action": Literal(value=action),
        "request": _request(reader["SourceParameters"], action),
        "config": _config(part, config),
    }
    return model.Errand(resource="s3:read", arguments=object_of(fields))


def _request(part: Part, action: str) -> Expression:
    needed = ("Bucket",) if action == "listObjectsV2" else ("Bucket", "ObjectName")
    fields: dict[str, Expression] = {}
    for name, ours in _REQUEST.items():
        found = compile_twin(part, name, Sight())
        fields |= {} if found is None else {ours: found}
        if found is None and name in needed and isinstance(part.value, dict):
            part.wrong(f"{name!r} is missing; add it")
    return object_of(fields)


def _config(part: Part, config: dict[str, Json]) -> Expression:
    given = part["ItemReader"]["ReaderConfig"]
    said = given.read(READER_CONFIG) if isinstance(given.value, dict) else {}
    found = dict(config)
    if config.get("InputType") == "CSV":
        # Without names the first row has them.
        names = said.get("CSVHeaders")
        found["CSVHeaderLocation"] = "GIVEN" if names else "FIRST_ROW"
    fields: dict[str, Expression] = {
        name: Literal(value=value) for name, value in {**found, **said}.items()
    }
    most = compile_twin(part, "MaxItems", Sight())
    return object_of(fields | ({} if most is None else {"MaxItems": most}))


def first_items(part: Part, items: Expression | None) -> Expression | None:
    """Return as many of the input's items as the Map takes."""
    most = compile_twin(part, "MaxItems", Sight())
    if items is None or most is None:
        return items
    return Call(name="CloudFlow.firstItems", arguments=(items, most))


def compile_batcher(part: Part) -> model.Batcher | None:
    """Return how items are put together; None where each goes alone."""
    if "ItemBatcher" not in part:
        return None
    batcher = part["ItemBatcher"]
    batcher.read(BATCHER)
    most = compile_twin(batcher, "MaxItemsPerBatch", Sight())
    size = compile_twin(batcher, "MaxInputBytesPerBatch", Sight())
    if most is None and size is None:
        batcher.wrong(
            "nothing limits a batch; add MaxItemsPerBatch, or MaxInputBytesPerBatch"
        )
    given = batcher["BatchInput"]
    is_given = isinstance(given.value, dict)
    shared = compile_template(given, Sight()) if is_given else None
    return model.Batcher(max_items=most, max_bytes=size, input=shared)


def compile_writer(part: Part, label: str) -> model.Errand | None:
    """Return what takes the results; None where they are the output."""
    if "ResultWriter" not in part:
        return None
    writer = part["ResultWriter"]
    writer.read(WRITER)
    where = writer["Parameters"]
    if (
        isinstance(where.value, dict)
        and not {"Bucket", "Bucket.$"} & where.value.keys()
    ):
        where.wrong("'Bucket' is missing; add it")
    fields: dict[str, Expression] = {}
    for name in ("Bucket", "Prefix"):
        found = compile_twin(where, name, Sight())
        fields |= {} if found is None else {name: found}
    arguments = object_of(
        {
            "request": object_of(fields),
            "config": Literal(value=_WRITTEN),
            "label": Literal(value=label),
        }
    )
    return model.Errand(resource="s3:write", arguments=arguments)


def result_of(writer: model.Errand | None) -> Expression:
    """Return what a Map makes of its results, or of where they were written."""
    if writer is None:
        return Object(fields=(("Items", Path(text="$")),))
    details = Path(text="$.ResultWriterDetails", steps=("ResultWriterDetails",))
    return Object(fields=(("ResultWriterDetails", details),))
