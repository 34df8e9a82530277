"""Objects of S3 in memory, for what the items and results of a Map need of a client.

The dispatcher of the stage works on them, so what it makes of files is the same here
and there.
"""

from __future__ import annotations

import datetime
import hashlib
import io
from collections.abc import Mapping
from typing import Any

from chalicelib.ports import Call, Clock, Limits, Outcome

#: (bucket, key) -> content
Objects = Mapping[tuple[str, str], bytes]

#: Objects of one page of a listing, as with S3.
PAGE = 1000
_MODIFIED = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


class MemoryObjects:
    """The part of an S3 client that Maps need."""

    def __init__(self, objects: Objects | None = None) -> None:
        self.objects: dict[tuple[str, str], bytes] = dict(objects or {})

    def get_object(self, *, Bucket: str, Key: str, **_: Any) -> dict[str, Any]:
        """Return an object.

        Raises:
            ClientError: there is none.
        """
        content = self.objects.get((Bucket, Key))
        if content is None:
            raise self._missing(Bucket)
        return {"Body": io.BytesIO(content)}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:
        """Keep an object."""
        self.objects[Bucket, Key] = Body

    def list_objects_v2(
        self,
        *,
        Bucket: str,
        Prefix: str = "",
        ContinuationToken: str = "",
        **_: Any,
    ) -> dict[str, Any]:
        """Return a page of the objects of a bucket, in order of their keys."""
        keys = sorted(
            key
            for bucket, key in self.objects
            if bucket == Bucket and key.startswith(Prefix) and key > ContinuationToken
        )
        page = keys[:PAGE]
        return {
            "Contents": [self._listed(Bucket, key) for key in page],
            "IsTruncated": len(keys) > PAGE,
            "NextContinuationToken": page[-1] if page else "",
        }

    def _listed(self, bucket: str, key: str) -> dict[str, Any]:
        content = self.objects[bucket, key]
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return {
            "ETag": f'"{digest}"',
            "Key": key,
            "LastModified": _MODIFIED,
            "Size": len(content),
            "StorageClass": "STANDARD",
        }

    def _missing(self, bucket: str) -> Exception:
        # Here: most runs need no objects, and importing this takes time.
        from botocore.exceptions import ClientError

        is_there = any(found == bucket for found, _ in self.objects)
        code = "NoSuchKey" if is_there else "NoSuchBucket"
        what = "key" if is_there else "bucket"
        message = f"The specified {what} does not exist"
        told = {"Error": {"Code": code, "Message": message}}
        error: Exception = ClientError(told, "GetObject")
        return error


class ObjectDispatcher:
    """The stage's own dispatcher, on objects in memory. See ``ports.Dispatcher``."""

    def __init__(self, objects: MemoryObjects, clock: Clock, limits: Limits) -> None:
        self._objects = objects
        self._clock = clock
        self._limits = limits

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        # Here: most runs need no objects, and importing this takes time.
        from chalicelib.dispatchers.s3_items import S3ItemsDispatcher

        made = S3ItemsDispatcher(
            lambda _: self._objects, self._clock, limits=self._limits
        )
        return made.dispatch(call)

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; nobody waits for what was read in vain."""
        return False
