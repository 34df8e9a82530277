"""Which names does an expression see, and where is it evaluated?

A block, a call and a tuple have frames of their own inside the one around them; the
outermost holds the variables of the workflow and, behind them, the library.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.expressions.jsonata.budget import Budget, values_in
from chalicelib.expressions.jsonata.values import MISSING
from chalicelib.expressions.scope import View
from chalicelib.values import Json


class Place:
    """Where one evaluation happens: what it may still do, and the facts around it."""

    __slots__ = ("_draws", "_use", "budget", "view")

    def __init__(self, view: View, use: str) -> None:
        self.budget = Budget(self._values)
        self.view = view
        self._use = use
        self._draws = 0

    def _values(self) -> int:
        """Return how many values the data has."""
        view = self.view
        return values_in([view.input, view.result, view.item, *view.variables.values()])

    def draw(self) -> str:
        """Return a name for a draw of chance: another one each time.

        Names repeat when the state is replayed, and so do the numbers.
        """
        self._draws += 1
        return f"{self._use}#{self.view.index}#{self._draws}"


class Frame:
    """Names and what they stand for."""

    __slots__ = ("budget", "names", "outer", "place")

    def __init__(
        self,
        names: dict[str, Json],
        place: Place,
        outer: Frame | Mapping[str, Json],
    ) -> None:
        self.names = names
        #: The frame around this one, or the library.
        self.outer = outer
        self.place = place
        self.budget = place.budget

    def inside(self, names: dict[str, Json]) -> Frame:
        """Return a frame in this one."""
        return Frame(names, self.place, self)

    def find(self, name: str) -> Json:
        """Return what a name stands for; MISSING where it is unknown."""
        frame: Frame | Mapping[str, Json] = self
        while isinstance(frame, Frame):
            if name in frame.names:
                return frame.names[name]
            frame = frame.outer
        return frame.get(name, MISSING)
