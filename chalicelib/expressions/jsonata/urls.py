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


def _checked(name: str, text: str) -> None:
    if "%" in _ESCAPES.sub("", text):
        raise Refusal("D3140", f'Malformed URL passed to ${name}(): "{text[:80]}"')


def decode_component(frame: Frame, text: str) -> Json:
    """``$decodeUrlComponent``.

    Measured: a plus sign is a space, and bytes that are no UTF-8 are U+FFFD.
    """
    _checked("decodeUrlComponent", text)
    spaced = text.replace("+", " ")
    return _ESCAPES.sub(lambda found: _bytes(found).decode(errors="replace"), spaced)


def decode(frame: Frame, text: str) -> Json:
    """``$decodeUrl``: a whole one, whose reserved characters stay escaped."""
    _checked("decodeUrl", text)
    try:
        return _ESCAPES.sub(_letters, text)
    except UnicodeDecodeError:
        why = f'Malformed URL passed to $decodeUrl(): "{text[:80]}"'
        raise Refusal("D3140", why) from None


def _bytes(escapes: re.Match[str]) -> bytes:
    return bytes.fromhex(escapes[0].replace("%", ""))


def _letters(escapes: re.Match[str]) -> str:
    found = _bytes(escapes).decode()
    return "".join(f"%{ord(each):02X}" if each in _RESERVED else each for each in found)
