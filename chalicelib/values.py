"""What is a JSON value, how long is it, and what is its name by content?

Rule 1  A value is what ``json`` makes of a text: never shared and changed.
Rule 2  Canonical text has sorted keys and no spaces; a digest is over that text.
Rule 3  NaN and infinities are not JSON, neither on the way in nor on the way out.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]
from typing import Any, TypeAlias, TypeGuard

from chalicelib.errors import InputRefused

#: Any JSON value. ``Any`` because a recursive alias makes every reader cast.
Json: TypeAlias = Any


def is_number(value: Json) -> TypeGuard[int | float]:
    """Return whether ``value`` is a number; true and false are none.

    >>> is_number(1), is_number(0.5), is_number(True), is_number("1")
    (True, True, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: Json) -> TypeGuard[int]:
    """Return whether ``value`` is a number that was written without a fraction.

    >>> is_whole(1), is_whole(1.0), is_whole(True)
    (True, False, False)
    """
    return isinstance(value, int) and not isinstance(value, bool)


def _encoder(*, sort_keys: bool) -> Callable[[Json], str]:
    """Return what writes JSON without spaces, and refuses what is not JSON (rule 3).

    The very encoder that ``json.JSONEncoder.encode`` makes anew for each text, made
    once: making it takes as long as writing a small value. It does not look for values
    that hold themselves, since no text gives one (rule 1).
    """
    refuse = json.JSONEncoder().default
    facts = (encode_basestring, None, ":", ",", sort_keys, False, False)
    chunks = c_make_encoder(None, refuse, *facts)
    return lambda value: "".join(chunks(value, 0))


_compact = _encoder(sort_keys=False)
_canonical = _encoder(sort_keys=True)


def compact(value: Json) -> str:
    """Return the shortest JSON text of ``value``, keys in their own order.

    >>> compact({"b": [1, "é"], "a": None})
    '{"b":[1,"é"],"a":null}'
    """
    return _compact(value)


def canonical(value: Json) -> str:
    """Return the one JSON text that equal values share.

    >>> canonical({"b": 1, "a": 2})
    '{"a":2,"b":1}'
    """
    return _canonical(value)


def size(value: Json) -> int:
    """Return the number of bytes of the compact UTF-8 text of ``value``."""
    text = _compact(value)
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def digest(value: Json) -> str:
    """Return the SHA-256, in hexadecimal, of the canonical text of ``value``."""
    text = _canonical(value).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()


def short_hash(*parts: object, length: int = 16) -> str:
    """Return a stable name for ``parts``: the same parts, the same name.

    >>> short_hash("run-1", 3) == short_hash("run-1", 3) != short_hash("run-1", 4)
    True
    """
    text = "\x1f".join(map(str, parts)).encode()
    return hashlib.sha256(text).hexdigest()[:length]


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    """Return a number with a fraction or an exponent (rule 3)."""
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:40]} is too large for a number")
    return number


_decoder = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)


def parse(text: str | bytes, *, what: str = "body") -> Json:
    """Return the JSON value that ``text`` spells.

    Raises:
        InputRefused: the text is not JSON; the message names line and column.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise InputRefused(
            f"{what} is not JSON: {error.msg} at line {error.lineno}, "
            f"column {error.colno}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputRefused(f"{what} is not JSON: {error}") from None
