"""Which names does a program see, and where is it run?

A block and a call have frames of their own inside the one around them. ``let`` makes a
name in the innermost one; an assignment changes the nearest that has the name.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.expressions.aviator.values import MISSING, Value
from chalicelib.expressions.jsonata.budget import Budget, values_in
from chalicelib.expressions.scope import Facts
from chalicelib.model.jsonata_patterns import Pattern
from chalicelib.values import Json

#: Characters that are looked at in one step, such as when two texts are compared.
LETTERS = 512


class Place:
    """Where one program runs: what it may still do, and the facts around it."""

    __slots__ = ("_draws", "_environment", "_use", "budget", "facts", "patterns")

    def __init__(self, environment: Mapping[str, Json], facts: Facts, use: str) -> None:
        self.budget = Budget(self._values)
        self.facts = facts
        self._environment = environment
        self._use = use
        self._draws = 0
        #: Regular expressions that were made while the program ran.
        self.patterns: dict[str, Pattern] = {}

    def _values(self) -> int:
        """Return how many values the data has."""
        return values_in(self._environment.values())

    def chance(self) -> float:
        """Return a number in [0, 1): another one each time, the same in a replay."""
        self._draws += 1
        return self.facts.chance(f"{self._use}#{self._draws}")


class Frame:
    """Names and what they stand for."""

    __slots__ = ("budget", "names", "outer", "place")

    def __init__(
        self, names: dict[str, Value], place: Place, outer: Frame | None = None
    ) -> None:
        self.names = names
        self.place = place
        self.outer = outer
        self.budget = place.budget

    def inside(self, names: dict[str, Value]) -> Frame:
        """Return a frame in this one."""
        return Frame(names, self.place, self)

    def find(self, name: str) -> Value:
        """Return what a name stands for; MISSING where it is unknown."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.outer
        return MISSING

    def owner(self, name: str) -> Frame:
        """Return the nearest frame that has a name; else this one."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame
            frame = frame.outer
        return self
