"""What value does a constant of a Rill Flow mapping stand for?

Constants are written as texts. In this order a text is

1. the JSON object or array it begins with, what follows being dropped; the names of
   an object need no quotes;
2. ``true`` or ``false`` in any case;
3. a number: with a point a floating one, else a whole one of 64 bits;
4. itself, blanks included.
"""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from functools import lru_cache

from chalicelib.values import Json

_NUMBER = re.compile(
    r"[-+]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][-+]?\d{1,3})?", re.ASCII
).fullmatch
#: A text in quotes, or a name without them where a field begins.
_BARE_NAME = re.compile(r'("(?:\\.|[^"\\])*")|([{,]\s*)([A-Za-z_$][\w$]*)(?=\s*:)')
_WHOLE = range(-(1 << 63), 1 << 63)


def _refuse(text: str) -> Json:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


_decode = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite).raw_decode


@lru_cache(maxsize=4096)
def parse_constant(text: str) -> Json:
    """Return the value that ``text`` stands for.

    >>> [parse_constant(text) for text in ("007", "1e2", " TRUE ", "[1] x", "1.1.1")]
    [7, 100, True, [1], '1.1.1']
    """
    trimmed = text.strip()
    if trimmed[:1] in ("{", "["):
        try:
            return _decode(_BARE_NAME.sub(_quoted, trimmed))[0]
        except (ValueError, RecursionError):
            return text
    if trimmed.lower() in ("true", "false"):
        return trimmed.lower() == "true"
    if _NUMBER(trimmed):
        number = _number(trimmed)
        return text if number is None else number
    return text


def _quoted(found: re.Match[str]) -> str:
    return found[1] or f'{found[2]}"{found[3]}"'


def _number(text: str) -> int | float | None:
    """Return the number; None where it cannot be kept as it is written."""
    if "." in text:
        number = float(text)
        return number if math.isfinite(number) else None
    # An exponent of three digits makes at most 1,400 of a whole number.
    whole = int(Decimal(text))
    return whole if whole in _WHOLE else None
