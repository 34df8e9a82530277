"""Where are values too large for an item? In a bucket, one object for each.

The client is made at the first use: most executions never need it, and making it costs
a cold start 24 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeAlias

from botocore.exceptions import ClientError, HTTPClientError

from chalicelib.aws_errors import ask, code_of
from chalicelib.errors import Unavailable, ValueLost

#: A boto3 client; boto3 publishes no types.
Client: TypeAlias = Any


class S3Blobs:
    """See ``ports.Blobs``.

    The role needs ``s3:ListBucket``: without it S3 answers 403 for what is not there.
    """

    def __init__(self, client_factory: Callable[[], Client], bucket: str) -> None:
        self._client_factory = client_factory
        self._bucket = bucket

    @cached_property
    def _client(self) -> Client:
        return self._client_factory()

    def put(self, name: str, content: bytes) -> None:
        """See ``ports.Blobs``."""
        request = {"Bucket": self._bucket, "Key": name, "Body": content}
        ask(self._client.put_object, request, what=f"bucket {self._bucket}")

    def get(self, name: str) -> bytes:
        """See ``ports.Blobs``."""
        request = {"Bucket": self._bucket, "Key": name}
        what = f"bucket {self._bucket}"
        try:
            body = ask(self._client.get_object, request, what=what)["Body"]
        except ClientError as error:
            if code_of(error) not in {"NoSuchKey", "404"}:
                raise
            raise ValueLost(name) from error
        return _read(body, what)

    def delete(self, name: str) -> None:
        """See ``ports.Blobs``."""
        request = {"Bucket": self._bucket, "Key": name}
        ask(self._client.delete_object, request, what=f"bucket {self._bucket}")


def _read(body: Any, what: str) -> bytes:
    try:
        content: bytes = body.read()
    except HTTPClientError as error:
        raise Unavailable(what) from error
    return content
