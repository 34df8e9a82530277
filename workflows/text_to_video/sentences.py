"""Where does one sentence end and the next begin?

Rule 1  A blank line ends a sentence; any other line break is a space.
Rule 2  ``. ! ? …`` end one when space follows; ``。！？`` need no space.
Rule 3  Not after a title or an initial, not where ``!`` or ``…`` is followed by a
        small letter, nor ``.`` after an abbreviation.
Rule 4  Not inside quotation marks that are closed again soon.
"""

# The letters that look like others are what this module is about.
# ruff: noqa: RUF001, RUF002

from __future__ import annotations

import re
from collections.abc import Iterator

from workflows.text_to_video.failures import TextIsEmpty, TextIsTooLong

#: A video of so many sentences lasts about ten minutes.
MOST_SENTENCES = 150
#: Characters; a longer sentence is cut at a clause, or between words.
LONGEST = 220

_CLOSERS = "\"'”’»)\\]」』）"
_END = re.compile(rf"[.!?…]+[{_CLOSERS}]*(?=\s|$)|[。！？｡]+[{_CLOSERS}]*")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|「[^」]*」|『[^』]*』|«[^»]*»")
_IDEOGRAPH = "\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
_INSIDE_LINE = re.compile(rf"(?<=[{_IDEOGRAPH}])\n(?=[{_IDEOGRAPH}])")
_LAST_WORD = re.compile(r"([^\W\d_](?:[\w.]*\w)?)\.$")
#: These are followed by the name or number they belong to.
_BEFORE_A_NAME = frozenset(
    {
        *("mr", "mrs", "ms", "dr", "prof", "st", "mt", "rev", "hon", "gen", "col"),
        *("capt", "lt", "sgt", "fr", "sr", "jr", "no", "vs", "vol", "fig", "p", "pp"),
        *("approx", "e.g", "i.e", "cf", "herr", "frau", "hr"),
    }
)
#: These end a sentence when a capital follows.
_AT_AN_END = frozenset(("etc", "inc", "ltd", "co", "corp"))
_CLAUSE = re.compile(r"(?<=[;:,、，；：])\s*|\s+[—–-]+\s+")


def split_sentences(text: str) -> list[str]:
    """Return the sentences of ``text``, in order, trimmed.

    Raises:
        TextIsEmpty: there is no letter and no digit in it.
        TextIsTooLong: more than ``MOST_SENTENCES``.

    >>> split_sentences('Dr. No left. "Stop!" he said.')
    ['Dr. No left.', '"Stop!" he said.']
    """
    found = _joined(
        piece
        for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
        for piece in _pieces(" ".join(_INSIDE_LINE.sub("", paragraph).split()))
    )
    if not found:
        raise TextIsEmpty("the text has no words")
    found = [part for sentence in found for part in _shortened(sentence)]
    if len(found) > MOST_SENTENCES:
        raise TextIsTooLong(len(found), MOST_SENTENCES)
    return found


def _pieces(paragraph: str) -> Iterator[str]:
    quoted = [m.span() for m in _QUOTED.finditer(paragraph) if len(m[0]) < LONGEST]
    begin = 0
    for end in _END.finditer(paragraph):
        place, after = end.span()
        inside = any(first <= place and after < last for first, last in quoted)
        if not inside and _is_end(paragraph, end):
            yield paragraph[begin : end.end()].strip()
            begin = end.end()
    yield paragraph[begin:].strip()


def _is_end(paragraph: str, end: re.Match[str]) -> bool:
    if end[0][0] in "。！？｡":
        return True
    small = paragraph[end.end() :].lstrip().lstrip("\"'“‘«(「『")[:1].islower()
    if end[0] != ".":
        return not small
    return not _binds(paragraph[: end.end()], small=small)


def _binds(before: str, *, small: bool) -> bool:
    """Tell whether the full stop that ends ``before`` belongs to its last word.

    ``small``: a small letter follows, as it does when someone forgets the capital.
    """
    word = _LAST_WORD.search(before)
    if word is None:
        return small
    last = word[1].lower()
    initial = len(last) == 1 and word[1].isupper() and word[1] != "I"
    short = last in _AT_AN_END or "." in last
    return initial or last in _BEFORE_A_NAME or (small and short)


def _joined(pieces: Iterator[str]) -> list[str]:
    """Drop empty pieces; give lone punctuation to the sentence before it."""
    found: list[str] = []
    for piece in pieces:
        if any(letter.isalnum() for letter in piece):
            found.append(piece)
        elif piece and found:
            found[-1] = f"{found[-1]} {piece}"
    return found


def _shortened(sentence: str) -> list[str]:
    """Cut a sentence that is too long to listen to, clause by clause."""
    if len(sentence) <= LONGEST:
        return [sentence]
    middle = len(sentence) // 2
    cuts = [m.end() for m in _CLAUSE.finditer(sentence)]
    cuts = [cut for cut in cuts if 20 < cut < len(sentence) - 20]
    cuts = cuts or [m.end() for m in re.finditer(r"\s+", sentence)] or [middle]
    cut = min(cuts, key=lambda place: abs(place - middle))
    left, right = sentence[:cut].strip(), sentence[cut:].strip()
    return [*_shortened(left), *_shortened(right)]
