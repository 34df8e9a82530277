"""What is on the label of a parcel? Its address, and a bar code that machines read.

The number of a parcel is an SSCC: an extension digit, seven digits of the company, nine
of the parcel, and a check digit. The bars are Interleaved 2 of 5: of two digits, one is
drawn in the five bars and the other in the five gaps between them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

#: Digit -> which of its five elements are wide; two always are.
_WIDE = {
    "0": "00110",
    "1": "10001",
    "2": "01001",
    "3": "11000",
    "4": "00101",
    "5": "10100",
    "6": "01100",
    "7": "00011",
    "8": "10010",
    "9": "01010",
}
#: Four narrow elements begin a code, a wide bar and two narrow elements end it.
_BEGIN, _END = "0000", "100"
_NARROW, _BROAD, _HEIGHT = 2, 5, 70
_COMPANY = "4012345"
#: What two people may carry, in kilograms.
HEAVIEST = 31.5
_ADDRESS = ("name", "street", "town", "country")


class AddressIsIncomplete(ValueError):
    """Lines of the address are missing; the customer can give them."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"where to? Missing: {', '.join(missing)}")


class ParcelIsTooHeavy(ValueError):
    """No label helps: nobody carries it."""

    def __init__(self, weight: float) -> None:
        super().__init__(f"{weight:g} kg is more than {HEAVIEST:g} kg")


def print_label(job: dict[str, Any]) -> dict[str, str]:
    """Return ``code`` and ``label`` (SVG) of the parcel of a job.

    Raises:
        AddressIsIncomplete: nobody could deliver it.
        ParcelIsTooHeavy: nobody could carry it.
    """
    parcel = job["parcel"]
    address = parcel.get("to") or {}
    missing = [line for line in _ADDRESS if not address.get(line)]
    if missing:
        raise AddressIsIncomplete(missing)
    if parcel["weight"] > HEAVIEST:
        raise ParcelIsTooHeavy(parcel["weight"])
    code = number_of(str(job["order"]), int(parcel["number"]))
    return {"code": code, "label": _drawn(code, [str(address[x]) for x in _ADDRESS])}


def number_of(order: str, number: int) -> str:
    """Return the 18 digits of a parcel: the same parcel, the same digits.

    >>> number_of("B-1", 1) == number_of("B-1", 1) != number_of("B-1", 2)
    True
    """
    drawn = int.from_bytes(hashlib.sha256(f"{order} {number}".encode()).digest()[:6])
    digits = f"3{_COMPANY}{drawn % 10**9:09d}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """Return the digit that makes the weighted sum a multiple of ten.

    >>> check_digit("37610425002123456")
    '9'
    """
    weighed = (
        int(digit) * (3 if place % 2 == 0 else 1)
        for place, digit in enumerate(reversed(digits))
    )
    return str(-sum(weighed) % 10)


def bars(code: str) -> Iterator[tuple[int, int]]:
    """Yield the bars of a code of even length: where each begins, and its width."""
    pairs = zip(code[::2], code[1::2], strict=True)
    middle = (
        bar + gap
        for one, other in pairs
        for bar, gap in zip(_WIDE[one], _WIDE[other], strict=True)
    )
    at = 0
    for place, is_wide in enumerate(_BEGIN + "".join(middle) + _END):
        width = _BROAD if is_wide == "1" else _NARROW
        if place % 2 == 0:
            yield at, width
        at += width


def _drawn(code: str, lines: list[str]) -> str:
    drawn = [
        f'<rect x="{20 + at}" y="120" width="{width}" height="{_HEIGHT}"/>'
        for at, width in bars(code)
    ]
    texts = [
        f'<text x="20" y="{30 + 22 * row}">{escape(line)}</text>'
        for row, line in enumerate(lines)
    ]
    below = f'<text x="20" y="{140 + _HEIGHT}">(00) {code}</text>'
    size = 'width="420" height="230" font-family="monospace"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f"{''.join([*texts, *drawn, below])}</svg>"
    )
