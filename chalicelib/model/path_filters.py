"""The filter of a JSONPath, ``?(@.price < 10 && @.sold)`` -> a tree of tests.

either   every (|| every)*
every    test (&& test)*
test     ! test   ( either )   operand   operand operator operand
operand  @…  $…  'text'  12.5  true  false  null  ['a', 'b']  word
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

from chalicelib.errors import InputRefused
from chalicelib.model.path_parts import (
    AllOf,
    AnyOf,
    Comparison,
    Constant,
    Filter,
    JsonPath,
    NoneOf,
    Operand,
    PathError,
    Relative,
)
from chalicelib.values import Json, parse

_SPACE = re.compile(r"\s*")
_OPERATOR = re.compile(r"(==|!=|<=|>=|<|>|(?:in|nin|contains)\b)\s*")
_WORD = re.compile(r"[^\s()\[\]&|=<>!'\",@$]+")
_CONSTANTS: dict[str, Json] = {"true": True, "false": False, "null": None}
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?\Z")
_QUOTED = re.compile(
    r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*""", re.DOTALL
)
#: A filter inside a filter inside …: far more than anybody writes.
_MAX_DEPTH = 16


#: ``paths.parse``, for the paths inside a filter.
Parse = Callable[[str], JsonPath]


def read_quoted(text: str, at: int) -> tuple[str, int] | None:
    """Return the quoted text at ``at`` and where it ends, spaces skipped."""
    found = _QUOTED.match(text, at)
    if found is None:
        return None
    quote, inner = ("'", found[1]) if found[1] is not None else ('"', found[2])
    # As AWS reads them: a backslash before any other letter is a letter itself.
    return re.sub(rf"\\([{quote}\\])", r"\1", inner), found.end()


def read_filter(text: str, at: int, parse: Parse) -> tuple[Filter, int]:
    """Return the filter that begins at ``at`` with its ``(``, and where it ends.

    Raises:
        PathError: it is not a filter.
    """
    reader = _Reader(text, at, parse)
    return reader.group(), reader.at


class _Reader:
    def __init__(self, text: str, at: int, parse: Parse) -> None:
        self.at = at
        self._text = text
        self._parse = parse
        self._depth = 0

    def group(self) -> Filter:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._refuse("nested too deep")
        self._expect("(")
        found = self._either()
        self._expect(")")
        self._depth -= 1
        return found

    def _either(self) -> Filter:
        tests = [self._every()]
        while self._take("||"):
            tests.append(self._every())
        return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))

    def _every(self) -> Filter:
        tests = [self._test()]
        while self._take("&&"):
            tests.append(self._test())
        return tests[0] if len(tests) == 1 else AllOf(tuple(tests))

    def _test(self) -> Filter:
        negations = 0
        while self._take("!"):
            negations += 1
        self._skip()
        found = self.group() if self._peek("(") else self._comparison()
        return NoneOf(found) if negations % 2 else found

    def _comparison(self) -> Filter:
        left = self._operand()
        self._skip()
        found = _OPERATOR.match(self._text, self.at)
        if found is None:
            return Comparison(left)
        self.at = found.end()
        return Comparison(left, found[1], self._operand())

    def _operand(self) -> Operand:
        self._skip()
        if self._peek("@") or self._peek("$"):
            return self._path()
        if self._peek("["):
            return self._list()
        quoted = read_quoted(self._text, self.at)
        if quoted is not None:
            self.at = quoted[1]
            return Constant(quoted[0])
        word = _WORD.match(self._text, self.at)
        if word is None:
            self._refuse("expected a value")
        self.at = word.end()
        if _NUMBER.match(word[0]):
            return Constant(self._read(word[0], "the number is too large"))
        return Constant(_CONSTANTS.get(word[0], word[0]))

    def _path(self) -> Operand:
        start, self.at = self.at, _path_end(self._text, self.at)
        path = self._text[start : self.at]
        if path[0] == "@":
            return Relative(self._parse(f"${path[1:]}"))
        return self._parse(path)

    def _list(self) -> Constant:
        end = self._text.find("]", self.at) + 1
        written = self._text[self.at : end].replace("'", '"')
        value = self._read(written, "a list has texts and numbers only")
        self.at = end
        return Constant(value)

    def _read(self, written: str, expected: str) -> Json:
        try:
            return parse(written)
        except InputRefused:
            self._refuse(expected)

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self.at)
        self.at = found.end() if found else self.at

    def _peek(self, what: str) -> bool:
        return self._text.startswith(what, self.at)

    def _take(self, what: str) -> bool:
        self._skip()
        is_there = self._peek(what)
        self.at += len(what) if is_there else 0
        return is_there

    def _expect(self, what: str) -> None:
        if not self._take(what):
            self._refuse(f"expected {what}")
        self._skip()

    def _refuse(self, what: str) -> NoReturn:
        raise PathError(
            f"{self._text!r} is not a path: {what} at character {self.at + 1}"
        )


def _path_end(text: str, at: int) -> int:
    """Return where the path that begins at ``at`` ends: at a space or an operator."""
    depth, quote = 0, ""
    for end in range(at + 1, len(text)):
        letter = text[end]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "[(":
            depth += 1
        elif letter in "])":
            depth -= 1
        if depth < 0 or (depth == 0 and letter in " \t\n=<>!&|,"):
            return end
    return len(text)
