"""What can a text of Aviator say? The tree that ``aviator_grammar`` reads it into.

A tree is a value: two are equal when they say the same, wherever it is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias


class BigInt(int):
    """A whole number without bounds; a plain ``int`` wraps around at 64 bits."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{int(self)}N"


class NotAviator(ValueError):
    """The text is no program of Aviator; the message says what stands where."""

    def __init__(self, why: str, line: int, column: int) -> None:
        super().__init__(f"{why} at line {line}, column {column}")
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of a program."""

    #: Where it begins: characters before it.
    at: int = field(default=0, compare=False, repr=False)


# -- values ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Node):
    """A constant."""

    value: None | bool | int | float | Decimal | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regex(Node):
    """A regular expression between slashes."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template(Node):
    """A text with values in it: ``"a #{b} c"``."""

    parts: tuple[str | Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    """A variable, or a function by its name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Property(Node):
    """``target.name``; a function of the library may be spelt so."""

    target: Node
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Node):
    """``target[index]``."""

    target: Node
    index: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign(Node):
    """An operator as a function: the ``+`` of ``reduce(list, +, 0)``."""

    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread(Node):
    """Elements as arguments of their own: the ``*rest`` of ``f(*rest)``."""

    value: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """A function with its arguments."""

    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary(Node):
    """``!``, ``-`` or ``~`` before a value."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Node):
    """An operator between two values."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Ternary(Node):
    """``test ? then : other``."""

    test: Node
    then: Node
    other: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Node):
    """``lambda(x) -> … end`` or ``fn (x) {…}``."""

    parameters: tuple[str, ...]
    body: Block
    #: The parameter that takes all further arguments as a list; empty: none.
    rest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Node):
    """``target = value``."""

    #: A ``Name``, ``Property`` or ``Index``.
    target: Node
    value: Node


# -- statements --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Node):
    """Statements in a row; what they give is what the last one gives."""

    statements: tuple[Node, ...]
    #: False: a ``;`` behind the last one makes that nil.
    gives: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Let(Node):
    """``let name = value;``: a variable of the block it stands in."""

    name: str
    value: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Define(Node):
    """``fn name(…) {…}``."""

    name: str
    function: Function


@dataclass(frozen=True, slots=True, kw_only=True)
class If(Node):
    """``if … {…} elsif … {…} else {…}``; an ``elsif`` is an ``If`` of its own."""

    test: Node
    then: Block
    other: Node | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class For(Node):
    """``for x in values {…}``, or with two names: position (or key) and value."""

    names: tuple[str, ...]
    values: Node
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class While(Node):
    """``while test {…}``."""

    test: Node
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Node):
    """``return value;``."""

    value: Node | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Node):
    """``break;`` or ``continue;``."""

    #: The word.
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Throw(Node):
    """``throw value;``."""

    value: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Catch(Node):
    """``catch(Kind name) {…}``."""

    #: Kinds of errors that it takes; none: all.
    kinds: tuple[str, ...]
    name: str
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Try(Node):
    """``try {…} catch(e) {…} finally {…}``."""

    body: Block
    catches: tuple[Catch, ...] = ()
    last: Block | None = None


#: What can be assigned to.
Target: TypeAlias = Name | Property | Index
