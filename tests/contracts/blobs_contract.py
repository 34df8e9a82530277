"""What every place for blobs must do; a test module subclasses this."""

from __future__ import annotations

import pytest

from chalicelib.errors import ValueLost


class BlobsContract:
    @pytest.fixture
    def blobs(self):
        raise NotImplementedError

    @pytest.mark.parametrize("content", [b"", b"\x00\xff", bytes(1_000_000)])
    def test_content_comes_back_as_it_was_put(self, blobs, content):
        blobs.put("values/orders:run-1/abc", content)
        assert blobs.get("values/orders:run-1/abc") == content

    def test_putting_the_same_twice_is_putting_it_once(self, blobs):
        blobs.put("a", b"1")
        blobs.put("a", b"1")
        assert blobs.get("a") == b"1"

    def test_names_may_hold_any_letter(self, blobs):
        blobs.put("values/Grüße +%20 &=世界/1", b"1")
        assert blobs.get("values/Grüße +%20 &=世界/1") == b"1"

    def test_what_is_deleted_is_gone(self, blobs):
        blobs.put("a", b"1")
        blobs.delete("a")
        blobs.delete("a")
        with pytest.raises(ValueLost):
            blobs.get("a")

    def test_what_was_never_put_is_lost(self, blobs):
        blobs.put("values/a/12", b"1")
        with pytest.raises(ValueLost, match="values/a/1 "):
            blobs.get("values/a/1")
