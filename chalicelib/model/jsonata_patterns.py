r"""What does a regular expression of JSONata say, and how much work may matching be?

A pattern may come with a definition and its text with the data, and backtracking lets
a short pair run for years. So a pattern is read into a tree, from which follow

    regex      the same pattern for ``re``, which is fast
    ways       how many ways ``re`` may have to try on a text of some length
    program    steps for a machine that never goes back (Thompson's construction)

and whoever matches takes ``re`` where the ways are few, else the program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

#: Steps of a program, counted repetitions written out.
MAX_PROGRAM = 2_000
_MAX_NESTING = 40
#: More ways than any text allows.
ENDLESS = 1 << 62
_TOKEN = re.compile(
    r"""
    (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
    | (?P<at>\\[bB]|[$^])
    | (?P<back>\\(?:[1-9]\d*|k<\w+>))
    | (?P<look>\(\?<?[=!])
    | (?P<open>\((?:\?:|\?P?<[A-Za-z_]\w*>|(?!\?)))
    | (?P<repeat>[*+?]\??|\{(?P<least>\d{1,4})(?P<comma>,(?P<most>\d{1,4})?)?\}\??)
    | (?P<sign>[|)])
    | (?P<one>\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|[dDwWsSnrtfv0_]|[^\w])|[^\\()|*+?])
    """,
    re.VERBOSE | re.DOTALL,
)
#: A set's letters that later versions of Python may read as an operator.
_IN_SET = re.compile(r"\\.|[\[&~|]", re.DOTALL)
_DOT = "[^\n\r\u2028\u2029]"


class Step(NamedTuple):
    """One step: a character to be tested, a fork, a place to be at, a slot to fill."""

    #: Where it leads; of a fork the first way is the better one.
    ways: tuple[int, ...]
    test: Callable[[str], object] | None = None
    at: str = ""
    #: Which end of which group is here: 2·group, and 2·group + 1.
    slot: int = -1


#: Steps whose ways are relative; it leaves behind its last one.
_Piece = list[Step]
#: How many ways there are through a piece, by the length of the text.
_Ways = Callable[[int], int]


class _Part(NamedTuple):
    piece: _Piece
    ways: _Ways
    #: Nothing in it but one character.
    is_single: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression, ready to be matched."""

    text: str
    regex: re.Pattern[str]
    #: None: it needs ``re`` (it looks around, or back).
    program: tuple[Step, ...] | None
    ways: _Ways = field(compare=False)
    multiline: bool = False


@lru_cache(maxsize=256)
def compile_pattern(text: str, ignore_case: bool, multiline: bool) -> Pattern:
    """Return the pattern that ``text`` spells.

    Raises:
        ValueError: it spells none.
    """
    # Letters of all alphabets are alike without their case; \d and \w are ASCII's.
    flags = re.IGNORECASE if ignore_case else re.ASCII
    flags |= re.MULTILINE if multiline else 0
    reader = _Reader(text, flags)
    whole = reader.whole()
    try:
        regex = re.compile("".join(reader.spelt), flags)
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        raise ValueError(f"the regular expression /{text}/ is wrong: {error}") from None
    program = None if reader.needs_backtracking else _absolute(whole.piece)
    return Pattern(text, regex, program, whole.ways, multiline)


def _absolute(piece: _Piece) -> tuple[Step, ...]:
    return tuple(
        step._replace(ways=tuple(number + way for way in step.ways))
        for number, step in enumerate(piece)
    )


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags
        self._tokens = [*self._tokenized()]
        self._tokens.reverse()
        self._depth = 0
        self._groups = 0
        self.needs_backtracking = False
        #: The pattern as ``re`` spells it.
        self.spelt: list[str] = []

    def _wrong(self, why: str) -> ValueError:
        return ValueError(f"the regular expression /{self._text}/ is wrong: {why}")

    def _tokenized(self) -> Iterator[re.Match[str]]:
        offset = 0
        while offset < len(self._text):
            found = _TOKEN.match(self._text, offset)
            if found is None:
                raise self._wrong(f"{self._text[offset : offset + 10]!r}")
            yield found
            offset = found.end()

    def whole(self) -> _Part:
        part = self._either()
        if self._tokens:
            raise self._wrong("a ) has no (")
        return part

    def _next_is(self, *texts: str) -> bool:
        return bool(self._tokens) and self._tokens[-1].group() in texts

    def _take(self) -> re.Match[str]:
        token = self._tokens.pop()
        self.spelt.append(_for_re(token, self._flags))
        return token

    def _either(self) -> _Part:
        part = self._row()
        while self._next_is("|"):
            self._take()
            other = self._row()
            jump = Step((len(other.piece) + 1,))
            fork = Step((1, len(part.piece) + 2))
            piece = self._bounded([fork, *part.piece, jump, *other.piece])
            part = _Part(piece, _sum(part.ways, other.ways))
        return part

    def _row(self) -> _Part:
        row = _Part([], _one_way)
        while self._tokens and not self._next_is("|", ")"):
            part = self._one()
            while self._tokens and self._tokens[-1].lastgroup == "repeat":
                part = self._repeated(part, self._take())
            # What ends a pattern goes its best way at once: nothing can fail after it.
            is_last = not self._tokens and self._depth == 0
            ways = row.ways if is_last and part.is_single else _product(row, part)
            row = _Part(self._bounded(row.piece + part.piece), ways)
        return row

    def _one(self) -> _Part:
        token = self._take()
        kind, text = token.lastgroup, token.group()
        if kind == "open":
            return self._group(is_counted=not text.startswith("(?:"))
        if kind == "look":
            self.needs_backtracking = True
            return self._group(is_counted=False)
        if kind == "back":
            self.needs_backtracking = True
            return _Part([], _one_way)
        if kind == "at":
            return _Part([Step((1,), at=text)], _one_way)
        if kind == "repeat":
            raise self._wrong(f"{text} has nothing to repeat")
        return _Part([Step((1,), test=self._test(token))], _one_way, is_single=True)

    def _test(self, token: re.Match[str]) -> Callable[[str], object]:
        try:
            return re.compile(_for_re(token, self._flags), self._flags).fullmatch
        except (re.error, FutureWarning) as error:
            raise self._wrong(f"{token.group()}: {error}") from None

    def _group(self, *, is_counted: bool) -> _Part:
        self._depth += 1
        if self._depth > _MAX_NESTING:
            raise self._wrong("groups are nested too deeply")
        self._groups += is_counted
        slot = 2 * self._groups
        inner = self._either()
        if not self._next_is(")"):
            raise self._wrong("a ( has no )")
        self._take()
        self._depth -= 1
        if not is_counted:
            return _Part(inner.piece, inner.ways)
        piece = [Step((1,), slot=slot), *inner.piece, Step((1,), slot=slot + 1)]
        return _Part(piece, inner.ways)

    def _repeated(self, part: _Part, token: re.Match[str]) -> _Part:
        least, most = _counts(token)
        if most is not None and most < least:
            raise self._wrong(f"{token.group()} ends before it begins")
        if len(part.piece) * max(least, most or 0, 1) > MAX_PROGRAM:
            raise self._wrong("it is too long with its repetitions written out")
        is_lazy = token.group().endswith("?") and len(token.group()) > 1
        piece = part.piece * least + _optional(part.piece, least, most, is_lazy)
        ways = _repeats(part.ways, least, most)
        return _Part(self._bounded(piece), ways, part.is_single)

    def _bounded(self, piece: _Piece) -> _Piece:
        if len(piece) > MAX_PROGRAM:
            raise self._wrong("it is too long with its repetitions written out")
        return piece


def _optional(piece: _Piece, least: int, most: int | None, is_lazy: bool) -> _Piece:
    """Return what may follow the repetitions that must be."""
    on, past = (1, len(piece) + (2 if most is None else 1))
    fork = Step((past, on) if is_lazy else (on, past))
    if most is None:
        return [fork, *piece, Step((-len(piece) - 1,))]
    return [fork, *piece] * (most - least)


def _for_re(token: re.Match[str], flags: int) -> str:
    """Return a token as ``re`` spells it."""
    text = token.group()
    if text == "$":
        return text if flags & re.MULTILINE else r"\Z"
    if text == ".":
        return _DOT
    if token.lastgroup == "set":
        inside = _IN_SET.sub(lambda each: _escaped(each.group()), text[1:])
        return f"[{inside}"
    if text.startswith("(?<") and token.lastgroup == "open":
        return f"(?P{text[2:]}"
    if text.startswith("\\k"):
        return f"(?P={text[3:-1]})"
    return f"\\{text}" if text in ("{", "}") else text


def _escaped(text: str) -> str:
    return text if text.startswith("\\") else f"\\{text}"


def _counts(token: re.Match[str]) -> tuple[int, int | None]:
    sign = token.group()[0]
    if sign != "{":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
    least = int(token["least"])
    if not token["comma"]:
        return least, least
    return least, int(token["most"]) if token["most"] else None


def _one_way(length: int) -> int:
    return 1


def _sum(first: _Ways, second: _Ways) -> _Ways:
    return lambda length: min(first(length) + second(length), ENDLESS)


def _product(first: _Part, second: _Part) -> _Ways:
    if second.ways is _one_way:
        return first.ways
    return lambda length: min(first.ways(length) * second.ways(length), ENDLESS)


def _repeats(inner: _Ways, least: int, most: int | None) -> _Ways:
    """Return the ways through a repetition: how often, times how each time."""

    def ways(length: int) -> int:
        often = length if most is None else min(most, length)
        each = inner(length)
        if each == 1:
            return max(often - least, 0) + 1
        return min(int(each ** min(often, 63)), ENDLESS)

    return _one_way if least == most and inner is _one_way else ways
