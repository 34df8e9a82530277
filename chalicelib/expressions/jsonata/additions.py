"""The functions that the Amazon States Language adds to JSONata.

AWS, "JSONata functions provided by Step Functions"; they do what intrinsic functions
do for JSONPath.
"""

from __future__ import annotations

import hashlib
import math

from chalicelib.errors import InputRefused
from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.values import MISSING, Seq
from chalicelib.values import Json, parse

#: In the order in which AWS lists them.
_ALGORITHMS = {
    "SHA-1": hashlib.sha1,
    "SHA-384": hashlib.sha384,
    "SHA-256": hashlib.sha256,
    "SHA-512": hashlib.sha512,
    "MD5": hashlib.md5,
}


def partition(frame: Frame, values: Json, size: Json = MISSING) -> Json:
    """``$partition``: arrays of ``size`` elements; the last one may be shorter.

    Measured: without a size there is one part, and a size below 1 makes none.
    """
    if not isinstance(values, list):
        what = 'Argument 1 of function "partition"'
        raise Refusal("T0412", f"{what} must be an array of undefined")
    if size is MISSING:
        return [values]
    if size < 0:
        raise Refusal("D3137", "Second argument must be zero or greater")
    length = _cut(size)
    if not length or not values:
        return MISSING
    frame.budget.take(2 * len(values))
    return [values[at : at + length] for at in range(0, len(values), length)]


def range_(frame: Frame, *given: Json) -> Json:
    """``$range``: the whole numbers from first to last, the last one included.

    Measured: fractions are cut off; a step of 0, or an argument less, makes nothing.
    """
    if MISSING in given:
        return MISSING
    first, last, step = map(_cut, given)
    if step == 0:
        return MISSING
    found = range(first, last + (1 if step > 0 else -1), step)
    frame.budget.take(len(found))
    frame.budget.step(len(found) // 16)
    return Seq(found)


def _cut(number: float) -> int:
    if math.isinf(number) or math.isnan(number):
        raise Refusal("D1001", f"Number out of range: {number}")
    return int(number)


def hash_(frame: Frame, text: Json, algorithm: Json = MISSING) -> Json:
    """``$hash``: in hexadecimal, of the text in UTF-8."""
    if text is MISSING or algorithm is MISSING:
        return MISSING
    if algorithm not in _ALGORITHMS:
        known = ", ".join(_ALGORITHMS)
        raise Refusal("D3137", f"Hash algorithm '{algorithm}' must be one of {known}")
    content = text.encode("utf-8", "surrogatepass")
    return _ALGORITHMS[algorithm](content, usedforsecurity=False).hexdigest()


def random(frame: Frame, seed: Json = MISSING) -> Json:
    """``$random``: a number from 0 up to 1; the same for the same seed."""
    place = frame.place
    if seed is MISSING:
        return place.view.facts.chance(place.draw())
    found = hashlib.sha256(f"seed {seed}".encode()).digest()
    return (int.from_bytes(found[:7], "big") >> 3) / (1 << 53)


def uuid(frame: Frame) -> Json:
    """``$uuid``: of version 4."""
    text = f"{frame.place.view.facts.salt}\x1f{frame.place.draw()}"
    digits = hashlib.sha256(text.encode()).hexdigest()
    variant = "89ab"[int(digits[16], 16) & 3]
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-"
        f"{variant}{digits[17:20]}-{digits[20:32]}"
    )


def parse_(frame: Frame, text: str) -> Json:
    """``$parse``: the JSON value that a text spells."""
    frame.budget.take_text(len(text))
    frame.budget.step(len(text) // 32)
    try:
        return parse(text, what="the text")
    except InputRefused as error:
        raise Refusal("D3137", str(error)) from None
