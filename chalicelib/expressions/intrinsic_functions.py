"""What do the intrinsic functions ``States.*`` do with their arguments?

Each takes ``chance`` first, which all but two ignore. Limits and roundings are those
that AWS documents for the function.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Callable
from typing import Any

from chalicelib.errors import InputRefused
from chalicelib.expressions.intrinsic_texts import (
    BadArgument,
    filled,
    require,
    require_room,
)
from chalicelib.expressions.scope import View
from chalicelib.values import Json, canonical, compact, is_number, parse

#: AWS, "Intrinsic functions": lengths of an array that is made, and of a text.
MAX_ELEMENTS = 1000
MAX_CHARACTERS = 10_000


class Chance:
    """Numbers that look random, and are the same when the state is replayed."""

    def __init__(self, view: View, place: str) -> None:
        self._view = view
        #: Each iteration of a Map sees chance of its own.
        self._use = f"{place}#{view.index}"

    def number(self) -> float:
        """Return a number in [0, 1)."""
        return self._view.facts.chance(self._use)

    def digits(self) -> bytes:
        """Return 16 bytes."""
        text = f"{self._view.facts.salt}\x1f{self._use}"
        return hashlib.sha256(text.encode()).digest()[:16]


def _list(value: Json) -> list[Json]:
    require(isinstance(value, list), "the first argument must be an array")
    return list(value)


def _short_text(value: Json, which: str = "first") -> str:
    require(isinstance(value, str), f"the {which} argument must be a text")
    require(
        len(value) <= MAX_CHARACTERS, f"a text may have {MAX_CHARACTERS} characters"
    )
    return str(value)


def _rounded(value: Json) -> int:
    """Return the nearest whole number, halves upwards as in Java."""
    require(is_number(value), "the arguments must be numbers")
    return value if isinstance(value, int) else math.floor(value + 0.5)


def _cut(value: Json) -> int:
    """Return a number without its fraction: measured, of sizes and positions."""
    require(is_number(value), "the arguments must be numbers")
    require(isinstance(value, int) or math.isfinite(value), "a number has an end")
    return int(value)


def _key(value: Json) -> str:
    """Return a text that equal JSON values share, and 1 and 1.0 too."""
    return canonical(_normal(value))


def _normal(value: Json) -> Json:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_normal(each) for each in value]
    if isinstance(value, dict):
        return {name: _normal(each) for name, each in value.items()}
    return value


def _array(chance: Chance, *values: Json) -> Json:
    return list(values)


def _array_partition(chance: Chance, array: Json, size: Json) -> Json:
    values, length = _list(array), _cut(size)
    require(length > 0, "the second argument must be a positive number")
    return [values[at : at + length] for at in range(0, len(values), length)]


def _array_contains(chance: Chance, array: Json, wanted: Json) -> Json:
    key = _key(wanted)
    return any(_key(value) == key for value in _list(array))


def _array_range(chance: Chance, first: Json, last: Json, step: Json) -> Json:
    start, end, by = _cut(first), _cut(last), _cut(step)
    require(by != 0, "the third argument must not be 0")
    found = range(start, end + (1 if by > 0 else -1), by)
    require(len(found) <= MAX_ELEMENTS, f"an array may have {MAX_ELEMENTS} elements")
    return list(found)


def _array_get_item(chance: Chance, array: Json, position: Json) -> Json:
    values, index = _list(array), _cut(position)
    if not values and index >= 0:
        return None  # measured
    require(0 <= index < len(values), f"there is no element at position {index}")
    return values[index]


def _array_length(chance: Chance, array: Json) -> Json:
    return len(_list(array))


def _array_unique(chance: Chance, array: Json) -> Json:
    found: dict[str, Json] = {}
    for value in _list(array):
        found.setdefault(_key(value), value)
    return list(found.values())


def _base64_encode(chance: Chance, text: Json) -> Json:
    return base64.b64encode(_short_text(text).encode()).decode()


def _base64_decode(chance: Chance, text: Json) -> Json:
    """Return the text in Base64; measured: what does not belong there is skipped."""
    written = _short_text(text).partition("=")[0].translate(_URL_SAFE)
    letters = re.sub(r"[^A-Za-z0-9+/]", "", written)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    padding = "=" * (-len(letters) % 4)
    return base64.b64decode(letters + padding).decode(errors="replace")


_URL_SAFE = str.maketrans("-_", "+/")


_ALGORITHMS = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}


def _hash(chance: Chance, value: Json, algorithm: Json) -> Json:
    require(
        isinstance(algorithm, str) and algorithm in _ALGORITHMS,
        f"the second argument must be one of {', '.join(_ALGORITHMS)}",
    )
    text = _short_text(value if isinstance(value, str) else compact(value))
    name = _ALGORITHMS[algorithm]
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def _json_merge(chance: Chance, first: Json, second: Json, deep: Json) -> Json:
    are_objects = isinstance(first, dict) and isinstance(second, dict)
    require(are_objects, "the first two arguments must be objects")
    require(deep is False, "the third argument must be false: a merge is shallow")
    return first | second


def _math_random(chance: Chance, first: Json, last: Json, seed: Json = None) -> Json:
    start, end = _rounded(first), _rounded(last)
    require(start < end, "the first argument must be less than the second")
    if seed is None:
        part = chance.number()
    else:
        found = hashlib.sha256(str(_rounded(seed)).encode()).digest()
        part = int.from_bytes(found[:6], "big") / (1 << 48)
    return start + int(part * (end - start))


def _math_add(chance: Chance, first: Json, second: Json) -> Json:
    one, other = _rounded(first), _rounded(second)
    for each in (one, other, one + other):
        require(-_WHOLE <= each < _WHOLE, "a number may have 32 bits")
    return one + other


#: AWS, "States.MathAdd": from -2147483648 to 2147483647.
_WHOLE = 2**31


def _string_split(chance: Chance, text: Json, separators: Json) -> Json:
    """Return the parts between the separators' characters, empty ones left out."""
    require(
        isinstance(text, str) and isinstance(separators, str),
        "the arguments must be texts",
    )
    if not separators:
        return [text]
    table = str.maketrans(dict.fromkeys(separators[1:], separators[0]))
    return [part for part in text.translate(table).split(separators[0]) if part]


