"""Which time does a text spell, as a picture shows it?

jsonata-python takes a picture apart and reads each piece; the rest is ours: the library
makes regular expressions of a picture's literal text, and asks the clock for what is
left out.

XPath, "fn:format-dateTime": what a picture leaves out in front is as it is now, and
behind it is the least there is.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.matching import MAX_WAYS
from chalicelib.expressions.jsonata.values import MISSING
from chalicelib.model.jsonata_patterns import compile_pattern
from chalicelib.model.jsonata_syntax import module
from chalicelib.values import Json

#: Components of dates that count in weeks.
_WEEKS = frozenset("XxWw")
#: Month and day count from one.
_LEAST = {"M": 1, "D": 1, "d": 1}
_WORDS = "[a-z, -]+"


def read(text: str, picture: str, now: datetime.datetime) -> Json:
    """Return milliseconds since 1970; MISSING where the text is not as the picture.

    Raises:
        Refusal: what the picture shows is no time.
    """
    found = dict(_components(text, picture))
    if not found:
        return MISSING
    zone = found.pop("Z", found.pop("z", 0))
    whole = _completed(found, now)
    try:
        date = datetime.datetime(
            whole["Y"],
            whole.get("M", 1),
            whole.get("D", 1),
            whole.get("H", whole.get("h", 0) % 12 + 12 * whole.get("P", 0)),
            whole["m"],
            whole["s"],
            tzinfo=datetime.UTC,
        )
    except ValueError as error:
        raise Refusal("D3110", f"{text!r} is no time: {error}") from None
    days = datetime.timedelta(days=whole.get("d", 1) - 1, minutes=-zone)
    return int((date + days).timestamp()) * 1000 + whole["f"]


def _components(text: str, picture: str) -> Iterator[tuple[str, int]]:
    """Yield the components that the picture names, as the text spells them."""
    library = module("datetimeutils").DateTimeUtils
    parts = library._analyse_datetime_picture(picture).parts
    readers = library._generate_regex(library._analyse_datetime_picture(picture)).parts
    spelt, bounds = "", ""
    for part, reader in zip(parts, readers, strict=True):
        if part.type == "literal":
            regex = bound = re.escape(part.value)
        else:
            regex, bound = f"({reader.regex})", f"({_bound(reader)})"
        spelt, bounds = spelt + regex, bounds + bound
    if compile_pattern(bounds, True, False).ways(len(text)) > MAX_WAYS:
        raise Refusal("D3137", "the picture leaves too much open; give widths")
    found = re.compile(spelt, re.IGNORECASE).fullmatch(text)
    if found is None:
        return
    markers = [reader for reader in readers if reader.component is not None]
    for reader, piece in zip(markers, found.groups(), strict=True):
        yield reader.component, _value(reader, piece)


def _bound(reader: Any) -> str:
    """Return a pattern that a component's own has no more ways than.

    That of numbers in words repeats a group of words, no two of which begin alike.
    """
    is_words = type(reader).__name__ == "MatcherPartWords"
    return _WORDS if is_words else str(reader.regex)


def _value(reader: Any, piece: str) -> int:
    if reader.component == "f":
        return int(f"{piece}000"[:3])
    return int(reader.parse(piece))


def _completed(found: Mapping[str, int], now: datetime.datetime) -> dict[str, int]:
    """Return the components with those that are left out."""
    if _WEEKS & found.keys():
        raise Refusal("D3136", "weeks cannot be read; name year, month and day")
    date = "Yd" if "d" in found and not found.keys() & {"M", "D"} else "YMD"
    # The day of a week says nothing that the date does not.
    time = "Phmsf" if found.keys() & {"P", "h"} else "Hmsf"
    whole: dict[str, int] = {}
    began = ended = False
    for name in date + time:
        if name in found and ended:
            raise Refusal("D3136", "the picture leaves out something in the middle")
        began = began or name in found
        ended = began and name not in found
        whole[name] = found.get(name, _LEAST.get(name, 0) if began else _now(name, now))
    return whole


def _now(name: str, now: datetime.datetime) -> int:
    found = {"Y": now.year, "M": now.month, "D": now.day, "d": now.timetuple().tm_yday}
    return found.get(name, 0)
