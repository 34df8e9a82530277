"""How much may a definition be? Bounds that a text is held to while it is read."""

from __future__ import annotations

import math
from collections.abc import Iterable

from chalicelib.values import Json

#: Bytes of a definition; AWS takes 1 MiB, the others less.
MAX_BYTES = 1 << 20
#: Objects and arrays inside each other: far above what people write, far below what
#: a reader's own stack bears.
MAX_DEPTH = 64
#: Values in a definition, each alias counted as often as it is used.
MAX_PARTS = 50_000
#: Uses of an alias.
MAX_ALIASES = 100


class OutOfBounds(ValueError):
    """The text is larger than a definition may be, or holds what JSON cannot."""


class Budget:
    """What is left of the bounds while one text is read."""

    def __init__(self) -> None:
        self._parts = MAX_PARTS
        self._aliases = MAX_ALIASES

    def take(self, parts: int, depth: int) -> None:
        """Count ``parts`` more values, the deepest of them at ``depth``.

        Raises:
            OutOfBounds: there are too many now, or they are too deep.
        """
        self._parts -= parts
        if self._parts < 0:
            raise OutOfBounds(
                f"there are more than {MAX_PARTS} values (aliases written out); "
                "split the definition into sub-workflows"
            )
        if depth > MAX_DEPTH:
            raise OutOfBounds(
                f"objects and arrays are nested more than {MAX_DEPTH} levels deep; "
                "flatten them, or move the inner part to a sub-workflow"
            )

    def take_alias(self) -> None:
        """Count one more use of an alias.

        Raises:
            OutOfBounds: there are too many now.
        """
        self._aliases -= 1
        if self._aliases < 0:
            raise OutOfBounds(
                f"aliases are used more than {MAX_ALIASES} times; write the values out"
            )

    def take_value(self, value: Json) -> None:
        """Count ``value`` and everything in it.

        Raises:
            OutOfBounds: it is too large or too deep, or has an infinite number.
        """
        level, depth = [value], 0
        while level:
            depth += 1
            self.take(len(level), depth - 1)
            for each in level:
                require_finite(each)
            level = [inner for each in level for inner in _inside(each)]


def _inside(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def require_finite(value: Json) -> None:
    """Refuse a number that JSON has no text for.

    Raises:
        OutOfBounds: it is an infinity or no number at all.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise OutOfBounds("a number is too large for JSON; write it as a text")
