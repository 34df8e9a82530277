"""The functions of JSONata that write and read the percent signs of a URL."""

from __future__ import annotations

import re
import string

from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.values import Json

_UNRESERVED = f"{string.ascii_letters}{string.digits}-_.!~*'()"
#: What has a meaning in a whole URL, and so stays as it is there.
_RESERVED = ";/?:@&=+$,#"
_ESCAPES = re.compile(r"(?:%[\da-fA-F]{2})+")


def _spellings(kept: str) -> list[str]:
    """Return how each byte is written."""
    return [chr(byte) if chr(byte) in kept else f"%{byte:02X}" for byte in range(256)]


_PART, _WHOLE = _spellings(_UNRESERVED), _spellings(_UNRESERVED + _RESERVED)


def _encoded(frame: Frame, text: str, spellings: list[str]) -> str:
    frame.budget.take_text(3 * len(text))
    try:
        return "".join(map(spellings.__getitem__, text.encode()))
    except UnicodeEncodeError:
        raise Refusal("D3140", "half a character cannot stand in a URL") from None


def encode_component(frame: Frame, text: str) -> Json:
    """``$encodeUrlComponent``."""
    return _encoded(frame, text, _PART)


def encode(frame: Frame, text: str) -> Json:
    """``$encodeUrl``: a whole one, whose reserved characters stay."""
    return _encoded(frame, text, _WHOLE)


def _decoded(text: str, kept: str) -> str:
    if "%" in _ESCAPES.sub("", text):
        raise Refusal("D3140", "a % in a URL is followed by two digits")
    try:
        return _ESCAPES.sub(lambda found: _letters(found[0], kept), text)
    except UnicodeDecodeError:
        raise Refusal("D3140", "the escapes in the URL are not UTF-8") from None


def _letters(escapes: str, kept: str) -> str:
    letters = bytes.fromhex(escapes.replace("%", "")).decode()
    return "".join(f"%{ord(each):02X}" if each in kept else each for each in letters)


def decode_component(frame: Frame, text: str) -> Json:
    """``$decodeUrlComponent``."""
    return _decoded(text, "")


def decode(frame: Frame, text: str) -> Json:
    """``$decodeUrl``: a whole one, whose reserved characters stay escaped."""
    return _decoded(text, _RESERVED)
