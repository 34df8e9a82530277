"""How long is the text of a value, found without writing more of it than must be?"""

from __future__ import annotations

from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any

from chalicelib.values import Json, size

#: The one key of what stands in the place of a part: see ``parcels``.
MARK = "@"
#: Bytes of compact text that a part may have and stay in its place.
INLINE = 2048
#: Values that have parts.
_OPEN = frozenset((dict, list, tuple))


def is_small(value: Json) -> bool:
    """Whether ``value`` stays as it is; looks at no more of it than it must."""
    if (found := _glance(value)) is None:
        return False
    parts, letters = found
    # No letter takes more than 6 bytes (``\\u001f``), and nothing else of a part more
    # than 32: the longest float, quotes, separators.
    return 6 * letters + 32 * parts <= INLINE or size(value) <= INLINE


def _glance(value: Json) -> tuple[int, int] | None:
    """Return how many parts and letters ``value`` has at least.

    None: so many that it is large, or an object in it may have to be escaped.
    """
    letters = 0
    parts = [value]
    for part in parts:  # grows on the way
        kind = type(part)
        if kind is str:
            letters += len(part)
        elif kind in _OPEN:
            if len(parts) + len(part) > INLINE:
                return None
            if kind is dict:
                letters += sum(map(len, part))
                parts += part.values()
                if MARK in part:
                    return None
            else:
                parts += part
        elif kind is int:
            letters += part.bit_length() >> 2
    return (len(parts), letters) if letters <= INLINE else None


def size_of_text(text: str) -> int:
    """Return the bytes of a text as JSON spells it, quotes included."""
    written = encode_basestring(text)
    if written.isascii():
        return len(written)
    return len(written.encode("utf-8", "surrogatepass"))


#: Without an encoder's overhead: a large list may have a million of them.
SIZES: dict[type, Callable[[Any], int]] = {
    str: size_of_text,
    int: lambda value: len(repr(value)),
    float: lambda value: len(repr(value)),
}
