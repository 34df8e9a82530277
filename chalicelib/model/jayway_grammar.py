"""How is a Jayway path read? Its grammar, with that of the filters inside it.

path     = ("$" | "@") { "." name | ".." | [ "." ] bracket | "." function "()" }
bracket  = "[" ( names | positions | from ":" to | "*" | "?(" test ")" ) "]"
test     = every { "||" every };    every = single { "&&" single }
single   = "!" single | "(" test ")" | operand [ operator operand ]
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache

from chalicelib.errors import EvaluationFailure
from chalicelib.model.jayway import (
    FUNCTIONS,
    Comparison,
    Constant,
    Every,
    Exists,
    Filter,
    Function,
    JaywayPath,
    Names,
    Operand,
    Positions,
    Range,
    Scan,
    Some,
    Test,
    Token,
    Unless,
    Wildcard,
    plain_steps,
)
from chalicelib.model.jayway_patterns import read_pattern
from chalicelib.model.jayway_reader import MAX_LENGTH, Reader
from chalicelib.values import Json

_NAME = re.compile(r"[^\s.\[\]()*]+")
#: Inside a filter a name also ends where the comparison goes on.
_NAME_IN_FILTER = re.compile(r"[^\s.\[\]()*<>=~!&|,]+")
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,300}(\.\d+)?([eE][-+]?\d{1,3})?", re.ASCII)
_WORDS: dict[str, Json] = {"true": True, "false": False, "null": None}
_WORD = re.compile(r"[A-Za-z]+")
_SIGN = re.compile(r"[<>=~!]+")
_SIGNS = frozenset({"==", "===", "!=", "!==", "<", "<=", ">", ">=", "=~"})
_OPERATORS = frozenset(
    {"in", "nin", "contains", "all", "size", "empty", "subsetof", "anyof", "noneof"}
)


@lru_cache(maxsize=4096)
def parse(text: str) -> JaywayPath:
    """Return the path that ``text`` spells.

    >>> parse("$.input.items[0]").steps
    ('input', 'items', 0)

    Raises:
        EvaluationFailure: ``invalid_path``; it says why and at which character.
    """
    stripped = text.strip()
    if len(stripped) > MAX_LENGTH:
        cause = f"a path may have {MAX_LENGTH} characters"
        raise EvaluationFailure("invalid_path", cause)
    reader = Reader(stripped if stripped[:1] in ("$", "@") else f"$.{stripped}")
    path = _path(reader)
    if reader.ahead:
        reader.fail(f"{reader.ahead!r} is not expected")
    return path


def _path(reader: Reader) -> JaywayPath:
    root = reader.ahead
    reader.at += 1
    tokens: list[Token] = []
    while reader.ahead in (".", "["):
        token = _token(reader, in_filter=reader.depth > 0)
        if isinstance(token, Function) and any(type(each) is Scan for each in tokens):
            token = replace(token, takes_all=True)
        tokens.append(token)
    _require_sense(reader, tokens)
    return JaywayPath(root, tuple(tokens), plain_steps(tokens), _is_definite(tokens))


def _token(reader: Reader, *, in_filter: bool) -> Token:
    if reader.takes("["):
        return _bracket(reader)
    if reader.takes(".."):
        if reader.ahead == ".":
            reader.fail("a name is expected")
        if reader.ahead not in ("[", ""):
            # The name after it has no dot of its own.
            reader.at -= 1
        return Scan()
    reader.require(".")
    if reader.takes("["):
        return _bracket(reader)
    if reader.takes("*"):
        return Wildcard()
    found = reader.match(_NAME_IN_FILTER if in_filter else _NAME)
    if found is None:
        reader.fail("a name is expected")
    return _function(reader, found[0]) if reader.takes("(") else Names((found[0],))


def _function(reader: Reader, name: str) -> Function:
    if name not in FUNCTIONS:
        reader.fail(f"{name}() is not a function; known are {', '.join(FUNCTIONS)}")
    argument = reader.skip_blanks().match(_INTEGER) if FUNCTIONS[name] else None
    if FUNCTIONS[name] and argument is None:
        reader.fail(f"{name}() needs a number")
    reader.require(")")
    return Function(name, int(argument[0]) if argument else 0)


def _bracket(reader: Reader) -> Token:
    first = reader.skip_blanks().ahead
    if first in ("'", '"'):
        token: Token = Names(tuple(_listed_texts(reader)))
    elif reader.takes("*"):
        token = Wildcard()
    elif reader.takes("?"):
        token = _filter(reader)
    else:
        token = _positions(reader)
    reader.require("]")
    return token


def _listed_texts(reader: Reader) -> list[str]:
    texts = [_quoted(reader)]
    while reader.skip_blanks().takes(","):
        reader.skip_blanks()
        texts.append(_quoted(reader))
    return texts


def _quoted(reader: Reader) -> str:
    quote = reader.ahead
    if quote not in ("'", '"'):
        reader.fail("a text in quotes is expected")
    end = reader.at + 1
    while end < len(reader.text) and reader.text[end] != quote:
        end += 2 if reader.text[end] == "\\" else 1
    if end >= len(reader.text):
        reader.fail("the quote is not closed")
    inner = reader.text[reader.at + 1 : end]
    reader.at = end + 1
    return _unescaped(inner)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    plain = text.replace("\\'", "'").replace('\\"', '"').replace('"', '\\"')
    try:
        return str(json.loads(f'"{plain}"', strict=False))
    except ValueError:
        return re.sub(r"\\(.)", r"\1", text)


def _positions(reader: Reader) -> Token:
    first = reader.match(_INTEGER)
    if reader.skip_blanks().takes(":"):
        stop = reader.skip_blanks().match(_INTEGER)
        return Range(int(first[0]) if first else None, int(stop[0]) if stop else None)
    if first is None:
        reader.fail("a position, a name in quotes, * or ?( is expected")
    found = [int(first[0])]
    while reader.skip_blanks().takes(","):
        following = reader.skip_blanks().match(_INTEGER)
        if following is None:
            reader.fail("a position is expected")
        found.append(int(following[0]))
    return Positions(tuple(found))


def _filter(reader: Reader) -> Filter:
    if reader.skip_blanks().ahead != "(":
        reader.fail("'(' is expected")
    return Filter(_some(reader))


def _some(reader: Reader) -> Test:
    reader.deeper()
    tests = [_every(reader)]
    while reader.skip_blanks().takes("||"):
        tests.append(_every(reader))
    reader.depth -= 1
    return tests[0] if len(tests) == 1 else Some(tuple(tests))


def _every(reader: Reader) -> Test:
    tests = [_single(reader)]
    while reader.skip_blanks().takes("&&"):
        tests.append(_single(reader))
    return tests[0] if len(tests) == 1 else Every(tuple(tests))


def _single(reader: Reader) -> Test:
    negations = 0
    while reader.skip_blanks().takes("!"):
        negations += 1
    if reader.ahead == "(":
        reader.takes("(")
        test = _some(reader)
        reader.require(")")
    else:
        test = _comparison(reader)
    return Unless(test) if negations % 2 else test


def _comparison(reader: Reader) -> Test:
    left = _operand(reader)
    operator = _operator(reader)
    if operator:
        reader.skip_blanks()
        return Comparison(operator, left, _operand(reader))
    if not isinstance(left, JaywayPath):
        reader.fail("an operator is expected")
    return Exists(left)


def _operator(reader: Reader) -> str:
    start = reader.skip_blanks().at
    sign = reader.match(_SIGN)
    if sign:
        if sign[0] not in _SIGNS:
            reader.fail(f"{sign[0]} is not an operator")
        return sign[0]
    word = reader.match(_WORD)
    if word is None:
        return ""
    if word[0].lower() not in _OPERATORS:
        reader.at = start
        reader.fail(f"{word[0]} is not an operator")
    return word[0].lower()


def _operand(reader: Reader) -> Operand:
    ahead = reader.ahead
    if ahead in ("$", "@"):
        return _path(reader)
    if ahead == "/":
        return read_pattern(reader)
    return Constant(_literal(reader))


def _literal(reader: Reader) -> Json:
    ahead = reader.skip_blanks().ahead
    if ahead in ("'", '"'):
        return _quoted(reader)
    if reader.takes("["):
        return _list(reader)
    number = reader.match(_NUMBER)
    if number:
        return float(number[0]) if number[1] or number[2] else int(number[0])
    word = reader.match(_WORD)
    if word is None or word[0] not in _WORDS:
        reader.fail("a path or a constant is expected")
    return _WORDS[word[0]]


def _list(reader: Reader) -> list[Json]:
    reader.deeper()
    found: list[Json] = []
    while not reader.skip_blanks().takes("]"):
        if found:
            reader.require(",")
        found.append(_literal(reader))
    reader.depth -= 1
    return found


def _require_sense(reader: Reader, tokens: list[Token]) -> None:
    if tokens and isinstance(tokens[-1], Scan):
        reader.fail("a name or a bracket is expected after '..'")


def _is_definite(tokens: list[Token]) -> bool:
    definite = True
    for place, token in enumerate(tokens):
        if isinstance(token, Function):
            definite = definite or token.takes_all
        elif isinstance(token, Names):
            definite = definite and (len(token.names) == 1 or place + 1 == len(tokens))
        else:
            definite = definite and (
                isinstance(token, Positions) and len(token.positions) == 1
            )
    return definite
