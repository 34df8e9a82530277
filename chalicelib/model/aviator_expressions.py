"""Tokens of Aviator -> the tree of an expression.

What binds least is read first: ``? :``, then the rows of ``_LEVELS`` from the top,
then the signs before a value, ``**``, and what follows a value directly.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NoReturn

from chalicelib.model import aviator_tokens
from chalicelib.model import aviator_tree as tree
from chalicelib.model.aviator_tokens import KEYWORDS, Token

MAX_NESTING = 60
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("|",),
    ("^",),
    ("&",),
    ("==", "!=", "=~"),
    ("<", "<=", ">", ">="),
    ("<<", ">>", ">>>"),
    ("+", "-"),
    ("*", "/", "%"),
)
_POWER = {sign: level for level, row in enumerate(_LEVELS) for sign in row}
_BEFORE = ("!", "-", "~")
#: Operators that are functions where nothing stands beside them.
_AS_FUNCTIONS = frozenset({*_POWER, *_BEFORE, "**"} - {"||", "&&", "=~", "<<", ">>"})
_CONSTANTS = {"nil": None, "true": True, "false": False}
#: Words that lead out of a script, to the machine it runs on.
_HOST = {
    "new": "new is not supported; there are no classes of a host here",
    "use": "use is not supported; there are no classes of a host here",
}


class ExpressionReader(ABC):
    """Reads expressions from tokens; what a block is, it does not know."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._next = 0
        self._depth = 0
        #: Loops around, inside the function that is being read.
        self._loops = 0

    @abstractmethod
    def block(self, *closers: str) -> tree.Block:
        """Return the statements up to one of ``closers``, which is taken."""

    # -- tokens --------------------------------------------------------------------

    @property
    def token(self) -> Token:
        """The token that is next."""
        return self._tokens[self._next]

    def take(self) -> Token:
        """Return the next token and go on; the end stays."""
        found = self.token
        self._next += found.kind != "end"
        return found

    def takes(self, *words: str) -> bool:
        """Return whether one of ``words`` is next, and go on if so."""
        is_next = self.token.says(*words)
        self._next += is_next
        return is_next

    def expect(self, word: str) -> Token:
        """Return the next token, which must be ``word``."""
        if not self.token.says(word):
            self.fail(repr(word))
        return self.take()

    def fail(self, expected: str) -> NoReturn:
        """Refuse the next token."""
        found = self.token
        why = _HOST.get(str(found.value)) if found.kind == "word" else None
        why = why or f"expected {expected}, found {found.told()}"
        aviator_tokens.fail(self._text, found.at, why)

    def name(self, what: str = "a name") -> str:
        """Return the next token, which must be a name."""
        found = self.token
        if found.kind != "word" or found.value in KEYWORDS:
            self.fail(what)
        return str(self.take().value)

    def deeper(self) -> None:
        """Count a part inside another one."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            why = f"parts are nested more than {MAX_NESTING} deep"
            aviator_tokens.fail(self._text, self.token.at, why)

    # -- operators -----------------------------------------------------------------

    def expression(self) -> tree.Node:
        """Return an expression, without an assignment."""
        self.deeper()
        test = self._binary(0)
        if self.takes("?"):
            then = self.expression()
            self.expect(":")
            other = self.expression()
            test = tree.Ternary(test=test, then=then, other=other, at=test.at)
        self._depth -= 1
        return test

    def _binary(self, least: int) -> tree.Node:
        left = self._unary()
        while True:
            sign = str(self.token.value) if self.token.kind == "sign" else ""
            level = _POWER.get(sign, -1)
            if level < least or self._is_alone():
                return left
            self.take()
            right = self._binary(level + 1)
            left = tree.Binary(operator=sign, left=left, right=right, at=left.at)

    def _is_alone(self) -> bool:
        """Return whether the next sign has nothing behind it to work on."""
        return self._tokens[self._next + 1].says(",", ")")

    def _unary(self) -> tree.Node:
        sign = self.token
        if not sign.says(*_BEFORE) or self._is_alone():
            return self._power()
        self.take()
        self.deeper()
        operand = self._unary()
        self._depth -= 1
        return tree.Unary(operator=str(sign.value), operand=operand, at=sign.at)

    def _power(self) -> tree.Node:
        left = self._behind(self._value())
        if not self.token.says("**") or self._is_alone():
            return left
        self.take()
        self.deeper()
        right = self._unary()
        self._depth -= 1
        return tree.Binary(operator="**", left=left, right=right, at=left.at)

    # -- values --------------------------------------------------------------------

    def _behind(self, value: tree.Node) -> tree.Node:
        """Return a value with the properties, indexes and calls behind it."""
        can_follow = not isinstance(value, tree.Literal | tree.Regex | tree.Sign)
        while can_follow and self.token.says(".", "[", "("):
            sign = str(self.take().value)
            if sign == ".":
                name = self._property()
                value = tree.Property(target=value, name=name, at=value.at)
            elif sign == "[":
                index = self.expression()
                self.expect("]")
                value = tree.Index(target=value, index=index, at=value.at)
            else:
                given = self._arguments()
                value = tree.Call(function=value, arguments=given, at=value.at)
        return value

    def _property(self) -> str:
        # Behind a dot, a keyword is a name like any other.
        if self.token.kind != "word":
            self.fail("the name of a property")
        return str(self.take().value)

    def _arguments(self) -> tuple[tree.Node, ...]:
        found: list[tree.Node] = []
        while not self.token.says(")"):
            if found:
                self.expect(",")
            found.append(self._argument())
        self.take()
        return tuple(found)

    def _argument(self) -> tree.Node:
        sign = self.token
        if not sign.says("*") or self._is_alone():
            return self.expression()
        self.take()
        return tree.Spread(value=self.expression(), at=sign.at)

    def _value(self) -> tree.Node:
        token = self.token
        if token.kind == "number":
            self.take()
            return tree.Literal(value=_any(token.value), at=token.at)
        if token.kind == "regex":
            self.take()
            return tree.Regex(text=str(token.value), at=token.at)
        if token.kind == "text":
            self.take()
            return self._template(token)
        if token.kind == "word":
            return self._word(token)
        if token.kind == "sign":
            return self._signed(token)
        return self.fail("a value")

    def _signed(self, token: Token) -> tree.Node:
        if token.value in _AS_FUNCTIONS and self._is_alone():
            self.take()
            return tree.Sign(sign=str(token.value), at=token.at)
        if not token.says("("):
            self.fail("a value")
        self.take()
        inner = self.expression()
        self.expect(")")
        return inner

    def _word(self, token: Token) -> tree.Node:
        word = str(token.value)
        if word in _CONSTANTS:
            self.take()
            return tree.Literal(value=_CONSTANTS[word], at=token.at)
        if word in ("lambda", "fn"):
            self.take()
            return self.function("->" if word == "lambda" else "{", token.at)
        first, *names = self.name("a value").split(".")
        found: tree.Node = tree.Name(name=first, at=token.at)
        for name in names:
            found = tree.Property(target=found, name=name, at=token.at)
        return found

    def function(self, opener: str, at: int) -> tree.Function:
        """Return a function, from its parameters on."""
        self.deeper()
        self.expect("(")
        names: list[str] = []
        rest = ""
        while not self.takes(")"):
            if names or rest:
                self.expect(",")
            if rest:
                self.fail("')': only the last parameter takes all that are left")
            if self.takes("&"):
                rest = self.name("the name of a parameter")
            else:
                names.append(self.name("the name of a parameter"))
        self.expect(opener)
        loops, self._loops = self._loops, 0
        body = self.block("end" if opener == "->" else "}")
        self._loops = loops
        self._depth -= 1
        return tree.Function(parameters=tuple(names), rest=rest, body=body, at=at)

    def _template(self, token: Token) -> tree.Node:
        parts = [self._part(each) for each in _any(token.value)]
        if all(isinstance(each, str) for each in parts):
            return tree.Literal(value="".join(_any(parts)), at=token.at)
        return tree.Template(parts=tuple(parts), at=token.at)

    def _part(self, part: str | list[Token]) -> str | tree.Node:
        if isinstance(part, str):
            return part
        outer = self._tokens, self._next
        self._tokens, self._next = part, 0
        inner = self.expression()
        if self.token.kind != "end":
            self.fail("'}'")
        self._tokens, self._next = outer
        return inner


def _any(value: object) -> Any:
    """Return what a token holds, which its kind says."""
    return value
