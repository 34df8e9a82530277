"""The functions of JSONata that work on times: the time is that of the event.

Without a picture a time is written as in ISO 8601, in UTC, with milliseconds.
"""

from __future__ import annotations

import datetime
import re

from chalicelib.expressions.jsonata import dates
from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.pictures import guarded, written_by
from chalicelib.expressions.jsonata.values import MISSING, bounded
from chalicelib.values import Json

_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?"
    r"(Z|[-+]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
#: Month and day count from one; the rest of a time that is not written is zero.
_FIRST = (1, 1, 1, 0, 0, 0)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MILLISECOND = datetime.timedelta(milliseconds=1)
_ZONE = re.compile(r"[-+]?\d{4}", re.ASCII)


def millis(frame: Frame) -> Json:
    """``$millis``: the time of the event."""
    return int(frame.place.view.facts.at * 1000)


def now(frame: Frame, picture: Json = MISSING, zone: Json = MISSING) -> Json:
    """``$now``: the time of the event as a text."""
    return from_millis(frame, millis(frame), picture, zone)


def from_millis(
    frame: Frame, number: float, picture: Json = MISSING, zone: Json = MISSING
) -> Json:
    """``$fromMillis``: a time as a text.

    Measured: what spells no time zone is as good as none.

    Raises:
        Refusal: there is no such time, or picture.
    """
    if zone is not MISSING and not _ZONE.fullmatch(zone):
        zone = MISSING
    bounded(number)
    if picture is MISSING and zone is MISSING:
        return _iso(number)
    shape = None if picture is MISSING else picture
    place = None if zone is MISSING else zone
    name = "DateTimeUtils.format_datetime"
    return written_by("datetimeutils", name, int(number), shape, place)


def _iso(number: float) -> str:
    try:
        time = _EPOCH + int(number) * _MILLISECOND
    except OverflowError:
        raise Refusal("D3110", f"{number} is out of the range of times") from None
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_millis(frame: Frame, text: str, picture: Json = MISSING) -> Json:
    """``$toMillis``: the milliseconds since 1970 of a time.

    Raises:
        Refusal: the text does not spell a time.
    """
    if picture is MISSING:
        return _parsed(text)
    time = _EPOCH + millis(frame) * _MILLISECOND
    return guarded(dates.read, text, picture, time)


def _parsed(text: str) -> int:
    found = _ISO.fullmatch(text)
    if found is None:
        raise Refusal("D3110", f"{text[:80]!r} is not a time as in ISO 8601")
    *date, fraction, zone = found.groups()
    try:
        year, month, day, hour, minute, second = (
            int(each or default) for each, default in zip(date, _FIRST, strict=True)
        )
        time = datetime.datetime(
            year, month, day, hour, minute, second, tzinfo=_zone(zone or "Z")
        )
    except ValueError:
        raise Refusal("D3110", f"{text[:80]!r} is not a time as in ISO 8601") from None
    return (time - _EPOCH) // _MILLISECOND + int(f"{fraction or ''}000"[:3])


def _zone(text: str) -> datetime.timezone:
    if text == "Z":
        return datetime.UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = datetime.timedelta(hours=hours, minutes=minutes)
    return datetime.timezone(-offset if text[0] == "-" else offset)
