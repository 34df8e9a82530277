"""The functions of JSONata that work on texts."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import islice

from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.calling import apply, is_function
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.matching import Match, matches
from chalicelib.expressions.jsonata.values import MISSING, Seq, bounded
from chalicelib.expressions.jsonata.written import text_of
from chalicelib.values import Json

_SPACES = re.compile(r"[ \t\n\r]+")
_REFERENCE = re.compile(r"\$(\$|\d+)?", re.ASCII)


def string(frame: Frame, value: Json, is_pretty: Json = MISSING) -> Json:
    """``$string``: a value as a text."""
    return text_of(value, frame.budget, is_pretty=is_pretty is True)


def length(frame: Frame, text: str) -> Json:
    """``$length``: how many characters."""
    return len(text)


def substring(frame: Frame, text: str, start: Json, count: Json = MISSING) -> Json:
    """``$substring``: so many characters from a position; from the end if negative."""
    first = 0 if start is MISSING else int(bounded(start))
    first = max(len(text) + first, 0) if first < 0 else first
    if count is MISSING:
        return text[first:]
    return text[first : first + int(bounded(count))] if count > 0 else ""


def before(frame: Frame, text: str, mark: Json) -> Json:
    """``$substringBefore``: what stands before ``mark``; all where it is not there."""
    if mark is MISSING:
        return text
    return text.partition(mark)[0] if mark else ""


def after(frame: Frame, text: str, mark: Json) -> Json:
    """``$substringAfter``: what stands behind ``mark``; all where it is not there."""
    is_there = mark is not MISSING and mark and mark in text
    return text.partition(mark)[2] if is_there else text


def lower(frame: Frame, text: str) -> Json:
    """``$lowercase``."""
    frame.budget.take_text(len(text))
    return text.lower()


def upper(frame: Frame, text: str) -> Json:
    """``$uppercase``."""
    frame.budget.take_text(len(text))
    return text.upper()


def trim(frame: Frame, text: str) -> Json:
    """``$trim``: no space at the ends, and one wherever there are some."""
    return _SPACES.sub(" ", text).strip(" ")


def pad(frame: Frame, text: str, width: Json, filling: Json = MISSING) -> Json:
    """``$pad``: at least so long; on the left where ``width`` is negative."""
    filling = filling or " " if filling is not MISSING else " "
    missing = 0 if width is MISSING else abs(int(bounded(width))) - len(text)
    if missing <= 0:
        return text
    frame.budget.take_text(missing)
    added = (filling * (missing // len(filling) + 1))[:missing]
    return f"{added}{text}" if width < 0 else f"{text}{added}"


def contains(frame: Frame, text: str, token: Json) -> Json:
    """``$contains``: whether a text, or a match, is in it."""
    if token is MISSING:
        return MISSING
    if isinstance(token, str):
        return token in text
    return next(matches(token, text, frame), None) is not None


def join(frame: Frame, texts: list[str], separator: Json = MISSING) -> Json:
    """``$join``: the texts as one."""
    between = "" if separator is MISSING else separator
    frame.budget.take_text(sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)


def _limit(limit: Json, code: str, name: str) -> int | None:
    if limit is MISSING:
        return None
    if limit < 0:
        raise Refusal(code, f"the limit of {name} must not be negative")
    return int(bounded(limit))


def split(frame: Frame, text: str, separator: Json, limit: Json = MISSING) -> Json:
    """``$split``: the pieces between separators, at most ``limit`` of them."""
    most = _limit(limit, "D3020", "$split")
    if isinstance(separator, str):
        pieces = text.split(separator) if separator else [*text]
    else:
        pieces = [*islice(_between(frame, text, separator), most)]
    frame.budget.take(len(pieces))
    return pieces[:most]


def _between(frame: Frame, text: str, separator: Json) -> Iterator[str]:
    start = 0
    for match in matches(separator, text, frame):
        yield text[start : match.start]
        start = match.end
    yield text[start:]


def match(frame: Frame, text: str, matcher: Json, limit: Json = MISSING) -> Json:
    """``$match``: the matches, each with its place and its groups."""
    most = _limit(limit, "D3040", "$match")
    return Seq(_shown(each) for each in islice(matches(matcher, text, frame), most))


def _shown(found: Match) -> Json:
    return {"match": found.text, "index": found.start, "groups": [*found.groups]}


def replace(
    frame: Frame, text: str, pattern: Json, new: Json, limit: Json = MISSING
) -> Json:
    """``$replace``: the text with matches replaced, at most ``limit`` of them."""
    most = _limit(limit, "D3011", "$replace")
    if pattern == "":
        raise Refusal("D3010", "what $replace looks for must not be empty")
    if isinstance(pattern, str):
        return _replaced(frame, text, pattern, new, most)
    parts, start = [], 0
    for found in islice(matches(pattern, text, frame), most):
        part = _replacement(frame, found, new)
        parts += [text[start : found.start], part]
        frame.budget.take_text(len(part))
        start = found.end
    return "".join([*parts, text[start:]])


def _replaced(frame: Frame, text: str, old: str, new: Json, most: int | None) -> Json:
    if not isinstance(new, str):
        why = "$replace puts texts in place of a text; write a regular expression"
        raise Refusal("D3012", why)
    count = text.count(old)
    count = count if most is None else min(count, most)
    frame.budget.take_text(len(text) + count * len(new))
    return text.replace(old, new, count)


def _replacement(frame: Frame, found: Match, new: Json) -> str:
    if not is_function(new):
        return _filled(str(new), found)
    result = apply(new, [_shown(found)], MISSING, frame)
    if not isinstance(result, str):
        raise Refusal("D3012", "what a match is replaced with must be a text")
    return result


def _filled(template: str, found: Match) -> str:
    """Return a replacement with ``$1`` and the like filled in.

    As many digits are read as make the number of a group, at least one.
    """

    def fill(reference: re.Match[str]) -> str:
        digits = reference[1]
        if digits in (None, "$"):
            return "$"
        if digits[0] == "0":
            return found.text + digits[1:]
        most = len(str(len(found.groups)))
        while most > 1 and int(digits[:most]) > len(found.groups):
            most -= 1
        number, rest = int(digits[:most]), digits[most:]
        is_group = number <= len(found.groups)
        return (found.groups[number - 1] if is_group else "") + rest

    return _REFERENCE.sub(fill, template)


def encode_base64(frame: Frame, text: str) -> Json:
    """``$base64encode``: of the text in UTF-8."""
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def decode_base64(frame: Frame, text: str) -> Json:
    """``$base64decode``: a text in UTF-8; measured: its padding may be missing."""
    padding = "=" * (-len(text) % 4)
    try:
        return base64.b64decode(text + padding, validate=True).decode()
    except (binascii.Error, ValueError):
        raise Refusal("D3137", "the text is not Base64 of a text in UTF-8") from None
