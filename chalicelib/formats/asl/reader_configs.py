"""Do the fields of a ReaderConfig fit together?

AWS, "ItemReader (Map)", "Contents of the ItemReader field"; what it leaves open is as
its validator was measured.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from chalicelib.formats.fields import Part, listed

ATHENA, INVENTORY = "ATHENA_DATA", "S3_INVENTORY"
CSV, MANIFEST = "CSV", "MANIFEST"
INPUT_TYPES = (CSV, "JSON", "JSONL", MANIFEST)
FLATTENS = "LOAD_AND_FLATTEN"
#: What a manifest of Athena may lead to.
_UNLOADED = (CSV, "JSONL")
#: The types of file that a field is about.
_ABOUT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CSVDelimiter": (CSV, MANIFEST),
        "CSVHeaderLocation": (CSV, MANIFEST),
        "CSVHeaders": (CSV, MANIFEST),
        "ItemsPointer": ("JSON",),
    }
)
#: RFC 6901.
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")


def check_config(part: Part, action: str) -> None:
    """Add a problem for each field that does not go with the others."""
    if part["ManifestType"].value == INVENTORY:
        _refuse_type(part)
        kind = MANIFEST
    else:
        _require_type(part, action)
        kind = part["InputType"].value
    if kind in INPUT_TYPES:
        _check_fields(part, kind)
    if kind == CSV:
        _check_headers(part)
    pointer = part["ItemsPointer"].value
    if isinstance(pointer, str) and not _POINTER.fullmatch(pointer):
        part["ItemsPointer"].wrong("must be a JSON pointer such as /orders/0/lines")


def _refuse_type(part: Part) -> None:
    if "InputType" in part:
        part["InputType"].wrong(
            f"the files of an inventory are {CSV}; remove this", at="key"
        )


def _require_type(part: Part, action: str) -> None:
    flattens = part["Transformation"].value == FLATTENS
    if "InputType" not in part and (action == "s3:getObject" or flattens):
        part.wrong(f"'InputType' is missing; add one of {listed(INPUT_TYPES)}")
    is_athena = part["ManifestType"].value == ATHENA
    if is_athena and part["InputType"].value not in (None, *_UNLOADED):
        part["InputType"].wrong(
            f"a manifest of Athena leads to files of type {listed(_UNLOADED)}"
        )


def _check_fields(part: Part, kind: str) -> None:
    for name, kinds in _ABOUT.items():
        if name in part and kind not in kinds:
            part[name].wrong(
                f"this is for files of type {listed(kinds)}; remove it", at="key"
            )


def _check_headers(part: Part) -> None:
    """A table needs names for its columns."""
    location = part["CSVHeaderLocation"].value
    if "CSVHeaderLocation" not in part:
        part.wrong("'CSVHeaderLocation' is missing; add FIRST_ROW or GIVEN")
    elif location == "GIVEN" and "CSVHeaders" not in part:
        part.wrong("'CSVHeaders' is missing; add the names of the columns")
    elif location == "FIRST_ROW" and "CSVHeaders" in part:
        part["CSVHeaders"].wrong(
            "the first row has the names; remove this, or give GIVEN", at="key"
        )
