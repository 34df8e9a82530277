"""Text of an expression -> its words.

$Input.a[0]    path          "a" 'a' `a`    text       1  12.5  2e3   number
length         word          == && ( , …    symbol
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple, NoReturn

from chalicelib.errors import DefinitionRefused, Problem
from chalicelib.values import Json

_QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
_STEP = rf"\.[\w-]+|\[\s*(?:\d+|{_QUOTED})\s*\]"
_TOKEN = re.compile(
    rf"""
    (?P<path>\$\w*(?:{_STEP})*)
    | (?P<text>{_QUOTED}|`[^`]*`)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<symbol>==|!=|<=|>=|&&|\|\||[-<>!(){{}}\[\],:])
    """,
    re.VERBOSE | re.DOTALL,
)
_STEPS = re.compile(rf"\.(?P<name>[\w-]+)|\[\s*(?P<inside>\d+|{_QUOTED})\s*\]", re.S)
_SPACE = re.compile(r"\s*")
#: Digits of a whole number that JSON readers elsewhere still take.
_MAX_DIGITS = 300


class Token(NamedTuple):
    """A word of an expression, and where it stands."""

    kind: str
    text: str
    #: 0-based, in the expression.
    offset: int


def refuse(message: str, offset: int) -> NoReturn:
    """Refuse an expression.

    Raises:
        DefinitionRefused: always; the problem's column counts in the expression.
    """
    raise DefinitionRefused([Problem(message=message, column=offset + 1)])


def tokens(text: str) -> list[Token]:
    """Return the words of ``text``; the last one is of the kind ``end``.

    Raises:
        DefinitionRefused: a part of it is no word of the language.
    """
    found: list[Token] = []
    offset = _skip_space(text, 0)
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            _refuse_rest(text, offset)
        kind = str(match.lastgroup)
        if kind == "path" and text[match.end() : match.end() + 1] in (".", "["):
            refuse(
                "a path has names and positions only, as in $Input.a[0]['b c']; "
                "queries are not supported",
                match.end(),
            )
        found.append(Token(kind, match.group(), offset))
        offset = _skip_space(text, match.end())
    return [*found, Token("end", "", offset)]


def _skip_space(text: str, offset: int) -> int:
    found = _SPACE.match(text, offset)
    return found.end() if found else offset


def _refuse_rest(text: str, offset: int) -> NoReturn:
    if text[offset] in "\"'`":
        refuse("this text has no closing quote; add it", offset)
    refuse(f"{text[offset]!r} is not part of an expression; remove it", offset)


def root_and_steps(token: Token) -> tuple[str, tuple[str | int, ...]]:
    """Return where a path starts and the steps it takes.

    >>> root_and_steps(Token("path", "$Input.a[0]['b c']", 0))
    ('$Input', ('a', 0, 'b c'))
    """
    rest = re.search(r"[.\[]", token.text)
    root = token.text[: rest.start()] if rest else token.text
    steps: list[str | int] = []
    for found in _STEPS.finditer(token.text, len(root)):
        inside = found["inside"]
        if inside is None:
            steps.append(found["name"])
        elif inside.isdigit():
            steps.append(int(inside[:_MAX_DIGITS]))
        else:
            steps.append(_unquoted(inside, token.offset + found.start()))
    return root, tuple(steps)


def constant(token: Token) -> Json:
    """Return the value of a text or a number.

    Raises:
        DefinitionRefused: an escape in the text, or the number, is not one of JSON.
    """
    if token.kind == "text":
        return _unquoted(token.text, token.offset)
    is_whole = token.text.isdigit()
    value = int(token.text[:_MAX_DIGITS]) if is_whole else float(token.text)
    if len(token.text) > _MAX_DIGITS or value == float("inf"):
        refuse("this number is too large; write it as a text", token.offset)
    return value


def _unquoted(text: str, offset: int) -> str:
    """Return what a quoted text says; backquoted ones are taken as they are."""
    if text[0] == "`":
        return text[1:-1]
    inner = text[1:-1]
    if text[0] == "'":
        inner = re.sub(r"\\.|\"", _for_double_quotes, inner, flags=re.DOTALL)
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError:
        refuse("this text has an unknown escape; write a backslash as \\\\", offset)


def _for_double_quotes(found: re.Match[str]) -> str:
    return {"\\'": "'", '"': '\\"'}.get(found.group(), found.group())
