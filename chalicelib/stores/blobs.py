"""Where are values too large for an item, in memory? See ``s3`` for the real place."""

from __future__ import annotations

from chalicelib.errors import ValueLost


class MemoryBlobs:
    """See ``ports.Blobs``."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def put(self, name: str, content: bytes) -> None:
        """See ``ports.Blobs``."""
        self._contents[name] = content

    def get(self, name: str) -> bytes:
        """See ``ports.Blobs``."""
        if name not in self._contents:
            raise ValueLost(name)
        return self._contents[name]

    def delete(self, name: str) -> None:
        """See ``ports.Blobs``."""
        self._contents.pop(name, None)
