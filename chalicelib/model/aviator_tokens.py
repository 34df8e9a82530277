"""Which words, numbers, texts and signs is a program of Aviator written with?

Rule 1  A ``/`` where a value may stand begins a regular expression, else it divides;
        before a ``,`` or a ``)`` it is the operator as a function.
Rule 2  A ``#{`` in a text begins tokens of their own, up to its ``}``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple, NoReturn

from chalicelib.model.aviator_tree import BigInt, NotAviator

#: Digits of a number: more than its longest kind keeps.
MAX_DIGITS = 600
_KEYWORDS = """
    nil true false lambda fn end if elsif else for in while return break continue
    let try catch finally throw new use
"""
KEYWORDS = frozenset(_KEYWORDS.split())
#: Keywords that end a value: what follows is an operator.
_VALUES = frozenset({"nil", "true", "false", "end"})
_SKIPPED = re.compile(r"(?:\s+|##[^\n]*)+")
_WORD = re.compile(r"[^\W\d]\w*|\$\w+|#`([^`]+)`|#([^\W\d][\w.]*)")
_HEX = re.compile(r"0[xX]([\da-fA-F]+)", re.ASCII)
_NUMBER = re.compile(r"(\d+(?:\.\d+)?|\.\d+)([eE][-+]?\d+)?([NM])?(?!\w)", re.ASCII)
_SIGN = re.compile(
    r">>>|\*\*|==|!=|=~|<=|>=|<<|>>|&&|\|\||->|[-+*/%!~^&|<>=?:;,.()\[\]{}]"
)
_REGEX = re.compile(r"/((?:[^/\\\n]|\\.)+)/")
_AS_FUNCTION = re.compile(r"/\s*[,)]")
_PLAIN = re.compile(r"[^\\'\"#]+")
_ESCAPES = {"t": "\t", "r": "\r", "n": "\n", "b": "\b", "f": "\f"}
_ESCAPES |= {sign: sign for sign in "\\'\"#/"}


class Token(NamedTuple):
    """A word, number, text, regular expression, sign, or the end of the program."""

    #: ``word``, ``number``, ``text``, ``regex``, ``sign`` or ``end``.
    kind: str
    #: The word or sign; what a number or a regular expression is; parts of a text,
    #: which are texts and lists of tokens.
    value: object
    at: int

    def says(self, *words: str) -> bool:
        """Return whether this is one of some keywords or signs."""
        return self.value in words and self.kind in ("word", "sign")

    def told(self) -> str:
        """Return the token as a message shows it."""
        if self.kind == "end":
            return "the end"
        shown = {"text": "a text", "regex": "a regular expression"}
        return shown.get(self.kind, repr(self.value))


def fail(text: str, at: int, why: str) -> NoReturn:
    """Refuse a program because of what stands at ``at``.

    Raises:
        NotAviator: with line and column.
    """
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    raise NotAviator(why, line, column)


def tokens(text: str) -> list[Token]:
    """Return the tokens of a program; the last one is its end.

    Raises:
        NotAviator: something in it is none.
    """
    return _Lexer(text).whole()


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> list[Token]:
        found: list[Token] = []
        while self._at_token():
            found.append(self._token(found[-1] if found else None))
        found.append(Token("end", "", len(self._text)))
        return found

    def _at_token(self) -> bool:
        skipped = _SKIPPED.match(self._text, self._at)
        if skipped:
            self._at = skipped.end()
        return self._at < len(self._text)

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _token(self, before: Token | None) -> Token:
        at, letter = self._at, self._text[self._at]
        if letter in "'\"":
            return self._quoted(letter)
        if found := self._take(_HEX):
            return Token("number", _wrapped(int(found[1][-16:], 16)), at)
        if found := self._take(_NUMBER):
            return Token("number", self._number(found), at)
        if found := self._take(_WORD):
            return Token("word", found[1] or found[2] or found[0], at)
        if letter == "/" and self._may_be_regex(before):
            return self._regex()
        if found := self._take(_SIGN):
            return Token("sign", found[0], at)
        return fail(self._text, at, f"{letter!r} means nothing here")

    def _number(self, found: re.Match[str]) -> int | float | Decimal:
        digits, power, suffix = found.groups()
        if len(found[0]) > MAX_DIGITS:
            fail(self._text, found.start(), f"a number has {MAX_DIGITS} digits at most")
        if suffix == "M":
            return Decimal(digits + (power or ""))
        is_whole = digits.isdigit() and not power
        if suffix == "N" and not is_whole:
            fail(self._text, found.start(), "a number with N at its end must be whole")
        if not is_whole:
            return float(digits + (power or ""))
        value = int(digits)
        return BigInt(value) if suffix or value >= 1 << 63 else value

    def _may_be_regex(self, before: Token | None) -> bool:
        if _AS_FUNCTION.match(self._text, self._at):
            return False
        if before is None:
            return True
        if before.kind == "word":
            return before.value in KEYWORDS - _VALUES
        return before.kind == "sign" and before.value not in (")", "]")

    def _regex(self) -> Token:
        at = self._at
        found = self._take(_REGEX)
        if found is None:
            fail(self._text, at, "a regular expression is not closed; expected '/'")
        return Token("regex", found[1].replace("\\/", "/"), at)

    def _quoted(self, quote: str) -> Token:
        at = self._at
        self._at += 1
        parts: list[str | list[Token]] = []
        letters: list[str] = []
        while (letter := self._text[self._at : self._at + 1]) != quote:
            if not letter:
                fail(self._text, at, f"a text is not closed; expected {quote}")
            if self._text.startswith("#{", self._at):
                parts += ["".join(letters), self._inner()]
                letters.clear()
            else:
                letters.append(self._letters())
        self._at += 1
        parts.append("".join(letters))
        return Token("text", [each for each in parts if each], at)

    def _letters(self) -> str:
        if found := self._take(_PLAIN):
            return found[0]
        letter = self._text[self._at]
        self._at += 1
        if letter != "\\":
            return letter
        escape = self._text[self._at : self._at + 1]
        if escape not in _ESCAPES:
            known = " ".join(f"\\{each}" for each in _ESCAPES)
            why = f"\\{escape} is no escape; expected one of {known}"
            fail(self._text, self._at - 1, why)
        self._at += 1
        return _ESCAPES[escape]

    def _inner(self) -> list[Token]:
        """Return the tokens of a ``#{…}``, with an end of their own."""
        begins = self._at
        self._at += 2
        self._depth += 1
        if self._depth > 8:
            fail(self._text, begins, "texts with #{} are nested more than 8 deep")
        found: list[Token] = []
        braces = 1
        while self._at_token():
            token = self._token(found[-1] if found else None)
            braces += token.says("{") - token.says("}")
            if not braces:
                self._depth -= 1
                return [*found, Token("end", "}", token.at)]
            found.append(token)
        return fail(self._text, begins, "#{ is not closed; expected '}'")


def _wrapped(value: int) -> int:
    """Return a number of 64 bits with its sign."""
    return value - (1 << 64) if value >= 1 << 63 else value
