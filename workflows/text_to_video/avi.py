"""How do pictures and sound become one file that players can play?

An AVI file is a RIFF tree, written here from front to back, a frame at a time; the
few numbers that are known only at the end are filled in at the end.

    RIFF AVI
      LIST hdrl   avih, LIST strl (video: strh, strf), LIST strl (sound: strh, strf)
      LIST movi   00dc a JPEG picture, 01wb the sound of that moment, and so on
      idx1        where each of them is, so that players can jump
"""

from __future__ import annotations

import struct
from array import array
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

#: avih: the file has an index, and sound and pictures alternate.
_FLAGS = 0x10 | 0x100
#: idx1: can be shown without the frames before it.
_KEY_FRAME = 0x10
_SAMPLE_BYTES = 2
#: Largest chunk a player should prepare for; only a hint.
_BUFFER = 64 * 1024


def _chunk(name: bytes, content: bytes) -> bytes:
    padding = b"\0" * (len(content) % 2)
    return name + struct.pack("<I", len(content)) + content + padding


def _list(name: bytes, *chunks: bytes) -> bytes:
    return _chunk(b"LIST", name + b"".join(chunks))


class AviWriter:
    """A film being written: JPEG frames with mono 16-bit sound."""

    def __init__(
        self, path: Path, *, size: tuple[int, int], fps: int, rate: int
    ) -> None:
        self._path = path
        self._unfinished = path.with_suffix(".part")
        self._size, self._fps, self._rate = size, fps, rate
        self._index: list[tuple[bytes, int, int]] = []
        self.frames = self.samples = 0
        self._file: BinaryIO = self._unfinished.open("wb")
        self._file.write(self._head(riff=0, movi=0))
        self._movi = self._file.tell() - 4

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._file:
            if error is None:
                self._finish()
        if error is None:
            self._unfinished.replace(self._path)
        else:
            self._unfinished.unlink()

    def add(self, jpeg: bytes, sound: array[int]) -> None:
        """Append one picture and the samples that are heard while it is shown."""
        self._append(b"00dc", jpeg)
        self._append(b"01wb", sound.tobytes())
        self.frames += 1
        self.samples += len(sound)

    def samples_due(self) -> int:
        """Return how many samples belong to the next frame."""
        return (self.frames + 1) * self._rate // self._fps - self.samples

    def _append(self, name: bytes, content: bytes) -> None:
        offset = self._file.tell() - self._movi
        self._index.append((name, offset, len(content)))
        self._file.write(_chunk(name, content))

    def _finish(self) -> None:
        movi = self._file.tell() - self._movi
        rows = (
            struct.pack("<4sIII", name, _KEY_FRAME, offset, size)
            for name, offset, size in self._index
        )
        self._file.write(_chunk(b"idx1", b"".join(rows)))
        riff = self._file.tell() - 8
        self._file.seek(0)
        self._file.write(self._head(riff=riff, movi=movi))

    def _head(self, *, riff: int, movi: int) -> bytes:
        """Return everything before the first frame; its length never changes."""
        header = _list(b"hdrl", self._main_header(), self._pictures(), self._sound())
        begin = b"RIFF" + struct.pack("<I", riff) + b"AVI "
        return begin + header + b"LIST" + struct.pack("<I", movi) + b"movi"

    def _main_header(self) -> bytes:
        width, height = self._size
        fields = (1_000_000 // self._fps, 0, 0, _FLAGS, self.frames, 0, 2, _BUFFER)
        return _chunk(b"avih", struct.pack("<14I", *fields, width, height, 0, 0, 0, 0))

    def _pictures(self) -> bytes:
        width, height = self._size
        stream = struct.pack(
            "<4s4sIHHIIIIIIII4H",
            *(b"vids", b"MJPG", 0, 0, 0, 0, 1, self._fps, 0, self.frames),
            *(_BUFFER, 0xFFFFFFFF, 0, 0, 0, width, height),
        )
        picture = struct.pack(
            "<IiiHH4sIiiII",
            *(40, width, height, 1, 24, b"MJPG", width * height * 3, 0, 0, 0, 0),
        )
        return _list(b"strl", _chunk(b"strh", stream), _chunk(b"strf", picture))

    def _sound(self) -> bytes:
        stream = struct.pack(
            "<4sIIHHIIIIIIII4H",
            *(b"auds", 0, 0, 0, 0, 0, _SAMPLE_BYTES, self._rate * _SAMPLE_BYTES, 0),
            *(self.samples, _BUFFER, 0xFFFFFFFF, _SAMPLE_BYTES, 0, 0, 0, 0),
        )
        per_second = self._rate * _SAMPLE_BYTES
        wave = struct.pack("<HHIIHH", 1, 1, self._rate, per_second, _SAMPLE_BYTES, 16)
        return _list(b"strl", _chunk(b"strh", stream), _chunk(b"strf", wave))
