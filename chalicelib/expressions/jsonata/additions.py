"""The functions that the Amazon States Language adds to JSONata.

AWS, "JSONata functions provided by Step Functions"; they do what intrinsic functions
do for JSONPath.
"""

from __future__ import annotations

import hashlib

from chalicelib.errors import InputRefused
from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.values import MISSING, Seq
from chalicelib.expressions.jsonata.written import text_of
from chalicelib.values import Json, parse

_ALGORITHMS = {
    "MD5": hashlib.md5,
    "SHA-1": hashlib.sha1,
    "SHA-256": hashlib.sha256,
    "SHA-384": hashlib.sha384,
    "SHA-512": hashlib.sha512,
}


def _whole(value: float, what: str) -> int:
    if not float(value).is_integer():
        raise Refusal("D3137", f"{what} must be a whole number, not {value}")
    return int(value)


def partition(frame: Frame, values: list[Json], size: float) -> Json:
    """``$partition``: arrays of ``size`` elements; the last one may be shorter."""
    length = _whole(size, "the size of a part")
    if length < 1:
        raise Refusal("D3137", "the size of a part must be positive")
    frame.budget.take(2 * len(values))
    return [values[at : at + length] for at in range(0, len(values), length)]


def range_(frame: Frame, first: float, last: float, step: float) -> Json:
    """``$range``: the whole numbers from first to last, the last one included."""
    start, end = _whole(first, "the first number"), _whole(last, "the last number")
    by = _whole(step, "the step")
    if by == 0:
        raise Refusal("D3137", "the step must not be 0")
    found = range(start, end + (1 if by > 0 else -1), by)
    frame.budget.take(len(found))
    frame.budget.step(len(found) // 16)
    return Seq(found)


def hash_(frame: Frame, value: Json, algorithm: str) -> Json:
    """``$hash``: in hexadecimal."""
    if algorithm not in _ALGORITHMS:
        known = ", ".join(_ALGORITHMS)
        raise Refusal("D3137", f"there is no {algorithm!r}; known are {known}")
    text = text_of(value, frame.budget).encode("utf-8", "surrogatepass")
    return _ALGORITHMS[algorithm](text, usedforsecurity=False).hexdigest()


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
