"""How do the items of a Map come from S3, and how do its results get there?

    s3:read     {"action", "request", "config"}     -> {"items", "sources"}: see
                                                       ``engine.items``
    s3:write    {"request", "config", "label", "run", "results"}
                                                -> where they were written

``request`` is S3's own, ``config`` the ReaderConfig or the WriterConfig.

Rule 1  Objects are read in chunks, and no further than MaxItems.
Rule 2  The items of one Map are no larger than the answer of a function may be.
Rule 3  Results are written under a name that follows from their run, the manifest
        last: a second delivery writes the same again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote
from uuid import UUID

from chalicelib.dispatchers.item_files import (
    Config,
    ObjectName,
    inventory_in,
    items_in,
    names_in,
    result_files,
    unzipped,
)
from chalicelib.dispatchers.refusals import AWS_ERRORS, aws_failure
from chalicelib.dispatchers.seams import Clients, failed
from chalicelib.engine.events import Answer
from chalicelib.errors import InputRefused
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Clock, Limits, Outcome
from chalicelib.values import Json, compact, short_hash, size

PREFIX = "s3:"
#: What ARNs may have of a workflow's name, or of a label.
_SAFE = "-_.~!'()@+=§"
#: The address that an item comes from, and the item.
_Placed = tuple[str, Json]
#: Bytes that are read at once.
CHUNK = 256 * 1024


class S3ItemsDispatcher:
    """Reads items and writes results. See ``ports.Dispatcher``."""

    def __init__(
        self,
        clients: Clients,
        clock: Clock,
        *,
        limits: Limits | None = None,
        place: str = ":",
    ) -> None:
        """``place``: region and account of the stage, as in ARNs."""
        self._clients = clients
        self._clock = clock
        self._limits = limits or Limits()
        self._place = place

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        client = self._clients("s3")
        try:
            if call.resource == "s3:read":
                until = self._clock.now() + call.timeout
                return _Reading(client, self._clock, until, self._limits).answer(call)
            if call.resource == "s3:write":
                return _write(client, call, self._place)
        except TimeoutError:
            return failed(Kind.TIMEOUT, f"S3 was read for {call.timeout:g} s")
        except InputRefused as error:
            return failed(Kind.BAD_OUTPUT, error.reason)
        except AWS_ERRORS as error:
            return aws_failure(error, "S3")
        return failed(Kind.NOT_FOUND, f"{call.resource!r} is not s3:read or s3:write")

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; nobody waits for what was read in vain."""
        return False


class _Reading:
    """One request for items."""

    def __init__(self, client: Any, clock: Clock, until: float, limits: Limits) -> None:
        self._client = client
        self._clock = clock
        self._until = until
        self._most = limits.answer_bytes

    def answer(self, call: Call) -> Answer:
        """Return the items.

        Raises:
            InputRefused: they are not what they should be, or too large.
            TimeoutError: it took too long.
        """
        config = call.payload["config"]
        found = self._found(call.payload["action"], call.payload["request"], config)
        most = int(config.get("MaxItems") or 0) or None
        items: list[Json] = []
        sources: dict[str, int] = {}
        for address, item in self._bounded(islice(found, most)):
            items.append(item)
            sources[address] = sources.get(address, 0) + 1
        told = [[address, count] for address, count in sources.items()]
        return Answer(payload={"items": items, "sources": told})

    def _bounded(self, items: Iterator[_Placed]) -> Iterator[_Placed]:
        length = 0
        for placed in items:
            length += size(placed[1]) + 1
            if length > self._most:
                raise InputRefused(f"the items have more than {self._most} bytes")
            yield placed

    def _found(self, action: str, request: Json, config: Config) -> Iterator[_Placed]:
        if action == "listObjectsV2":
            listed = self._listed(request)
            if config.get("Transformation") != "LOAD_AND_FLATTEN":
                return ((f"s3://{request['Bucket']}", each) for each in listed)
            names = (ObjectName(request["Bucket"], each["Key"]) for each in listed)
            return self._loaded(names, config)
        if config.get("ManifestType") == "ATHENA_DATA":
            return self._loaded(names_in(self._chunks(request)), config)
        if config.get("InputType") == "MANIFEST":
            return self._loaded(*inventory_in(self._chunks(request)))
        return self._in_object(request, config)

    def _loaded(self, names: Iterable[ObjectName], config: Config) -> Iterator[_Placed]:
        for bucket, key in names:
            yield from self._in_object({"Bucket": bucket, "Key": key}, config)

    def _in_object(self, request: Json, config: Config) -> Iterator[_Placed]:
        chunks: Iterator[bytes] = self._chunks(request)
        if request["Key"].endswith(".gz"):
            # AWS, "ItemReader": the name says that a file is compressed.
            chunks = unzipped(chunks)
        address = f"s3://{request['Bucket']}/{request['Key']}"
        return ((address, each) for each in items_in(chunks, config))

    def _chunks(self, request: Json) -> Iterator[bytes]:
        body = self._client.get_object(**request)["Body"]
        length = 0
        while chunk := body.read(CHUNK):
            yield chunk
            # Only now: who has as many items as wanted does not come back.
            length += len(chunk)
            if length > self._most:
                raise InputRefused(
                    f"more than {self._most} bytes were read of {request['Key']!r}"
                )
            if self._clock.now() > self._until:
                raise TimeoutError

    def _listed(self, request: Json) -> Iterator[Json]:
        after: dict[str, str] = {}
        while True:
            page = self._client.list_objects_v2(**request, **after)
            yield from map(_listed_object, page.get("Contents", ()))
            if not page.get("IsTruncated"):
                return
            after = {"ContinuationToken": page["NextContinuationToken"]}
            if self._clock.now() > self._until:
                raise TimeoutError


def _listed_object(found: dict[str, Any]) -> Json:
    # AWS, "ItemReader": this is how a listed object looks to an iteration.
    return {
        "Etag": found["ETag"],
        "Key": found["Key"],
        "LastModified": int(found["LastModified"].timestamp()),
        "Size": found["Size"],
        "StorageClass": found.get("StorageClass", "STANDARD"),
    }


def _write(client: Any, call: Call, place: str) -> Answer:
    payload, run = call.payload, call.payload["run"]
    bucket, prefix = payload["request"]["Bucket"], payload["request"].get("Prefix", "")
    # Of the execution too: runs of two workflows may be called alike.
    own = str(UUID(short_hash(call.execution, run, length=32)))
    folder = f"{prefix.rstrip('/')}/{own}" if prefix else own
    listed: dict[str, list[Json]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
    for each in result_files(payload["results"], payload["config"], call.task):
        key = f"{folder}/{each.name}"
        client.put_object(Bucket=bucket, Key=key, Body=each.content)
        listed[each.status].append({"Key": key, "Size": len(each.content)})
    # AWS, "ResultWriter": the ARN is made of the workflow, the label and the run.
    workflow = quote(call.execution.rpartition(":")[0], safe=_SAFE)
    label = quote(payload["label"], safe=_SAFE)
    arn = f"arn:aws:states:{place}:mapRun:{workflow}/{label}:{run}"
    manifest = {"DestinationBucket": bucket, "MapRunArn": arn, "ResultFiles": listed}
    key = f"{folder}/manifest.json"
    client.put_object(Bucket=bucket, Key=key, Body=compact(manifest).encode())
    details = {"Bucket": bucket, "Key": key}
    return Answer(payload={"MapRunArn": arn, "ResultWriterDetails": details})
