"""Which font can draw this text, and how are letters drawn that it does not have?

Pillow carries a font for plain Latin text, so most films look the same everywhere.
Only for other letters the machine's own fonts are asked; nothing is downloaded.
"""

# The letters that look like others are what this module is about.
# ruff: noqa: RUF001

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageFont

#: Where systems keep fonts of many scripts; the first that has all letters is taken.
_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
_NAMES = (
    "DejaVuSans.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSans-Regular.ttf",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "Arial Unicode.ttf",
    "PingFang.ttc",
    "msyh.ttc",
    "arial.ttf",
)
_STAND_INS = {"—": "-", "–": "-", "«": '"', "»": '"', "\u00a0": " "}
#: Drawn where no font has the letter.
_UNKNOWN = "?"

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font in any size, that never draws an empty box."""

    #: None: the one that Pillow carries.
    file: Path | None = None

    def sized(self, size: int) -> Font:
        """Return the font with letters ``size`` pixels high."""
        return _font(self.file, size)

    def has(self, letter: str) -> bool:
        """Tell whether ``letter`` has a shape of its own."""
        empty_box = _shape(self.file, "\uffff")
        return letter.isspace() or _shape(self.file, letter) != empty_box

    def drawable(self, text: str) -> str:
        """Return ``text`` with stand-ins for what this font does not have."""
        return "".join(c if self.has(c) else self._stand_in(c) for c in text)

    def missing(self, text: str) -> int:
        """Return how many different letters of ``text`` can only be shown as ``?``."""
        return sum(not self.has(c) and self._stand_in(c) == _UNKNOWN for c in set(text))

    def _stand_in(self, letter: str) -> str:
        if letter in _STAND_INS:
            return _STAND_INS[letter]
        plain = unicodedata.normalize("NFKD", letter)
        plain = "".join(c for c in plain if not unicodedata.combining(c))
        return plain if plain and all(map(self.has, plain)) else _UNKNOWN


@functools.lru_cache(maxsize=32)
def _font(file: Path | None, size: int) -> Font:
    if file is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(str(file), size)


@functools.lru_cache(maxsize=4096)
def _shape(file: Path | None, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = _font(file, 16).getmask(letter)
    return mask.size, bytes(mask)


@functools.lru_cache(maxsize=16)
def typeface_for(text: str) -> Typeface:
    """Return the typeface that misses the fewest letters of ``text``."""
    own = Typeface()
    if all(c in _STAND_INS or own.has(c) for c in set(text)):
        return own
    found = [Typeface(file) for file in _installed()]
    return min([*found, own], key=lambda typeface: typeface.missing(text))


def _installed() -> list[Path]:
    folders = [Path(name) for name in _FOLDERS]
    files = [f for folder in folders if folder.is_dir() for f in folder.rglob("*.tt?")]
    by_name = {file.name: file for file in reversed(files)}
    return [by_name[name] for name in _NAMES if name in by_name]
