"""How much may one evaluation do? Steps, depth and cells, counted while it runs.

An author's expression, or the data it meets, must not hold a process up. The bounds are
counts, not times: what was evaluated once is evaluated alike in a replay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chalicelib.values import Json

#: About 0.06 s of one processor, a step being a microsecond of it.
MAX_STEPS = 60_000
#: Steps more for each value in the data, when those are used up: work that grows with
#: the data is no runaway.
STEPS_PER_VALUE = 12
#: What the parts of the work cost, in steps.
CALL = 6
TEST = 2
#: Calls inside calls. A call takes up to 20 frames of Python.
MAX_DEPTH = 250
#: Room: an element of an array is one cell (about 16 bytes), eight characters another.
MAX_CELLS = 1_500_000
MAX_CHARACTERS = 4_000_000
_CHARACTERS = 8
#: Characters of a text in the data that count as one value.
_TEXT = 64


def values_in(roots: Iterable[Json]) -> int:
    """Return how many values the data has, from ``roots`` down.

    >>> values_in([{"a": [1, 2]}, "x" * 128])
    7
    """
    count, waiting = 0, [*roots]
    while waiting:
        value = waiting.pop()
        count += 1
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str):
            count += len(value) // _TEXT
    return count


class Refusal(ValueError):
    """An expression that has no value; with JSONata's code for the reason."""

    #: Code of a result that JSON has no word for.
    NO_JSON = "function"

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class Budget:
    """What is left for one evaluation."""

    __slots__ = ("_cells", "_depth", "_more", "_steps")

    def __init__(self, values: Callable[[], int] = int) -> None:
        self._steps = MAX_STEPS
        self._cells = MAX_CELLS
        self._depth = 0
        #: How many values the data has; asked once, if ever.
        self._more: Callable[[], int] | None = values

    def step(self, count: int = 1) -> None:
        """Count steps.

        Raises:
            Refusal: there were too many.
        """
        self._steps -= count
        if self._steps >= 0:
            return
        if self._more is not None:
            self._steps += STEPS_PER_VALUE * self._more()
            self._more = None
        if self._steps < 0:
            raise Refusal("D1012", "the expression takes too many steps")

    def take(self, cells: int) -> None:
        """Count room for elements.

        Raises:
            Refusal: there is no more.
        """
        self._cells -= cells
        if self._cells < 0:
            raise Refusal("D2014", "the expression makes more than it has room for")

    def take_text(self, characters: int) -> None:
        """Count room for a text.

        Raises:
            Refusal: there is no more, or the text alone is too long.
        """
        if characters > MAX_CHARACTERS:
            raise Refusal("D2014", f"a text may have {MAX_CHARACTERS} characters")
        self.take(characters // _CHARACTERS)

    def enter(self) -> None:
        """Count a call that begins.

        Raises:
            Refusal: there are too many inside each other.
        """
        self._depth += 1
        self.step(CALL)
        if self._depth > MAX_DEPTH:
            raise Refusal("D1011", f"calls may be nested {MAX_DEPTH} deep")

    def leave(self) -> None:
        """Count a call that ended."""
        self._depth -= 1
