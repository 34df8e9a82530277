"""Which items does a file hold, and in which files do the results of a Map go?

    bytes, in chunks, and how to read them --items_in--> items, one after the other
    results, and how to write them --result_files--> texts by status

Pure: whoever has the bytes reads them here, S3 and the test kit alike. A file is read
no further than its items are asked for.
"""

from __future__ import annotations

import codecs
import csv
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from chalicelib.errors import InputRefused
from chalicelib.values import Json, compact, parse

#: How to read: the ReaderConfig of an ItemReader.
Config = Mapping[str, Any]
Chunks = Iterable[bytes]

_DELIMITERS = MappingProxyType(
    {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
)
#: zlib: a gzip header is expected.
_GZIP = 16 + zlib.MAX_WBITS


class ObjectName(NamedTuple):
    """An object of S3."""

    bucket: str
    key: str


def items_in(chunks: Chunks, config: Config) -> Iterator[Json]:
    """Yield the items of a file.

    Raises:
        InputRefused: the file is not what its type says.
    """
    kind = config.get("InputType", "JSON")
    if kind not in _READERS:
        raise InputRefused(f"items cannot be read from a file of type {kind}")
    try:
        yield from _READERS[kind](chunks, config)
    except UnicodeDecodeError as error:
        raise InputRefused(f"the file is not UTF-8: {error}") from None
    except csv.Error as error:
        raise InputRefused(f"the file is not CSV: {error}") from None


# -- JSON --------------------------------------------------------------------------


def _json(chunks: Chunks, config: Config) -> Iterator[Json]:
    whole = parse(b"".join(chunks).removeprefix(codecs.BOM_UTF8), what="the file")
    found = _pointed(whole, config.get("ItemsPointer", ""))
    if not isinstance(found, list):
        # The words of AWS.
        raise InputRefused("Attempting to map over non-iterable node.")
    yield from found


def _pointed(value: Json, pointer: str) -> Json:
    """Follow a JSON pointer (RFC 6901)."""
    if pointer and not pointer.startswith("/"):
        raise InputRefused(f"ItemsPointer {pointer!r} does not begin with /")
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            raise InputRefused(f"ItemsPointer {pointer!r} leads to nothing in the file")
    return value


def _json_lines(chunks: Chunks, _: Config) -> Iterator[Json]:
    for number, line in enumerate(lines(chunks), 1):
        if line.strip():
            yield parse(line, what=f"line {number} of the file")


def lines(chunks: Chunks) -> Iterator[str]:
    """Yield the lines of a text in UTF-8, each with its end.

    >>> list(lines([b"a\\nb", b"c"]))
    ['a\\n', 'bc']
    """
    decode = codecs.getincrementaldecoder("utf-8-sig")().decode
    begun: list[str] = []
    for chunk in chunks:
        first, *others = decode(chunk).split("\n")
        begun.append(first)
        for each in others:
            yield "".join(begun) + "\n"
            begun = [each]
    begun.append(decode(b"", final=True))
    if rest := "".join(begun):
        yield rest


# -- CSV ---------------------------------------------------------------------------


def _csv(chunks: Chunks, config: Config) -> Iterator[Json]:
    delimiter = _DELIMITERS[config.get("CSVDelimiter", "COMMA")]
    rows = filter(None, csv.reader(lines(chunks), delimiter=delimiter))
    headers = config.get("CSVHeaders") or next(rows, [])
    if len(set(headers)) < len(headers):
        # The words of AWS.
        raise InputRefused("CSV headers cannot contain duplicates.")
    for row in rows:
        # AWS, "ItemReader": a short row is filled up, of a long one the rest is left.
        filled = [*row, *[""] * (len(headers) - len(row))]
        yield dict(zip(headers, filled, strict=False))


# -- files that name files ----------------------------------------------------------


class Inventory(NamedTuple):
    """What the manifest of an S3 inventory names."""

    files: list[ObjectName]
    #: How to read each of them.
    config: Config


def inventory_in(chunks: Chunks) -> Inventory:
    """Return what the manifest of an S3 inventory names.

    Raises:
        InputRefused: it is no such manifest, or its files are not CSV.
    """
    manifest = parse(b"".join(chunks), what="the manifest")
    try:
        kind, schema = manifest["fileFormat"], manifest["fileSchema"]
        bucket = manifest["destinationBucket"].rsplit(":", 1)[-1]
        files = [ObjectName(bucket, str(each["key"])) for each in manifest["files"]]
        headers = [name.strip() for name in schema.split(",")]
    except (KeyError, TypeError, AttributeError, IndexError):
        raise InputRefused("the manifest is not that of an S3 inventory") from None
    if kind != "CSV":
        raise InputRefused(f"the inventory is of type {kind}; only CSV can be read")
    return Inventory(files, {"InputType": "CSV", "CSVHeaders": headers})


def names_in(chunks: Chunks) -> Iterator[ObjectName]:
    """Yield the objects that a manifest of Athena names, one in each line.

    Raises:
        InputRefused: a line is no ``s3://`` address.
    """
    for line in lines(chunks):
        address = line.strip().strip('"')
        scheme, _, rest = address.partition("://")
        bucket, _, key = rest.partition("/")
        if address and not (scheme == "s3" and bucket and key):
            raise InputRefused(f"the manifest names {address[:200]!r}, not s3://…/…")
        if address:
            yield ObjectName(bucket, key)


def unzipped(chunks: Chunks) -> Iterator[bytes]:
    """Yield what a gzip file holds.

    Raises:
        InputRefused: it is damaged.
    """
    unpacker = zlib.decompressobj(_GZIP)
    for chunk in chunks:
        rest = chunk
        while rest:
            try:
                yield unpacker.decompress(rest, _PIECE)
            except zlib.error as error:
                raise InputRefused(f"the file is not gzip: {error}") from None
            rest = unpacker.unconsumed_tail


#: Bytes that are unpacked at once: a small file may hold a very large one.
_PIECE = 1024 * 1024

_READERS: Mapping[str, Callable[[Chunks, Config], Iterator[Json]]] = MappingProxyType(
    {"JSON": _json, "JSONL": _json_lines, "CSV": _csv}
)


# -- results ------------------------------------------------------------------------


class ResultFile(NamedTuple):
    """The results of one status."""

    #: ``SUCCEEDED`` or ``FAILED``.
    status: str
    name: str
    content: bytes


def result_files(
    results: Sequence[Json], config: Config, task: str
) -> list[ResultFile]:
    """Return the files of a ResultWriter: one for each status that there is.

    ``task``: begins the name of each iteration.
    """
    by_status: dict[str, list[Json]] = {}
    transformation = config.get("Transformation", "NONE")
    for index, result in enumerate(results):
        status = "FAILED" if "error" in result else "SUCCEEDED"
        entries = by_status.setdefault(status, [])
        if status == "FAILED" or transformation == "NONE":
            entries.append(_described(result, status, f"{task}-{index}"))
        elif transformation == "FLATTEN" and isinstance(result["output"], list):
            entries.extend(result["output"])
        else:
            entries.append(result["output"])
    is_lines = config.get("OutputType") == "JSONL"
    return [
        _file(status, entries, is_lines=is_lines)
        for status, entries in sorted(by_status.items())
    ]


def _described(result: Json, status: str, name: str) -> Json:
    """Return an iteration as AWS describes a child execution; inside it, texts."""
    found = {
        "Name": name,
        "Status": status,
        "Input": compact(result["input"]),
        "InputDetails": {"Included": True},
    }
    if status == "FAILED":
        return {**found, "Error": result["error"], "Cause": result["cause"]}
    output = {"Output": compact(result["output"]), "OutputDetails": {"Included": True}}
    return {**found, **output}


def _file(status: str, entries: Sequence[Json], *, is_lines: bool) -> ResultFile:
    if is_lines:
        text = "".join(f"{compact(each)}\n" for each in entries)
        return ResultFile(status, f"{status}_0.jsonl", _bytes(text))
    return ResultFile(status, f"{status}_0.json", _bytes(compact(entries)))


def _bytes(text: str) -> bytes:
    # Half a surrogate pair has no UTF-8; JSON's own escape for it is spelled alike.
    return text.encode("utf-8", "backslashreplace")
