"""What does a Jayway path say? The tokens that ``jayway_grammar`` makes of one.

    $.output.items[?(@.price < 10 && @.kind in ['a', 'b'])].name
    └root └names  └filter: a test of every element       └names

Rule 1  A path without a root begins at ``$``; a dot may stand before a bracket.
Rule 2  A filter tests a list's elements, but an object as a whole.

``expressions.jayway`` follows them through a document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.frozen import dataclass
from chalicelib.values import Json

#: Functions at the end of a path, and whether they take a number.
FUNCTIONS = {
    **dict.fromkeys(("length", "size", "keys", "first", "last"), False),
    **dict.fromkeys(("sum", "min", "max", "avg", "stddev"), False),
    "index": True,
}


@dataclass(frozen=True, slots=True)
class Names:
    """Fields by name: one, or several as a smaller object."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Positions:
    """List elements by position; negative ones count from the end."""

    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """List elements from ``start`` up to ``stop``, which is not one of them."""

    start: int | None
    stop: int | None


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Every element of a list, every value of an object."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The value and everything below it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What passes a test."""

    test: Test


@dataclass(frozen=True, slots=True)
class Function:
    """A number or a list made of what the path has reached."""

    name: str
    argument: int = 0
    #: After a scan it is about the list of all that was found.
    takes_all: bool = False


Token = Names | Positions | Range | Wildcard | Scan | Filter | Function


@dataclass(frozen=True, slots=True)
class JaywayPath:
    """A path, read."""

    #: ``$`` (the document) or ``@`` (what a filter is testing).
    root: str
    tokens: tuple[Token, ...]
    #: Names and positions, where the path is made of nothing else.
    steps: tuple[str | int, ...] | None
    #: It reaches one place at most, so its value is not a list of values.
    is_definite: bool


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal in a filter."""

    value: Json


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression in a filter; it must match a whole text."""

    compiled: re.Pattern[str]
    #: Characters of a text that it is matched with; longer ones take too many steps.
    longest: int


Operand = JaywayPath | Constant | Pattern


@dataclass(frozen=True, slots=True)
class Exists:
    """The path leads somewhere."""

    path: JaywayPath
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and what must hold between them."""

    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Every:
    """``&&``."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """``||``."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Unless:
    """``!``."""

    test: Test


Test = Exists | Comparison | Every | Some | Unless


def plain_steps(tokens: Sequence[Token]) -> tuple[str | int, ...] | None:
    """Return names and positions; None where ``tokens`` are more than these."""
    steps: list[str | int] = []
    for token in tokens:
        if isinstance(token, Names) and len(token.names) == 1:
            steps.append(token.names[0])
        elif isinstance(token, Positions) and len(token.positions) == 1:
            steps.append(token.positions[0])
        else:
            return None
    return tuple(steps)
