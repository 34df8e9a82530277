"""What does a JSONata text say? Its tree, or why it says nothing.

The parser is jsonata-python's. It is loaded when the first text is met, is given no
regular expression engine (a pattern stays data: ``jsonata_patterns``), and whatever it
raises becomes ``NotJsonata``.

Rule 1  A text is parsed once; what is made of its tree is kept by whoever makes it.
Rule 2  A tree is never changed.
"""

from __future__ import annotations

import copy
import importlib
import sys
from functools import cache, lru_cache
from typing import Any, NamedTuple

from chalicelib.model.jsonata_patterns import compile_pattern

#: Characters of an expression; AWS takes a definition of 1 MiB as a whole.
MAX_TEXT = 65_536
#: A node of a tree, as the parser makes it.
Node = Any
#: Operators of later versions of JSONata, and how to do without.
_LATER = {"??": "$exists(a) ? a : b", "?:": "a ? a : b"}


class NotJsonata(ValueError):
    """The text is no JSONata expression; the message says why, and where."""


class Literal(NamedTuple):
    """A regular expression in a tree."""

    pattern: str
    ignore_case: bool
    multiline: bool


@cache
def module(name: str) -> Any:
    """Return a module of jsonata-python.

    Importing it lets the whole process recurse ten times deeper: that is undone.
    """
    limit = sys.getrecursionlimit()
    found = importlib.import_module(f"jsonata.{name}")
    sys.setrecursionlimit(limit)
    return found


@cache
def _parser() -> Any:
    """Return the class of parsers, with two slips of jsonata-python's put right."""
    library: Any = module("parser").Parser

    class Parser(library):  # type: ignore[misc]
        def process_ast(self, node: Node) -> Node:
            kind = node.type if node is not None else ""
            if kind == "condition" and node.id in _LATER:
                # Measured: AWS runs JSONata 2.0.6, and refuses what came after it.
                raise NotJsonata(f"{node.id} is not known; write {_LATER[node.id]}")
            if kind == "unary" and node.value == "-":
                # A negative number was negated again each time it was looked at.
                node.expression = copy.copy(node.expression)
            found = super().process_ast(node)
            if kind == "lambda" and node.signature is not None:
                found.signature = _signature(node.signature)
            return found

    return Parser


def _signature(parsed: Any) -> str:
    """Return the text of a signature, which the parser takes apart."""
    parts = []
    for each in parsed._params:
        option = each.regex[-1] if each.regex[-1] in "?+" else ""
        inner = f"<{each.subtype}>" if each.subtype else ""
        parts.append(f"{each.type}{inner}{'-' if each.context else option}")
    return f"<{''.join(parts)}>"


@lru_cache(maxsize=2048)
def parse(text: str) -> Node:
    """Return the tree of an expression.

    >>> parse("1 + 2").type
    'binary'

    Raises:
        NotJsonata: it is none.
    """
    if len(text) > MAX_TEXT:
        raise NotJsonata(f"it has more than {MAX_TEXT} characters")
    if not text.strip():
        raise NotJsonata("it is empty")
    # A parser of its own for each text: what a shared one remembers only grows.
    parser = _parser()()
    try:
        return parser.parse(text, _keep_regex)
    except ValueError as error:
        raise NotJsonata(str(error)) from None
    except RecursionError:
        raise NotJsonata("it is nested too deeply") from None
    except Exception as error:
        raise NotJsonata(_explained(error, parser)) from None


def _keep_regex(pattern: str, flags: Any) -> Literal:
    literal = Literal(pattern, flags.case_insensitive, flags.multiline)
    compile_pattern(*literal)
    return literal


def _explained(error: Exception, parser: Any) -> str:
    """Return what is wrong; the parser answers some slips with bare Python errors."""
    code, place = getattr(error, "error", ""), getattr(error, "location", -1)
    if not code:
        lexer = parser.lexer
        return f"syntax error near character {lexer.position + 1 if lexer else 1}"
    where = f" at character {place + 1}" if place >= 0 else ""
    return f"{error}{where} ({code})"