def _uuid(chance: Chance) -> Json:
    """Return a UUID of version 4 (RFC 9562, section 5.4)."""
    digits = bytearray(chance.digits())
    digits[6] = digits[6] & 0x0F | 0x40
    digits[8] = digits[8] & 0x3F | 0x80
    text = digits.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _string_to_json(chance: Chance, text: Json) -> Json:
    require(isinstance(text, str), "the argument must be a text")
    try:
        return parse(text, what="the text") if text.strip() else None
    except InputRefused as error:
        shown = "Cannot convert String to Json in States.StringToJson, caused by: "
        raise BadArgument(str(error), f"{shown}{error.reason}") from None


def _json_to_string(chance: Chance, value: Json) -> Json:
    text = compact(value)
    require_room(len(text))
    return text


def _format(chance: Chance, template: Json, *values: Json) -> Json:
    r"""Return the text with a value for each ``{}``; ``\`` makes a brace a letter."""
    require(isinstance(template, str), "the first argument must be a text")
    return filled(template, values)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "States.Array": _array,
    "States.ArrayPartition": _array_partition,
    "States.ArrayContains": _array_contains,
    "States.ArrayRange": _array_range,
    "States.ArrayGetItem": _array_get_item,
    "States.ArrayLength": _array_length,
    "States.ArrayUnique": _array_unique,
    "States.Base64Encode": _base64_encode,
    "States.Base64Decode": _base64_decode,
    "States.Hash": _hash,
    "States.JsonMerge": _json_merge,
    "States.MathRandom": _math_random,
    "States.MathAdd": _math_add,
    "States.StringSplit": _string_split,
    "States.UUID": _uuid,
    "States.StringToJson": _string_to_json,
    "States.JsonToString": _json_to_string,
    "States.Format": _format,
}
