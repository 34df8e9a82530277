"""The functions of Aviator that work on texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from chalicelib.expressions.aviator import asking, walking
from chalicelib.expressions.aviator.frames import Frame
from chalicelib.expressions.aviator.values import Thrown, Value
from chalicelib.expressions.aviator.written import text_of
from chalicelib.expressions.jsonata.matching import Spans, spans
from chalicelib.model.aviator_grammar import pattern
from chalicelib.model.jsonata_patterns import Pattern

#: Characters of a regular expression that is made while a script runs.
_LONGEST_PATTERN = 1_000
#: Steps of reading a regular expression.
_COST = 600
_ILLEGAL = "IllegalArgumentException"
_PLAIN = re.compile(r"[^\\.\[\]{}()*+?^$|]*").fullmatch


def contains(frame: Frame, text: Value, part: Value) -> Value:
    """``string.contains``."""
    return asking.text(part) in asking.text(text)


def index_of(frame: Frame, text: Value, part: Value) -> Value:
    """``string.indexOf``: -1 where it is not."""
    return asking.text(text).find(asking.text(part))


def starts_with(frame: Frame, text: Value, part: Value) -> Value:
    """``string.startsWith``."""
    return asking.text(text).startswith(asking.text(part))


def ends_with(frame: Frame, text: Value, part: Value) -> Value:
    """``string.endsWith``."""
    return asking.text(text).endswith(asking.text(part))


def length(frame: Frame, text: Value) -> Value:
    """``string.length``."""
    return len(asking.text(text))


def substring(frame: Frame, text: Value, start: Value, stop: Value = None) -> Value:
    """``string.substring``: from a position up to, without, another one."""
    whole = asking.text(text)
    begin = asking.whole(start)
    end = len(whole) if stop is None else asking.whole(stop)
    if not 0 <= begin <= end <= len(whole):
        why = f"{begin} to {end} is no part of a text of {len(whole)} letters"
        raise Thrown(why, "IndexOutOfBoundsException")
    frame.budget.take_text(end - begin)
    return whole[begin:end]


def join(frame: Frame, seq: Value, between: Value = "") -> Value:
    """``string.join``: the elements as texts, with something between them."""
    values = asking.kind(seq, "list", "set")
    separator, budget = asking.text(between), frame.budget
    texts = [text_of(each, budget) for each in walking.elements(values, budget)]
    budget.take_text(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def split(frame: Frame, text: Value, around: Value, limit: Value = 0) -> Value:
    """``string.split``: the parts between the matches of a regular expression.

    Without a limit, empty parts at the end are left out.
    """
    whole, most = asking.text(text), asking.whole(limit)
    parts = _parts(frame, whole, asking.text(around), most)
    frame.budget.take(len(parts))
    while most == 0 and len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts


def _parts(frame: Frame, text: str, around: str, most: int) -> list[str]:
    if around and _PLAIN(around):
        return text.split(around, most - 1 if most > 0 else -1)
    parts: list[str] = []
    begin = 0
    for (start, end), *_groups in _matches(frame, text, _pattern(frame, around)):
        if most > 0 and len(parts) == most - 1:
            break
        # Nothing before the first letter is no part.
        if end > 0:
            parts.append(text[begin:start])
            begin = end
    rest = text[begin:]
    is_cut_by_nothing = bool(parts) and not rest and not parts[-1]
    return [*parts, *([] if is_cut_by_nothing else [rest])]


def _matches(frame: Frame, text: str, found_by: Pattern) -> Iterator[Spans]:
    at = 0
    while at <= len(text):
        frame.budget.step(3)
        found = spans(found_by, text, at, frame.budget)
        if found is None:
            return
        yield found
        start, end = found[0]
        at = end + (start == end)


def _pattern(frame: Frame, text: str) -> Pattern:
    """Return a pattern; a script pays for each of its patterns once."""
    known = frame.place.patterns
    if text not in known:
        known[text] = _compiled(text)
        frame.budget.step(_COST + 2 * len(known[text].program or ()))
    return known[text]


def _compiled(text: str) -> Pattern:
    if len(text) > _LONGEST_PATTERN:
        why = f"a regular expression has {_LONGEST_PATTERN} letters at most"
        raise Thrown(why, _ILLEGAL)
    try:
        return pattern(text)
    except ValueError as error:
        raise Thrown(str(error), _ILLEGAL) from None


def replace_all(frame: Frame, text: Value, old: Value, new: Value) -> Value:
    """``string.replace_all``: every match of a regular expression."""
    return _replaced(frame, text, old, new, most=-1)


def replace_first(frame: Frame, text: Value, old: Value, new: Value) -> Value:
    """``string.replace_first``: the first match of a regular expression."""
    return _replaced(frame, text, old, new, most=1)


def _replaced(frame: Frame, text: Value, old: Value, new: Value, most: int) -> str:
    whole, around = asking.text(text), asking.text(old)
    fill = _filler(asking.text(new))
    parts: list[str] = []
    begin = 0
    for found in _matches(frame, whole, _pattern(frame, around)):
        (start, end), *_groups = found
        parts += [whole[begin:start], fill(whole, found)]
        frame.budget.take_text(len(parts[-1]))
        begin = end
        most -= 1
        if not most:
            break
    parts.append(whole[begin:])
    frame.budget.take_text(sum(map(len, parts)))
    return "".join(parts)


_FILLED = re.compile(r"\\(.)|\$(\d)|([\\$])|([^\\$]+)", re.DOTALL)


def _filler(new: str) -> Callable[[str, Spans], str]:
    r"""Return what fills a match: ``$1`` is a group, ``\`` makes a sign plain."""
    pieces = _FILLED.findall(new)

    def fill(text: str, found: Spans) -> str:
        shown = []
        for plain, group, stray, letters in pieces:
            if stray or (group and int(group) >= len(found)):
                why = f"there is no group for {'$' + group if group else stray!r}"
                raise Thrown(why, "IndexOutOfBoundsException")
            start, end = found[int(group)] if group else (-1, -1)
            shown.append(text[start:end] if start >= 0 else plain or letters)
        return "".join(shown)

    return fill
