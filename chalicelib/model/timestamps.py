"""Is a text a time as definitions write it, and which?

The profile of RFC 3339 that the Amazon States Language names: a capital ``T`` between
date and time, and a capital ``Z`` where there is no numeric offset. A text that is only
known at run time is read as AWS reads it (measured): seconds may be missing, and
letters small.
"""

from __future__ import annotations

import datetime
import re

from chalicelib.values import Json

_WRITTEN = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[-+]\d\d:\d\d)", re.ASCII
)
_LOOSE = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d)(?:(:\d\d)(\.\d{1,9})?)?([Zz]|[-+]\d\d:\d\d)",
    re.ASCII,
)

#: Seconds since the epoch, and nanoseconds of the second: ordered, and exact.
Instant = tuple[int, int]


def instant(value: Json) -> Instant | None:
    """Return the time that ``value`` spells; None when it spells none.

    >>> instant("1970-01-01T01:00:01.5+01:00"), instant("1970-01-01")
    ((1, 500000000), None)
    """
    found = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    seconds, fraction, zone = found.groups()
    try:
        time = datetime.datetime.fromisoformat(f"{seconds}{zone}")
        return int(time.timestamp()), int((fraction or "").ljust(9, "0"))
    except (ValueError, OverflowError):
        return None


def moment(value: Json) -> Instant | None:
    """Return the same, of a text that is read less strictly.

    >>> moment("1970-01-01t00:01z"), moment("1970-01-01 00:01:00Z")
    ((60, 0), None)
    """
    found = _LOOSE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    day, time, seconds, fraction, zone = found.groups()
    return instant(f"{day}T{time}{seconds or ':00'}{fraction or ''}{zone.upper()}")


def epoch(value: Json) -> float | None:
    """Return the same as seconds since the epoch.

    >>> epoch("1970-01-01T00:00:01.5Z")
    1.5
    """
    found = instant(value)
    return None if found is None else found[0] + found[1] / 1e9
