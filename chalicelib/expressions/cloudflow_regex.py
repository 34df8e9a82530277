"""Does a regular expression match, in time that grows with the text and no faster?

The pattern may come with the data of a workflow, and backtracking lets a short one
run for years. So the pattern becomes a program (Thompson's construction) whose
threads walk over the text side by side. The language is RE2's, which CloudFlow's own
matcher has too: no backreferences and no look-around.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

#: Steps of a program, counted repetitions written out; RE2 stops in the same region.
_MAX_PROGRAM = 1_000
_MAX_NESTING = 40
#: Characters times steps: about a tenth of a second of one processor.
_MAX_WORK = 600_000
_TOKEN = re.compile(
    r"""
    (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
    | (?P<at>\\[bBAz]|[$^])
    | (?P<one>[^\\|()*+?\[{]|\\(?:[dDwWsSnrtfv]|[^\w\s]|x[\da-fA-F]{2}|u[\da-fA-F]{4}))
    | (?P<open>\((?:\?:|\?P?<[A-Za-z_]\w*>|(?!\?)))
    | (?P<repeat>[*+?]\??|\{(?P<least>\d{1,4})(?P<comma>,(?P<most>\d{1,4})?)?\}\??)
    | (?P<sign>[|)])
    """,
    re.VERBOSE | re.DOTALL,
)
#: What later versions of Python's sets may mean something else by.
_AMBIGUOUS = re.compile(r"\[.*(?:\[|--|&&|\|\||~~)", re.DOTALL).match
_FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL}
_LEADING_FLAGS = re.compile(r"\(\?([is]+)\)")


class NotAPattern(ValueError):
    """The pattern is not one, or the work would be too much; says why."""


class _Step(NamedTuple):
    """``test`` None: a fork (both ways) or, where ``at`` is set, a place to be at."""

    ways: tuple[int, ...]
    test: Callable[[str], object] | None = None
    at: str = ""


def search(pattern: str, text: str) -> bool:
    """Return whether ``pattern`` matches a part of ``text``.

    >>> search("^a+$", "aaaa"), search("(a+)+b", "a" * 2000)
    (True, False)

    Raises:
        NotAPattern: it cannot be read, or text and pattern together are too long.
    """
    program = _program(pattern)
    if len(text) * len(program) > _MAX_WORK:
        raise NotAPattern("text and pattern are too long for each other")
    threads: set[int] = set()
    for position in range(len(text) + 1):
        # A match may begin anywhere.
        threads = _reach(program, threads | {0}, text, position)
        if len(program) in threads:
            return True
        character = text[position : position + 1]
        threads = {
            way
            for number in threads
            if (step := program[number]).test and character and step.test(character)
            for way in step.ways
        }
    return False


def _reach(
    program: tuple[_Step, ...], threads: set[int], text: str, position: int
) -> set[int]:
    """Return the threads and all that they get to without a character."""
    found, waiting = set(threads), [*threads]
    while waiting:
        number = waiting.pop()
        if number == len(program) or program[number].test:
            continue
        step = program[number]
        if not step.at or _AT[step.at](text, position):
            waiting += (new := set(step.ways) - found)
            found |= new
    return found


def _is_edge(text: str, position: int) -> bool:
    near = (text[max(position - 1, 0) : position], text[position : position + 1])
    before, after = (bool(re.match(r"\w", each)) for each in near)
    return before != after


_AT: dict[str, Callable[[str, int], bool]] = {
    "^": lambda text, position: position == 0,
    "$": lambda text, position: position == len(text),
    "\\A": lambda text, position: position == 0,
    "\\z": lambda text, position: position == len(text),
    "\\b": _is_edge,
    "\\B": lambda text, position: not _is_edge(text, position),
}

#: A piece of a program whose ways are relative; it leaves behind its last step.
_Piece = list[_Step]


@lru_cache(maxsize=64)
def _program(pattern: str) -> tuple[_Step, ...]:
    leading = _LEADING_FLAGS.match(pattern)
    flags = re.RegexFlag(0)
    for letter in leading[1] if leading else "":
        flags |= _FLAGS[letter]
    piece = _Compiler(pattern[leading.end() if leading else 0 :], flags).whole()
    return tuple(
        step._replace(ways=tuple(number + way for way in step.ways))
        for number, step in enumerate(piece)
    )


class _Compiler:
    def __init__(self, pattern: str, flags: re.RegexFlag) -> None:
        self._flags = flags
        self._tokens = [*_tokens(pattern)]
        self._depth = 0

    def whole(self) -> _Piece:
        piece = self._either()
        if self._tokens:
            raise NotAPattern("a ) has no (")
        return piece

    def _takes(self, *texts: str) -> bool:
        is_here = bool(self._tokens) and self._tokens[0].group() in texts
        if is_here:
            self._tokens.pop(0)
        return is_here

    def _either(self) -> _Piece:
        piece = self._row()
        while self._takes("|"):
            other = self._row()
            jump = _Step((len(other) + 1,))
            piece = _bounded([_Step((1, len(piece) + 2)), *piece, jump, *other])
        return piece

    def _row(self) -> _Piece:
        piece: _Piece = []
        while self._tokens and self._tokens[0].group() not in ("|", ")"):
            part = self._one()
            while self._tokens and self._tokens[0].lastgroup == "repeat":
                part = _repeated(part, self._tokens.pop(0))
            piece = _bounded(piece + part)
        return piece

    def _one(self) -> _Piece:
        token = self._tokens.pop(0)
        if token.lastgroup == "open":
            return self._group()
        if token.lastgroup == "at":
            return [_Step((1,), at=token.group())]
        if token.lastgroup == "repeat":
            raise NotAPattern(f"{token.group()} has nothing to repeat")
        if token.lastgroup == "set" and _AMBIGUOUS(token.group()):
            raise NotAPattern(
                f"{token.group()}: write \\[, \\-, \\&, \\| and \\~ in a set"
            )
        try:
            return [_Step((1,), re.compile(token.group(), self._flags).fullmatch)]
        except re.error as error:
            raise NotAPattern(f"{token.group()}: {error}") from None

    def _group(self) -> _Piece:
        self._depth += 1
        if self._depth > _MAX_NESTING:
            raise NotAPattern("groups are nested too deeply")
        piece = self._either()
        if not self._takes(")"):
            raise NotAPattern("a ( has no )")
        self._depth -= 1
        return piece


def _tokens(pattern: str) -> Iterator[re.Match[str]]:
    offset = 0
    while offset < len(pattern):
        found = _TOKEN.match(pattern, offset)
        if found is None:
            raise NotAPattern(f"{pattern[offset : offset + 10]!r} is not understood")
        yield found
        offset = found.end()


def _repeated(part: _Piece, token: re.Match[str]) -> _Piece:
    least, most = _counts(token)
    if most is not None and most < least:
        raise NotAPattern(f"{token.group()} ends before it begins")
    if len(part) * max(least, most or 0, 1) > _MAX_PROGRAM:
        raise NotAPattern("it is too long with its repetitions written out")
    if most is None:
        loop = [_Step((1, len(part) + 2)), *part, _Step((-len(part) - 1,))]
        return _bounded(part * least + loop)
    maybe = [_Step((1, len(part) + 1)), *part]
    return _bounded(part * least + maybe * (most - least))


def _counts(token: re.Match[str]) -> tuple[int, int | None]:
    sign = token.group()[0]
    if sign != "{":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
    least = int(token["least"])
    if not token["comma"]:
        return least, least
    return least, int(token["most"]) if token["most"] else None


def _bounded(piece: _Piece) -> _Piece:
    if len(piece) > _MAX_PROGRAM:
        raise NotAPattern("it is too long with its repetitions written out")
    return piece
